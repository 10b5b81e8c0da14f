import { describe, expect, it } from 'vitest';
import { makeHistogram, recordNs } from './histogram.ts';
import { computeMedianRatio, measures } from './measures.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from './results.ts';
import type { StackResult } from './schema.ts';

function makeSample(round: number, nanoseconds: number): RoundSample {
  const latency = makeHistogram();
  for (let i = 0; i < 10; i++) recordNs(latency, nanoseconds);
  return {
    ...{ round, at: 10 * round, seconds: 2, latency },
    ...{ serverCpuSeconds: 1, clientCpuSeconds: 0.5 },
    answers: { checked: 10, wrong: round === 2 ? 1 : 0 },
    counts: { 'passed on': round },
  };
}

const totals = { peakMemoryBytes: 1e6, startSeconds: 0.5 };
const makeResult = (stack: string, times: readonly number[]): StackResult => ({
  stack,
  measured: sumUpRounds(
    times.map((time, i) => makeSample(i + 1, time)),
    totals,
  ),
  missing: null,
  unfit: false,
  warnings: [],
});

it('sumUpRounds adds up the rounds', () => {
  const { measured } = makeResult('a', [100, 100, 400]);
  expect(measured).toMatchObject({
    latency: { count: 30, p50: 100, min: 100 },
    throughput: 5,
    serverCpuSeconds: 3,
    clientCpuSeconds: 1.5,
    counts: { 'passed on': 6 },
    answers: { checked: 30, wrong: 1 },
    ...totals,
  });
  expect(measured!.rounds.map(({ latency }) => latency.p50)).toEqual([100, 100, 400]);
  expect(sumUpRounds([], totals)).toBeNull();
});

describe('compareToFirst', () => {
  const first = makeResult('a', [100, 101, 99, 100, 102, 100]);

  it('compares each stack with the first', () => {
    const [a, b] = compareToFirst([first, makeResult('b', [200, 202, 198, 200, 204, 200])], 1);
    expect(a!.measured!.toFirst).toBeNull();
    expect(b!.measured!.toFirst).toMatchObject({ ratio: 2, verdict: 'slower' });
    expect(b!.warnings).toEqual([]);
  });

  it('warns instead of comparing fewer than 6 rounds', () => {
    const [, b] = compareToFirst([first, makeResult('b', [200, 200])], 1);
    expect(b!.measured!.toFirst).toBeNull();
    expect(b!.warnings).toEqual(['not compared: a comparison needs at least 6 rounds']);
  });

  it('warns about rounds that lie too far apart', () => {
    const [, b] = compareToFirst([first, makeResult('b', [50, 202, 98, 300, 54, 200])], 1);
    expect(b!.measured!.toFirst).toMatchObject({ verdict: 'too noisy to conclude' });
    expect(b!.warnings.join()).toMatch(/^too noisy to conclude: the rounds lie too far apart/);
  });

  it('leaves a result unchanged if its stack or the first one was not measured', () => {
    const unmeasured: StackResult = {
      ...{ stack: 'b', measured: null, missing: 'it ended', unfit: false, warnings: [] },
    };
    expect(compareToFirst([first, unmeasured], 1)[1]).toBe(unmeasured);
    expect(compareToFirst([unmeasured, first], 1)[1]).toBe(first);
  });
});

it('measures gives the CPU time of one request, and the start time and throughput of the whole stack', () => {
  const { measured } = makeResult('a', [100, 100]);
  expect(measures['server-cpu'].readValue(measured!)).toBeCloseTo(1e8);
  expect(measures.start.readValue(measured!)).toBe(5e8);
  expect(measures.throughput.readValue(measured!)).toBe(5);
});

it('computeMedianRatio compares p50 by pairs of rounds, and memory by the peak of the whole run', () => {
  const [mine, other] = [
    makeResult('a', [200, 400, 900]).measured!,
    makeResult('b', [100, 200, 300]).measured!,
  ];
  expect(computeMedianRatio('p50', mine, other)).toBeCloseTo(2);
  expect(computeMedianRatio('memory', mine, other)).toBe(1);
  expect(computeMedianRatio('memory', mine, { ...other, peakMemoryBytes: null })).toBeNull();
  expect(computeMedianRatio('p50', mine, { ...other, rounds: [] })).toBeNull();
});
