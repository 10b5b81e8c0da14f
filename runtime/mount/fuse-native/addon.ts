/**
 * Loads the optional npm package `fuse-native` (libfuse 2 for Node), and declares the used part of its interface.
 *
 * The package's Linux binary does not find the `libfuse.so.2` that the package contains, so this file loads that first.
 * Errors are negative errnos, times milliseconds since 1970. A handler may call `callback` at any later time.
 *
 * Source: fuse-native 2.2 (`index.js`, `fuse-native.c`, README).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { koffi } from '../../sys/koffi.ts';
import { makeMountError } from '../fuse/mount-error.ts';

/** Called with 0 or minus the errno, and the result. */
export type OperationCallback<T = void> = (status: number, result?: T) => void;

/** Attributes, named as in stat(2). */
export interface Stat {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly dev: number;
  readonly nlink: number;
  readonly ino: number;
  readonly rdev: number;
  readonly blksize: number;
  readonly blocks: number;
  /** Milliseconds since 1970; so are `mtime` and `ctime`. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

/** The space of a file system, named as in statvfs(3). */
export interface StatFs {
  readonly bsize: number;
  readonly frsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
  readonly favail: number;
  readonly flag: number;
  readonly namemax: number;
}

/**
 * Handlers of libfuse's operations, under the names that the package looks up. `fd` is the result of open or create;
 * `position`, in extended attributes, is used on macOS only.
 */
export interface Operations {
  access(path: string, mask: number, callback: OperationCallback): void;
  statfs(path: string, callback: OperationCallback<StatFs>): void;
  getattr(path: string, callback: OperationCallback<Stat>): void;
  readdir(path: string, callback: OperationCallback<string[]>): void;
  readlink(path: string, callback: OperationCallback<string>): void;
  truncate(path: string, size: number, callback: OperationCallback): void;
  ftruncate(path: string, fd: number, size: number, callback: OperationCallback): void;
  utimens(path: string, atime: number, mtime: number, callback: OperationCallback): void;
  chown(path: string, uid: number, gid: number, callback: OperationCallback): void;
  chmod(path: string, mode: number, callback: OperationCallback): void;
  mknod(path: string, mode: number, dev: number, callback: OperationCallback): void;
  mkdir(path: string, mode: number, callback: OperationCallback): void;
  unlink(path: string, callback: OperationCallback): void;
  rmdir(path: string, callback: OperationCallback): void;
  rename(from: string, to: string, callback: OperationCallback): void;
  link(from: string, to: string, callback: OperationCallback): void;
  symlink(target: string, path: string, callback: OperationCallback): void;
  setxattr(
    path: string,
    name: string,
    value: Buffer,
    position: number,
    flags: number,
    callback: OperationCallback,
  ): void;
  getxattr(path: string, name: string, position: number, callback: OperationCallback<Buffer>): void;
  listxattr(path: string, callback: OperationCallback<string[]>): void;
  removexattr(path: string, name: string, callback: OperationCallback): void;
  open(path: string, flags: number, callback: OperationCallback<number>): void;
  create(path: string, mode: number, callback: OperationCallback<number>): void;
  /** Reads; `read` and `write` pass the number of bytes, or minus the errno, as the status. */
  read(
    path: string,
    fd: number,
    into: Buffer,
    size: number,
    offset: number,
    callback: OperationCallback,
  ): void;
  write(
    path: string,
    fd: number,
    from: Buffer,
    size: number,
    offset: number,
    callback: OperationCallback,
  ): void;
  flush(path: string, fd: number, callback: OperationCallback): void;
  fsync(path: string, datasync: number, fd: number, callback: OperationCallback): void;
  release(path: string, fd: number, callback: OperationCallback): void;
}

/** A mount by the package. */
export interface Fuse {
  mount(callback: (error: Error | null) => void): void;
  unmount(callback: (error: Error | null) => void): void;
  /** Options for libfuse, as `-oa,b`. native-mount.ts replaces this method, as the package supports only some. */
  _fuseOptions(): string;
}

/** The package's main export. */
export interface FuseClass {
  new (mountpoint: string, operations: Operations, options: { readonly timeout: false }): Fuse;
  /** Unmounts for `Fuse.unmount`; native-mount.ts replaces it, because the package's own runs a shell. */
  unmount(mountpoint: string, callback: (error: Error | null) => void): void;
}

let fuseClass: FuseClass | undefined;

/** Loads the package. @throws {MountError} when it is not installed, or does not run on this system */
export function loadFuseNative(mountpoint: string): FuseClass {
  if (fuseClass !== undefined) return fuseClass;
  const require = createRequire(import.meta.filename);
  let packageFolder: string;
  try {
    packageFolder = dirname(require.resolve('fuse-native/package.json'));
  } catch {
    // Installing the package is the remedy for any failure to resolve it.
    throw makeMountError('MOUNT_NO_FUSE_NATIVE', mountpoint, 'it is not installed');
  }
  try {
    const library = join(
      packageFolder,
      'prebuilds',
      `${process.platform}-${process.arch}`,
      'libfuse.so',
    );
    if (existsSync(library)) koffi.load(library);
    fuseClass = require('fuse-native') as FuseClass;
    return fuseClass;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw makeMountError('MOUNT_NO_FUSE_NATIVE', mountpoint, reason);
  }
}
