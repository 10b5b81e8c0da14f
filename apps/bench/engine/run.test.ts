import { describe, expect, it } from 'vitest';
import { simulateRun } from '../../../test/support/simulated-run.ts';
import type { MeasurePlan, WorkloadMeasurement } from './measure.ts';
import { MeasurementError } from './measurement-error.ts';
import { formatMarkdown } from './report/markdown.ts';
import { formatTerminalReport } from './report/text.ts';
import { type RunPlan, runBench, type TrialResult } from './run.ts';

const { machine, stacks, workloads } = simulateRun();

const plan: RunPlan = {
  question: 'How fast?',
  commandLine: ['glossa', 'bench'],
  stacks: stacks.map((stack) => ({
    ...stack,
    lookupCounter: null,
    serve: () => Promise.reject(new Error('not here')),
    discard() {},
  })),
  workloads: ['miss', 'hit', 'readdir'],
  placements: ['same'],
  command: [],
  warnings: [],
  machine,
  cpus: '0-1',
  mountFlags: ['--no-passthrough'],
  folder: '/nowhere',
  showProgress() {},
  printProblem() {},
  clients: 1,
  inProcess: false,
  seed: 1,
  rounds: 2,
  seconds: 0.1,
  sameLookupStacks: [],
  signal: new AbortController().signal,
};

const makeMeasurement = ({ workload: name, placement }: MeasurePlan): WorkloadMeasurement => ({
  workload: { ...workloads[0]!, name, place: placement },
  partial: false,
  warnings: [],
  failures: [],
});

/** A trial in which all stacks start. */
const startAll = async (): Promise<TrialResult> => ({
  command: null,
  startFailures: new Map(),
  warnings: [],
});

const screen = { width: 100, colour: false };

describe('a run of the bench', () => {
  it('keeps the other measurements when a workload ends with an error', async () => {
    const { run, failures } = await runBench(
      plan,
      async (measurePlan) => {
        if (measurePlan.workload === 'hit') throw new Error('the disk is on fire');
        return makeMeasurement(measurePlan);
      },
      startAll,
    );
    expect(run.workloads.map(({ name }) => name)).toEqual(['miss', 'readdir']);
    expect(run.partial).toBe(true);
    expect(run.warnings).toEqual(['hit, same CPU: not measured: the disk is on fire']);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('hit, same CPU: Error: the disk is on fire');
  });

  it('contains the warnings of its workloads', async () => {
    const { run } = await runBench(
      { ...plan, workloads: ['miss'] },
      async (measurePlan) => ({
        ...makeMeasurement(measurePlan),
        warnings: ['miss, same CPU: the plain directory ended early: it is gone'],
      }),
      startAll,
    );
    expect(run.warnings).toEqual(['miss, same CPU: the plain directory ended early: it is gone']);
    expect(run.mountFlags).toEqual(['--no-passthrough']);
  });

  it('without any measurement still gives a report', async () => {
    const { run } = await runBench(plan, () => Promise.reject(new Error('no')), startAll);
    expect(run.workloads).toEqual([]);
    expect(run.partial).toBe(true);
    expect(formatTerminalReport(run, screen)).toContain('not measured: no');
    expect(formatMarkdown(run)).toContain('not measured: no');
  });

  it('reports once, before the first measurement, that a stack does not start', async () => {
    const printed: string[] = [];
    const printProblem = (problem: string): void => void printed.push(problem);
    const [first, second] = plan.stacks;
    const { run, trialFailures, failures } = await runBench(
      { ...plan, printProblem },
      async ({ stacks: plannedStacks, ...measurePlan }) => {
        expect(plannedStacks.map(({ startFailure }) => startFailure)).toEqual([
          null,
          'a typo',
          null,
        ]);
        expect(printed).toHaveLength(1);
        return makeMeasurement({ ...measurePlan, stacks: plannedStacks });
      },
      async () => ({ ...(await startAll()), startFailures: new Map([[second!.name, 'a typo']]) }),
    );
    expect(first!.name).not.toBe(second!.name);
    expect(printed).toEqual([`failed: ${second!.name}: a typo`]);
    expect(trialFailures).toEqual([`${second!.name}: a typo`]);
    expect(failures).toEqual([]);
    expect(run.partial).toBe(true);
  });

  it('ends before measuring when no stack starts', async () => {
    const serve = () => Promise.reject(new MeasurementError('it did not start: a typo'));
    const stacks = plan.stacks.slice(0, 2).map((stack) => ({ ...stack, serve }));
    const names = stacks.map(({ name }) => name);
    await expect(runBench({ ...plan, stacks })).rejects.toThrow(
      `${names[0]}: it did not start: a typo\n${names[1]}: it did not start: a typo`,
    );
  });

  it('is marked as partial if the machine has too few CPUs for a placement', async () => {
    const places = ['same', 'different'] as const;
    const { run } = await runBench(
      { ...plan, workloads: ['miss'], placements: places, cpus: '3' },
      async (measurePlan) => makeMeasurement(measurePlan),
      startAll,
    );
    expect(run.workloads.map(({ place: placement }) => placement)).toEqual(['same']);
    expect(run.partial).toBe(true);
    expect(run.warnings).toEqual(['miss, different CPUs: not measured: there is only one CPU']);
    const both = await runBench(
      { ...plan, placements: places },
      async (measurePlan) => makeMeasurement(measurePlan),
      startAll,
    );
    expect(both.run.partial).toBe(false);
  });
});
