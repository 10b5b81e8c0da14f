/**
 * Formats the texts of the files in the tree of `meta` (`tree.ts`), as GlusterFS does. Unlike GlusterFS's, the JSON of
 * `frames` is valid even while requests are in flight.
 *
 * Sources: GlusterFS `xlators/meta/src/frames-file.c`, `volfile-file.c`; `libglusterfs/src/latency.c`
 * for profiles, `libglusterfs/src/statedump.c` for the volumes' dumps.
 */
import { dumpCalls, dumpInodes, dumpXlator } from '../../core/dumps.ts';
import { formatTime, printable } from '../../core/log.ts';
import { maskValue } from '../../core/secrets.ts';
import type { GraphView, Xlator } from '../../core/xlator.ts';
import { printVolumes } from '../../volfile/print.ts';

const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Lists the requests in flight, the oldest first, including the one that reads this file. */
export function formatFrames(graph: GraphView): string {
  // This report shows no ages, so each is 0.
  const { count, listed } = dumpCalls(graph, () => 0);
  const stacks = listed.map(({ unique, op, uid, gid, pid, lkOwner, frames }, index) => ({
    Number: index + 1,
    Frame: frames.map(({ translator, complete, unwindTo }, frameIndex) => ({
      Number: frameIndex + 1,
      Xlator: translator,
      Parent: frames[frameIndex - 1]?.translator,
      Unwind_to: unwindTo,
      Complete: Number(complete),
    })),
    Unique: unique,
    Type: op,
    UID: uid,
    GID: gid,
    PID: pid,
    LK_owner: lkOwner,
  }));
  return formatJson({ Stack: stacks, Call_Count: count });
}

/** Lists the inodes in the inode table. GlusterFS shows them only in statedumps. */
export function formatInodes(graph: GraphView): string {
  const { count, active, lru, lruLimit, listed } = dumpInodes(graph);
  return formatJson({
    Count: count,
    Active: active,
    LRU: lru,
    LRU_Limit: lruLimit,
    Listed: listed.length,
    Inode: listed.map(({ gfid, path, nlookup, fdCount, iaType, kids }) => ({
      gfid,
      path,
      nlookup,
      'fd-count': fdCount,
      ia_type: iaType,
      kids,
    })),
  });
}

/**
 * Prints the volumes with their current options as a volfile. For a name or value that a volfile cannot express, it
 * prints the reason as a comment instead.
 */
export function formatVolfile({ xlators }: GraphView): string {
  const volumes = xlators.map(({ name, type, volfileOptions, childNames }) => ({
    name,
    type,
    options: volfileOptions.map(({ key, value }) => [key, maskValue(key, value)] as const),
    subvolumes: childNames,
  }));
  try {
    return printVolumes(volumes);
  } catch (error) {
    if (error instanceof RangeError) return `# ${error.message}\n`;
    throw error;
  }
}

/** Prints a volume's dump, one `key=value` per line. */
export const formatDump = (xl: Xlator): string =>
  Object.entries(dumpXlator(xl))
    .map(([key, value]) => `${printable(key)}=${printable(String(value))}\n`)
    .join('');

/** Length of a formatted time without its time zone, such as `2026-11-20 06:38:28.167908`. */
const TIME_LENGTH = 26;

/** Prints a volume's history. */
export const formatHistory = (xl: Xlator): string =>
  (xl.translator.history?.(xl) ?? [])
    .map(
      ({ time, text }) =>
        `TIME=${formatTime(time).slice(0, TIME_LENGTH)}\nFOP=${printable(text)}\n\n`,
    )
    .join('');

/**
 * Prints latencies in nanoseconds by fop, for a volume that measures them (`debug/io-stats`). GlusterFS
 * measures every volume.
 */
export function formatProfile(xl: Xlator): string {
  const dump = dumpXlator(xl);
  const readNumber = (key: string): number => Number(dump[key] ?? 0);
  return Object.keys(dump)
    .flatMap((key) => {
      const fop = /^([A-Z]+)\.avg-ns$/.exec(key)?.[1];
      if (fop === undefined) return [];
      const averageNs = readNumber(key);
      const count = readNumber(`${fop}.hits`);
      const [minNs, maxNs] = [readNumber(`${fop}.min-ns`), readNumber(`${fop}.max-ns`)];
      const totalNs = Math.round(averageNs * count);
      return `${xl.name}.latency.${fop}=AVG:${averageNs.toFixed(6)} CNT:${count} TOTAL:${totalNs} MIN:${minNs} MAX:${maxNs}\n`;
    })
    .join('');
}
