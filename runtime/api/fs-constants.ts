/**
 * Lists the constants of Node's `fs` on Linux, with this machine's numbers, and converts its open flags.
 * Source: asm-generic/fcntl.h, linux/stat.h, libuv's uv.h.
 */
import { makeFlagConverters } from '../core/machine-flags.ts';
import * as flags from '../core/open-flags.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC } = flags;

/** Converts the open flags of callers of a volume. A browser has the graph's numbers. */
export const { toGraph, toMachine } = makeFlagConverters(globalThis.process?.arch ?? '');

export const constants = {
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
  COPYFILE_EXCL: 1,
  COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE_FORCE: 4,
  UV_FS_COPYFILE_EXCL: 1,
  UV_FS_COPYFILE_FICLONE: 2,
  UV_FS_COPYFILE_FICLONE_FORCE: 4,
  ...{ O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC },
  O_DIRECT: toMachine(flags.O_DIRECT),
  O_DIRECTORY: toMachine(flags.O_DIRECTORY),
  O_NOFOLLOW: toMachine(flags.O_NOFOLLOW),
  O_DSYNC: 0o10000,
  O_NONBLOCK: 0o4000,
  O_NOCTTY: 0o400,
  O_NOATIME: 0o1000000,
  S_IFMT: 0o170000,
  S_IFREG: 0o100000,
  S_IFDIR: 0o040000,
  S_IFCHR: 0o020000,
  S_IFBLK: 0o060000,
  S_IFIFO: 0o010000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
  S_IRWXU: 0o700,
  S_IRUSR: 0o400,
  S_IWUSR: 0o200,
  S_IXUSR: 0o100,
  S_IRWXG: 0o070,
  S_IRGRP: 0o040,
  S_IWGRP: 0o020,
  S_IXGRP: 0o010,
  S_IRWXO: 0o007,
  S_IROTH: 0o004,
  S_IWOTH: 0o002,
  S_IXOTH: 0o001,
} as const;
