/** Answers of several children as one. Source: GlusterFS `dht-common.c`, `dht-helper.c` (dht_iatt_merge). */
import { Iatt, Statvfs } from '../../../runtime/core/iatt.ts';

const DIRECTORY_SIZE = 4096;
const DIRECTORY_BLOCKS = 8;

const TIMES = [
  ['iaAtime', 'iaAtimeNsec'],
  ['iaMtime', 'iaMtimeNsec'],
  ['iaCtime', 'iaCtimeNsec'],
] as const;

/** A directory on several children: as one of them has it, changed when the last of them was. */
export function mergeDirectories(source: Iatt, all: readonly Iatt[]): Iatt {
  const merged = source.copy();
  merged.iaSize = DIRECTORY_SIZE;
  merged.iaBlocks = DIRECTORY_BLOCKS;
  for (const each of all) {
    if (each.iaNlink > merged.iaNlink) merged.iaNlink = each.iaNlink;
    for (const [sec, nsec] of TIMES) {
      const later =
        each[sec] > merged[sec] || (each[sec] === merged[sec] && each[nsec] > merged[nsec]);
      if (!later) continue;
      merged[sec] = each[sec];
      merged[nsec] = each[nsec];
    }
  }
  return merged;
}

/** An answer with its attributes merged with those of others; it is among these, or counts alone. */
export const mergeAnswers = <A extends { readonly values: readonly unknown[] }>(
  own: A,
  all: readonly A[],
): A => ({
  ...own,
  values: own.values.map((value, at) =>
    value instanceof Iatt
      ? mergeDirectories(
          value,
          all.flatMap(({ values }) => (values[at] as Iatt | null) ?? []),
        )
      : value,
  ),
});

/** The folder of a name, of which one child has said it. */
export const folderOf = (buf: Iatt | null): Iatt | null => buf && mergeDirectories(buf, []);

/**
 * What it is, without what is about to change: no cache keeps attributes that are not known (see
 * `Iatt.known`).
 */
export function passing(buf: Iatt): Iatt {
  const copy = buf.copy();
  copy.iaCtime = 0;
  copy.iaCtimeNsec = 0;
  copy.iaNlink = 0;
  return copy;
}

/** The space of all children together. */
export function mergeSpace(all: readonly Statvfs[]): Statvfs {
  const merged = Object.assign(new Statvfs(), all[0]);
  for (const each of all) {
    merged.bsize = Math.max(merged.bsize, each.bsize);
    merged.frsize = Math.max(merged.frsize, each.frsize);
    merged.namemax = Math.min(merged.namemax, each.namemax);
  }
  const sum = (of: (each: Statvfs) => number): number =>
    all.reduce((total, each) => total + of(each), 0);
  const blocks = (key: 'blocks' | 'bfree' | 'bavail') =>
    sum((each) => Math.floor((each[key] * each.frsize) / merged.frsize));
  merged.blocks = blocks('blocks');
  merged.bfree = blocks('bfree');
  merged.bavail = blocks('bavail');
  merged.files = sum(({ files }) => files);
  merged.ffree = sum(({ ffree }) => ffree);
  merged.favail = sum(({ favail }) => favail);
  return merged;
}
