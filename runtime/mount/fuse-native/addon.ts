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
import koffi from 'koffi';
import { makeMountError } from '../fuse/mount-error.ts';

/** Called with 0 or minus the errno, and the result. */
export type Callback<T = void> = (status: number, result?: T) => void;

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
  /** Milliseconds. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

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

/** Handlers of libfuse's operations. `fd` is the result of open or create. */
export interface Operations {
  access(path: string, mask: number, callback: Callback): void;
  statfs(path: string, callback: Callback<StatFs>): void;
  getattr(path: string, callback: Callback<Stat>): void;
  readdir(path: string, callback: Callback<string[]>): void;
  readlink(path: string, callback: Callback<string>): void;
  truncate(path: string, size: number, callback: Callback): void;
  ftruncate(path: string, fd: number, size: number, callback: Callback): void;
  utimens(path: string, atime: number, mtime: number, callback: Callback): void;
  chown(path: string, uid: number, gid: number, callback: Callback): void;
  chmod(path: string, mode: number, callback: Callback): void;
  mknod(path: string, mode: number, dev: number, callback: Callback): void;
  mkdir(path: string, mode: number, callback: Callback): void;
  unlink(path: string, callback: Callback): void;
  rmdir(path: string, callback: Callback): void;
  rename(from: string, to: string, callback: Callback): void;
  link(from: string, to: string, callback: Callback): void;
  symlink(target: string, path: string, callback: Callback): void;
  setxattr(
    path: string,
    name: string,
    value: Buffer,
    position: number,
    flags: number,
    callback: Callback,
  ): void;
  getxattr(path: string, name: string, position: number, callback: Callback<Buffer>): void;
  listxattr(path: string, callback: Callback<string[]>): void;
  removexattr(path: string, name: string, callback: Callback): void;
  open(path: string, flags: number, callback: Callback<number>): void;
  create(path: string, mode: number, callback: Callback<number>): void;
  /** `read` and `write` pass the number of bytes, or minus the errno, as the status. */
  readInto(
    path: string,
    fd: number,
    into: Buffer,
    size: number,
    offset: number,
    callback: Callback,
  ): void;
  writeTo(
    path: string,
    fd: number,
    from: Buffer,
    size: number,
    offset: number,
    callback: Callback,
  ): void;
  flush(path: string, fd: number, callback: Callback): void;
  fsync(path: string, datasync: number, fd: number, callback: Callback): void;
  release(path: string, fd: number, callback: Callback): void;
}

export interface Fuse {
  mount(callback: (error: Error | null) => void): void;
  unmount(callback: (error: Error | null) => void): void;
  /** Options for libfuse, as `-oa,b`. native-mount.ts replaces this method, as the package supports only some. */
  _fuseOptions(): string;
}

export interface FuseClass {
  new (mountpoint: string, operations: Operations, options: { readonly timeout: false }): Fuse;
  /** Unmounts for `Fuse.unmount`; native-mount.ts replaces it, because the package's own runs a shell. */
  unmount(mountpoint: string, callback: (error: Error | null) => void): void;
}

let fuseClass: FuseClass | undefined;

/** Loads the package. @throws {MountError} when it is not installed, or does not run on this system */
export function loadFuseNative(mountpoint: string): FuseClass {
  if (fuseClass !== undefined) return fuseClass;
  const require = createRequire(import.meta.url);
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
