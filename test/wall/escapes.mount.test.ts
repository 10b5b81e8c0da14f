/** Attempts to leave the confined server of a mount, and what the mount must do meanwhile. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { findLandlock } from '../../server/wall/confinement.ts';
import { NOBODY } from '../support/client.ts';
import { describeMounts, mountPoints, runGlossa, withScratch } from '../support/mount.ts';
import { escapes, isRoot, THREADS, tryEscapes } from './hostile-server.ts';

const canConfine = typeof findLandlock() === 'number';
/** Whether all users may open the device. */
const isShared = (): boolean => {
  try {
    accessSync('/dev/fuse', constants.R_OK);
    return isRoot;
  } catch {
    return false;
  }
};

describeMounts('glossa mount --confine', () => {
  const users = isShared() ? [undefined, NOBODY] : [undefined];

  it.skipIf(!canConfine).each(users)('an escaped engine as user %o reaches what is known', (user) =>
    withScratch(async (scratch) => {
      const { known, knownOfRoot } = escapes;
      const names = isRoot && user === undefined ? [...known, ...knownOfRoot] : known;
      const escaped = await tryEscapes(scratch, 'mount', '--confine', user);
      expect(escaped).toEqual(Object.fromEntries(THREADS.map((thread) => [thread, names])));
      expect(mountPoints()).not.toContain(scratch.at('mnt'));
    }),
  );

  it.skipIf(!canConfine)(
    'a module in Python over a folder works inside, and the mount is taken away',
    () =>
      withScratch(async (scratch) => {
        for (const folder of ['data', 'mnt', 'logs']) await scratch.makeFolder(folder);
        const volfile = await scratch.writeFile(
          'm.vol',
          'volume disk\n  type storage/posix\n  option directory data\nend-volume\n' +
            'volume top\n  type features/glupy\n  option module-name negative\n' +
            `  option module-path "${join(packageRoot, 'examples/negative')}"\n  subvolumes disk\nend-volume\n`,
        );
        const mnt = scratch.at('mnt');
        const log = scratch.at('logs/log');
        const started = await runGlossa(scratch, ['mount', volfile, mnt, '--confine', '-l', log]);
        expect(started).toMatchObject({ status: 0, err: '' });
        await expect(readFile(join(mnt, 'a'))).rejects.toThrow('ENOENT');
        await writeFile(join(mnt, 'a'), 'text');
        await mkdir(join(mnt, 'd'));
        await writeFile(join(mnt, 'd/run'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
        expect(execFileSync(join(mnt, 'd/run'), { encoding: 'utf8' })).toBe('ran\n');
        await rename(join(mnt, 'a'), join(mnt, 'd/b'));
        expect(await readFile(join(mnt, 'd/b'), 'utf8')).toBe('text');
        expect(await readFile(scratch.at('data/d/b'), 'utf8')).toBe('text');
        await rm(join(mnt, 'd'), { recursive: true });
        expect(await readdir(mnt)).toEqual([]);
        expect(await runGlossa(scratch, ['umount', mnt])).toMatchObject({ status: 0 });
        expect(mountPoints()).not.toContain(mnt);
        expect(readFileSync(log, 'utf8')).not.toMatch(/ [WEC] \[/);
        await scratch.makeFolder('mnt/hidden');
        const { err } = await runGlossa(scratch, ['mount', volfile, mnt, '--confine', '-l', log]);
        expect(err).toMatch(/^glossa: warning: .* is not empty: what is in it is hidden /);
        expect(await runGlossa(scratch, ['umount', mnt])).toMatchObject({ status: 0 });
      }),
  );
});
