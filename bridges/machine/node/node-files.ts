/**
 * Opens and changes granted files (`GrantedFiles` in host/machine.ts) on Linux. A module's path is
 * untrusted text. openat2(2) looks it up beneath a folder opened at the volume's start: it follows
 * no symbolic link, leaves the folder by no `..`, and enters no other file system. So no path
 * escapes, even while folders are renamed, and none enters the volume's own mount, whose thread
 * would wait for itself. Callers follow symbolic links themselves. Results below 0 are negative
 * errnos.
 */

import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { EACCES, EBADF, EIO, EMFILE, EXDEV } from '../../../runtime/core/errno.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import {
  O_CLOEXEC,
  O_PATH,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../../../runtime/sys/constants.ts';
import * as libc from '../../../runtime/sys/libc.ts';
import { toCString } from '../../../runtime/sys/struct.ts';
import {
  type Attributes,
  GRANT_STATE,
  type GrantedFiles,
  type GrantedPaths,
  type Right,
} from '../../host/machine.ts';

/** A grant: everything below a folder, or only the file `onlyName` in it. */
interface Grant {
  readonly path: string;
  readonly right: Right;
  /** An O_PATH descriptor of the folder. */
  readonly folderFd: number;
  readonly onlyName: string | undefined;
}

/** The most granted files that a module may have open at once. */
const MAX_OPEN_FILES = 64;
/** Flags that never wait for a pipe and never take a controlling terminal. */
const SAFE_FLAGS = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
/** The flags of open(2) that a module may set. */
const OPEN_FLAGS =
  constants.O_WRONLY |
  constants.O_RDWR |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_TRUNC |
  constants.O_APPEND;

/** The granted files of one volume. */
export class NodeFiles implements GrantedFiles {
  private readonly grants: Grant[] = [];
  /** Open files by their numbers, which are not descriptors. */
  private readonly openFiles = new Map<number, { fd: number; right: Right | 'both' }>();
  private lastFileNumber = 0;

  /** @throws {InitError} when a granted path cannot be opened. */
  constructor({ read, write }: GrantedPaths) {
    for (const path of read) this.grant('read', path);
    for (const path of write) this.grant('write', path);
  }

  /** Grants one more file or folder, by its real path. */
  grant(right: Right, path: string): void {
    const onlyName = statSync(path).isDirectory() ? undefined : basename(path);
    const folder = onlyName === undefined ? path : dirname(path);
    const fd = libc.open(toCString(folder), O_PATH | O_CLOEXEC, 0);
    if (fd < 0) throw new InitError(`option allow-${right} ${path} cannot be opened`);
    this.grants.push({ path, right, folderFd: fd, onlyName });
  }

  /** Returns one of GRANT_STATE. */
  findGrantState(right: Right, path: string): number {
    if (this.findGrant(right, path) !== undefined) return GRANT_STATE.GRANTED;
    const otherGrant = this.findGrant(right === 'read' ? 'write' : 'read', path);
    if (otherGrant !== undefined) return GRANT_STATE.OTHER_RIGHT;
    const isNear = this.isAboveGrant(path) || this.isAboveGrant(dirname(path));
    return isNear ? GRANT_STATE.NEAR_GRANT : GRANT_STATE.NOT_GRANTED;
  }

  stat(path: string): Attributes | number {
    const grant = this.findGrant('read', path) ?? this.findGrant('write', path);
    if (grant === undefined) return this.isAboveGrant(path) ? ABOVE_ATTRIBUTES : -EACCES;
    return this.runAtEntry(grant, path, (fdPath) => {
      const stat = lstatSync(fdPath);
      return isFileOrFolder(stat) || stat.isSymbolicLink()
        ? this.makeVisibleAttributes(path, stat)
        : -EACCES;
    });
  }

  /** Lists the names in a folder. */
  list(path: string): readonly string[] | number {
    const grant = this.findGrant('read', path);
    if (grant !== undefined) return this.runInFolder(grant, path, (fdPath) => readdirSync(fdPath));
    return this.isAboveGrant(path) ? this.listAboveGrants(path) : -EACCES;
  }

  readlink(path: string): string | number {
    const grant = this.findGrant('read', path) ?? this.findGrant('write', path);
    if (grant === undefined) return -EACCES;
    return this.runAtEntry(grant, path, (fdPath) => readlinkSync(fdPath));
  }

  /** Opens a regular file with the flags of open(2); returns its number, from 1. */
  openFile(path: string, flags: number, mode: number): number {
    const access = flags & ACCESS_MODE;
    const rights = findNeededRights(access);
    const changesFile = (flags & (constants.O_CREAT | constants.O_TRUNC)) !== 0;
    if (changesFile && access === constants.O_RDONLY) return -EACCES;
    const grants = rights.map((right) => this.findGrant(right, path));
    const grant = grants.at(-1);
    if (grant === undefined || grants.includes(undefined)) return -EACCES;
    if (this.openFiles.size >= MAX_OPEN_FILES) return -EMFILE;
    return this.runAtEntry(grant, path, (fdPath) => {
      const stat = statIfPresent(fdPath);
      if (stat !== undefined && !stat.isFile()) return -EACCES;
      const fd = openSync(fdPath, (flags & OPEN_FLAGS) | SAFE_FLAGS, mode & 0o777);
      if (!fstatSync(fd).isFile()) {
        closeSync(fd);
        return -EACCES;
      }
      this.lastFileNumber += 1;
      this.openFiles.set(this.lastFileNumber, {
        fd,
        right: rights.length === 2 ? 'both' : rights[0]!,
      });
      return this.lastFileNumber;
    });
  }

  closeFile(file: number): number {
    const entry = this.openFiles.get(file);
    if (entry === undefined) return -EBADF;
    this.openFiles.delete(file);
    return runCall(() => {
      closeSync(entry.fd);
      return 0;
    });
  }

  fstat(file: number): Attributes | number {
    const entry = this.openFiles.get(file);
    if (entry === undefined) return -EBADF;
    return runCall(() => {
      const stat = fstatSync(entry.fd);
      return makeAttributes(stat, stat.mode & 0o777);
    });
  }

  /** Fills `buffer` from `position` of the file; returns the number of bytes read. */
  read(file: number, buffer: Uint8Array, position: number): number {
    const entry = this.openFiles.get(file);
    if (entry === undefined || entry.right === 'write') return -EBADF;
    return runCall(() => readSync(entry.fd, buffer, 0, buffer.length, position));
  }

  write(file: number, bytes: Uint8Array, position: number): number {
    const entry = this.openFiles.get(file);
    if (entry === undefined || entry.right === 'read') return -EBADF;
    return runCall(() => writeSync(entry.fd, bytes, 0, bytes.length, position));
  }

  ftruncate(file: number, size: number): number {
    const entry = this.openFiles.get(file);
    if (entry === undefined || entry.right === 'read') return -EBADF;
    return this.runAction(() => ftruncateSync(entry.fd, size));
  }

  /** Waits until written data is on the disk. */
  fsync(file: number): number {
    const entry = this.openFiles.get(file);
    if (entry === undefined) return -EBADF;
    return this.runAction(() => fsyncSync(entry.fd));
  }

  truncate(path: string, size: number): number {
    const file = this.openFile(path, constants.O_WRONLY, 0);
    if (file < 0) return file;
    const result = this.ftruncate(file, size);
    this.closeFile(file);
    return result;
  }

  mkdir(path: string, mode: number): number {
    return this.changeEntry(path, (fdPath) => void mkdirSync(fdPath, mode & 0o777));
  }

  rmdir(path: string): number {
    return this.changeEntry(path, rmdirSync);
  }

  unlink(path: string): number {
    return this.changeEntry(path, unlinkSync);
  }

  rename(oldPath: string, newPath: string): number {
    const newGrant = this.findGrant('write', newPath);
    if (newGrant === undefined || newGrant.path === newPath) return -EACCES;
    return this.changeEntry(oldPath, (fdPath) => {
      const result = this.runAtEntry(newGrant, newPath, (newFdPath) => {
        renameSync(fdPath, newFdPath);
        return 0;
      });
      // `runCall` converts it back to the result.
      if (result < 0) throw Object.assign(new Error(), { errno: result });
    });
  }

  /** Sets the attributes that are not undefined. */
  setAttributes(path: string, mode: number | undefined, mtimeMs: number | undefined): number {
    const grant = this.findGrant('write', path);
    if (grant === undefined) return -EACCES;
    return this.runAtEntry(grant, path, (fdPath) => {
      const stat = lstatSync(fdPath);
      if (!isFileOrFolder(stat)) return -EACCES;
      if (mode !== undefined) chmodSync(fdPath, mode & 0o777);
      if (mtimeMs !== undefined) utimesSync(fdPath, mtimeMs / 1000, mtimeMs / 1000);
      return 0;
    });
  }

  close(): void {
    for (const file of [...this.openFiles.keys()]) this.closeFile(file);
    for (const { folderFd } of this.grants.splice(0)) libc.close(folderFd);
  }

  /** Finds the innermost grant of a right that covers a path without `.`, `..` or empty parts. */
  private findGrant(right: Right, path: string): Grant | undefined {
    if (!isNormalized(path)) return undefined;
    let innermost: Grant | undefined;
    for (const grant of this.grants) {
      if (grant.right !== right || !covers(grant, path)) continue;
      if (innermost === undefined || grant.path.length > innermost.path.length) innermost = grant;
    }
    return innermost;
  }

  /** True if a granted path is below `path`. */
  private isAboveGrant(path: string): boolean {
    return isNormalized(path) && this.grants.some((grant) => grant.path.startsWith(`${path}/`));
  }

  /** Lists the names in the folder `path` that lead to grants. */
  private listAboveGrants(path: string): string[] {
    const prefix = `${path}/`;
    const lowerGrants = this.grants.filter((grant) => grant.path.startsWith(prefix));
    return [...new Set(lowerGrants.map((grant) => grant.path.slice(prefix.length).split('/')[0]!))];
  }

  /** Runs `action`, which changes a name: the name's folder must be granted, not only the file. */
  private changeEntry(path: string, action: (fdPath: string) => void): number {
    const grant = this.findGrant('write', path);
    if (grant === undefined || grant.path === path) return -EACCES;
    return this.runAtEntry(grant, path, (fdPath) => {
      action(fdPath);
      return 0;
    });
  }

  /**
   * Runs `action` with a path below /proc/self/fd that stands for `path`. The last part may be a
   * symbolic link, which `action` must not follow.
   */
  private runAtEntry<T>(grant: Grant, path: string, action: (fdPath: string) => T): T | number {
    if (grant.path === path) {
      const { folderFd, onlyName } = grant;
      return runCall(() => action(`/proc/self/fd/${folderFd}/${onlyName ?? '.'}`));
    }
    const parent = dirname(path);
    return this.runInFolder(grant, parent, (fdPath) => action(`${fdPath}/${basename(path)}`));
  }

  /** Runs `action` with a path below /proc/self/fd that stands for the folder `path`. */
  private runInFolder<T>(grant: Grant, path: string, action: (fdPath: string) => T): T | number {
    const fd = openBeneath(grant.folderFd, path.slice(grant.path.length).replace(/^\//, '') || '.');
    // EXDEV: the path leaves the folder or its file system.
    if (fd < 0) return fd === -EXDEV ? -EACCES : fd;
    try {
      return runCall(() => action(`/proc/self/fd/${fd}`));
    } finally {
      libc.close(fd);
    }
  }

  /** Makes attributes whose mode has only the permissions that grants allow. */
  private makeVisibleAttributes(path: string, stat: Stats): Attributes {
    const read = this.findGrant('read', path) === undefined ? 0 : 0o444;
    const write = this.findGrant('write', path) === undefined ? 0 : 0o222;
    const search = stat.isDirectory() ? 0o111 : 0;
    return makeAttributes(stat, (stat.mode & (read | write | 0o111)) | search);
  }

  /** Runs a system call that has no result; returns 0, or a negative errno. */
  private runAction(action: () => void): number {
    return runCall(() => {
      action();
      return 0;
    });
  }
}

/** The bits of open(2)'s flags for reading and writing (O_ACCMODE). */
const ACCESS_MODE = 3;

/** Returns the rights that an access mode of open(2) needs. */
function findNeededRights(access: number): Right[] {
  if (access === constants.O_RDONLY) return ['read'];
  return access === constants.O_WRONLY ? ['write'] : ['read', 'write'];
}

/**
 * Attributes of any folder above a grant, which hide the real ones. The folder lists only the names
 * that lead to grants.
 */
const ABOVE_ATTRIBUTES: Attributes = {
  mode: constants.S_IFDIR | 0o555,
  size: 0,
  ino: 1,
  atime: 0,
  mtime: 0,
};

/** True for a file or folder: not a device, pipe, socket or link. */
const isFileOrFolder = (stat: Stats): boolean => stat.isFile() || stat.isDirectory();

/** True for an absolute path without NUL, empty parts, `.` and `..`. */
const isNormalized = (path: string): boolean =>
  path.startsWith('/') && !path.includes('\0') && !/\/(\.{0,2})(\/|$)/.test(path);

/** True if the grant covers `target`. */
const covers = ({ path, onlyName }: Grant, target: string): boolean =>
  target === path || (onlyName === undefined && (path === '/' || target.startsWith(`${path}/`)));

/** Makes the attributes of a file, with these permissions in place of its own. */
const makeAttributes = (stat: Stats, permissions: number): Attributes => ({
  mode: (stat.mode & constants.S_IFMT) | permissions,
  size: stat.size,
  ino: stat.ino,
  atime: Math.round(stat.atimeMs),
  mtime: Math.round(stat.mtimeMs),
});

/** Reads a file's attributes, without following a link; undefined for a missing file. */
function statIfPresent(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Opens a folder beneath another, as an O_PATH descriptor; returns a negative errno on failure. */
function openBeneath(folder: number, path: string): number {
  // struct open_how: flags, mode, resolve
  const openHow = new BigUint64Array([
    BigInt(O_PATH | O_CLOEXEC | constants.O_DIRECTORY),
    0n,
    BigInt(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV),
  ]);
  return libc.openat2(folder, toCString(path), new Uint8Array(openHow.buffer));
}

/** Runs a system call; returns its negative errno on failure, as Node.js reports it. */
function runCall<T>(action: () => T): T | number {
  try {
    return action();
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    return typeof errno === 'number' && errno < 0 ? errno : -EIO;
  }
}
