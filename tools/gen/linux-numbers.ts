/**
 * Generates `bridges/native/glossa_linux.gen.h`: Linux's numbers for modules in C that are compiled to
 * WebAssembly, whose own C library has other ones.
 */
import { errnoNumbers } from '../../runtime/core/errno.ts';
import * as openFlags from '../../runtime/core/open-flags.ts';

/** Numbers that cross to modules and are no constants of the core. Sources: asm-generic/fcntl.h, linux/falloc.h, stat.h, dirent.h. */
const OTHER_NUMBERS = {
  O_NOCTTY: 0o400,
  O_NONBLOCK: 0o4000,
  O_DSYNC: 0o10000,
  O_NOATIME: 0o1000000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
  F_RDLCK: 0,
  F_WRLCK: 1,
  F_UNLCK: 2,
  FALLOC_FL_KEEP_SIZE: 1,
  FALLOC_FL_PUNCH_HOLE: 2,
  FALLOC_FL_ZERO_RANGE: 16,
  SEEK_SET: 0,
  SEEK_CUR: 1,
  SEEK_END: 2,
  SEEK_DATA: 3,
  SEEK_HOLE: 4,
  S_IFMT: 0o170000,
  S_IFSOCK: 0o140000,
  S_IFLNK: 0o120000,
  S_IFREG: 0o100000,
  S_IFBLK: 0o60000,
  S_IFDIR: 0o40000,
  S_IFCHR: 0o20000,
  S_IFIFO: 0o10000,
  DT_UNKNOWN: 0,
  DT_FIFO: 1,
  DT_CHR: 2,
  DT_DIR: 4,
  DT_BLK: 6,
  DT_REG: 8,
  DT_LNK: 10,
  DT_SOCK: 12,
};

/** Numbers that C writes in octal. */
const formatNumber = (name: string, number: number): string =>
  /^(?:O|S)_/.test(name) && number > 7 ? `0${number.toString(8)}` : String(number);

export function generateLinuxNumbers(): string {
  // Sorted, as the order of a module's exports depends on its loader.
  const flags = Object.entries(openFlags).sort(([, one], [, other]) => one - other);
  const numbers = [...Object.entries(errnoNumbers), ...flags, ...Object.entries(OTHER_NUMBERS)];
  const definitions = numbers.map(
    ([name, number]) => `#undef ${name}\n#define ${name} ${formatNumber(name, number)}`,
  );
  return `/*
 * Generated from runtime/core/errno.ts and open-flags.ts by tools/gen/linux-numbers.ts (npm run gen). Do not edit.
 *
 * Linux's numbers for WebAssembly: errno, flags of open(2), types of files, whence. They cross to the host.
 * wasi-libc has other ones: its ENOENT is 44. Its own come first here, so that an #include further down changes
 * nothing. The variable errno, which its functions set, still has its numbers.
 * Include glossa.h, which includes this file.
 */
#ifndef GLOSSA_LINUX_GEN_H
#define GLOSSA_LINUX_GEN_H

#include <errno.h>
#include <stdio.h>
/* The numbers of <fcntl.h> without its functions, whose names are those of fops. */
#if __has_include(<__header_fcntl.h>)
#include <__header_fcntl.h>
#endif
/* The part of <dirent.h> with numbers and functions: a module has no directories. */
#define __wasilibc___header_dirent_h

${definitions.join('\n')}

#endif
`;
}
