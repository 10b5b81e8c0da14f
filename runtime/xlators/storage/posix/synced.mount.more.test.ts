/**
 * A write that has to reach the disk before it is answered, of a file that was not opened so. The
 * disk is a mount, which logs what it is asked to bring there.
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

describeMounts('a write', () => {
  it.each([
    ['none', 0, []],
    ['O_DSYNC', O_DSYNC, ['data']],
    ['O_SYNC', O_SYNC, ['all']],
  ] as const)('brings to the disk what its flags say: %s', (_name, flags, synced) =>
    withScratch(async (scratch) => {
      await scratch.file('fsyncs.js', module);
      const mount = await startMount(scratch, volfile);
      const brick = join(mount.path, 'brick');
      await mkdir(brick);
      const vol = await startBrick(brick);
      const { fd } = ok(await vol.create(vol.root, 'f', O_RDWR));
      const data = new TextEncoder().encode('synced');
      const written = ok(await vol.fop('writev', fd!, data, 3, flags, null));
      expect([written.opRet, written.postbuf!.iaSize]).toEqual([6, 9]);
      // The mount logs before it answers, so all of it is there by now.
      const said = [...mount.log().matchAll(/fsync of (\w+)/g)].map(([, what]) => what);
      expect(said).toEqual(synced);
      fd!.release();
      await vol.stop();
      expect(await mount.stop()).toBe(0);
    }),
  );
});
