import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Busyness } from '../bench/engine/schema.ts';
import { planSearches } from '../bench/engine/searches.ts';
import {
  formatIntroduction,
  formatJsonReport,
  formatNextSteps,
  formatPassesTable,
  formatReport,
  formatSummary,
  groupDigits,
} from './report.ts';
import { stacks as demoStacks, type Passes, runsNear, type StackResult } from './stacks.ts';

const settings = { seed: 1, searchCount: 1000, delayMs: 0.5 };
const workload = planSearches({ seed: 1, searchCount: 20, fileCount: 500 });

const quiet: Busyness = { others: 0.05, steal: 0, load: 0.2 };
const names = ['baseline', 'typescript', 'python'] as const;

/** Rounds that scatter around a time, differently for each stack. */
const makeRounds = (ms: number, stack: number, spread: number): number[] =>
  Array.from({ length: 20 }, (_, round) => ms * (1 + spread * (((round * (stack + 3)) % 7) - 3)));

const makeStacks = (means: readonly number[], spread = 0.003): StackResult[] =>
  means.map((meanMs, at) => ({
    ...{ name: names[at]!, lookups: 25_204, forwarded: at === 0 ? 23_204 : 3872 },
    ...{ meanMs, p99Ms: 9, roundsMs: makeRounds(meanMs, at, spread) },
  }));

const makePasses = (near: StackResult[], away: StackResult[], busy = quiet): Passes => [
  { storage: 'folder', delayMs: 0, busy, stacks: near.filter(runsNear) },
  { storage: 'bricks', delayMs: 0.5, busy, stacks: away },
];

const [hereMeans, awayMeans] = [
  [0.256, 0, 0.262_234_567_89],
  [2.581, 0.64, 0.6612],
];
const measured = makePasses(makeStacks(hereMeans!), makeStacks(awayMeans!));
const noisy = makePasses(makeStacks(hereMeans!, 0.3), makeStacks(awayMeans!, 0.3));
const gaining = makePasses(makeStacks([0.09, 0.03, 0.04]), makeStacks([2.581, 0.64, 0.65]));
const busy = makePasses(makeStacks(hereMeans!), makeStacks(awayMeans!), { ...quiet, others: 0.9 });

describe('the report of glossa demo', () => {
  it('prints one table for folder and bricks, with equal lookups in each row', () => {
    const lines = formatPassesTable(settings, measured).split('\n');
    const interval = String.raw` × \[[\d.]+ – [\d.]+\]$`;
    expect(lines.slice(0, 3)).toEqual([
      '              lookups  reached  a search  two bricks,',
      expect.stringMatching(/^ +asked {2}storage {6}here {2}0\.5 ms away +faster$/),
      '  no cache     25 204   23 204  0.256 ms     2.581 ms',
    ]);
    expect(lines[3]).toMatch(RegExp(`^  TypeScript +25 204 +3872 +- +0.640 ms +4.03${interval}`));
    expect(lines).toHaveLength(5);
  });

  it('ends with one sentence on the gain of a cache, over folder and bricks, and the cost of Python', () => {
    expect(formatSummary(settings, measured)).toMatch(
      /^Over two bricks, 0\.5 ms away, as over a network, a search with the cache in Python is 3\.\d+ times as fast as one without a cache \[3\.\d+ – \d\.\d+\], and it is about \d % slower than one with the cache in TypeScript \[.* %\]; over a folder here a cache gains nothing: it is about 2\.?\d* % slower than one without a cache \[.* %\]\.$/,
    );
    const text = formatReport(settings, measured, null, 1000);
    expect(text.split('\n\n').at(-1)).toBe(formatSummary(settings, measured));
    expect(text).toContain('answered 83 % itself: the storage saw 3872 instead of 23 204.');
    expect(text).not.toMatch(/busy/);
  });

  it('states how much faster a cache makes searches over a folder, if it does', () => {
    expect(formatSummary(settings, gaining)).toMatch(
      /over a folder here it is 2\.\d+ times as fast as one without a cache/,
    );
  });

  it('warns that the machine was busy, and still prints the measured factors', () => {
    const text = formatReport(settings, busy, null, 1000);
    expect(text).toMatch(/The machine was busy: other processes had 90 % of the CPU time/);
    expect(text).toContain(formatSummary(settings, measured));
    expect(formatPassesTable(settings, busy)).toBe(formatPassesTable(settings, measured));
  });

  it('omits times that cannot be compared, and calls no stack faster', () => {
    const rows = formatPassesTable(settings, noisy).split('\n').slice(3);
    expect(rows[1]).toMatch(/^ {2}Python +25 204 +3872 +-/);
    const equal = makePasses(makeStacks([0.1, 0.1, 0.1], 0.3), makeStacks(awayMeans!));
    const first = formatPassesTable(settings, equal).split('\n')[2];
    expect(first).toMatch(/^ {2}no cache +25 204 +23 204 +- +2\.581 ms$/);
    expect(formatSummary(settings, noisy)).toMatch(
      /over a folder here it was too noisy to compare with/,
    );
  });

  it("states bounds for Python's cost and a cache's gain if the measurements are noisy", () => {
    const factors = [0.98, 1.2, 1.5];
    const python = Array.from({ length: 20 }, (_, round) => 0.256 * factors[round % 3]!);
    const slowPython = makeStacks(awayMeans!).map((passes) =>
      passes.name === 'python' ? { ...passes, roundsMs: python.map((ms) => 2.5 * ms) } : passes,
    );
    expect(formatSummary(settings, makePasses(makeStacks(hereMeans!), slowPython))).toMatch(
      /, and it is at most \d\d % slower than one with the cache in TypeScript \[[\d.]+ % faster – \d\d % slower\];/,
    );
    const noisyPython = makeStacks(hereMeans!).map((passes) =>
      passes.name === 'python' ? { ...passes, roundsMs: python } : passes,
    );
    expect(formatSummary(settings, makePasses(noisyPython, makeStacks(awayMeans!)))).toMatch(
      /over a folder here a cache gains nothing, or next to it \[[\d.]+ % faster – \d\d % slower\]\.$/,
    );
  });

  it('has no line wider than the terminal', () => {
    const texts = [measured, busy, gaining].map((passes) =>
      formatReport(settings, passes, null, 60)
        .split('\n\n')
        .filter((part) => /^(The|Over|Names|Of) /.test(part)),
    );
    const introductions = [0.5, 0].map((delayMs) =>
      formatIntroduction({ ...settings, delayMs }, workload, null, 60),
    );
    expect(introductions.map((text) => /0\.5\s+ms\s+late/.test(text))).toEqual([true, false]);
    expect(introductions[0]!.replaceAll(/\s+/g, ' ')).toContain(
      'Here 500 files lie in 10 directories',
    );
    for (const text of [...introductions, ...texts.flat()]) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    }
    for (const line of formatPassesTable(settings, measured).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('states without a mount what is left out, and why nothing can be mounted', () => {
    const problem = "the kernel's FUSE is not available; load it with 'modprobe fuse'";
    const text = formatIntroduction(settings, workload, { problem, inMemory: false }, 1000);
    expect(text.split('\n\n')[0]).toBe(
      `Nothing can be mounted here: ${problem}. So the stacks run in processes of their own, without ` +
        'the kernel and its cache.',
    );
    expect(
      formatIntroduction(settings, workload, { problem: null, inMemory: false }, 1000),
    ).toMatch(
      /^The stacks run in processes of their own, without the kernel and its cache; 'glossa demo' /,
    );
    const report = formatReport(settings, measured, { problem, inMemory: false }, 1000);
    expect(report).toContain(
      'Without a kernel, names that are there are looked up each time, too. Of all lookups, the cache ' +
        'answered 83 % itself',
    );
    expect(
      JSON.parse(formatJsonReport(settings, busy, { problem, inMemory: false })).inProcess,
    ).toBe(true);
  });

  it('names memory in place of folder and bricks, where the files are in memory', () => {
    const noMount = { problem: null, inMemory: true };
    expect(formatIntroduction(settings, workload, noMount, 1000)).toContain(
      'First 10 000 searches go over files in memory, without a cache and with the one in Python. Then ' +
        '1000 go over files in memory, too, in place of bricks, which need Linux. Each request reaches them 0.5 ms late',
    );
    const passes = measured.map((pass) => ({ ...pass, storage: 'memory' })) as unknown as Passes;
    expect(formatPassesTable(settings, passes).split('\n')[0]).toMatch(/a search +memory,$/);
    expect(formatSummary(settings, passes)).toMatch(
      /^Over memory, 0\.5 ms away, .*; over memory a cache /,
    );
    expect(JSON.parse(formatJsonReport(settings, passes, noMount)).passes[1]).toMatchObject({
      ...{ storage: 'memory', bricks: 0, delayMs: 0.5 },
    });
  });

  it('names each stack before it is measured', () => {
    const text = formatIntroduction(settings, workload, null, 80);
    for (const { title } of demoStacks) expect(text).toContain(title);
  });

  it('names files by paths that are valid in any working directory', () => {
    const cwd = process.cwd();
    onTestFinished(() => process.chdir(cwd));
    for (const folder of [cwd, tmpdir(), join(cwd, 'cli')]) {
      process.chdir(folder);
      const paths = formatNextSteps().match(/(?<=^ {4}| of )\S.*?\.(py|ts|vol|md)\b/gm)!;
      expect(paths).toHaveLength(7);
      for (const path of paths) expect(existsSync(resolve(path))).toBe(true);
    }
  });

  it('has exactly the documented keys in its JSON', () => {
    const report = JSON.parse(formatJsonReport(settings, busy, null));
    expect(Object.keys(report)).toEqual(['seed', 'searches', 'inProcess', 'passes']);
    expect(report.passes).toMatchObject([
      { storage: 'folder', bricks: 0, delayMs: 0, busy: { others: 0.9 } },
      { storage: 'bricks', bricks: 2, delayMs: 0.5, busy: { others: 0.9 } },
    ]);
    const keys = [
      'name',
      'lookups',
      'answered',
      'forwarded',
      'meanMs',
      'p99Ms',
      'roundsMs',
      'toFirst',
    ];
    for (const pass of report.passes) {
      for (const stack of pass.stacks) expect(Object.keys(stack)).toEqual(keys);
      expect(pass.stacks[0].toFirst).toBeNull();
      expect(pass.stacks[1].toFirst).toMatchObject({ verdict: expect.any(String) });
    }
    expect(report.passes[0].stacks[1].meanMs).toBe(0.262235);
  });
});

describe('groupDigits', () => {
  it.each([
    [0, '0'],
    [5353, '5353'],
    [14_027, '14 027'],
    [1_000_000, '1 000 000'],
  ])('writes %d as %s', (n, text) => expect(groupDigits(n)).toBe(text));
});
