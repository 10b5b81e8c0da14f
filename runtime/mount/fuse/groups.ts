/**
 * Finds the supplementary groups of a caller in /proc, as FUSE requests do not carry them. Reading takes some 30 µs,
 * so results are cached for a second (in GlusterFS for 300 s, option gid-timeout).
 */
import { readFileSync } from 'node:fs';
import { sampledClock } from '../../pump/sampled-clock.ts';

/** Lifetime of a cached result in milliseconds: a setgroups(2) takes effect this late. */
const CACHE_MS = 1000;
/** The most processes in the cache. */
const CACHE_MAX = 1024;

/** The groups of a process, as long as it has these ids. */
interface CachedGroups {
  readonly uid: number;
  readonly gid: number;
  /** The time at which the result expires, in milliseconds by `sampledClock.ms`. */
  readonly expiresAt: number;
  readonly groups: readonly number[];
}

/** The cached results, by pid. */
const cache = new Map<number, CachedGroups>();

/** Finds the groups of a process, from the cache if it had the same ids within the last second. */
export function findGroups(pid: number, uid: number, gid: number): readonly number[] {
  const cached = cache.get(pid);
  if (cached?.uid === uid && cached.gid === gid && cached.expiresAt > sampledClock.ms)
    return cached.groups;
  const groups = readGroups(pid);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(pid, { uid, gid, expiresAt: sampledClock.ms + CACHE_MS, groups });
  return groups;
}

/** Reads the supplementary groups of a process; empty for an ended process, and for the kernel (pid 0). */
export function readGroups(pid: number): readonly number[] {
  if (pid <= 0) return [];
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // The process has ended, or is in another pid namespace, where its groups are invisible.
    return [];
  }
  const groups = /^Groups:(.*)$/m.exec(status)?.[1] ?? '';
  return (groups.match(/\d+/g) ?? []).map(Number);
}
