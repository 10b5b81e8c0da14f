/**
 * The package `fuse-native` (libfuse 2 for Node, of npm), as far as it is used here. It is optional:
 * loaded when a mount asks for it.
 *
 * Its binary for Linux wants a `libfuse.so.2`, which it brings along but does not find; so that
 * library is loaded first. Errors are negative errnos; times milliseconds since 1970; callbacks may
 * come at any later time, from one request at a time per caller.
 *
 * Source: fuse-native 2.2 (`index.js`, `fuse-native.c`, README).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { mountError } from '../fuse/mount-error.ts';

/** Takes minus an errno or 0, and the result where there is one. */
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
  /** Milliseconds; there is no room for more. */
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

/** What is done about each operation. `fd` is what open, create or opendir gave. */
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
  /** `done` gets the bytes read or written, or minus the errno. */
  read(path: string, fd: number, into: Buffer, size: number, offset: number, done: Done): void;
  write(path: string, fd: number, from: Buffer, size: number, offset: number, done: Done): void;
  flush(path: string, fd: number, done: Done): void;
  fsync(path: string, datasync: number, fd: number, done: Done): void;
  release(path: string, fd: number, done: Done): void;
}

export interface Fuse {
  mount(done: (error: Error | null) => void): void;
  unmount(done: (error: Error | null) => void): void;
  /** The options for libfuse, as `-oa,b`; may be replaced, since the package knows but some. */
  _fuseOptions(): string;
}

export interface FuseClass {
  new (mountpoint: string, operations: Operations, options: { readonly timeout: false }): Fuse;
  /** How `Fuse.unmount` takes the mount point away; may be replaced. */
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
    // Why it cannot be resolved does not matter: installing it is the cure.
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
