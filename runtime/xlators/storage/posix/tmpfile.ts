/**
 * icreate: creates a file without a name in the loc's parent directory (O_TMPFILE). It lasts until its inode is
 * forgotten, unless link(2) gives it a name.
 */
import { ENOENT, ENOTDIR } from '../../../core/errno.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { Loc } from '../../../core/loc.ts';
import { O_WRONLY } from '../../../core/open-flags.ts';
import { MODE_REQ, UMASK_REQ } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH, O_TMPFILE } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { requestedGfid } from '../shared/replies.ts';
import { procPath, SELF } from './paths.ts';
import { handleOf, iattOfHandle } from './resolve.ts';
import type { Store } from './store.ts';

export const tmpfileFops: Fops<Store> = {
  icreate(frame, xl, loc, mode, xdata) {
    const store = xl.priv;
    if (loc.parent === null) return fail.icreate(frame, ENOENT);
    const dir = handleOf(xl, new Loc(loc.parent));
    if (typeof dir === 'number') return fail.icreate(frame, dir);
    if (!dir.isDir) return fail.icreate(frame, ENOTDIR);
    const asked = xdata?.number(MODE_REQ);
    const umask = asked === undefined ? 0 : (xdata?.number(UMASK_REQ) ?? 0);
    store.identity.become(frame.root, umask);
    const flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
    const made = libc.openat(dir.fd, SELF, flags, (asked ?? mode) & 0o7777);
    store.identity.revert();
    if (made < 0) return fail.icreate(frame, -made);
    // A file open for writing cannot be executed, so the handle is another descriptor.
    const fd = libc.open(procPath(made), O_PATH | O_CLOEXEC, 0);
    const handle = fd < 0 ? -fd : store.introduceNew(fd, null, requestedGfid(xdata), made);
    libc.close(made);
    if (typeof handle === 'number') {
      if (fd >= 0) libc.close(fd);
      return fail.icreate(frame, handle);
    }
    handle.unnamed = true;
    store.handles.opened(handle, fd);
    store.mdata.set(frame, 'icreate', handle);
    const buf = iattOfHandle(store, handle);
    loc.inode?.ctxSet(xl, handle);
    unwind.icreate(frame, 0, 0, loc.inode, buf, null);
  },
};
