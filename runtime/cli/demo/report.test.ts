import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Busyness } from '../../bench/schema.ts';
import { conclusion, disturbance, introduction, jsonReport, nextSteps, table } from './report.ts';
import { type Measured, type StackResult, stacksFor } from './served.ts';
import { grouped } from './words.ts';

const settings = { seed: 1, searches: 5000, delayMs: 0.5 };

const quiet: Busyness = { others: 0.01, steal: 0, load: 0.2, switches: 20 };
const counts = { lookups: 23_204, answered: 0, forwarded: 23_204 };
const cached = { lookups: 23_204, answered: 19_332, forwarded: 3872 };

const stacks = (...means: readonly number[]): StackResult[] => [
  { name: 'baseline', ...counts, meanMs: means[0]!, p99Ms: 9, busy: quiet },
  { name: 'typescript', ...cached, meanMs: means[1]!, p99Ms: 9, busy: quiet },
  { name: 'python', ...cached, meanMs: means[2]!, p99Ms: 9, busy: quiet },
  {
    ...{ name: 'python-kernel', lookups: 3872, answered: 0, forwarded: 3872 },
    ...{ meanMs: means[3]!, p99Ms: 9, busy: quiet },
  },
];

const measured: Measured = {
  mounted: true,
  passes: [
    { bricks: 0, delayMs: 0, stacks: stacks(0.256, 0.25123456789, 0.2622, 0.048) },
    { bricks: 2, delayMs: 0.5, stacks: stacks(2.581, 0.64, 0.6512, 0.431) },
  ],
};

/** The same with one stack otherwise. */
function withStack(pass: 0 | 1, at: number, differs: Partial<StackResult>): Measured {
  const [near, away] = measured.passes.map(({ stacks: all, ...where }, i) => ({
    ...where,
    stacks: all.map((stack, j) => (i === pass && j === at ? { ...stack, ...differs } : stack)),
  }));
  return { mounted: true, passes: [near!, away!] };
}

const busy = withStack(0, 2, { busy: { ...quiet, others: 0.5 } });
const unmounted: Measured = {
  mounted: false,
  passes: [
    { bricks: 0, delayMs: 0, stacks: stacks(0.09, 0.03, 0.04).slice(0, 3) },
    { bricks: 2, delayMs: 0.5, stacks: stacks(2.581, 0.64, 0.65).slice(0, 3) },
  ],
};

describe('the report', () => {
  it('is one table, over a folder and over bricks', () => {
    expect(table(measured).split('\n')).toEqual([
      '                   lookups  that reached    one search,  two bricks,',
      '                     asked   the storage  a folder here  0.5 ms away  faster',
      '  no cache          23 204        23 204       0.256 ms     2.581 ms',
      '  TypeScript        23 204          3872       0.251 ms     0.640 ms   4.0 ×',
      '  Python            23 204          3872       0.262 ms     0.651 ms   4.0 ×',
      '  Python + kernel     3872          3872       0.048 ms     0.431 ms   6.0 ×',
    ]);
    expect(table(unmounted).split('\n')).toHaveLength(5);
    const [near, away] = measured.passes;
    const asTheyAre: Measured = { ...measured, passes: [near, { ...away, delayMs: 0 }] };
    expect(table(asTheyAre).split('\n').slice(0, 2)).toEqual([
      '                   lookups  that reached    one search,   the same,',
      '                     asked   the storage  a folder here  two bricks  faster',
    ]);
    expect(conclusion(asTheyAre, 1000)).toContain(
      'Over two bricks, each lookup that is spared is a',
    );
  });

  it('says why a cache gains nothing over a folder, what it gains farther away, and what Python cost', () => {
    const text = conclusion(measured, 1000);
    expect(text).toContain(
      'answered 83 % of the lookups itself: the storage saw 3872 instead of 23 204.',
    );
    expect(text).toContain(
      'Over a folder here a cache gains nothing: the folder answers as quickly',
    );
    expect(text).toContain('Only the kernel can spare that');
    expect(text).toContain(
      'Over two bricks, 0.5 ms away, as over a network, each lookup that is spared is a wait that is ' +
        'spared: with the cache in Python a search took 0.651 ms instead of 2.581 ms, 0.011 ms more ' +
        'than with the one in TypeScript.',
    );
    expect(conclusion(withStack(1, 1, { meanMs: 1 }), 1000)).toContain('no more than with the one');
  });

  it('says so where a cache does gain something over a folder, and nothing of a kernel without one', () => {
    const text = conclusion(unmounted, 1000);
    expect(text).toContain('Even over a folder here a search is 2.3 times as fast.');
    expect(text).not.toContain('kernel');
  });

  it('compares nothing when the machine was busy at any time, and says what it did', () => {
    expect(disturbance(measured)).toBeNull();
    expect(disturbance(busy)).toMatch(/^the machine was busy: other processes had 50 % of/);
    const text = conclusion(busy, 1000);
    expect(text).toContain('answered 83 % of the lookups itself');
    expect(text).toContain(`No times are compared: ${disturbance(busy)}. Run the demo again`);
    expect(text).not.toMatch(/gains nothing|instead of \S+ ms|times as fast/);
    expect(table(busy)).not.toMatch(/faster|×/);
    expect(conclusion(withStack(0, 2, { busy: null }), 1000)).toContain('gains nothing');
  });

  it('fits the terminal', () => {
    const texts = [measured, busy, unmounted].map((it) => conclusion(it, 60));
    const late = [0.5, 0].map((delayMs) => introduction({ ...settings, delayMs }, true, 60));
    expect(late.map((text) => text.includes('0.5 ms late'))).toEqual([true, false]);
    for (const text of [...late, ...texts]) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    }
    for (const line of table(measured).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('names each stack before it is measured', () => {
    for (const mounted of [true, false]) {
      const text = introduction(settings, mounted, 80);
      for (const { title, what } of stacksFor(mounted)) {
        expect(text).toContain(title);
        const path = /\((volfiles\/.*)\)/.exec(what)?.[1];
        if (path !== undefined) expect(existsSync(path)).toBe(true);
      }
      expect(text.includes('Python + kernel')).toBe(mounted);
    }
  });

  it('points to files that are there', () => {
    const paths = nextSteps().match(/^ {4}\S+\.(py|ts|vol|md)\b/gm)!;
    expect(paths).toHaveLength(4);
    for (const path of paths) expect(existsSync(resolve(path.trim()))).toBe(true);
  });

  it('is JSON with just these keys', () => {
    const report = JSON.parse(jsonReport(settings, busy));
    expect(Object.keys(report)).toEqual(['seed', 'searches', 'mounted', 'busy', 'passes']);
    expect(report.busy).toBe(disturbance(busy));
    expect(report.passes).toMatchObject([
      { bricks: 0, delayMs: 0 },
      { bricks: 2, delayMs: 0.5 },
    ]);
    const keys = ['name', 'lookups', 'answered', 'forwarded', 'meanMs', 'p99Ms', 'busy'];
    for (const pass of report.passes) {
      for (const stack of pass.stacks) expect(Object.keys(stack)).toEqual(keys);
    }
    expect(report.passes[0].stacks[1].meanMs).toBe(0.251235);
    expect(report.passes[0].stacks[2].busy.others).toBe(0.5);
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [5353, '5353'],
    [14_027, '14 027'],
    [1_000_000, '1 000 000'],
  ])('%d is %s', (n, text) => expect(grouped(n)).toBe(text));
});
