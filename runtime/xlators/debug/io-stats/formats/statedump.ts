/** Formats statistics for a statedump: names and numbers, times in nanoseconds. */
import type { Dump } from '../../../../core/xlator.ts';
import { type Counters, SIZE_CLASS_COUNT } from '../counters.ts';
import { type FileTable, rankedCounters } from '../file-stats.ts';

/** The statistics to format. */
export interface Report {
  /** The volume's name, or its `unique-id`. */
  readonly id: string;
  /** Counts since the start, the interval included. */
  readonly total: Counters;
  /** Counts of the interval, which is not ended yet. */
  readonly interval: Counters;
  /** Number of the interval, from 0. */
  readonly intervalIndex: number;
  /** Milliseconds of the context's clock. */
  readonly nowMs: number;
  /** Number of open files: now, and the highest. */
  readonly fds: { readonly open: number; readonly max: number };
  readonly files: FileTable;
}

/** Files shown per ranking: few, because the dumps of all volumes share 64 KB. */
const FILES_PER_RANKING = 3;
/** The most characters of a path; of a longer one, the end is shown. */
const MAX_PATH_CHARS = 160;
const shortenPath = (path: string): string =>
  path.length <= MAX_PATH_CHARS ? path : `…${path.slice(-MAX_PATH_CHARS)}`;

/** Formats counters, with `prefix` before each key. */
function formatCounters(counters: Counters, nowMs: number, prefix: string): Dump {
  const { read, written, startedAtMs } = counters;
  const dump: Dump = {
    [`${prefix}duration-s`]: Math.floor((nowMs - startedAtMs) / 1000),
    [`${prefix}bytes-read`]: read.bytes,
    [`${prefix}bytes-written`]: written.bytes,
  };
  for (let sizeClass = 0; sizeClass < SIZE_CLASS_COUNT; sizeClass++) {
    const [reads, writes] = [read.callsBySize[sizeClass]!, written.callsBySize[sizeClass]!];
    if (reads > 0) dump[`${prefix}reads.${2 ** sizeClass}`] = reads;
    if (writes > 0) dump[`${prefix}writes.${2 ** sizeClass}`] = writes;
  }
  for (const {
    name,
    hits,
    timedCount,
    errors,
    totalNs,
    minNs,
    maxNs,
  } of counters.listCalledFops()) {
    dump[`${prefix}${name}.hits`] = hits;
    if (timedCount === 0) continue;
    dump[`${prefix}${name}.errors`] = errors;
    dump[`${prefix}${name}.avg-ns`] = Math.round(totalNs / timedCount);
    dump[`${prefix}${name}.min-ns`] = Math.round(minNs);
    dump[`${prefix}${name}.max-ns`] = Math.round(maxNs);
  }
  return dump;
}

/** Formats the statistics as a statedump's keys and values. */
export function formatDump({ total, interval, intervalIndex, nowMs, fds, files }: Report): Dump {
  const dump: Dump = {
    'open-fds': fds.open,
    'max-open-fds': fds.max,
    ...formatCounters(total, nowMs, ''),
  };
  for (const counter of rankedCounters) {
    files
      .listBusiest(counter)
      .slice(0, FILES_PER_RANKING)
      .forEach((file, rank) => {
        dump[`top.${counter}.${rank + 1}`] =
          `${Math.round(file[counter])} ${shortenPath(file.path)}`;
      });
  }
  // In the first interval, its numbers are those since the start.
  return intervalIndex === 0
    ? dump
    : { ...dump, interval: intervalIndex, ...formatCounters(interval, nowMs, 'interval.') };
}
