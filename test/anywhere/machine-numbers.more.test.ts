/**
 * Tests of the numbers and layouts that glossa has in tables, by the headers of each machine: assertions that clang
 * checks for x86-64 and for ARM, without running anything.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errnoNumbers } from '../../runtime/core/errno.ts';
import { ARM_FLAGS } from '../../runtime/core/machine-flags.ts';
import * as openFlags from '../../runtime/core/open-flags.ts';
import { DEV_IOC_CLONE } from '../../runtime/mount/fuse/protocol.ts';
import * as constants from '../../runtime/sys/constants.ts';
import { SYSTEM_CALLS } from '../../runtime/sys/system-calls.ts';
import { isSkipped } from '../support/obstacle.ts';

/** Debian's packages libc6-dev and libc6-dev-arm64-cross. */
const MACHINES = {
  x64: ['--target=x86_64-linux-gnu'],
  arm64: ['--target=aarch64-linux-gnu', '-isystem', '/usr/aarch64-linux-gnu/include'],
} as const;
type MachineName = keyof typeof MACHINES;

const HEADERS = [
  ...['dirent.h', 'errno.h', 'fcntl.h', 'netinet/in.h', 'netinet/tcp.h', 'poll.h', 'pwd.h'],
  ...[
    'signal.h',
    'stddef.h',
    'sys/file.h',
    'sys/mount.h',
    'sys/socket.h',
    'sys/stat.h',
    'sys/statfs.h',
  ],
  ...['sys/statvfs.h', 'sys/syscall.h', 'sys/uio.h', 'time.h', 'linux/fs.h', 'linux/fuse.h'],
  'linux/openat2.h',
];

/** An expression in C, and the value that a machine's headers must give it. */
type Fact = readonly [expression: string, value: number];

/** Returns clang's complaints about facts that are false on a machine. */
function findFalse(
  machine: MachineName,
  facts: readonly Fact[],
  headers: readonly string[] = HEADERS,
): string[] {
  const source = [
    '#define _GNU_SOURCE',
    ...headers.map((header) => `#include <${header}>`),
    ...facts.map(([expression, value]) => {
      // Some constants have a sign in C.
      return `_Static_assert((unsigned)(${expression}) == ${value >>> 0}U, "${expression}");`;
    }),
  ].join('\n');
  const flags = ['-fsyntax-only', '-ferror-limit=0', '-Wno-everything', '-x', 'c', '-'];
  const { stderr } = spawnSync('clang', [...MACHINES[machine], ...flags], {
    input: source,
    encoding: 'utf8',
  });
  return stderr.split('\n').filter((line) => /error:/.test(line));
}

/** Facts about where the fields of a structure begin, and its size. */
const layout = (struct: string, size: number, fields: Readonly<Record<string, number>>): Fact[] => [
  [`sizeof(struct ${struct})`, size],
  ...Object.entries(fields).map(
    ([field, offset]): Fact => [`offsetof(struct ${struct}, ${field})`, offset],
  ),
];

/** The structures that runtime/sys and storage/posix read and write, as they do. */
const LAYOUTS: readonly Fact[] = [
  ...layout('statx', 256, {
    ...{ stx_mask: 0, stx_blksize: 4, stx_attributes: 8, stx_nlink: 16, stx_uid: 20, stx_gid: 24 },
    ...{ stx_mode: 28, stx_ino: 32, stx_size: 40, stx_blocks: 48, 'stx_atime.tv_sec': 64 },
    ...{ 'stx_atime.tv_nsec': 72, 'stx_btime.tv_sec': 80, 'stx_ctime.tv_sec': 96 },
    ...{ 'stx_mtime.tv_sec': 112, stx_rdev_major: 128, stx_rdev_minor: 132, stx_dev_major: 136 },
    stx_dev_minor: 140,
  }),
  ...layout('statvfs', 112, {
    ...{ f_bsize: 0, f_frsize: 8, f_blocks: 16, f_bfree: 24, f_bavail: 32, f_files: 40 },
    ...{ f_ffree: 48, f_favail: 56, f_flag: 72, f_namemax: 80 },
  }),
  ...layout('statfs', 120, { f_type: 0 }),
  ...layout('dirent64', 280, { d_ino: 0, d_off: 8, d_reclen: 16, d_type: 18, d_name: 19 }),
  ...layout('timespec', 16, { tv_sec: 0, tv_nsec: 8 }),
  ...layout('itimerspec', 32, { it_value: 16 }),
  ...layout('iovec', 16, { iov_base: 0, iov_len: 8 }),
  ...layout('pollfd', 8, { fd: 0, events: 4, revents: 6 }),
  ...layout('msghdr', 56, { msg_iov: 16, msg_iovlen: 24, msg_control: 32, msg_controllen: 40 }),
  ...layout('cmsghdr', 16, { cmsg_len: 0, cmsg_level: 8, cmsg_type: 12 }),
  ...layout('ucred', 12, { pid: 0, uid: 4 }),
  ...layout('passwd', 48, { pw_name: 0, pw_gid: 20 }),
  ...layout('open_how', 24, { flags: 0, mode: 8, resolve: 16 }),
  ...layout('file_handle', 8, { handle_bytes: 0, handle_type: 4, f_handle: 8 }),
  ...layout('sockaddr_in6', 28, { sin6_port: 2, sin6_addr: 8, sin6_scope_id: 24 }),
  ...layout('fsxattr', 28, {}),
];

/** The numbers of runtime/sys, which are those of every machine but for O_TMPFILE. */
const sysFacts: readonly Fact[] = [
  ...Object.entries(constants).filter(([name]) => name !== 'O_TMPFILE'),
  ['FUSE_DEV_IOC_CLONE', DEV_IOC_CLONE],
];

const machineNames = Object.keys(MACHINES) as MachineName[];
const callFacts = (column: 0 | 1): readonly Fact[] =>
  Object.entries(SYSTEM_CALLS)
    // Newer than some headers.
    .filter(([name]) => name !== 'fchmodat2')
    .map(([name, numbers]) => [`__NR_${name}`, numbers[column]]);
const graphFlags: readonly Fact[] = Object.entries(openFlags);
const nameFlag = (flag: number): string =>
  Object.entries(openFlags).find(([, number]) => number === flag)![0];
/** The kernel's, as the C library has 0 for O_LARGEFILE. */
const findFalseFlags = (machine: MachineName, facts: readonly Fact[]): string[] =>
  findFalse(machine, facts, ['asm/fcntl.h']);
const armFlags = new Map(ARM_FLAGS.map(([flag, own]) => [nameFlag(flag), own]));

const why =
  spawnSync('clang', ['--version']).status === 0 && existsSync('/usr/aarch64-linux-gnu/include')
    ? ''
    : 'needs clang and libc6-dev-arm64-cross';

describe.skipIf(isSkipped("numbers by machines' headers", why))('by its headers', () => {
  it.each(machineNames)('%s has the errno numbers of the graph', (machine) => {
    expect(findFalse(machine, Object.entries(errnoNumbers))).toEqual([]);
  });

  it.each(machineNames)('%s has the structures of system calls, and their constants', (machine) => {
    expect(findFalse(machine, [...LAYOUTS, ...sysFacts])).toEqual([]);
  });

  it('each machine has its numbers of system calls', () => {
    expect(findFalse('x64', callFacts(0))).toEqual([]);
    expect(findFalse('arm64', callFacts(1))).toEqual([]);
  });

  it('x64 has the open flags of the graph, and arm64 all but those of the table', () => {
    expect(findFalseFlags('x64', graphFlags)).toEqual([]);
    const shared = graphFlags.filter(([name]) => !armFlags.has(name) && name !== 'O_TMPFILE');
    expect(findFalseFlags('arm64', [...shared, ...armFlags])).toEqual([]);
    expect(findFalseFlags('arm64', graphFlags)).toHaveLength(armFlags.size + 1);
  });

  it('a wrong number is found', () => {
    expect(findFalse('arm64', [['ENOENT', 3]])).toHaveLength(1);
  });
});
