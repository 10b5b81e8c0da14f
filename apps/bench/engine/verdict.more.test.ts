import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, seedRandom } from './random.ts';
import type { Round } from './schema.ts';
import { computeMedian } from './statistics.ts';
import {
  comparePaired,
  compareRounds,
  compareUnpaired,
  pairRounds,
  ROUNDS_MIN,
  readVerdict,
} from './verdict.ts';

/** A normally distributed number, by Box and Muller. */
const drawNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The time of a request of a round; `at` runs from 0 to 1 over the rounds. */
type Noise = (random: Random, at: number, roundNoise: number) => number;

const noises: Readonly<Record<string, Noise>> = {
  'heavy-tailed': (random, _, roundNoise) =>
    (10 + (1 - random()) ** (-1 / 1.2)) * (1 + 0.03 * roundNoise),
  bimodal: (random, _, roundNoise) =>
    (random() < 0.7 + 0.05 * roundNoise ? 10 : 25) * (1 + 0.03 * drawNormal(random)),
  drifting: (random, at, roundNoise) =>
    10 * (1 + 0.5 * at) * (1 + 0.03 * roundNoise) * (1 + 0.1 * drawNormal(random)),
  'in steps': (random, at, roundNoise) =>
    10 * (at < 0.4 ? 1 : 1.3) * (1 + 0.03 * roundNoise) * (1 + 0.1 * drawNormal(random)),
};

const ROUNDS = 15;
const REQUESTS = 99;

/** The medians of two stacks in alternating rounds, the second `slower` times as slow. */
function simulate(noise: Noise, seed: number, slower = 1): [number[], number[]] {
  const random = seedRandom(seed);
  const stacks: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 2 * ROUNDS; turn++) {
    const roundNoise = drawNormal(random);
    const times = Array.from({ length: REQUESTS }, () =>
      noise(random, turn / (2 * ROUNDS), roundNoise),
    );
    const mine = turn % 4 === 1 || turn % 4 === 2 ? 1 : 0;
    stacks[mine].push(computeMedian(times) * (mine === 1 ? slower : 1));
  }
  return stacks;
}

const simulateVerdicts = (noise: Noise, slower: number, runs: number): string[] =>
  Array.from({ length: runs }, (_, seed) => {
    const [first, second] = simulate(noise, seed, slower);
    return comparePaired(second, first, seed)!.verdict;
  });

const countVerdicts = (verdicts: readonly string[], verdict: string): number =>
  verdicts.filter((other) => other === verdict).length;

describe.each(Object.entries(noises))('with %s noise', (_, noise) => {
  it('two equal stacks show no difference in at least 95 of 100 runs', () => {
    expect(countVerdicts(simulateVerdicts(noise, 1, 100), 'no difference')).toBeGreaterThanOrEqual(
      95,
    );
  });

  it('a difference of a tenth is found in at least 27 of 30 runs', () => {
    expect(countVerdicts(simulateVerdicts(noise, 1.1, 30), 'slower')).toBeGreaterThanOrEqual(27);
    expect(countVerdicts(simulateVerdicts(noise, 1 / 1.1, 30), 'faster')).toBeGreaterThanOrEqual(
      27,
    );
  });
});

/**
 * Medians of the rounds of a mount that jumps between two levels, a quarter apart.
 *
 * @param change how often a new level is drawn @param up how often it is the higher one
 */
function drawLevels(random: Random, change: number, up: number): number[] {
  let high = random() < up;
  return Array.from({ length: ROUNDS }, () => {
    if (random() < change) high = random() < up;
    return (high ? 12.5 : 10) * Math.exp(0.02 * drawNormal(random));
  });
}

describe.each([
  { change: 1, up: 0.5 },
  { change: 1, up: 0.2 },
  { change: 0.7, up: 0.5 },
  { change: 0.5, up: 0.2 },
])(
  'with a share of $up slow rounds, redrawn with probability $change per round',
  ({ change, up }) => {
    const RUNS = 200;
    const simulateLevelVerdicts = (slower: number, runs: number): string[] =>
      Array.from({ length: runs }, (_, seed) => {
        const random = seedRandom(7919 * seed + 13);
        const [first, second] = [drawLevels(random, change, up), drawLevels(random, change, up)];
        return comparePaired(
          second.map((value) => value * slower),
          first,
          seed,
        )!.verdict;
      });

    it('at most 5 % of the runs find a difference between equal stacks, within chance', () => {
      const verdicts = simulateLevelVerdicts(1, RUNS);
      const differences = countVerdicts(verdicts, 'faster') + countVerdicts(verdicts, 'slower');
      expect(differences).toBeLessThanOrEqual(0.05 * RUNS + 2 * Math.sqrt(0.05 * 0.95 * RUNS));
    });

    it('a stack that is twice as slow is found in every run', () => {
      expect(countVerdicts(simulateLevelVerdicts(2, 40), 'slower')).toBe(40);
    });
  },
);

describe('a comparison of rounds', () => {
  const [first, second] = simulate(noises.drifting!, 7, 1.1);

  it('gives the same result for the same rounds and seed', () => {
    expect(comparePaired(second, first, 3)).toEqual(comparePaired(second, first, 3));
  });

  it('pairs the rounds, so that a common drift does not widen the interval', () => {
    const drift = Array.from({ length: ROUNDS }, (_, i) => 1.001 ** i);
    const { ratio, low, high } = comparePaired(
      drift.map((value) => value * 1.5),
      drift,
      1,
    )!;
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(1.5, 2);
  });

  it('gives no result for too few rounds, and “too noisy” for rounds that lie too far apart', () => {
    const tooFew = [second, first].map((value) => value.slice(1, ROUNDS_MIN)) as [
      number[],
      number[],
    ];
    expect(comparePaired(...tooFew, 1)).toBeNull();
    expect(compareUnpaired(...tooFew, 1)).toBeNull();
    const wild = comparePaired([1, 9, 2, 8, 3, 7], [9, 1, 8, 2, 7, 3], 1)!;
    expect(wild.verdict).toBe('too noisy to conclude');
  });

  it('finds a difference of 8 % with rounds that are a few percent apart', () => {
    const times = Array.from({ length: ROUNDS }, (_, i) => 10 + 0.1 * (i % 3));
    const slower = times.map((value, i) => value * (1.08 + 0.01 * ((i % 4) - 1.5)));
    expect(comparePaired(slower, times, 1)!.verdict).toBe('slower');
  });

  it('finds a difference between a fast and a slow run, and none between equal runs', () => {
    const quiet = simulate((random) => 10 * (1 + 0.1 * drawNormal(random)), 3)[0];
    const slower = quiet.map((value) => value * 1.1);
    expect(compareUnpaired(slower, quiet, 1)!.verdict).toBe('slower');
    expect(compareUnpaired(quiet.toReversed(), quiet, 1)!.verdict).toBe('no difference');
  });

  it('finds no difference between two runs of a stack in at least 95 of 100 pairs', () => {
    const verdicts = Array.from({ length: 100 }, (_, seed) => {
      const [first] = simulate(noises['heavy-tailed']!, seed);
      const [second] = simulate(noises['heavy-tailed']!, seed + 1000);
      return compareUnpaired(second, first, seed)!.verdict;
    });
    expect(countVerdicts(verdicts, 'no difference')).toBeGreaterThanOrEqual(95);
  });

  const rounds = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 6 });

  it('has a ratio and a verdict that fit its interval, and is inverted if the stacks are swapped', () => {
    fc.assert(
      fc.property(rounds, rounds, fc.nat(), (some, others, seed) => {
        const length = Math.min(some.length, others.length);
        const [a, b] = [some.slice(0, length), others.slice(0, length)];
        for (const compare of [comparePaired, compareUnpaired]) {
          const forward = compare(a, b, seed)!;
          expect(forward.low).toBeLessThanOrEqual(forward.ratio * (1 + 1e-9));
          expect(forward.high).toBeGreaterThanOrEqual(forward.ratio * (1 - 1e-9));
          expect(forward.verdict).toBe(readVerdict(forward));
          const isDifference = forward.verdict === 'slower' || forward.verdict === 'faster';
          expect(isDifference).toBe(forward.low > 1 || forward.high < 1);
          const backward = compare(b, a, seed)!;
          expect(backward.ratio * forward.ratio).toBeCloseTo(1);
          expect(backward.noise).toBeCloseTo(forward.noise);
          const same = compare(a, a, seed)!;
          expect(['no difference', 'too noisy to conclude']).toContain(same.verdict);
        }
      }),
      { numRuns: 30 },
    );
  });
});

const makeRound = (number: number, p50: number): Round => ({
  round: number,
  at: number,
  seconds: 1,
  latency: { count: 1, min: 1, mean: 1, stddev: 0, p50, p90: 1, p99: 1, 'p99.9': 1, max: 1 },
  serverCpuSeconds: 0,
  clientCpuSeconds: 0,
});

it('pairRounds pairs rounds of equal numbers only', () => {
  const pairs = pairRounds(
    [makeRound(1, 1), makeRound(2, 2), makeRound(3, 3)],
    [makeRound(3, 6), makeRound(1, 2)],
  );
  expect(pairs.map(([a, b]) => [a.round, b.round])).toEqual([
    [1, 1],
    [3, 3],
  ]);
  const makeRounds = (p50: number, from = 1) =>
    Array.from({ length: 6 }, (_, i) => makeRound(from + i, p50));
  expect(compareRounds(makeRounds(5), makeRounds(5, 4), 1)).toBeNull();
  expect(compareRounds(makeRounds(5), makeRounds(10), 1)?.ratio).toBeCloseTo(0.5);
});
