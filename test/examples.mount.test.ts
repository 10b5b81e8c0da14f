/**
 * What the READMEs of the examples tell people to type does what stands there, and leaves nothing.
 * `UPDATE=1` writes what they wrote this time.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { describeMounts, withScratch } from './support/mount.ts';
import { CONSOLE, commandsIn, normal, typed } from './support/readme.ts';

const folder = join(packageRoot, 'examples');
const readmes = readdirSync(folder)
  .map((name) => ({ name, path: join(folder, name, 'README.md') }))
  .filter(({ path }) => CONSOLE.test(readFileSync(path, 'utf8')));

describeMounts('the READMEs of the examples', () => {
  it('are there', () => expect(readmes.length).toBeGreaterThanOrEqual(10));

  describe.each(readmes)('$name', ({ name, path }) => {
    it('shows what happens', () =>
      withScratch(async (scratch) => {
        const text = readFileSync(path, 'utf8');
        const shown = CONSOLE.exec(text)![1]!;
        const written = await typed(name, commandsIn(shown), scratch.at(name), scratch);
        if (process.env.UPDATE === '1') {
          writeFileSync(
            path,
            text.replace(CONSOLE, () => `\`\`\`console\n${written}\`\`\``),
          );
        } else expect(normal(written)).toBe(normal(shown));
        expect(scratch.mounts()).toEqual([]);
        expect(existsSync(scratch.at(name))).toBe(false);
      }));
  });
});
