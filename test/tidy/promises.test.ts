/** Tests that each promise of the page on security names tests, which exist and attack what it promises. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = 'docs/SECURITY.md';
const HEAD = '| it cannot | kept by | tested by, in one call | in many |';

/** Returns the cells of the table's rows. */
function readRows(page: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(HEAD)).split('\n\n')[0]!.trimEnd().split('\n');
  return lines.slice(2).map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

it('each promise names a test for one call and one for many, which exist and have an assertion', () => {
  const rows = readRows(readFileSync(PAGE, 'utf8'));
  expect(rows.length).toBeGreaterThan(4);
  for (const [promise, , ...columns] of rows) {
    expect(columns, promise).toHaveLength(2);
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

it('no other text of the page on security says what a module cannot do', () => {
  const [before, after] = readFileSync(PAGE, 'utf8').split(HEAD);
  expect(before + after!.slice(after!.indexOf('\n\n'))).not.toMatch(/\bcannot\b/);
});
