/**
 * Generates random arguments of system calls for operations.ts: few names, so that they collide, and
 * sizes at the edges of pages and types.
 */
import fc, { type Arbitrary } from 'fast-check';
import { encodeAcl, GROUP, GROUP_OBJ, MASK, OTHER, USER, USER_OBJ } from './acl.ts';
import { encodePath } from './script.ts';

const { constantFrom, integer, oneof, tuple } = fc;

type WeightedValues = readonly [weight: number, values: readonly string[]];

/** Chooses a group of values by weight, and a value of it. */
const weighValues = (...groups: WeightedValues[]): Arbitrary<string> =>
  oneof(...groups.map(([weight, values]) => ({ weight, arbitrary: constantFrom(...values) })));

const NAME_MAX = 255;
const LONG = 'n'.repeat(NAME_MAX);

/** One component of a path. */
const component = weighValues(
  [40, ['a', 'b', 'c', 'd', 'e']],
  [4, ['.', '..']],
  [2, ['with%20blank', '%ff%fe', '%c3%a4']],
  [1, [LONG, `${LONG}n`]],
);

/** Paths at which there often is something, as most scripts begin with `beginnings`. */
const likely = weighValues(
  [10, ['a', 'b', 'c', 'd']],
  [9, ['d/a', 'd/b', 'd/c', 'd/e']],
  [4, ['e', 'e/a', 'e/b', 'd/e/a', 'd/e/b']],
  [1, ['m1', 'd/m1', 'd/m2', 'd/e/m1']],
);

/** A path, encoded as scripts have it. */
const plainPath = oneof(
  { weight: 30, arbitrary: likely },
  { weight: 2, arbitrary: component },
  { weight: 2, arbitrary: tuple(component, component).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: tuple(component, component, component).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: component.map((name) => `${name}/`) },
  { weight: 1, arbitrary: component.map((name) => `/${name}`) },
  { weight: 1, arbitrary: constantFrom('""', '/', `${'p'.repeat(250)}/`.repeat(17)) },
);

/** The executor's number of an open file: mostly one that `beginnings` opens. */
export const slot: Arbitrary<string> = weighValues([16, ['0', '1']], [2, ['2']], [1, ['3']]);

/** A path for calls that start at the current folder. */
export const path: Arbitrary<string> = plainPath;

/** A path for the `…at` calls, some from an open folder: `@SLOT,PATH`. */
export const pathAt: Arbitrary<string> = oneof(
  { weight: 14, arbitrary: plainPath },
  { weight: 1, arbitrary: tuple(slot, plainPath).map(([at, text]) => `@${at},${text}`) },
);

/** The target of a symbolic link. */
export const target: Arbitrary<string> = oneof(
  { weight: 8, arbitrary: plainPath },
  {
    weight: 1,
    arbitrary: constantFrom(encodePath('t'.repeat(1000)), encodePath('t'.repeat(4096))),
  },
);

export const permissions = weighValues(
  [6, ['0644', '0755', '0777', '0700', '0666']],
  [4, ['0', '0400', '0222', '0111', '0070', '0007']],
  [2, ['01777', '02755', '04755', '06777', '02644', '07777']],
);

/** Flags of open: an access mode, and more. */
export const openFlags: Arbitrary<string> = tuple(
  weighValues([6, ['O_RDWR']], [3, ['O_RDONLY', 'O_WRONLY']]),
  fc.subarray(['O_CREAT', 'O_TRUNC', 'O_APPEND', 'O_EXCL', 'O_NOFOLLOW']),
  weighValues(
    [24, ['']],
    [2, ['O_DIRECTORY', 'O_PATH', 'O_DIRECT', 'O_SYNC', 'O_DSYNC', 'O_NOATIME', 'O_TMPFILE']],
  ),
).map(([access, more, special]) => [access, ...more, special].filter((x) => x !== '').join('|'));

export const createFlags: Arbitrary<string> = tuple(
  weighValues([6, ['O_RDWR']], [3, ['O_RDONLY', 'O_WRONLY']]),
  fc.subarray(['O_TRUNC', 'O_APPEND']),
).map(([access, more]) => [access, 'O_CREAT', ...more].join('|'));

/** Flags of openat2, which refuses meaningless permissions. */
export const strictFlags: Arbitrary<string[]> = weighValues(
  [6, ['O_RDONLY 0', 'O_RDWR 0', 'O_RDWR|O_CREAT 0644', 'O_WRONLY|O_CREAT|O_APPEND 0600']],
  [3, ['O_PATH 0', 'O_PATH|O_NOFOLLOW 0', 'O_RDONLY|O_DIRECTORY 0', 'O_RDWR|O_TMPFILE 0640']],
  [1, ['O_RDONLY 0644', 'O_PATH|O_TRUNC 0', 'O_RDWR|O_CREAT|O_DIRECTORY 0644', '0x40000000 0']],
).map((pair) => pair.split(' '));

/** The limits of openat2's resolution. */
export const resolve = weighValues(
  [8, ['RESOLVE_NO_SYMLINKS', 'RESOLVE_BENEATH', 'RESOLVE_IN_ROOT']],
  [3, ['0', 'RESOLVE_NO_XDEV', 'RESOLVE_NO_MAGICLINKS', 'RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS']],
  [1, ['RESOLVE_BENEATH|RESOLVE_IN_ROOT', '0x4000']],
);

/** Masks of statx. */
export const statxMask = weighValues(
  [6, ['STATX_BASIC_STATS|STATX_BTIME']],
  [4, ['0', 'STATX_TYPE', 'STATX_MODE', 'STATX_NLINK', 'STATX_SIZE', 'STATX_MTIME', 'STATX_BTIME']],
  [1, ['0xffff', 'STATX__RESERVED']],
);

/** A number of bytes. */
export const length = weighValues(
  [10, ['0', '1', '2', '10', '100', '1000']],
  [6, ['4095', '4096', '4097', '8192', '12288']],
  [2, ['65536', '70001', '131072', '300000', '1048576', '1100000']],
);

/** An offset in a file. */
export const offset = weighValues(
  [10, ['0', '1', '50', '1000', '4000']],
  [6, ['4095', '4096', '4097', '8192', '65536', '131000']],
  [2, ['2147483647', '4294967295', '4294967296', '4294971392', '1099511627776']],
  [1, ['-1', '-4096']],
);

/** A new size. */
export const size = weighValues(
  [8, ['0', '1', '100', '4096', '5000', '100000']],
  [2, ['4294967296', '4294967297', '1099511627776']],
  [1, ['-1']],
);

export const seed: Arbitrary<string> = integer({ min: 1, max: 9 }).map(String);

/** A length that is small enough to be allocated completely. */
export const spaceLength = weighValues(
  [10, ['1', '100', '4096', '5000', '8192', '65536']],
  [1, ['0', '-1', '1048576']],
);

/** A second and a nanosecond, far from now so that they can be compared. */
const moment = weighValues(
  [6, ['1 1', '86400 123456789', '1000000000 999999999', '0 0']],
  [2, ['2147483647 1', '2147483648 500', '4294967296 7', '-1 0', '-86400 999999999']],
  [5, ['0 UTIME_NOW', '0 UTIME_OMIT']],
  [1, ['1 1000000000', '5 -1']],
);
export const times: Arbitrary<string[]> = tuple(moment, moment).map((pair) =>
  pair.join(' ').split(' '),
);

export const owner = weighValues([6, ['0', '1001', '1002', '2000']], [3, ['-1']], [1, ['65534']]);

export const xattrName = weighValues(
  [12, ['user.one', 'user.two', 'user.%ff', 'user.x']],
  [3, ['trusted.t', 'security.s']],
  [1, ['user.', 'user', 'other.x', '""', 'system.none', `user.${'k'.repeat(250)}`]],
  [1, [`user.${'k'.repeat(251)}`]],
);

/** Values that fit into an inode and its block together with the storage's own, or never do. */
export const xattrValue = weighValues(
  [8, ['""', '00', '6869', '00ff007f80', '*30']],
  [1, ['*9000', '*65000']],
);

export const xattrRoom = weighValues([6, ['-1']], [3, ['0', '1', '2', '10', '64']]);

const permission = integer({ min: 0, max: 7 });

/** Access control lists, some of them invalid. */
export const aclValue: Arbitrary<string> = oneof(
  {
    weight: 8,
    arbitrary: tuple(permission, permission, permission, permission, permission, permission).map(
      ([user, named, group, namedGroup, mask, other]) =>
        encodeAcl(
          [USER_OBJ, user],
          [USER, named, 1001],
          [GROUP_OBJ, group],
          [GROUP, namedGroup, 2000],
          [MASK, mask],
          [OTHER, other],
        ),
    ),
  },
  {
    weight: 3,
    arbitrary: tuple(permission, permission, permission).map(([user, group, other]) =>
      encodeAcl([USER_OBJ, user], [GROUP_OBJ, group], [OTHER, other]),
    ),
  },
  { weight: 1, arbitrary: constantFrom('02000000', '0200', '00000000', encodeAcl([USER_OBJ, 7])) },
);

export const aclName = constantFrom('system.posix_acl_access', 'system.posix_acl_default');

/** A lock's type, whence, start and length. */
export const lock: Arbitrary<string[]> = tuple(
  weighValues([6, ['F_RDLCK', 'F_WRLCK']], [3, ['F_UNLCK']]),
  weighValues([6, ['SEEK_SET']], [1, ['SEEK_CUR', 'SEEK_END']]),
  weighValues([10, ['0', '1', '10', '100', '1000']], [1, ['-1', '-10', '4294967296']]),
  weighValues([10, ['0', '1', '10', '100']], [1, ['-1', '-5']]),
);
