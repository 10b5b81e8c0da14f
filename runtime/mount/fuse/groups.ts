/**
 * Supplementary groups of who asks, which the kernel does not tell: they are in /proc. To read them
 * takes some 30 µs, so those of who asked lately are kept, as GlusterFS does (there for 300 s, option
 * gid-timeout).
 */
import { readFileSync } from 'node:fs';
import { lately } from '../../pump/lately.ts';

/** Milliseconds for which they are taken to be the same: so late a setgroups(2) is heard of. */
const KEPT_MS = 1000;
const KEPT_MAX = 1024;

interface Kept {
  readonly uid: number;
  readonly gid: number;
  readonly until: number;
  readonly groups: readonly number[];
}

const kept = new Map<number, Kept>();

/** As `groupsOf`, or what it has said within the last second of this process with these ids. */
export function groupsLately(pid: number, uid: number, gid: number): readonly number[] {
  const known = kept.get(pid);
  if (known?.uid === uid && known.gid === gid && known.until > lately.ms) return known.groups;
  const groups = groupsOf(pid);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(pid, { uid, gid, until: lately.ms + KEPT_MS, groups });
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
