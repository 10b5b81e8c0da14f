import { expect, it } from 'vitest';
import { type MeasurePlan, measure } from './measure.ts';
import { MeasurementError } from './measurement-error.ts';

/** A folder in which no file can be made. */
const NO_FOLDER = '/dev/null/plain';

const plan: MeasurePlan = {
  workload: 'miss',
  placement: 'same',
  cpus: { client: 0, servers: '0' },
  stacks: [
    {
      name: 'a',
      lookupCounter: null,
      serve: () => Promise.reject(new MeasurementError('it does not start')),
      discard() {},
    },
    {
      name: 'floor',
      lookupCounter: null,
      findUnfitReason: () => 'it knows nothing of this',
      serve: () => Promise.reject(new MeasurementError('it was started')),
      discard() {},
    },
  ],
  command: null,
  plainFolder: NO_FOLDER,
  clients: 1,
  inProcess: false,
  seed: 1,
  rounds: 1,
  seconds: 0.01,
  sameLookupStacks: [],
  runStartMs: 0,
  onStep() {},
  signal: new AbortController().signal,
};

it('measure reports each stack, and the plain directory, that could not be measured', async () => {
  const { workload, partial, failures, warnings } = await measure(plan);
  expect(workload.plain).toBeNull();
  expect(partial).toBe(true);
  expect(warnings).toEqual([
    expect.stringMatching(/^miss, same CPU: the plain directory ended early: ./),
  ]);
  expect(failures).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^miss, the plain directory: ./),
      'miss, a: it does not start',
    ]),
  );
});

it('measure reports a workload that does not fit a stack, but not as a failure', async () => {
  const { workload, failures } = await measure(plan);
  const [a, floor] = workload.results;
  expect([a!.unfit, floor!.unfit]).toEqual([false, true]);
  expect(floor!.missing).toBe('it knows nothing of this');
  expect(failures.join()).not.toContain('floor');
});

it('measure neither starts nor reports a stack that failed in the trial', async () => {
  const stacks = plan.stacks.map((stack) => ({
    ...stack,
    startFailure: 'it did not start: a typo',
  }));
  const { workload, failures } = await measure({ ...plan, stacks });
  expect(workload.results[0]!.missing).toBe('it did not start: a typo');
  expect(failures.join()).not.toContain('miss, a');
});
