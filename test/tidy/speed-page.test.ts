/** Tests of the page of figures. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generateSpeedPage } from '../../tools/gen/speed-page.ts';

const FOLDER = 'test/bench/records';
const rows = generateSpeedPage()
  .split('\n')
  .filter((line) => line.startsWith('| '));

it.each(readdirSync(FOLDER))(
  'the page of figures has each figure of %s, with its command',
  (file) => {
    const { command, figures } = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
    for (const { what, value, goal } of figures) {
      const row = rows.find((line) => line.startsWith(`| ${what} |`) && line.includes(command));
      expect(row, what).toContain(`| ${value} | ${goal || '–'} |`);
    }
  },
);

it('each row of the page of figures has six cells', () => {
  for (const row of rows) expect(row.split(/(?<!\\)\|/), row).toHaveLength(8);
});
