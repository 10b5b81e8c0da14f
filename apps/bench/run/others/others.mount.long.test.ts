import { readdirSync, realpathSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  describeMounts,
  mountPoints,
  runGlossa,
  type Scratch,
  withScratch,
} from '../../../../test/support/mount.ts';
import { parseRun, type Run } from '../../engine/schema.ts';

const VOLFILE = `
volume storage
    type storage/posix
    option directory files
end-volume
`;

/** Workloads that cover every kind of operation. */
const WORKLOADS = ['miss', 'hit', 'smallfile', 'seqread', 'seqwrite', 'readdir'];
const WORDS = ['glusterfs', 'libfuse', 'fuse-native', 'fusepy'];
const STACKS = ['glusterfs', 'libfuse-floor', 'libfuse', 'fuse-native', 'fusepy'];

async function measure(scratch: Scratch, ...more: string[]): Promise<Run> {
  await scratch.writeFile('a.vol', VOLFILE);
  const args = ['bench', 'a.vol', '--json', '--rounds', '6', '--duration', '0.02', ...more];
  const settings = { env: { TMPDIR: scratch.path }, patience: 400_000 };
  const { status, out, err } = await runGlossa(scratch, args, settings);
  expect(err).toBe('');
  expect(status).toBe(0);
  const real = realpathSync(scratch.path);
  expect(mountPoints().filter((point) => point.startsWith(`${real}/`))).toEqual([]);
  expect(readdirSync(scratch.path)).toEqual(['a.vol']);
  return parseRun(out, 'standard output');
}

/** Implementations that a warning calls missing; the list must be empty where all are required. */
function listLeftOut({ warnings }: Run): string[] {
  const words = warnings.flatMap((warning) => /^(\S+) is left out: .*\)$/.exec(warning)?.[1] ?? []);
  if (process.env.GLOSSA_REQUIRE_ALL === '1') expect(words).toEqual([]);
  return words;
}

describeMounts('glossa bench --with', () => {
  it(
    'measures and checks other implementations like its own stacks',
    () =>
      withScratch(async (scratch) => {
        const run = await measure(scratch, '-w', WORKLOADS.join(), '--with', WORDS.join());
        const missing = listLeftOut(run);
        const names = STACKS.filter((name) => !missing.includes(name.replace('-floor', '')));
        expect(run.partial).toBe(false);
        expect(run.question).toContain(names.length === 0 ? 'a?' : ', beside ');
        expect(run.stacks.map(({ name }) => name)).toEqual(['a', ...names]);
        expect(run.workloads.map(({ name }) => name)).toEqual(WORKLOADS);
        for (const { name, results } of run.workloads) {
          const [own] = results;
          for (const { stack, measured, missing: reason } of results) {
            const label = `${name}, ${stack}`;
            if (stack === 'libfuse-floor' && name !== 'miss') {
              expect(measured, label).toBeNull();
              expect(reason).toBe('all it can say is that a name is absent (workload miss)');
              continue;
            }
            expect(reason, label).toBeNull();
            const { count } = own!.measured!.latency;
            expect(measured!.answers, label).toEqual({ checked: count, wrong: 0 });
            expect(measured!.peakMemoryBytes, label).toBeGreaterThan(100_000);
            expect(measured!.startSeconds, label).toBeGreaterThan(0);
            // Passthrough moves data without the server.
            if (name === 'miss') expect(measured!.serverCpuSeconds, label).toBeGreaterThan(0);
          }
        }
      }),
    420_000,
  );

  it(
    'lets the kernel cache as much of other implementations as of glossa',
    () =>
      withScratch(async (scratch) => {
        // Attributes of the folder, too, which the kernel needs for permission checks.
        const cached = ['--negative-timeout', '600', '--attribute-timeout', '600'];
        const words = ['libfuse', 'fusepy', 'nl-cache'];
        const run = await measure(scratch, '-w', 'miss', '--with', words.join(), ...cached);
        listLeftOut(run);
        // After one pass over all names, the kernel sends no requests.
        for (const { stack, measured } of run.workloads[0]!.results.slice(1)) {
          expect(measured!.answers.wrong, stack).toBe(0);
          // GlusterFS's threads have work of their own.
          if (stack !== 'nl-cache') expect(measured!.serverCpuSeconds, stack).toBe(0);
        }
      }),
    200_000,
  );
});
