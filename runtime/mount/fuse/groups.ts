/**
 * Finds the supplementary groups of a caller in /proc, as FUSE requests do not carry them. Reading takes some 30 µs,
 * so results are cached for a second (in GlusterFS for 300 s, option gid-timeout).
 */
import { readFileSync } from 'node:fs';
import { sampledClock } from '../../pump/sampled-clock.ts';

/** Lifetime of a cached result in milliseconds: a setgroups(2) takes effect this late. */
const KEPT_MS = 1000;
const KEPT_MAX = 1024;

interface CachedGroups {
  readonly uid: number;
  readonly gid: number;
  readonly until: number;
  readonly groups: readonly number[];
}

const cache = new Map<number, CachedGroups>();

/** As `groupsOf`, from the cache if the process had the same ids within the last second. */
export function cachedGroupsOf(pid: number, uid: number, gid: number): readonly number[] {
  const known = cache.get(pid);
  if (known?.uid === uid && known.gid === gid && known.until > sampledClock.ms) return known.groups;
  const groups = groupsOf(pid);
  if (cache.size >= KEPT_MAX) cache.clear();
  cache.set(pid, { uid, gid, until: sampledClock.ms + KEPT_MS, groups });
  return groups;
}

/** Supplementary groups of a process; none for an ended process, and for the kernel (pid 0). */
export function groupsOf(pid: number): readonly number[] {
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
