/**
 * icreate: a file without a name, in the directory that the loc has as parent (O_TMPFILE). It lives
 * as long as its inode is known to somebody, or until link(2) gives it a name.
 */
import { ENOENT, ENOTDIR } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { Loc } from '../../../core/loc.ts';
import { O_WRONLY } from '../../../core/open-flags.ts';
import { MODE_REQ, UMASK_REQ } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH, O_TMPFILE } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { wantedGfid } from '../shared/replies.ts';
import type { Brick } from './brick.ts';
import { procPath, SELF } from './paths.ts';
import { handleOf, iattOfHandle } from './resolve.ts';

export const tmpfileFops: Fops<Brick> = {
  icreate(frame, xl, loc, mode, xdata) {
    const brick = xl.priv;
    if (loc.parent === null) return fail.icreate(frame, ENOENT);
    const dir = handleOf(xl, new Loc(loc.parent));
    if (typeof dir === 'number') return fail.icreate(frame, dir);
    if (!dir.isDir) return fail.icreate(frame, ENOTDIR);
    const asked = xdata?.number(MODE_REQ);
    const umask = asked === undefined ? 0 : (xdata?.number(UMASK_REQ) ?? 0);
    brick.identity.become(frame.root, umask);
    const flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
    const made = libc.openat(dir.fd, SELF, flags, (asked ?? mode) & 0o7777);
    brick.identity.revert();
    if (made < 0) return fail.icreate(frame, -made);
    // One that is open for writing could not be run: the handle is another descriptor.
    const fd = libc.open(procPath(made), O_PATH | O_CLOEXEC, 0);
    const handle = fd < 0 ? -fd : brick.introduceNew(fd, null, wantedGfid(xdata), made);
    libc.close(made);
    if (typeof handle === 'number') {
      if (fd >= 0) libc.close(fd);
      return fail.icreate(frame, handle);
    }
    handle.unnamed = true;
    brick.handles.opened(handle, fd);
    brick.mdata.set(frame, 'icreate', handle);
    const buf = iattOfHandle(brick, handle);
    loc.inode?.ctxSet(xl, handle);
    unwind.icreate(frame, 0, 0, loc.inode, buf, null);
  },
};
