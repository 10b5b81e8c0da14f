import { describe, expect, it } from 'vitest';
import { simulateRun } from '../../../test/support/simulated-run.ts';
import type { Measurement, MeasurePlan } from './measure.ts';
import { NotMeasured } from './not-measured.ts';
import { markdownReport } from './report/markdown.ts';
import { terminalReport } from './report/text.ts';
import { type RunPlan, runBench } from './run.ts';
import type { TrialResult } from './trial.ts';

const { machine, stacks, workloads } = simulateRun();

const plan: RunPlan = {
  question: 'How fast?',
  line: ['glossa', 'bench'],
  stacks: stacks.map((stack) => ({
    ...stack,
    counted: null,
    serve: () => Promise.reject(new Error('not here')),
    discard() {},
  })),
  workloads: ['miss', 'hit', 'readdir'],
  places: ['same'],
  command: [],
  warnings: [],
  machine,
  cpus: '0-1',
  mountFlags: ['--no-passthrough'],
  folder: '/nowhere',
  progress() {},
  tell() {},
  clients: 1,
  seed: 1,
  rounds: 2,
  seconds: 0.1,
  alike: [],
  signal: new AbortController().signal,
};

const measured = ({ workload: name, place }: MeasurePlan): Measurement => ({
  workload: { ...workloads[0]!, name, place },
  partial: false,
  warnings: [],
  failures: [],
});

/** A trial in which all stacks start. */
const started = async (): Promise<TrialResult> => ({
  command: null,
  broken: new Map(),
  warnings: [],
});

const shown = { width: 100, colour: false };

describe('a run', () => {
  it('a workload that ends with an error keeps the measurements of the others', async () => {
    const { run, failures } = await runBench(
      plan,
      async (one) => {
        if (one.workload === 'hit') throw new Error('the disk is on fire');
        return measured(one);
      },
      started,
    );
    expect(run.workloads.map(({ name }) => name)).toEqual(['miss', 'readdir']);
    expect(run.partial).toBe(true);
    expect(run.warnings).toEqual(['hit, same CPU: not measured: the disk is on fire']);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('hit, same CPU: Error: the disk is on fire');
  });

  it('takes over the warnings of its workloads', async () => {
    const { run } = await runBench(
      { ...plan, workloads: ['miss'] },
      async (one) => ({
        ...measured(one),
        warnings: ['miss, same CPU: the plain directory ended early: it is gone'],
      }),
      started,
    );
    expect(run.warnings).toEqual(['miss, same CPU: the plain directory ended early: it is gone']);
    expect(run.mountFlags).toEqual(['--no-passthrough']);
  });

  it('a run without any measurement still gives a report', async () => {
    const { run } = await runBench(plan, () => Promise.reject(new Error('no')), started);
    expect(run.workloads).toEqual([]);
    expect(run.partial).toBe(true);
    expect(terminalReport(run, shown)).toContain('not measured: no');
    expect(markdownReport(run)).toContain('not measured: no');
  });

  it('names stacks that do not start before measuring, and only once', async () => {
    const told: string[] = [];
    const tell = (problem: string): void => void told.push(problem);
    const [first, second] = plan.stacks;
    const {
      run,
      told: failed,
      failures,
    } = await runBench(
      { ...plan, tell },
      async ({ stacks: them, ...one }) => {
        expect(them.map(({ broken }) => broken)).toEqual([null, 'a typo', null]);
        expect(told).toHaveLength(1);
        return measured({ ...one, stacks: them });
      },
      async () => ({ ...(await started()), broken: new Map([[second!.name, 'a typo']]) }),
    );
    expect(first!.name).not.toBe(second!.name);
    expect(told).toEqual([`failed: ${second!.name}: a typo`]);
    expect(failed).toEqual([`${second!.name}: a typo`]);
    expect(failures).toEqual([]);
    expect(run.partial).toBe(true);
  });

  it('ends before measuring when no stack starts', async () => {
    const serve = () => Promise.reject(new NotMeasured('it did not start: a typo'));
    const stacks = plan.stacks.slice(0, 2).map((it) => ({ ...it, serve }));
    const names = stacks.map(({ name }) => name);
    await expect(runBench({ ...plan, stacks })).rejects.toThrow(
      `${names[0]}: it did not start: a typo\n${names[1]}: it did not start: a typo`,
    );
  });

  it('is partial where the machine has too few CPUs for a placement', async () => {
    const places = ['same', 'different'] as const;
    const { run } = await runBench(
      { ...plan, workloads: ['miss'], places, cpus: '3' },
      async (one) => measured(one),
      started,
    );
    expect(run.workloads.map(({ place }) => place)).toEqual(['same']);
    expect(run.partial).toBe(true);
    expect(run.warnings).toEqual(['miss, different CPUs: not measured: there is only one CPU']);
    const both = await runBench({ ...plan, places }, async (one) => measured(one), started);
    expect(both.run.partial).toBe(false);
  });
});
