/** Merges the replies of several children. Source: GlusterFS `dht-common.c`, `dht-helper.c` (dht_iatt_merge). */
import { Iatt, Statvfs } from '../../../runtime/core/iatt.ts';

/** The size and blocks of every directory, as GlusterFS's clients report them. */
const DIRECTORY_SIZE = 4096;
const DIRECTORY_BLOCKS = 8;

/** The fields of each time: seconds and nanoseconds. */
const TIME_FIELDS = [
  ['iaAtime', 'iaAtimeNsec'],
  ['iaMtime', 'iaMtimeNsec'],
  ['iaCtime', 'iaCtimeNsec'],
] as const;

/** Merges a directory's attributes: those of `source` with a fixed size, and the latest times and most links of all. */
export function mergeDirectoryAttributes(source: Iatt, copies: readonly Iatt[]): Iatt {
  const merged = source.copy();
  merged.iaSize = DIRECTORY_SIZE;
  merged.iaBlocks = DIRECTORY_BLOCKS;
  for (const copy of copies) {
    if (copy.iaNlink > merged.iaNlink) merged.iaNlink = copy.iaNlink;
    for (const [sec, nsec] of TIME_FIELDS) {
      const isLater =
        copy[sec] > merged[sec] || (copy[sec] === merged[sec] && copy[nsec] > merged[nsec]);
      if (!isLater) continue;
      merged[sec] = copy[sec];
      merged[nsec] = copy[nsec];
    }
  }
  return merged;
}

/** Returns `reply` with its attributes of directories merged with those in all replies (`mergeDirectoryAttributes`). */
export const mergeDirectoryReplies = <A extends { readonly values: readonly unknown[] }>(
  reply: A,
  replies: readonly A[],
): A => ({
  ...reply,
  values: reply.values.map((value, index) =>
    value instanceof Iatt
      ? mergeDirectoryAttributes(
          value,
          replies.flatMap(({ values }) => (values[index] as Iatt | null) ?? []),
        )
      : value,
  ),
});

/** Replaces a parent directory's size, which one child reported, by the size of every directory. */
export const fixParentSize = (buf: Iatt | null): Iatt | null =>
  buf && mergeDirectoryAttributes(buf, []);

/** Clears ctime and link count, which are about to change, so that no cache stores the attributes (`Iatt.known`). */
export function clearVolatile(buf: Iatt): Iatt {
  const copy = buf.copy();
  copy.iaCtime = 0;
  copy.iaCtimeNsec = 0;
  copy.iaNlink = 0;
  return copy;
}

/** Adds up the space of all children, for statfs. */
export function mergeSpace(spaces: readonly Statvfs[]): Statvfs {
  const merged = Object.assign(new Statvfs(), spaces[0]);
  for (const space of spaces) {
    merged.bsize = Math.max(merged.bsize, space.bsize);
    merged.frsize = Math.max(merged.frsize, space.frsize);
    merged.namemax = Math.min(merged.namemax, space.namemax);
  }
  const sum = (select: (space: Statvfs) => number): number =>
    spaces.reduce((total, space) => total + select(space), 0);
  // Children may have different block sizes, so their blocks are converted to the largest.
  const sumBlocks = (key: 'blocks' | 'bfree' | 'bavail') =>
    sum((space) => Math.floor((space[key] * space.frsize) / merged.frsize));
  merged.blocks = sumBlocks('blocks');
  merged.bfree = sumBlocks('bfree');
  merged.bavail = sumBlocks('bavail');
  merged.files = sum(({ files }) => files);
  merged.ffree = sum(({ ffree }) => ffree);
  merged.favail = sum(({ favail }) => favail);
  return merged;
}
