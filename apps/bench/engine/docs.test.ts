import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulateRun } from '../../../test/support/simulated-run.ts';
import { measureNames } from './measures.ts';
import { verdicts } from './schema.ts';
import { PASSED_ON_COUNTER } from './target.ts';

const page = ['how-it-works/bench.md', 'reference/bench-file.md']
  .map((path) => readFileSync(join(import.meta.dirname, '../../../docs', path), 'utf8'))
  .join('\n');

/** Every key of a result file, without names that users choose. */
function* listKeys(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    if (key !== 'versions') yield* listKeys(item);
  }
}

describe('the documentation of the bench', () => {
  it.each([...new Set(listKeys(simulateRun()))])('explains the key %s of a result file', (key) => {
    expect(page).toContain(`\`${key}\``);
  });

  it('explains the counter of lookups that a stack passes on', () => {
    expect(page).toContain(`\`${PASSED_ON_COUNTER}\``);
    const { counts } = simulateRun().workloads[0]!.results[0]!.measured!;
    expect(Object.keys(counts)).toContain(PASSED_ON_COUNTER);
  });

  it.each(measureNames)('explains the measure %s', (name) => {
    expect(page).toContain(`\n| \`${name}\` | `);
  });

  it.each(verdicts)('explains the verdict %s', (verdict) => {
    expect(page).toContain(`\`${verdict}\``);
  });
});
