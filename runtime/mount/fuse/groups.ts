/**
 * Supplementary groups of who asks, which the kernel does not tell: they are in /proc. To read them
 * takes some 30 µs, so those of who asked lately are kept, as GlusterFS does (there for 300 s, option
 * gid-timeout).
 */
import { readFileSync } from 'node:fs';
import { sampledClock } from '../../pump/sampled-clock.ts';

/** Milliseconds for which they are taken to be the same: so late a setgroups(2) is heard of. */
const KEPT_MS = 1000;
const KEPT_MAX = 1024;

interface CachedGroups {
  readonly uid: number;
  readonly gid: number;
  readonly until: number;
  readonly groups: readonly number[];
}

const cache = new Map<number, CachedGroups>();

/** As `groupsOf`, or what it has said within the last second of this process with these ids. */
export function cachedGroupsOf(pid: number, uid: number, gid: number): readonly number[] {
  const known = cache.get(pid);
  if (known?.uid === uid && known.gid === gid && known.until > sampledClock.ms) return known.groups;
  const groups = groupsOf(pid);
  if (cache.size >= KEPT_MAX) cache.clear();
  cache.set(pid, { uid, gid, until: sampledClock.ms + KEPT_MS, groups });
  return groups;
}

/** Supplementary groups of a process; none when it is gone, or the kernel itself (pid 0). */
export function groupsOf(pid: number): readonly number[] {
  if (pid <= 0) return [];
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // It ended meanwhile, or belongs to another pid namespace: it has no groups that we could know.
    return [];
  }
  const groups = /^Groups:(.*)$/m.exec(status)?.[1] ?? '';
  return (groups.match(/\d+/g) ?? []).map(Number);
}
