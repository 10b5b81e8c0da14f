/**
 * Handles icreate: creates a file without a name in the loc's parent directory (O_TMPFILE). The file exists until its
 * inode is forgotten, unless link(2) gives it a name.
 */

import { MODE_REQ, UMASK_REQ } from '../../../core/dict.ts';
import { ENOENT, ENOTDIR } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { O_WRONLY } from '../../../core/open-flags.ts';
import { Loc } from '../../../core/operands.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH, O_TMPFILE } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { readRequestedGfid } from '../shared/fop-values.ts';
import { findHandle, makeHandleIatt } from './handle-search.ts';
import { makeProcPath, SELF_PATH } from './paths.ts';
import type { Store } from './store.ts';

export const tmpfileFops: Fops<Store> = {
  icreate(frame, xl, loc, mode, xdata) {
    const store = xl.priv;
    if (loc.parent === null) return fail.icreate(frame, ENOENT);
    const dir = findHandle(xl, new Loc(loc.parent));
    if (typeof dir === 'number') return fail.icreate(frame, dir);
    if (!dir.isDir) return fail.icreate(frame, ENOTDIR);
    const requestedMode = xdata?.number(MODE_REQ);
    const umask = requestedMode === undefined ? 0 : (xdata?.number(UMASK_REQ) ?? 0);
    store.identity.switchTo(frame.root, umask);
    const flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
    const dataFd = libc.openat(dir.fd, SELF_PATH, flags, (requestedMode ?? mode) & 0o7777);
    store.identity.switchBack();
    if (dataFd < 0) return fail.icreate(frame, -dataFd);
    // The handle gets an O_PATH descriptor: a file that is open for writing could not be executed.
    const fd = libc.open(makeProcPath(dataFd), O_PATH | O_CLOEXEC, 0);
    const handle = fd < 0 ? -fd : store.createNewHandle(fd, null, readRequestedGfid(xdata), dataFd);
    libc.close(dataFd);
    if (typeof handle === 'number') {
      if (fd >= 0) libc.close(fd);
      return fail.icreate(frame, handle);
    }
    handle.isUnnamed = true;
    store.handles.setDescriptor(handle, fd);
    store.mdata.setTimes(frame, 'icreate', handle);
    const buf = makeHandleIatt(store, handle);
    loc.inode?.ctxSet(xl, handle);
    unwind.icreate(frame, 0, 0, loc.inode, buf, null);
  },
};
