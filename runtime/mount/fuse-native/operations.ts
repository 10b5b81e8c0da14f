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
import { isAcl } from '../../core/acl.ts';
import { EBADF, EIO, EOPNOTSUPP, EROFS } from '../../core/errno.ts';
import { inoLo } from '../../core/gfid.ts';
import type { Iatt } from '../../core/iatt.ts';
import { O_CREAT, O_RDWR } from '../../core/open-flags.ts';
import type { Done, Operations, Stat } from './addon.ts';

export interface NativeFrontEnd {
  readonly files: Files;
  readonly readOnly: boolean;
  /** Whether the mount has ACLs. */
  readonly acl: boolean;
  /** Logs an exception that is no fop's failure; the caller gets EIO. */
  unexpected(error: unknown): void;
}

function answer<T>(front: NativeFrontEnd, done: Done<T>, work: Promise<T>): void {
  work.then(
    (result) => done(0, result),
    (error) => done(-errnoOf(front, error)),
  );
}

function answerCount(front: NativeFrontEnd, done: Done, work: Promise<number>): void {
  work.then(done, (error) => done(-errnoOf(front, error)));
}

function errnoOf(front: NativeFrontEnd, error: unknown): number {
  if (error instanceof FopError) return error.errno;
  front.unexpected(error);
  return EIO;
}

export function operationsOf(front: NativeFrontEnd): Operations {
  const { files } = front;
  const { driver } = files;
  const to = <T>(done: Done<T>, work: () => Promise<T>): void => answer(front, done, work());
  const change = (done: Done, work: () => Promise<unknown>): void =>
    answer(
      front,
      done,
      (front.readOnly ? refused() : work()).then(() => undefined),
    );
  /** Registers an open file and returns its handle for libfuse. */
  const handle = async (file: OpenFile): Promise<number> => {
    driver.client.fds.add(file.fd);
    return file.fd.id;
  };

  return {
    access: (path, mask, done) => to(done, () => files.access(path, mask)),
    statfs: (path, done) => to(done, () => files.statfs(path)),
    getattr: (path, done) => to(done, async () => statOf((await files.find(path)).buf)),
    // libfuse does not add "." and "..".
    readdir: (path, done) => to(done, async () => ['.', '..', ...(await files.list(path))]),
    readlink: (path, done) => to(done, () => files.readlink(path)),

    truncate: (path, size, done) => change(done, () => files.truncate(path, size)),
    ftruncate: (_path, fd, size, done) =>
      change(done, async () => fileOf(front, fd).truncate(size)),
    utimens: (path, atime, mtime, done) => change(done, () => files.utimes(path, atime, mtime)),
    chown: (path, uid, gid, done) => change(done, () => files.chown(path, uid, gid)),
    chmod: (path, mode, done) => change(done, () => files.chmod(path, mode)),

    mknod: (path, mode, dev, done) => change(done, () => files.mknod(path, mode, dev)),
    mkdir: (path, mode, done) => change(done, () => files.mkdir(path, mode)),
    symlink: (target, path, done) => change(done, () => files.symlink(target, path)),
    link: (from, path, done) => change(done, () => files.link(from, path)),
    unlink: (path, done) => change(done, () => files.unlink(path)),
    rmdir: (path, done) => change(done, () => files.rmdir(path)),
    rename: (from, path, done) => change(done, () => files.rename(from, path)),

    setxattr: (path, name, value, _position, flags, done) =>
      change(done, async () => {
        expectAttribute(front, name);
        return files.setxattr(path, name, new Uint8Array(value), flags);
      }),
    getxattr: (path, name, _position, done) =>
      to(done, async () => {
        expectAttribute(front, name);
        return Buffer.from(await files.getxattr(path, name));
      }),
    listxattr: (path, done) =>
      to(done, async () => (await files.listxattr(path)).filter((name) => mayBe(front, name))),
    removexattr: (path, name, done) =>
      change(done, async () => {
        expectAttribute(front, name);
        return files.removexattr(path, name);
      }),

    open: (path, flags, done) => to(done, async () => handle(await files.open(path, flags))),
    create: (path, mode, done) =>
      to(done, async () =>
        front.readOnly ? refused() : handle(await files.create(path, O_RDWR | O_CREAT, mode)),
      ),
    read: (_path, fd, into, size, offset, done) =>
      answerCount(front, done, read(front, fd, into, size, offset)),
    // The memory belongs to libfuse, and is valid until `done`.
    write: (_path, fd, from, size, offset, done) =>
      answerCount(front, done, write(front, fd, new Uint8Array(from.subarray(0, size)), offset)),
    flush: (_path, fd, done) => to(done, async () => fileOf(front, fd).flush()),
    fsync: (_path, datasync, fd, done) =>
      to(done, async () => fileOf(front, fd).sync(datasync !== 0)),
    release(_path, fd, done) {
      driver.client.fds.release(fd);
      done(0);
    },
  };
}

const refused = (): Promise<never> => Promise.reject(new FopError(EROFS, 'mounted read-only'));

function fileOf({ files: { driver } }: NativeFrontEnd, handle: number): OpenFile {
  const fd = driver.client.fds.get(handle);
  if (fd === undefined) throw new FopError(EBADF, `fd ${handle}`);
  return new OpenFile(driver, fd);
}

const TWO_32 = 0x1_0000_0000;
const ms = (sec: number, nsec: number): number => sec * 1000 + Math.floor(nsec / 1e6);

function statOf(buf: Iatt): Stat {
  const minor = buf.iaRdev % TWO_32;
  const major = Math.floor(buf.iaRdev / TWO_32);
  return {
    mode: buf.mode,
    uid: buf.iaUid,
    gid: buf.iaGid,
    size: buf.iaSize,
    dev: 0,
    nlink: buf.iaNlink,
    ino: inoLo(buf.iaGfid),
    rdev: ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0,
    blksize: buf.iaBlksize,
    blocks: buf.iaBlocks,
    atime: ms(buf.iaAtime, buf.iaAtimeNsec),
    mtime: ms(buf.iaMtime, buf.iaMtimeNsec),
    ctime: ms(buf.iaCtime, buf.iaCtimeNsec),
  };
}

const mayBe = ({ acl }: NativeFrontEnd, name: string): boolean => acl || !isAcl(name);

/** @throws {FopError} for an ACL at a mount without ACLs */
function expectAttribute(front: NativeFrontEnd, name: string): void {
  if (!mayBe(front, name)) throw new FopError(EOPNOTSUPP, `${name}: mounted without ACLs`);
}

async function read(
  front: NativeFrontEnd,
  handle: number,
  into: Buffer,
  size: number,
  offset: number,
): Promise<number> {
  const bytes = await fileOf(front, handle).read(size, offset);
  into.set(bytes);
  return bytes.length;
}

const write = async (
  front: NativeFrontEnd,
  handle: number,
  data: Uint8Array,
  offset: number,
): Promise<number> => fileOf(front, handle).write(data, offset);
