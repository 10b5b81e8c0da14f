/**
 * A create that finds a known file under a second name: the name was linked behind the mount, and the
 * kernel still takes it for absent. Changes by either name must be visible by both.
 */

import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderVolume } from '../../../test/support/brick-clients.ts';
import { describeMounts, startMount, withScratch } from '../../../test/support/mount.ts';
import { renderPerformanceVolfile } from '../../../test/support/performance-volfiles.ts';

/** The kernel caches only absent names. */
const ARGS = ['--attribute-timeout', '0', '--entry-timeout', '0', '--negative-timeout', '600'];
/** Makes reads bypass the kernel's page cache. */
const FORGET = constants.O_DIRECT;

describeMounts('a create of a name that was linked to an open file behind the mount', () => {
  it('returns the inode of the open file, and each write and truncate is seen by both names', async () => {
    await withScratch(async (scratch) => {
      const files = await scratch.makeFolder('files');
      const mount = await startMount(scratch, renderPerformanceVolfile(files), { args: ARGS });
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

  it('with O_TRUNC leaves the file empty, although an earlier write was still under way', async () => {
    await withScratch(async (scratch) => {
      const files = await scratch.makeFolder('files');
      const late = { 'delay-percentage': '100', enable: 'WRITE' };
      const volfile = [
        renderVolume('files', 'storage/posix', { directory: files }, null),
        renderVolume('late', 'debug/delay-gen', late, 'files'),
        renderVolume('wb', 'performance/write-behind', {}, 'late'),
      ].join('\n');
      const mount = await startMount(scratch, volfile, { args: ARGS });
      const at = (name: string): string => join(mount.path, name);
      const known = await fs.open(at('known'), 'w+');
      await expect(fs.stat(at('found'))).rejects.toThrow('ENOENT');
      await fs.link(join(files, 'known'), join(files, 'found'));

      const { O_CREAT, O_RDWR, O_TRUNC } = constants;
      const contents = (): Promise<string> => fs.readFile(join(files, 'known'), 'latin1');
      await known.write('written before');
      const found = await fs.open(at('found'), O_RDWR | O_CREAT | O_TRUNC);
      expect([(await found.stat()).size, (await known.stat()).size]).toEqual([0, 0]);
      await known.sync();
      expect(await contents()).toBe('');
      await found.write('after');
      // A third name, linked behind the mount; this create truncates nothing.
      await expect(fs.stat(at('third'))).rejects.toThrow('ENOENT');
      await fs.link(join(files, 'known'), join(files, 'third'));
      const third = await fs.open(at('third'), O_RDWR | O_CREAT);
      expect((await third.stat()).size).toBe(5);
      for (const file of [known, found, third]) await file.close();
      expect(await contents()).toBe('after');
      expect(await mount.stop()).toBe(0);
    });
  });
});
