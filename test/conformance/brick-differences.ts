/**
 * Accepted differences of mounts over a brick, by name, with the reason: omitted commands, and
 * results that count as the same. `differences.ts` has those of every mount. Times are compared
 * only at the end, as features/utime counts milliseconds.
 */
import { brickKinds, cachingKinds, distributeKinds, type Kind } from '../support/stacks.ts';
import type { Pair } from './compare.ts';
import { formatCommand, type Script } from './script.ts';

/** Kinds of stacks with some or all files on a brick of GlusterFS. */
const realBrickKinds: readonly Kind[] = [
  'real-brick',
  'distribute-real',
  'distribute-mixed',
  ...cachingKinds,
];
/** Kinds of stacks that spread files over two bricks. */
const spreadKinds: readonly Kind[] = [...distributeKinds, ...cachingKinds];

export interface BrickDifference {
  readonly name: string;
  /** The kinds of stacks with the difference. */
  readonly on: readonly Kind[];
  readonly reason: string;
  /** Omitted command lines. */
  readonly lacks?: RegExp;
  /** Returns the mount's result without the difference. */
  without?(bare: string, mounted: string): string;
}

/** Matches the result of `fstat` for a removed folder. */
const NAMELESS_FOLDER = /^0 ok mode=4\d+ nlink=0 .* size=0 /;

export const brickDifferences: readonly BrickDifference[] = [
  {
    name: 'renameat2 with flags',
    on: ['real-brick', 'real-client', ...spreadKinds],
    reason:
      'The protocol has no room for them: the client refuses what the brick would not hear of; and ' +
      'cluster/distribute, for whom it is many fops, refuses them.',
    lacks: /RENAME_/,
  },
  {
    name: 'unnamed files',
    on: [...realBrickKinds, 'real-client'],
    reason: 'The protocol has no fop for them.',
    lacks: /O_TMPFILE|^flink /,
  },
  {
    name: 'flags of inodes',
    on: [...realBrickKinds, 'real-client'],
    reason: 'The protocol has no ioctl.',
    lacks: /^([sg]etflags|ioctl) /,
  },
  {
    name: 'set-user-id and set-group-id of new files',
    on: realBrickKinds,
    reason:
      'A brick leaves of the mode of what it makes what its option create-mask allows, 0777 at most. (chmod can set all bits.)',
    lacks: /^(open|openat2|mknod|mkdir) .*\b0?[2-7]\d{3}\b/,
  },
  {
    name: 'times of birth',
    on: [...realBrickKinds, 'real-client'],
    reason: 'The protocol has a field for them, in which a brick says that it knows none.',
    lacks: /^statx .*(STATX_BTIME|0xffff)/,
  },
  {
    name: 'zeroing a range and keeping the size',
    on: [...realBrickKinds, 'real-client'],
    reason: 'The brick would take it for reserving room: the client refuses it.',
    lacks: /FALLOC_FL_ZERO_RANGE\|FALLOC_FL_KEEP_SIZE/,
  },
  {
    name: 'future times',
    on: [...brickKinds, ...spreadKinds],
    reason:
      'A brick lets times go forward only, but for those that are set: such a file stays in the future.',
    lacks: /^(utimensat|futimens) .*\b(2147483647|2147483648|4294967296)\b/,
  },
  {
    name: "asking for the descriptor's own locks",
    on: realBrickKinds,
    reason: 'A brick asked for F_UNLCK tells the locks of others.',
    lacks: /^(ofd_)?getlk \S+ F_UNLCK /,
  },
  {
    name: 'flock(2) beside locks of fcntl(2)',
    on: [...realBrickKinds, 'real-client'],
    reason:
      'To programs of GlusterFS both are locks of one kind, which keep each other out; the client asks for them in the same way.',
    lacks: /^flock /,
  },
  {
    name: 'default access control lists',
    on: realBrickKinds,
    reason: 'A brick takes the bits of the umask from what such a list allows.',
    lacks: /xattr \S+ system\.posix_acl_default /,
  },
  {
    name: 'the size of a removed folder',
    on: spreadKinds,
    reason: 'To cluster/distribute, of GlusterFS as well, every folder has 4096 bytes, and always.',
    without: (bare, mounted) =>
      NAMELESS_FOLDER.test(bare) ? mounted.replace(' size=4096 ', ' size=0 ') : mounted,
  },
  {
    name: 'access control lists',
    on: ['real-client'],
    reason: 'The client has them when it is mounted with --acl, and sees to them itself then.',
    lacks: /posix_acl/,
  },
  {
    name: 'names in a removed working directory',
    on: ['real-client'],
    reason: 'The client says what the brick says of the directory.',
    without: (bare, mounted) => (bare === '-1 ENOENT' && mounted === '-1 ESTALE' ? bare : mounted),
  },
  {
    name: "lists of root's attributes",
    on: ['real-client'],
    reason: 'The client shows them to every user.',
    lacks: /\btrusted\./,
  },
  {
    name: 'explicitly set access times',
    on: ['real-client'],
    reason: 'To the client fallocate is an access, too, which the access time tells.',
    lacks: /^(utimensat|futimens) /,
  },
  {
    name: 'zeroing a range',
    on: ['real-client'],
    reason: 'The client says that it has, and the bytes stay what they were.',
    lacks: /FALLOC_FL_ZERO_RANGE/,
  },
  {
    name: 'a mapping of a file that is open to append',
    on: ['real-client'],
    reason:
      'What is written in place through such a descriptor the brick appends, as the client opens it so.',
    lacks: /^mmap .*PROT_WRITE/,
  },
];

/** Calls by a descriptor, the only access to a removed file, or calls that find no file. */
const BY_DESCRIPTOR = /^\d!? (f(set|get|list|remove)xattr|fch|futimens|fstat|flist|\w+ @|\w+ \.)/;
const STALE = /^-1 (ESTALE|ENOENT)\b/;

/**
 * Cuts a script and its results before the first command that fails on a brick because its file or
 * folder was removed. FUSE requests most attributes by the inode, not by the open descriptor, and
 * the brick finds no such inode.
 */
export function cutAtNameless(script: Script, pair: Pair): readonly [Script, Pair] {
  const { bare, mounted } = pair;
  const isNameless = (one: string, expected = '', actual = ''): boolean =>
    expected !== actual &&
    // Without attributes, the executor does not know a folder as one.
    (expected.endsWith(' directory') || (STALE.test(actual) && BY_DESCRIPTOR.test(one)));
  const at = script.findIndex((one, at) =>
    isNameless(formatCommand(one), bare.results[at], mounted.results[at]),
  );
  if (at < 0) return [script, pair];
  const cut = ({ results }: { readonly results: readonly string[] }) => ({
    results: results.slice(0, at),
    trees: [],
  });
  return [script.slice(0, at), { bare: cut(bare), mounted: cut(mounted) }];
}

/** True if scripts omit a command on a kind of stack. */
export const lacksCommand = (kind: Kind, line: string): boolean =>
  brickDifferences.some(({ on, lacks }) => on.includes(kind) && lacks?.test(line) === true);

/** Removes the accepted differences of a kind of stack from the mount's results. */
export function applyBrickDifferences(kind: Kind, { bare, mounted }: Pair): Pair {
  const expected = brickDifferences.filter(({ on }) => on.includes(kind));
  const results = mounted.results.map((one, at) =>
    expected.reduce(
      (tolerated, { without }) => without?.(bare.results[at] ?? '', tolerated) ?? tolerated,
      one,
    ),
  );
  return { bare, mounted: { ...mounted, results } };
}
