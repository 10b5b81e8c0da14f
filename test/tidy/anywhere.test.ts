/** Tests of the table of machines: CONTRIBUTING.md has it, and the test files that it names exist. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isMachine, ROWS, rowsAsMarkdown } from '../anywhere/rows.ts';

it('CONTRIBUTING.md has the table of machines', () => {
  expect(readFileSync('CONTRIBUTING.md', 'utf8')).toContain(`\n${rowsAsMarkdown()}\n`);
});

it('every row of the table of machines has a name of its own, and files that exist', () => {
  const names = ROWS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  const files = ROWS.flatMap(({ how }) => (isMachine(how) ? [] : how));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
