import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  describeMounts,
  glossa,
  mountPoints,
  type Outcome,
  type Scratch,
  withScratch,
} from '../../../test/support/mount.ts';
import { type Result, type Run, readRun } from '../../bench/schema.ts';

const volfile = (above = '', top = 'brick'): string => `
volume storage
    type storage/posix
    option directory files
end-volume
volume brick
    type debug/io-stats
    option count-fop-hits on
    subvolumes storage
end-volume
${above}
volume top
    type debug/io-stats
    subvolumes ${top}
end-volume
`;

const module = (name: string): string => `
volume ${name}
    type features/glupy
    option module-name ${name}
    subvolumes brick
end-volume
`;

/** Says of one of the files that it is not there. */
const LIAR = `
from glupy import ENOENT, Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == 'file0007':
            return frame.fail(ENOENT)
        frame.wind()
`;

/** A run of the least that there is. */
const LEAST = ['--rounds', '2', '--duration', '0.02', '--json'];

/** Temporary folders of the run are made in the scratch folder, so that all of them are seen. */
const bench = (scratch: Scratch, args: readonly string[], settings = {}): Promise<Outcome> =>
  glossa(scratch, ['bench', ...args, ...LEAST, '--data', scratch.path], {
    env: { TMPDIR: scratch.path },
    patience: 120_000,
    ...settings,
  });

const runOf = ({ out, err }: Outcome): Run => readRun(out, `standard output (${err})`);

/** Nothing is mounted below it, and no folder of a run is left. */
function expectClean(scratch: Scratch): void {
  const real = realpathSync(scratch.path);
  expect(mountPoints().filter((point) => point.startsWith(`${real}/`))).toEqual([]);
  expect(readdirSync(scratch.path).filter((name) => name.startsWith('glossa-bench'))).toEqual([]);
}

const rounds = ({ measured }: Result): number | undefined => measured?.rounds.length;

describeMounts('glossa bench', () => {
  it(
    'compares a stack with itself, by every workload, and leaves nothing behind',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('a.vol', volfile());
        const args = ['a.vol', 'a.vol', '-w', 'all', '--clients', '2', '--', 'ls'];
        const [own, behind] = [args.slice(0, -2), args.slice(-2)];
        const ended = await glossa(
          scratch,
          ['bench', ...own, ...LEAST, '--data', '.', '--out', 'report', ...behind],
          { env: { TMPDIR: scratch.path }, patience: 240_000 },
        );
        expect(ended.err).toBe('');
        expect(ended.status).toBe(0);
        const run = runOf(ended);
        expect(run.partial).toBe(false);
        expect(run.stacks.map(({ name }) => name)).toEqual(['a', 'a-2']);
        expect(run.workloads.map(({ name }) => name)).toEqual([
          ...['miss', 'hit', 'phpsim', 'lookup-storm', 'smallfile', 'seqread', 'seqwrite'],
          ...['randread', 'readdir', 'mixed', 'command'],
        ]);
        for (const { name, plain, results } of run.workloads) {
          expect(plain!.count, name).toBeGreaterThan(0);
          expect(results.map(rounds), name).toEqual([2, 2]);
          const counts = results.map(({ measured }) => measured!.latency.count);
          expect(counts[0], name).toBe(counts[1]);
          for (const { measured } of results) {
            const { answers, peakMemoryBytes, startSeconds } = measured!;
            expect(answers).toEqual({ checked: counts[0], wrong: 0 });
            expect(peakMemoryBytes).toBeGreaterThan(10e6);
            expect(startSeconds).toBeGreaterThan(0);
          }
        }
        const passed = run.workloads[0]!.results.map(({ measured }) => measured!.counts);
        expect(passed[0]!['lookups passed on']).toBe(
          run.workloads[0]!.results[0]!.measured!.latency.count,
        );
        expect(passed[1]).toEqual(passed[0]);
        const written = readRun(readFileSync(join(scratch.path, 'report/run.json'), 'utf8'), 'run');
        expect(written).toEqual(run);
        expectClean(scratch);
      }),
    300_000,
  );

  it(
    'fails when an answer is wrong, and says which',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('honest.vol', volfile());
        await scratch.file('liar.vol', volfile(module('liar'), 'liar'));
        await scratch.file('liar.py', LIAR);
        const ended = await bench(
          scratch,
          ['honest.vol', 'liar.vol', '-w', 'hit', '--seed', '3'],
          {},
        );
        const complaint = 'stat of file0007 says ENOENT, the plain directory that it is there';
        expect(ended.status).toBe(1);
        expect(ended.err).toContain(`failed: hit, liar: wrong answer: ${complaint}`);
        const { partial, workloads } = runOf(ended);
        expect(partial).toBe(true);
        const [honest, liar] = workloads[0]!.results;
        expect(rounds(honest!)).toBe(2);
        expect(liar!.missing).toContain(complaint);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'keeps what was measured of a mount that dies, and marks it',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('lasting.vol', volfile());
        await scratch.file('dying.vol', volfile());
        // The command ends the server of the stack that it runs in: after the warm-up, once.
        const command = [
          'mount=$(stat -c %m . 2>/dev/null || echo .)',
          'case $mount in *dying-mnt)',
          '  n=$(cat ../count 2>/dev/null || echo 0); echo $((n + 1)) > ../count',
          '  if [ $n -ge 4 ]; then kill -9 $(pgrep -f "mount .*/dying.vol"); fi',
          'esac; exit 0',
        ].join('\n');
        const args = ['lasting.vol', 'dying.vol', '--rounds', '6', '--duration', '0.001'];
        const ended = await glossa(
          scratch,
          ['bench', ...args, '--json', '--data', '.', '--', 'sh', '-c', command],
          { env: { TMPDIR: scratch.path }, patience: 120_000 },
        );
        expect(ended.status).toBe(1);
        expect(ended.err).toContain('failed: command, dying: ');
        const run = runOf(ended);
        expect(run.partial).toBe(true);
        const [lasting, dying] = run.workloads[0]!.results;
        expect(rounds(lasting!)).toBe(6);
        expect(dying!.missing).not.toBeNull();
        expect(rounds(dying!) ?? 0).toBeLessThan(6);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'reports what was measured when it is interrupted, and unmounts',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('a.vol', volfile());
        const args = ['a.vol', 'a.vol', '-w', 'miss', '--json', '--data', '.'];
        const ended = await glossa(
          scratch,
          ['bench', ...args, '--rounds', '100000', '--duration', '0.01'],
          {
            env: { TMPDIR: scratch.path },
            patience: 120_000,
            onStart(child) {
              const look = setInterval(() => {
                const both = mountPoints().filter((point) => point.startsWith(scratch.path));
                if (both.length < 2) return;
                clearInterval(look);
                child.kill('SIGINT');
              }, 20);
              child.once('exit', () => clearInterval(look));
            },
          },
        );
        expect(ended.status).toBe(130);
        expect(runOf(ended).partial).toBe(true);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'measures one translator in several languages, which pass the same lookups on',
    () =>
      withScratch(async (scratch) => {
        const languages = 'typescript,python,javascript';
        const args = ['--translator', 'negative', '--in', languages, '-w', 'miss,phpsim'];
        const ended = await bench(scratch, args);
        expect(ended.err).toBe('');
        expect(ended.status).toBe(0);
        const run = runOf(ended);
        expect(run.stacks.map(({ name }) => name)).toEqual(languages.split(','));
        for (const { results } of run.workloads) {
          const counts = results.map(({ measured }) => measured!.counts['lookups passed on']);
          expect(new Set(counts).size).toBe(1);
        }
        expectClean(scratch);
      }),
    150_000,
  );
});
