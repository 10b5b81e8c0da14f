import { describe, expect, it } from 'vitest';
import {
  simulatedWorkloads,
  simulateRun,
  withoutWarmUp,
} from '../../../test/support/simulated-run.ts';
import { compareRuns } from './compare.ts';

const run = simulateRun();

/** A run of another hour: other rounds, and all stacks `factor` times as slow. */
const makeLaterRun = (factor: number, pythonFactor = 1) =>
  simulateRun({}, [
    // Another workload before them draws other times.
    { ...simulatedWorkloads[0]!, name: 'other' },
    ...simulatedWorkloads.map((workload) => ({
      ...workload,
      medians: workload.medians.map((median, i) =>
        median === null ? null : median * factor * (i === 1 ? pythonFactor : 1),
      ),
    })),
  ]);

const listVerdicts = (second: typeof run) =>
  compareRuns(run, second).lines.map(({ stack, to, compared, missing }) => [
    to === null ? stack : `${stack} / ${to}`,
    compared?.verdict ?? missing,
  ]);

const expectedVerdicts = (plain: string, python: string, ratio: string) =>
  ['miss', 'miss', 'readdir'].flatMap((name) => [
    ['typescript', plain],
    ['python', python],
    ['python / typescript', ratio],
    ['javascript', name === 'readdir' ? 'it ended' : plain],
    ['javascript / typescript', name === 'readdir' ? 'it ended' : 'no difference'],
  ]);

const BUSY = { others: 0.6, steal: 0, load: 15 };

describe('compareRuns', () => {
  it('no warning tells temporary paths of two runs apart', () => {
    const makeRun = (path: string): typeof run => ({
      ...run,
      stacks: [
        { ...run.stacks[0]!, volfile: `volume a\n  option directory ${path}\nend-volume\n` },
      ],
    });
    const pairs = [
      ['/tmp/tmp.aB3dEf/data', '/tmp/tmp.Zz9xYw/data', 0],
      ['/var/tmp/one', '/var/tmp/two', 0],
      ['/mnt/fast/glossa-bench-data-abc123/d', '/mnt/fast/glossa-bench-data-Xyz789/d', 0],
      ['/tmp/one/data', '/tmp/two/other', 1],
      ['/srv/one', '/srv/two', 1],
    ] as const;
    for (const [first, second, count] of pairs) {
      const { warnings } = compareRuns(makeRun(first), makeRun(second));
      expect(warnings, `${first} and ${second}`).toHaveLength(count);
    }
  });

  it('warns that a run on a busy machine may be slower for that reason', () => {
    const slower = makeLaterRun(2);
    const workloads = slower.workloads.map((workload) => ({ ...workload, busy: BUSY }));
    expect(compareRuns(run, { ...slower, workloads }).warnings).toContainEqual(
      expect.stringMatching(
        /^miss, same CPU, second run: the machine was busy: .*; compare only the ratios$/,
      ),
    );
  });

  it('warns that an older version measured before its stacks were steady', () => {
    const { warnings, lines } = compareRuns(withoutWarmUp(run), run);
    expect(warnings).toEqual([
      'the warm-up is another: a part of a round (by an older glossa), then until each stack was steady',
    ]);
    expect(lines).toEqual(compareRuns(run, run).lines);
  });

  it('finds no difference between a run and itself', () => {
    expect(listVerdicts(run)).toEqual(
      expectedVerdicts('no difference', 'no difference', 'no difference'),
    );
    expect(compareRuns(run, run).warnings).toEqual([]);
  });

  it('reports changed times on a slower machine, and also changed ratios if one stack became faster', () => {
    expect(listVerdicts(makeLaterRun(1.3))).toEqual(
      expectedVerdicts('slower', 'slower', 'no difference'),
    );
    expect(listVerdicts(makeLaterRun(1, 0.7))).toEqual(
      expectedVerdicts('no difference', 'faster', 'faster'),
    );
  });

  it('returns the median times of both runs', () => {
    const [line] = compareRuns(run, makeLaterRun(2)).lines;
    expect(line!.b! / line!.a!).toBeCloseTo(2, 1);
    expect(line).toMatchObject({ workload: 'miss, same CPU', stack: 'typescript', to: null });
  });

  it('warns about each difference of machine, stacks and workloads between two runs', () => {
    const machine = {
      ...run.machine,
      cpu: 'another',
      versions: { ...run.machine.versions, Node: 'v22.0.0' },
    };
    const stacks = [{ ...run.stacks[0]!, volfile: 'another' }, ...run.stacks.slice(1)];
    const workloads = [
      { ...run.workloads[0]!, clients: 4, request: 'make' },
      { ...run.workloads[1]!, name: 'hit' },
    ];
    const mountFlags = ['--no-passthrough'];
    expect(
      compareRuns(run, { ...run, machine, stacks, workloads, mountFlags, partial: true }).warnings,
    ).toEqual([
      'the CPU is another: A <CPU> of 3 GHz, then another; compare only the ratios',
      'Node is another: v20.20.0, then v22.0.0',
      'the volfile of typescript is another',
      'how the stacks were mounted is another: --entry-timeout=0 --attribute-timeout=1 ' +
        '--negative-timeout=0, then --no-passthrough',
      'miss, same CPU is another: stat of an absent name by 1, then make by 4',
      'only the first run has miss, different CPUs',
      'only the first run has readdir, same CPU',
      'only the second run has hit, different CPUs',
      'the second run ended early',
    ]);
  });
});
