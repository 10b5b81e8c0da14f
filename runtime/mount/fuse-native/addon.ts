/**
 * Loads the optional npm package `fuse-native` (libfuse 2 for Node), and declares the used part of its interface.
 *
 * Its Linux binary does not find the `libfuse.so.2` that the package contains, so this library is loaded first.
 * Errors are negative errnos, times milliseconds since 1970. `done` may be called at any later time.
 *
 * Source: fuse-native 2.2 (`index.js`, `fuse-native.c`, README).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { mountError } from '../fuse/mount-error.ts';

/** Callback with 0 or minus the errno, and the result. */
export type Done<T = void> = (status: number, result?: T) => void;

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
  access(path: string, mask: number, done: Done): void;
  statfs(path: string, done: Done<StatFs>): void;
  getattr(path: string, done: Done<Stat>): void;
  readdir(path: string, done: Done<string[]>): void;
  readlink(path: string, done: Done<string>): void;
  truncate(path: string, size: number, done: Done): void;
  ftruncate(path: string, fd: number, size: number, done: Done): void;
  utimens(path: string, atime: number, mtime: number, done: Done): void;
  chown(path: string, uid: number, gid: number, done: Done): void;
  chmod(path: string, mode: number, done: Done): void;
  mknod(path: string, mode: number, dev: number, done: Done): void;
  mkdir(path: string, mode: number, done: Done): void;
  unlink(path: string, done: Done): void;
  rmdir(path: string, done: Done): void;
  rename(from: string, to: string, done: Done): void;
  link(from: string, to: string, done: Done): void;
  symlink(target: string, path: string, done: Done): void;
  setxattr(
    path: string,
    name: string,
    value: Buffer,
    position: number,
    flags: number,
    done: Done,
  ): void;
  getxattr(path: string, name: string, position: number, done: Done<Buffer>): void;
  listxattr(path: string, done: Done<string[]>): void;
  removexattr(path: string, name: string, done: Done): void;
  open(path: string, flags: number, done: Done<number>): void;
  create(path: string, mode: number, done: Done<number>): void;
  /** `done` gets the number of bytes, or minus the errno. */
  read(path: string, fd: number, into: Buffer, size: number, offset: number, done: Done): void;
  write(path: string, fd: number, from: Buffer, size: number, offset: number, done: Done): void;
  flush(path: string, fd: number, done: Done): void;
  fsync(path: string, datasync: number, fd: number, done: Done): void;
  release(path: string, fd: number, done: Done): void;
}

export interface Fuse {
  mount(done: (error: Error | null) => void): void;
  unmount(done: (error: Error | null) => void): void;
  /** Options for libfuse, as `-oa,b`; replaced here, because the package supports only some. */
  _fuseOptions(): string;
}

export interface FuseClass {
  new (mountpoint: string, operations: Operations, options: { readonly timeout: false }): Fuse;
  /** Unmounts for `Fuse.unmount`; replaced here. */
  unmount(mountpoint: string, done: (error: Error | null) => void): void;
}

let loaded: FuseClass | undefined;

/** @throws {MountError} when the package is not installed, or does not run here */
export function loadFuseNative(mountpoint: string): FuseClass {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(require.resolve('fuse-native/package.json'));
  } catch {
    // Installing the package is the remedy for any failure to resolve it.
    throw mountError('MOUNT_NO_FUSE_NATIVE', mountpoint, 'it is not installed');
  }
  try {
    const library = join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'libfuse.so');
    if (existsSync(library)) koffi.load(library);
    loaded = require('fuse-native') as FuseClass;
    return loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw mountError('MOUNT_NO_FUSE_NATIVE', mountpoint, reason);
  }
}
