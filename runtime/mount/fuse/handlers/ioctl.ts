/**
 * Handles IOCTL: inode flags travel to the storage as attributes of the open file (`core/fileattr.ts`). Any other
 * request fails with ENOTTY.
 */
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENODATA, ENOSYS, ENOTTY, EOPNOTSUPP } from '../../../core/errno.ts';
import {
  FS_FLAGS,
  FS_FLAGS_BYTES,
  FS_VERSION,
  FS_VERSION_BYTES,
  FS_XATTR,
  FS_XATTR_BYTES,
} from '../../../core/fileattr.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Cbk } from '../../../core/xlator.ts';
import {
  FS_IOC_FSGETXATTR,
  FS_IOC_FSSETXATTR,
  FS_IOC_GETFLAGS,
  FS_IOC_GETVERSION,
  FS_IOC_SETFLAGS,
} from '../../../sys/constants.ts';
import { encodeIoctlOut, IOCTL_OUT_SIZE, type IoctlIn } from '../codec/structs.gen.ts';
import { OUT_HEADER_SIZE } from '../protocol.ts';
import { findOpenFd, type Handler, type HandlerContext } from './handler.ts';

/** The xattr that an ioctl(2) reads or writes, and its size in bytes. */
interface IoctlAttribute {
  readonly name: string;
  readonly size: number;
  readonly isWrite: boolean;
}

/** The supported attributes by the ioctl's number. */
const ATTRIBUTE_BY_IOCTL: ReadonlyMap<number, IoctlAttribute> = new Map([
  [FS_IOC_GETFLAGS, { name: FS_FLAGS, size: FS_FLAGS_BYTES, isWrite: false }],
  [FS_IOC_SETFLAGS, { name: FS_FLAGS, size: FS_FLAGS_BYTES, isWrite: true }],
  [FS_IOC_FSGETXATTR, { name: FS_XATTR, size: FS_XATTR_BYTES, isWrite: false }],
  [FS_IOC_FSSETXATTR, { name: FS_XATTR, size: FS_XATTR_BYTES, isWrite: true }],
  [FS_IOC_GETVERSION, { name: FS_VERSION, size: FS_VERSION_BYTES, isWrite: false }],
]);

/** The errnos by which a storage reports that it has no such attributes. */
const ABSENT_ERRNOS: ReadonlySet<number> = new Set([ENODATA, ENOSYS, EOPNOTSUPP]);

export const ioctl: Handler<IoctlIn> = (session, _header, args) => {
  const attribute = ATTRIBUTE_BY_IOCTL.get(args.cmd);
  const frame = session.begin(attribute?.isWrite === true ? 'FSETXATTR' : 'FGETXATTR');
  if (attribute === undefined) return session.fail(frame, ENOTTY);
  const fd = findOpenFd(session, frame, args.fh);
  if (fd === null) return;
  const { name, size, isWrite } = attribute;
  if ((isWrite ? args.inSize : args.outSize) < size) return session.fail(frame, EINVAL);
  if (isWrite) {
    const value = session.copyData(args.data).subarray(0, size);
    const dict = new Dict().set(name, value, 'bin');
    frame.local = fd.inode;
    wind.fsetxattr(frame, 0, setFlagsCbk, fd.links, fd, dict, 0, null);
  } else {
    frame.local = attribute;
    wind.fgetxattr(frame, 0, getFlagsCbk, fd.links, fd, name, null);
  }
};

/** Converts the errno of reading flags: ENOTTY if the storage has no such attributes. */
const toIoctlErrno = (opErrno: number): number => (ABSENT_ERRNOS.has(opErrno) ? ENOTTY : opErrno);

const getFlagsCbk: Cbk<'fgetxattr', HandlerContext> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  dict,
) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, toIoctlErrno(opErrno));
  const { name, size } = frame.local as IoctlAttribute;
  const value = dict?.bytes(name);
  if (value === undefined || value.length !== size) return session.fail(frame, ENOTTY);
  session.out.set(value, OUT_HEADER_SIZE + IOCTL_OUT_SIZE);
  encodeIoctlOut(session.view, OUT_HEADER_SIZE, 0);
  session.reply(frame, IOCTL_OUT_SIZE + size);
};

/**
 * Converts the errno of setting flags. EOPNOTSUPP stays: it means that the storage has flags, but not these. (On a
 * storage without flags, reading them has failed before; programs read first.)
 */
const toSetFlagsErrno = (opErrno: number): number =>
  opErrno === EOPNOTSUPP ? opErrno : toIoctlErrno(opErrno);

const setFlagsCbk: Cbk<'fsetxattr', HandlerContext> = (frame, _cookie, xl, opRet, opErrno) => {
  const session = xl.priv;
  if (opRet < 0) return session.fail(frame, toSetFlagsErrno(opErrno));
  // The change time has changed, and the reply cannot carry it.
  session.notices.add({ kind: 'inode', inode: frame.local as Inode, data: false });
  void session.notices.awaitHandled().then(() => {
    encodeIoctlOut(session.view, OUT_HEADER_SIZE, 0);
    session.reply(frame, IOCTL_OUT_SIZE);
  });
};
