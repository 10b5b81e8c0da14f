import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, seeded } from './random.ts';
import type { Round } from './schema.ts';
import { median } from './statistics.ts';
import { compareRounds, judgeApart, judgePaired, pairRounds, ROUNDS_MIN } from './verdict.ts';

/** Normally distributed, by Box and Muller. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The time of a request, of which there are many in each round; `at` goes from 0 to 1. */
type Noise = (random: Random, at: number, ofRound: number) => number;

const noises: Readonly<Record<string, Noise>> = {
  'heavy-tailed': (random, _, ofRound) =>
    (10 + (1 - random()) ** (-1 / 1.2)) * (1 + 0.03 * ofRound),
  bimodal: (random, _, ofRound) =>
    (random() < 0.7 + 0.05 * ofRound ? 10 : 25) * (1 + 0.03 * normal(random)),
  drifting: (random, at, ofRound) =>
    10 * (1 + 0.5 * at) * (1 + 0.03 * ofRound) * (1 + 0.1 * normal(random)),
  'in steps': (random, at, ofRound) =>
    10 * (at < 0.4 ? 1 : 1.3) * (1 + 0.03 * ofRound) * (1 + 0.1 * normal(random)),
};

const ROUNDS = 15;
const REQUESTS = 99;

/** The medians of two stacks in rounds that take turns, the second `slower` times as slow. */
function simulate(noise: Noise, seed: number, slower = 1): [number[], number[]] {
  const random = seeded(seed);
  const stacks: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 2 * ROUNDS; turn++) {
    const ofRound = normal(random);
    const times = Array.from({ length: REQUESTS }, () =>
      noise(random, turn / (2 * ROUNDS), ofRound),
    );
    const mine = turn % 4 === 1 || turn % 4 === 2 ? 1 : 0;
    stacks[mine].push(median(times) * (mine === 1 ? slower : 1));
  }
  return stacks;
}

const verdictsOf = (noise: Noise, slower: number, runs: number): string[] =>
  Array.from({ length: runs }, (_, seed) => {
    const [first, second] = simulate(noise, seed, slower);
    return judgePaired(second, first, seed).verdict;
  });

const count = (verdicts: readonly string[], wanted: string): number =>
  verdicts.filter((verdict) => verdict === wanted).length;

describe.each(Object.entries(noises))('%s noise', (_, noise) => {
  it('makes no difference of two stacks that are the same', () => {
    expect(count(verdictsOf(noise, 1, 100), 'no difference')).toBeGreaterThanOrEqual(95);
  });

  it('hides no stack that is a tenth slower, or faster', () => {
    expect(count(verdictsOf(noise, 1.1, 30), 'slower')).toBeGreaterThanOrEqual(27);
    expect(count(verdictsOf(noise, 1 / 1.1, 30), 'faster')).toBeGreaterThanOrEqual(27);
  });
});

/**
 * Medians of rounds of a mount that is at one of two levels, a quarter apart, and may be at another
 * one in the next round.
 *
 * @param change how often the level is drawn anew @param up how often it is the higher one
 */
function levels(random: Random, change: number, up: number): number[] {
  let high = random() < up;
  return Array.from({ length: ROUNDS }, () => {
    if (random() < change) high = random() < up;
    return (high ? 12.5 : 10) * Math.exp(0.02 * normal(random));
  });
}

describe.each([
  { change: 1, up: 0.5 },
  { change: 1, up: 0.2 },
  { change: 0.7, up: 0.5 },
  { change: 0.5, up: 0.2 },
])('of mounts that jump between two levels ($change, $up)', ({ change, up }) => {
  const RUNS = 200;
  const judged = (slower: number, runs: number): string[] =>
    Array.from({ length: runs }, (_, seed) => {
      const random = seeded(7919 * seed + 13);
      const [first, second] = [levels(random, change, up), levels(random, change, up)];
      return judgePaired(
        second.map((it) => it * slower),
        first,
        seed,
      ).verdict;
    });

  it('a difference of the same is found in 5 of 100 runs at most', () => {
    const verdicts = judged(1, RUNS);
    const found = count(verdicts, 'faster') + count(verdicts, 'slower');
    expect(found).toBeLessThanOrEqual(0.05 * RUNS);
  });

  it('one that is twice as slow is found', () => {
    expect(count(judged(2, 40), 'slower')).toBe(40);
  });
});

describe('a difference that a part of the run does not show', () => {
  const first = Array.from({ length: ROUNDS }, () => 10);
  const judged = (of: (round: number) => number) =>
    judgePaired(
      first.map((it, round) => it * of(round)),
      first,
      1,
    );

  it('leaves it open where it is large', () => {
    for (const found of [
      judged((round) => (round < 3 ? 0.98 : 1.2 + round / 100)),
      judged((round) => (round === 6 || round === 7 ? 0.99 : 1.5)),
      judged((round) => (round === 6 || round === 7 ? 1.01 : 0.6)),
    ]) {
      expect(found.low > 1 || found.high < 1).toBe(true);
      expect(found.verdict).toBe('too noisy to conclude');
      expect(found.doubt).toContain('did not show throughout');
    }
  });

  it('is none where it is small', () => {
    const found = judged((round) => (round < 3 ? 0.98 : 1.05));
    expect(found.low).toBeGreaterThan(1);
    expect(found).toMatchObject({ verdict: 'no difference', doubt: null });
  });
});

describe('judgement', () => {
  const [first, second] = simulate(noises.drifting!, 7, 1.1);

  it('is the same for the same rounds and seed', () => {
    expect(judgePaired(second, first, 3)).toEqual(judgePaired(second, first, 3));
  });

  it('pairs the rounds: a drift that both have does not widen the interval', () => {
    const drift = Array.from({ length: ROUNDS }, (_, round) => 2 ** round);
    const { ratio, low, high } = judgePaired(
      drift.map((it) => it * 1.5),
      drift,
      1,
    );
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(1.5);
  });

  it('says that rounds are too few, or too far apart', () => {
    const few = judgePaired(second.slice(1, ROUNDS_MIN), first.slice(1, ROUNDS_MIN), 1);
    expect(few.verdict).toBe('too noisy to conclude');
    expect(few.doubt).toContain('5 rounds are too few');
    const wild = judgePaired([1, 9, 2, 8, 3, 7], [9, 1, 8, 2, 7, 3], 1);
    expect(wild.verdict).toBe('too noisy to conclude');
    expect(wild.doubt).toContain('too far apart');
  });

  it('finds a difference between runs, and none in one run', () => {
    const quiet = simulate((random) => 10 * (1 + 0.1 * normal(random)), 3)[0];
    expect(
      judgeApart(
        quiet.map((it) => it * 1.1),
        quiet,
        1,
      ).verdict,
    ).toBe('slower');
    expect(judgeApart(quiet.toReversed(), quiet, 1).verdict).toBe('no difference');
  });

  it('makes no difference of two runs of the same', () => {
    const verdicts = Array.from({ length: 100 }, (_, seed) => {
      const [first] = simulate(noises['heavy-tailed']!, seed);
      const [second] = simulate(noises['heavy-tailed']!, seed + 1000);
      return judgeApart(second, first, seed).verdict;
    });
    expect(count(verdicts, 'no difference')).toBeGreaterThanOrEqual(95);
  });

  const rounds = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 6 });

  it('never makes a difference of a stack and itself', () => {
    fc.assert(
      fc.property(rounds, fc.nat(), (values, seed) => {
        expect(judgePaired(values, values, seed)).toMatchObject({
          ...{ ratio: 1, low: 1, high: 1, verdict: 'no difference' },
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has the ratio within its interval, and turns with the stacks', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(rounds, rounds), { minLength: 1, maxLength: 1 }), ([lists]) => {
        const [a, b] = lists!;
        const length = Math.min(a.length, b.length);
        const one = judgePaired(a.slice(0, length), b.slice(0, length), 1);
        expect(one.low).toBeLessThanOrEqual(one.ratio * (1 + 1e-9));
        expect(one.high).toBeGreaterThanOrEqual(one.ratio * (1 - 1e-9));
        const other = judgePaired(b.slice(0, length), a.slice(0, length), 1);
        expect(other.ratio * one.ratio).toBeCloseTo(1);
        expect(other.noise).toBe(one.noise);
      }),
      { numRuns: 30 },
    );
  });
});

const round = (number: number, p50: number): Round => ({
  round: number,
  at: number,
  seconds: 1,
  latency: { count: 1, min: 1, mean: 1, stddev: 0, p50, p90: 1, p99: 1, 'p99.9': 1, max: 1 },
  serverCpuSeconds: 0,
  clientCpuSeconds: 0,
});

it('pairs rounds of the same number alone', () => {
  const pairs = pairRounds([round(1, 1), round(2, 2), round(3, 3)], [round(3, 6), round(1, 2)]);
  expect(pairs.map(([a, b]) => [a.round, b.round])).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(compareRounds([round(1, 5)], [round(2, 5)], 1)).toBeNull();
  expect(compareRounds([round(1, 5)], [round(1, 10)], 1)?.ratio).toBeCloseTo(0.5);
});
