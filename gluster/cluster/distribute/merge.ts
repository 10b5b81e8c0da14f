/** Merges the replies of several children. Source: GlusterFS `dht-common.c`, `dht-helper.c` (dht_iatt_merge). */
import { Iatt, Statvfs } from '../../../runtime/core/iatt.ts';

/** The size and blocks of every directory, as GlusterFS's clients report them. */
const DIRECTORY_SIZE = 4096;
const DIRECTORY_BLOCKS = 8;

const TIMES = [
  ['iaAtime', 'iaAtimeNsec'],
  ['iaMtime', 'iaMtimeNsec'],
  ['iaCtime', 'iaCtimeNsec'],
] as const;

/** Merges a directory's attributes: those of `source` with a fixed size, and the latest times and most links of all. */
export function mergeDirectoryAttributes(source: Iatt, all: readonly Iatt[]): Iatt {
  const merged = source.copy();
  merged.iaSize = DIRECTORY_SIZE;
  merged.iaBlocks = DIRECTORY_BLOCKS;
  for (const each of all) {
    if (each.iaNlink > merged.iaNlink) merged.iaNlink = each.iaNlink;
    for (const [sec, nsec] of TIMES) {
      const isLater =
        each[sec] > merged[sec] || (each[sec] === merged[sec] && each[nsec] > merged[nsec]);
      if (!isLater) continue;
      merged[sec] = each[sec];
      merged[nsec] = each[nsec];
    }
  }
  return merged;
}

/** Returns `reply` with its attributes of directories merged with those in all replies (`mergeDirectoryAttributes`). */
export const mergeDirectoryReplies = <A extends { readonly values: readonly unknown[] }>(
  reply: A,
  all: readonly A[],
): A => ({
  ...reply,
  values: reply.values.map((value, index) =>
    value instanceof Iatt
      ? mergeDirectoryAttributes(
          value,
          all.flatMap(({ values }) => (values[index] as Iatt | null) ?? []),
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
export function mergeSpace(all: readonly Statvfs[]): Statvfs {
  const merged = Object.assign(new Statvfs(), all[0]);
  for (const each of all) {
    merged.bsize = Math.max(merged.bsize, each.bsize);
    merged.frsize = Math.max(merged.frsize, each.frsize);
    merged.namemax = Math.min(merged.namemax, each.namemax);
  }
  const sum = (select: (each: Statvfs) => number): number =>
    all.reduce((total, each) => total + select(each), 0);
  // Children may have different block sizes, so their blocks are converted to the largest.
  const sumBlocks = (key: 'blocks' | 'bfree' | 'bavail') =>
    sum((each) => Math.floor((each[key] * each.frsize) / merged.frsize));
  merged.blocks = sumBlocks('blocks');
  merged.bfree = sumBlocks('bfree');
  merged.bavail = sumBlocks('bavail');
  merged.files = sum(({ files }) => files);
  merged.ffree = sum(({ ffree }) => ffree);
  merged.favail = sum(({ favail }) => favail);
  return merged;
}
