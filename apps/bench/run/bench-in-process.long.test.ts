/** `glossa bench --in-process`: the report of a run without a mount. */
import { expect, it } from 'vitest';
import {
  benchVolfile,
  countRounds,
  expectClean,
  LIAR,
  readOutput,
  runBench,
  runShortBench,
} from '../../../test/support/bench-runs.ts';
import { withScratch } from '../../../test/support/mount.ts';

it('glossa bench --in-process measures all that needs no mount, and checks the replies', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('one.vol', benchVolfile());
    const result = await runShortBench(scratch, ['one.vol', '--in-process']);
    expect({ status: result.status, err: result.err }).toEqual({ status: 0, err: '' });
    const { workloads, warnings, partial, mountFlags } = readOutput(result);
    expect({ partial, mountFlags }).toEqual({ partial: false, mountFlags: [] });
    expect(warnings).toContainEqual(expect.stringMatching(/^measured without a mount: /));
    expect(workloads.map(({ name }) => name)).toEqual([
      ...['miss', 'hit', 'phpsim', 'smallfile', 'seqread', 'randread'],
    ]);
    for (const { plain, results } of workloads) {
      expect(plain).toBeNull();
      expect(countRounds(results[0]!)).toBe(6);
      expect(results[0]!.measured!.peakMemoryBytes).toBeGreaterThan(0);
    }
    await expectClean(scratch);
  }));

it('glossa bench --in-process compares a translator in several languages, whose lookups are equal', () =>
  withScratch(async (scratch) => {
    const flags = ['--translator', 'negative', '--in', 'typescript,python,javascript'];
    // Long enough for a warm-up that fills the caches.
    const long = ['--in-process', '-w', 'phpsim', '--rounds', '6', '--duration', '0.2', '--json'];
    const result = await runBench(scratch, [...flags, ...long]);
    expect({ status: result.status, err: result.err }).toEqual({ status: 0, err: '' });
    const [{ results } = { results: [] }] = readOutput(result).workloads;
    expect(results.map(({ stack }) => stack)).toEqual(['typescript', 'python', 'javascript']);
    const warnings = results.flatMap((stack) => stack.warnings);
    expect(warnings.filter((text) => text.includes('lookups were passed on'))).toEqual([]);
    await expectClean(scratch);
  }));

it('glossa bench --in-process fails when a reply is wrong, and names the reply', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('liar.py', LIAR);
    const liar =
      'volume liar\n    type features/glupy\n    option module-name liar\n    subvolumes brick\nend-volume\n';
    await scratch.writeFile('liar.vol', benchVolfile(liar, 'liar'));
    const result = await runShortBench(scratch, ['liar.vol', '--in-process', '-w', 'hit']);
    expect(result.status).toBe(1);
    expect(result.err).toContain(
      'failed: hit, liar: wrong answer: stat of file0007 gives ENOENT, in the plain directory success',
    );
    await expectClean(scratch);
  }));
