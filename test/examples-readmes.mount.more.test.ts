/**
 * Runs the commands in the READMEs of the examples and compares their output. `UPDATE=1` writes the
 * READMEs anew.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { describeMounts, withScratch } from './support/mount.ts';
import {
  CONSOLE,
  findCommands,
  findSessions,
  needsMore,
  normalize,
  runTyped,
} from './support/readme.ts';

const folder = join(packageRoot, 'examples');
const readmes = readdirSync(folder)
  .map((name) => ({ name, path: join(folder, name, 'README.md') }))
  .filter(({ path }) => findSessions(readFileSync(path, 'utf8')).length > 0);

describeMounts('READMEs of the examples', () => {
  it('number at least ten', () => expect(readmes.length).toBeGreaterThanOrEqual(10));

  describe.each(readmes)('the commands in the README of $name', ({ name, path }) => {
    const text = readFileSync(path, 'utf8');
    it.skipIf(needsMore(name, text))(
      'print what the README shows, and leave no mount or folder behind',
      () =>
        withScratch(async (scratch) => {
          const written: string[] = [];
          for (const shown of findSessions(text)) {
            written.push(
              await runTyped(name, text, findCommands(shown), scratch.at(name), scratch),
            );
            expect(scratch.findMounts()).toEqual([]);
            expect(existsSync(scratch.at(name))).toBe(false);
          }
          if (process.env.UPDATE === '1') {
            const updated = text.replace(CONSOLE, () => `\`\`\`console\n${written.shift()}\`\`\``);
            writeFileSync(path, updated);
          } else expect(written.map(normalize)).toEqual(findSessions(text).map(normalize));
        }),
    );
  });
});
