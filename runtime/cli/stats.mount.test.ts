import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OTHER } from '../../test/support/client.ts';
import { describeMounts, glossa, startMount, withScratch } from '../../test/support/mount.ts';

import { isRoot } from '../../test/support/posix.ts';
import { programOf } from '../../test/support/user.ts';

const stack = `volume mem
    type storage/memory
end-volume
volume top
    type features/negative
    subvolumes mem
end-volume
`;

describeMounts('glossa stats', () => {
  it('tells what the translators of a mount count', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      await writeFile(join(mount.path, 'f'), 'x'.repeat(10_000));
      const shown = await glossa(scratch, ['stats', 'mnt']);
      expect(shown).toMatchObject({ status: 0, err: '' });
      expect(shown.out).toMatch(/^fuse {2}mount\/fuse\n {4}requests +\d/);
      expect(shown.out).toMatch(/\ntop {2}features\/negative\n {4}\S/);
      expect(shown.out).toMatch('\nmem  storage/memory\n');
      const { status, out } = await glossa(scratch, ['stats', 'mnt', '--json']);
      expect(status).toBe(0);
      expect(JSON.parse(out)).toEqual({
        volumes: [
          expect.objectContaining({ name: 'fuse', type: 'mount/fuse' }),
          expect.objectContaining({ name: 'top', type: 'features/negative' }),
          {
            name: 'mem',
            type: 'storage/memory',
            dump: expect.objectContaining({ 'data-bytes': 12_288 }),
          },
        ],
      });
      expect(await mount.stop()).toBe(0);
    }));

  it.runIf(isRoot)('tells others nothing, where they are let in', () =>
    withScratch(async (scratch) => {
      const other = await programOf(scratch, OTHER);
      const mount = await startMount(scratch, stack);
      const { outcome } = scratch.client(mount.path, 'cat f', { as: OTHER });
      expect((await outcome).err).toMatch('No such file');
      expect(await glossa(scratch, ['stats', 'mnt'], other)).toMatchObject({
        status: 1,
        err: 'glossa: mnt tells nothing: Permission denied\n',
      });
      expect(await mount.stop()).toBe(0);
    }),
  );

  it('is for mounts of glossa', () =>
    withScratch(async (scratch) => {
      expect(await glossa(scratch, ['stats', '.'])).toMatchObject({
        status: 1,
        err: 'glossa: . is not a mount of glossa: nothing is mounted there\n',
      });
    }));
});
