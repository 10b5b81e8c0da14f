/** Whole runs of `glossa bench`: all workloads, several languages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  benchVolfile,
  countRounds,
  expectClean,
  LEAST,
  readOutput,
  runShortBench,
} from '../../../test/support/bench-runs.ts';
import { describeMounts, runGlossa, withScratch } from '../../../test/support/mount.ts';
import { parseRun } from '../engine/schema.ts';

describeMounts('glossa bench, as a whole', () => {
  it(
    'measures a stack by every workload, and leaves no mount, process or file',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const args = ['a.vol', '-w', 'all', '--clients', '2', '--', 'ls'];
        const [own, behind] = [args.slice(0, -2), args.slice(-2)];
        const result = await runGlossa(
          scratch,
          ['bench', ...own, ...LEAST, '--out', 'report', ...behind],
          { env: { TMPDIR: scratch.path }, patience: 240_000 },
        );
        expect(result.err).toBe('');
        expect(result.status).toBe(0);
        const run = readOutput(result);
        expect(run.partial).toBe(false);
        expect(run.stacks.map(({ name }) => name)).toEqual(['a']);
        expect(run.workloads.map(({ name }) => name)).toEqual([
          ...['miss', 'hit', 'phpsim', 'smallfile', 'seqread', 'seqwrite'],
          ...['seqread-1m', 'seqwrite-1m', 'seqwrite-4k', 'randread', 'readdir', 'command'],
        ]);
        for (const { name, plain, results } of run.workloads) {
          expect(plain!.count, name).toBeGreaterThan(0);
          expect(results.map(countRounds), name).toEqual([6]);
          const counts = results.map(({ measured }) => measured!.latency.count);
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
        const written = parseRun(
          readFileSync(join(scratch.path, 'report/run.json'), 'utf8'),
          'run',
        );
        expect(written).toEqual(run);
        expectClean(scratch);
      }),
    300_000,
  );

  it(
    'measures one translator in several languages, which all pass on equally many lookups',
    () =>
      withScratch(async (scratch) => {
        const languages = 'typescript,python,javascript';
        const args = ['--translator', 'negative', '--in', languages, '-w', 'miss'];
        const result = await runShortBench(scratch, args);
        expect(result.err).toBe('');
        expect(result.status).toBe(0);
        const run = readOutput(result);
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
