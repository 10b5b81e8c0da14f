import { describe, expect, it } from 'vitest';
import { newHistogram, recordNs } from './histogram.ts';
import { measures, ratioOf } from './measures.ts';
import { compareToFirst, type RoundSample, sumUpRounds } from './results.ts';
import type { Result } from './schema.ts';

function sample(round: number, nanoseconds: number): RoundSample {
  const latency = newHistogram();
  for (let i = 0; i < 10; i++) recordNs(latency, nanoseconds);
  return {
    ...{ round, at: 10 * round, seconds: 2, latency },
    ...{ serverCpuSeconds: 1, clientCpuSeconds: 0.5 },
    answers: { checked: 10, wrong: round === 2 ? 1 : 0 },
    counts: { 'passed on': round },
  };
}

const about = { peakMemoryBytes: 1e6, startSeconds: 0.5 };
const of = (stack: string, times: readonly number[]): Result => ({
  stack,
  measured: sumUpRounds(
    times.map((time, i) => sample(i + 1, time)),
    about,
  ),
  missing: null,
  unfit: false,
  warnings: [],
});

it('sumUpRounds adds up the rounds', () => {
  const { measured } = of('a', [100, 100, 400]);
  expect(measured).toMatchObject({
    latency: { count: 30, p50: 100, min: 100 },
    throughput: 5,
    serverCpuSeconds: 3,
    clientCpuSeconds: 1.5,
    counts: { 'passed on': 6 },
    answers: { checked: 30, wrong: 1 },
    ...about,
  });
  expect(measured!.rounds.map(({ latency }) => latency.p50)).toEqual([100, 100, 400]);
  expect(sumUpRounds([], about)).toBeNull();
});

describe('compareToFirst', () => {
  const first = of('a', [100, 101, 99, 100, 102, 100]);

  it('compares each stack with the first', () => {
    const [a, b] = compareToFirst([first, of('b', [200, 202, 198, 200, 204, 200])], 1);
    expect(a!.measured!.toFirst).toBeNull();
    expect(b!.measured!.toFirst).toMatchObject({ ratio: 2, verdict: 'slower' });
    expect(b!.warnings).toEqual([]);
  });

  it('does not compare fewer than 6 rounds, and warns', () => {
    const [, b] = compareToFirst([first, of('b', [200, 200])], 1);
    expect(b!.measured!.toFirst).toBeNull();
    expect(b!.warnings).toEqual(['not compared: a comparison needs at least 6 rounds']);
  });

  it('warns about rounds that lie too far apart', () => {
    const [, b] = compareToFirst([first, of('b', [50, 202, 98, 300, 54, 200])], 1);
    expect(b!.measured!.toFirst).toMatchObject({ verdict: 'too noisy to conclude' });
    expect(b!.warnings.join()).toMatch(/^too noisy to conclude: the rounds lie too far apart/);
  });

  it('leaves unmeasured results unchanged', () => {
    const gone: Result = {
      ...{ stack: 'b', measured: null, missing: 'it ended', unfit: false, warnings: [] },
    };
    expect(compareToFirst([first, gone], 1)[1]).toBe(gone);
    expect(compareToFirst([gone, first], 1)[1]).toBe(first);
  });
});

it('CPU time is per request, start and throughput are per stack', () => {
  const { measured } = of('a', [100, 100]);
  expect(measures['server-cpu'].of(measured!)).toBeCloseTo(1e8);
  expect(measures.start.of(measured!)).toBe(5e8);
  expect(measures.throughput.of(measured!)).toBe(5);
});

it('the ratio of p50 pairs rounds, the ratio of memory compares totals', () => {
  const [mine, other] = [of('a', [200, 400, 900]).measured!, of('b', [100, 200, 300]).measured!];
  expect(ratioOf('p50', mine, other)).toBeCloseTo(2);
  expect(ratioOf('memory', mine, other)).toBe(1);
  expect(ratioOf('memory', mine, { ...other, peakMemoryBytes: null })).toBeNull();
  expect(ratioOf('p50', mine, { ...other, rounds: [] })).toBeNull();
});
