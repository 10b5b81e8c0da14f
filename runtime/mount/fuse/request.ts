/** Represents a request of the kernel, from the message to the reply. */

import { readFileSync } from 'node:fs';
import { Stack } from '../../core/frame.ts';
import { type SampleListener, sampledClock } from '../../pump/sampled-clock.ts';
import type { InHeader } from './codec/cursor.ts';
import type { Message } from './message-pool.ts';

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

/**
 * Finds the supplementary groups of a caller in /proc, as FUSE requests do not carry them. Reading takes some 30 µs,
 * so results are cached for a second (in GlusterFS for 300 s, option gid-timeout).
 */
function findGroups(pid: number, uid: number, gid: number): readonly number[] {
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

/** Receives the requests that took at least `slowMs` milliseconds. */
export interface SlowObserver {
  readonly slowMs: number;
  /** Reports a slow success; parameters as of `onSample` (sampled-clock.ts). */
  recordSlow(request: Request, repliedAtMs: number, durationMs: number, endedCount: number): void;
}

export class Request extends Stack implements SampleListener {
  /** The number that the kernel gave the request; `unique` is this process's own. */
  readonly kernelUnique: number;
  readonly opcode: number;
  /** The inode of the request. */
  readonly nodeid: number;
  /** The time of the message in milliseconds by `performance.now`, slightly early (sampled-clock.ts). */
  readonly beganMs = sampledClock.ms;
  /** The buffer with the data of a WRITE, until the reply. */
  message: Message | null = null;
  /** Gets the duration of a request that had its reply before its handler returned. */
  slowObserver: SlowObserver | null = null;

  /** @param op the log name of the fop */
  constructor(header: InHeader, op: string) {
    super(header.uid, header.gid, header.pid, op, findGroups);
    this.kernelUnique = header.unique;
    this.opcode = header.opcode;
    this.nodeid = header.nodeid;
  }

  /** Reports the request if it was slow. */
  onSample(repliedAtMs: number, durationMs: number, endedCount: number): void {
    const { slowObserver: observer } = this;
    this.slowObserver = null;
    if (observer !== null && durationMs >= observer.slowMs)
      observer.recordSlow(this, repliedAtMs, durationMs, endedCount);
  }
}
