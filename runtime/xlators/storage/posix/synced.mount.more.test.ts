/**
 * Writes with O_DSYNC or O_SYNC among their own flags, to a file opened without them. The
 * brick is on a mount that logs each fsync.
 */
import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../../../../test/contract/check.ts';
import { describeMounts, startMount, withScratch } from '../../../../test/support/mount.ts';
import { startBrick } from '../../../../test/support/posix.ts';
import { O_RDWR } from '../../../core/open-flags.ts';

const { O_DSYNC, O_SYNC } = constants;

const volfile = `volume mem
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name fsyncs.js
    subvolumes mem
end-volume
`;

const module = `import { Translator } from 'glossa';
export class xlator extends Translator {
  fsync(frame, fd, datasync, xdata) {
    console.info('fsync of ' + (datasync ? 'data' : 'all'));
    frame.wind(fd, datasync, xdata);
  }
}
`;

describeMounts('a write with the flag', () => {
  it.each([
    ['none', 0, []],
    ['O_DSYNC', O_DSYNC, ['data']],
    ['O_SYNC', O_SYNC, ['all']],
  ] as const)('%s syncs what the flag requires before its reply', (_name, flags, synced) =>
    withScratch(async (scratch) => {
      await scratch.writeFile('fsyncs.js', module);
      const mount = await startMount(scratch, volfile);
      const brick = join(mount.path, 'brick');
      await mkdir(brick);
      const vol = await startBrick(brick);
      const { fd } = ok(await vol.create(vol.root, 'f', O_RDWR));
      const data = new TextEncoder().encode('synced');
      const written = ok(await vol.fop('writev', fd!, data, 3, flags, null));
      expect([written.opRet, written.postbuf!.iaSize]).toEqual([6, 9]);
      // The mount logs each fsync before its reply, so the log is complete.
      const said = [...mount.log().matchAll(/fsync of (\w+)/g)].map(([, what]) => what);
      expect(said).toEqual(synced);
      fd!.release();
      await vol.stop();
      expect(await mount.stop()).toBe(0);
    }),
  );
});
