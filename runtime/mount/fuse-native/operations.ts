/**
 * Translates libfuse's operations on paths into requests to a graph.
 *
 * libfuse's path interface does not name the caller, so every request is this process's own, and the kernel checks
 * permissions. A create has no flags, names are text, times are milliseconds. There are no locks, no fallocate,
 * lseek or copy_file_range, no rename flags and no interrupts.
 */

import { FopError } from '../../api/driver.ts';
import type { Files } from '../../api/files.ts';
import { OpenFile } from '../../api/open-file.ts';
import { isAclName } from '../../core/acl.ts';
import { EBADF, EIO, EOPNOTSUPP, EROFS } from '../../core/errno.ts';
import { computeInoLo } from '../../core/gfid.ts';
import { encodeDevice, type Iatt } from '../../core/iatt.ts';
import { makeFlagConverters } from '../../core/machine-flags.ts';
import { O_CREAT, O_RDWR } from '../../core/open-flags.ts';
import { kernelMachine } from '../../sys/kernel-machine.ts';
import type { OperationCallback, Operations, Stat } from './addon.ts';

const { toGraph } = makeFlagConverters(kernelMachine);

/** The state of a mount by libfuse (`priv` of mount/fuse-native). */
export interface NativeFrontEnd {
  readonly files: Files;
  readonly isReadOnly: boolean;
  /** Whether the mount has ACLs. */
  readonly hasAcls: boolean;
  /** Logs an exception that is not a fop's failure; the caller gets EIO. */
  logUnexpected(error: unknown): void;
}

/** Replies with 0 and the result of `work`, or with minus its errno. */
function replyWithResult<T>(
  frontEnd: NativeFrontEnd,
  callback: OperationCallback<T>,
  work: Promise<T>,
): void {
  work.then(
    (result) => callback(0, result),
    (error) => callback(-toErrno(frontEnd, error)),
  );
}

/** Replies to read and write with the number of bytes as the status, or minus the errno. */
function replyWithCount(
  frontEnd: NativeFrontEnd,
  callback: OperationCallback,
  work: Promise<number>,
): void {
  work.then(callback, (error) => callback(-toErrno(frontEnd, error)));
}

/** Converts an exception to an errno; logs one that is not a fop's failure. */
function toErrno(frontEnd: NativeFrontEnd, error: unknown): number {
  if (error instanceof FopError) return error.errno;
  frontEnd.logUnexpected(error);
  return EIO;
}

/** Makes libfuse's handlers. At a read-only mount, `replyToChange` refuses the operation. */
export function makeOperations(frontEnd: NativeFrontEnd): Operations {
  const { files } = frontEnd;
  const { driver } = files;
  const replyToRead = <T>(callback: OperationCallback<T>, work: () => Promise<T>): void =>
    replyWithResult(frontEnd, callback, work());
  const replyToChange = (callback: OperationCallback, work: () => Promise<unknown>): void =>
    replyWithResult(
      frontEnd,
      callback,
      (frontEnd.isReadOnly ? refuseReadOnly() : work()).then(() => undefined),
    );
  /** Registers an open file and returns its handle for libfuse. */
  const registerFile = async (file: OpenFile): Promise<number> => {
    driver.client.fds.add(file.fd);
    return file.fd.id;
  };

  return {
    access: (path, mask, callback) => replyToRead(callback, () => files.access(path, mask)),
    statfs: (path, callback) => replyToRead(callback, () => files.statfs(path)),
    getattr: (path, callback) =>
      replyToRead(callback, async () => makeStat((await files.find(path)).buf)),
    // libfuse does not add "." and "..".
    readdir: (path, callback) =>
      replyToRead(callback, async () => ['.', '..', ...(await files.list(path))]),
    readlink: (path, callback) => replyToRead(callback, () => files.readlink(path)),

    truncate: (path, size, callback) => replyToChange(callback, () => files.truncate(path, size)),
    ftruncate: (_path, fd, size, callback) =>
      replyToChange(callback, async () => findFile(frontEnd, fd).truncate(size)),
    utimens: (path, atime, mtime, callback) =>
      replyToChange(callback, () => files.utimes(path, atime, mtime)),
    chown: (path, uid, gid, callback) => replyToChange(callback, () => files.chown(path, uid, gid)),
    chmod: (path, mode, callback) => replyToChange(callback, () => files.chmod(path, mode)),

    mknod: (path, mode, dev, callback) =>
      replyToChange(callback, () => files.mknod(path, mode, dev)),
    mkdir: (path, mode, callback) => replyToChange(callback, () => files.mkdir(path, mode)),
    symlink: (target, path, callback) => replyToChange(callback, () => files.symlink(target, path)),
    link: (from, path, callback) => replyToChange(callback, () => files.link(from, path)),
    unlink: (path, callback) => replyToChange(callback, () => files.unlink(path)),
    rmdir: (path, callback) => replyToChange(callback, () => files.rmdir(path)),
    rename: (from, path, callback) => replyToChange(callback, () => files.rename(from, path)),

    setxattr: (path, name, value, _position, flags, callback) =>
      replyToChange(callback, async () => {
        checkXattrName(frontEnd, name);
        return files.setxattr(path, name, new Uint8Array(value), flags);
      }),
    getxattr: (path, name, _position, callback) =>
      replyToRead(callback, async () => {
        checkXattrName(frontEnd, name);
        return Buffer.from(await files.getxattr(path, name));
      }),
    listxattr: (path, callback) =>
      replyToRead(callback, async () =>
        (await files.listxattr(path)).filter((name) => isXattrSupported(frontEnd, name)),
      ),
    removexattr: (path, name, callback) =>
      replyToChange(callback, async () => {
        checkXattrName(frontEnd, name);
        return files.removexattr(path, name);
      }),

    open: (path, flags, callback) =>
      replyToRead(callback, async () => registerFile(await files.open(path, toGraph(flags)))),
    create: (path, mode, callback) =>
      replyToRead(callback, async () =>
        frontEnd.isReadOnly
          ? refuseReadOnly()
          : registerFile(await files.create(path, O_RDWR | O_CREAT, mode)),
      ),
    read: (_path, fd, into, size, offset, callback) =>
      replyWithCount(frontEnd, callback, readInto(frontEnd, fd, into, size, offset)),
    // The memory belongs to libfuse, and is valid until `callback`.
    write: (_path, fd, from, size, offset, callback) =>
      replyWithCount(
        frontEnd,
        callback,
        writeTo(frontEnd, fd, new Uint8Array(from.subarray(0, size)), offset),
      ),
    flush: (_path, fd, callback) =>
      replyToRead(callback, async () => findFile(frontEnd, fd).flush()),
    fsync: (_path, datasync, fd, callback) =>
      replyToRead(callback, async () => findFile(frontEnd, fd).sync(datasync !== 0)),
    release(_path, fd, callback) {
      driver.client.fds.release(fd);
      callback(0);
    },
  };
}

const refuseReadOnly = (): Promise<never> =>
  Promise.reject(new FopError(EROFS, 'mounted read-only'));

/** Finds an open file by its handle. @throws {FopError} EBADF for an unknown handle */
function findFile({ files: { driver } }: NativeFrontEnd, handle: number): OpenFile {
  const fd = driver.client.fds.get(handle);
  if (fd === undefined) throw new FopError(EBADF, `fd ${handle}`);
  return new OpenFile(driver, fd);
}

const toMs = (sec: number, nsec: number): number => sec * 1000 + Math.floor(nsec / 1e6);

/** Converts attributes; a device number to the kernel's 12 + 20 bits. */
function makeStat(buf: Iatt): Stat {
  return {
    mode: buf.mode,
    uid: buf.iaUid,
    gid: buf.iaGid,
    size: buf.iaSize,
    dev: 0,
    nlink: buf.iaNlink,
    ino: computeInoLo(buf.iaGfid),
    rdev: encodeDevice(buf.iaRdev),
    blksize: buf.iaBlksize,
    blocks: buf.iaBlocks,
    atime: toMs(buf.iaAtime, buf.iaAtimeNsec),
    mtime: toMs(buf.iaMtime, buf.iaMtimeNsec),
    ctime: toMs(buf.iaCtime, buf.iaCtimeNsec),
  };
}

/** Whether the mount has an extended attribute of this name: all but ACLs at a mount without ACLs. */
const isXattrSupported = ({ hasAcls }: NativeFrontEnd, name: string): boolean =>
  hasAcls || !isAclName(name);

/** Checks that the mount supports an extended attribute. @throws {FopError} for an ACL at a mount without ACLs */
function checkXattrName(frontEnd: NativeFrontEnd, name: string): void {
  if (!isXattrSupported(frontEnd, name))
    throw new FopError(EOPNOTSUPP, `${name}: mounted without ACLs`);
}

/** Reads a file into libfuse's buffer. Returns the number of bytes. */
async function readInto(
  frontEnd: NativeFrontEnd,
  handle: number,
  into: Buffer,
  size: number,
  offset: number,
): Promise<number> {
  const bytes = await findFile(frontEnd, handle).read(size, offset);
  into.set(bytes);
  return bytes.length;
}

/** Writes to a file. Returns the number of bytes. */
const writeTo = async (
  frontEnd: NativeFrontEnd,
  handle: number,
  data: Uint8Array,
  offset: number,
): Promise<number> => findFile(frontEnd, handle).write(data, offset);
