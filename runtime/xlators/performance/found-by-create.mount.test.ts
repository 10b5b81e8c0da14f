/**
 * A file that is known under one name, and that a create finds under another: somebody else has made
 * that name, and the kernel still takes it for absent. What is then done by either is seen by both.
 */

import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeMounts, startMount, withScratch } from '../../../test/support/mount.ts';
import { performanceVolfile } from '../../../test/support/performance-volfiles.ts';

/** The kernel asks for everything, but for names that it takes for absent. */
const ARGS = ['--attribute-timeout', '0', '--entry-timeout', '0', '--negative-timeout', '600'];
/** What the kernel has of the file goes: it is read from the mount. */
const FORGET = constants.O_DIRECT;

describeMounts('a create that finds a file', () => {
  it('which is known, shares all that is kept of it', async () => {
    await withScratch(async (scratch) => {
      const files = await scratch.folder('files');
      const mount = await startMount(scratch, performanceVolfile(files), { args: ARGS });
      const at = (name: string): string => join(mount.path, name);
      const known = await fs.open(at('known'), 'w+');
      await known.write('0'.repeat(100));
      await known.sync();
      await expect(fs.stat(at('found'))).rejects.toThrow('ENOENT');
      await fs.link(join(files, 'known'), join(files, 'found'));

      const { O_CREAT, O_RDWR } = constants;
      const found = await fs.open(at('found'), O_RDWR | O_CREAT);
      expect((await found.stat()).ino).toBe((await known.stat()).ino);
      const reader = await fs.open(at('known'), constants.O_RDONLY | FORGET);
      const seen = async (): Promise<string> => {
        const { size } = await known.stat();
        const { buffer, bytesRead } = await reader.read(Buffer.alloc(4096), 0, 4096, 0);
        return `${size}: ${buffer.toString('latin1', 0, bytesRead)}`;
      };
      for (const text of ['1'.repeat(300), '2'.repeat(500), '3'.repeat(500), '']) {
        if (text === '') await found.truncate(0);
        else await found.write(text, 0);
        expect(await seen()).toBe(`${text.length}: ${text}`);
      }
      for (const file of [known, found, reader]) await file.close();
      expect(await mount.stop()).toBe(0);
    });
  });
});
