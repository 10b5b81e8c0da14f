/** Tests that each promise of the page on security names tests, which exist and attack what it promises. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = readFileSync('docs/SECURITY.md', 'utf8');
/** A table of promises, with one or two columns of tests. */
const TABLE = /^\| it cannot \| kept by \| tested by.*\n\|-.*\n(?:\|.*\n)+/gm;

/** Returns the cells of the rows of all tables. */
const rows = [...PAGE.matchAll(TABLE)].flatMap(([table]) =>
  table
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1)),
);

it('each promise names tests for one call, for many, or for the second wall, which have an assertion', () => {
  expect(rows.length).toBeGreaterThan(10);
  for (const [promise, , ...columns] of rows) {
    for (const column of columns) {
      const files = [...column.matchAll(/`([^`]+)`/g)].map(([, file]) => file!);
      expect(files, promise).not.toEqual([]);
      for (const file of files) {
        expect(file).toMatch(/\.test\.ts$/);
        expect(readFileSync(file, 'utf8'), file).toMatch(/expect\(/);
      }
    }
  }
});

it('the word “cannot” stands in the tables of the page on security alone', () => {
  expect(PAGE.replaceAll(TABLE, '')).not.toMatch(/\bcannot\b/);
});
