import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conclusion, grouped, introduction, jsonReport, nextSteps, table } from './report.ts';
import type { StackResult } from './served.ts';

const results: readonly StackResult[] = [
  { name: 'baseline', lookups: 53_211, answered: 0, forwarded: 53_211, meanMs: 0.09, p99Ms: 0.2 },
  {
    name: 'typescript',
    lookups: 53_211,
    answered: 39_184,
    forwarded: 14_027,
    meanMs: 0.07123456789,
    p99Ms: 0.19,
  },
  {
    name: 'python',
    lookups: 53_211,
    answered: 39_184,
    forwarded: 14_027,
    meanMs: 0.0752,
    p99Ms: 0.21,
  },
];

describe('the report', () => {
  it('is a table', () => {
    expect(table(results).split('\n')).toEqual([
      '               lookups      answered by     passed to   one search',
      '                 asked   the translator   the storage         mean   99 % within',
      '  baseline      53 211                0        53 211     0.090 ms      0.200 ms',
      '  TypeScript    53 211           39 184        14 027     0.071 ms      0.190 ms',
      '  Python        53 211           39 184        14 027     0.075 ms      0.210 ms',
    ]);
  });

  it('says what was saved, and what Python cost', () => {
    const text = conclusion(results, 1000);
    expect(text).toContain(
      'answered 74 % of the lookups itself: the storage saw 14 027 instead of',
    );
    expect(text).toContain('Python instead of TypeScript cost 0.004 ms a search.');
    const swapped = [results[0]!, { ...results[1]!, meanMs: 1 }, results[2]!];
    expect(conclusion(swapped, 1000)).toContain('Python took no longer than TypeScript.');
  });

  it('fits the terminal', () => {
    const size = { seed: 1, searches: 10_000 };
    for (const text of [introduction(size, 60), conclusion(results, 60)]) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  it('points to files that are there', () => {
    const paths = nextSteps().match(/^ {4}\S+\.(py|ts|vol|md)\b/gm)!;
    expect(paths).toHaveLength(4);
    for (const path of paths) expect(existsSync(resolve(path.trim()))).toBe(true);
  });

  it('is JSON with just these keys', () => {
    const report = JSON.parse(jsonReport({ seed: 1, searches: 10 }, results));
    expect(Object.keys(report)).toEqual(['seed', 'searches', 'stacks']);
    const keys = ['name', 'lookups', 'answered', 'forwarded', 'meanMs', 'p99Ms'];
    for (const stack of report.stacks) expect(Object.keys(stack)).toEqual(keys);
    expect(report.stacks[1].meanMs).toBe(0.071235);
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
