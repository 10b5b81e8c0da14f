/**
 * A graph's contents at a moment: the texts of its volumes, requests in flight with their way, and
 * inodes. For statedumps, and for `meta`.
 *
 * It is made at once, for what it shows to be of one moment; so that requests do not wait for it,
 * and it stays small, it lists no more than `LISTED` of each kind, and says how many there are.
 *
 * Source: GlusterFS `libglusterfs/src/statedump.c`, `gf_proc_dump_call_stack`, `inode_table_dump`.
 */
import type { Frame, Stack } from './frame.ts';
import type { Inode } from './inode.ts';
import type { Dump, GraphView, Xlator } from './xlator.ts';

/** Requests, inodes and open files that are listed at most, of each. */
export const LISTED = 1000;
const WAY = 64;

export interface Listed<T> {
  readonly count: number;
  /** At most `LISTED`. */
  readonly listed: readonly T[];
}

export interface CallDump {
  readonly unique: number;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly op: string;
  readonly lkOwner: string;
  /** Seconds that it is there at least, and one less than it is at most. */
  readonly age: number;
  readonly interrupted: boolean;
  /** Whoever has begun it first, then the way to the newest. */
  readonly frames: readonly FrameDump[];
}

export interface FrameDump {
  readonly translator: string;
  /** Whether it has its answer. */
  readonly complete: boolean;
  /** The callback that waits for the answer; absent where it has no name. */
  readonly unwindTo?: string;
}

export interface InodesDump extends Listed<InodeDump> {
  /** Those that something holds. */
  readonly active: number;
  /** The others, which are kept for a while. */
  readonly lru: number;
  readonly lruLimit: number;
}

export interface InodeDump {
  readonly gfid: string;
  readonly path: string;
  readonly nlookup: number;
  readonly fdCount: number;
  readonly iaType: number;
  /** Known names below. */
  readonly kids: number;
}

/** What a volume tells. A translator that fails to tell does not keep the others from it. */
export function dumpOf(xl: Xlator): Dump {
  try {
    return xl.translator.dump?.(xl) ?? {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** All requests in flight, the oldest first. */
export function pendingCalls(graph: GraphView): Stack[] {
  const everybody: (Xlator | undefined)[] = [...graph.instances];
  const pools = everybody.flatMap((xl) => (xl === undefined ? [] : [xl.calls]));
  for (const { calls } of graph.initiators) pools.push(calls);
  return pools.flatMap((pool) => pool.list()).sort((a, b) => a.unique - b.unique);
}

/** @param ageOf seconds, by `unique` */
export function callsOf(graph: GraphView, ageOf: (unique: number) => number): Listed<CallDump> {
  const calls = pendingCalls(graph);
  const listed = calls.slice(0, LISTED).map((call) => callDump(call, ageOf(call.unique)));
  return { count: calls.length, listed };
}

const callDump = (call: Stack, age: number): CallDump => ({
  unique: call.unique,
  uid: call.uid,
  gid: call.gid,
  pid: call.pid,
  op: call.op,
  lkOwner: call.lkOwner,
  age,
  interrupted: call.interrupted,
  frames: wayOf(call.newest),
});

function wayOf(newest: Frame | null): FrameDump[] {
  const way: FrameDump[] = [];
  for (let frame = newest; frame !== null && way.length < WAY; frame = frame.parent) {
    const isFirst = frame.parent === null;
    const unwindTo = frame.cbk?.name ?? '';
    way.push({
      translator: frame.xl.name,
      complete: !isFirst && frame.answered,
      ...(unwindTo === '' ? {} : { unwindTo }),
    });
  }
  return way.reverse();
}

export function inodesOf({ inodes }: GraphView): InodesDump {
  const listed: InodeDump[] = [];
  for (const inode of inodes.all()) {
    if (listed.length === LISTED) break;
    listed.push(inodeDump(inode));
  }
  const { size, lruSize, lruLimit } = inodes;
  return { count: size, active: size - lruSize, lru: lruSize, lruLimit, listed };
}

const inodeDump = (inode: Inode): InodeDump => ({
  gfid: inode.gfid,
  path: inode.path,
  nlookup: inode.nlookup,
  fdCount: inode.fdCount,
  iaType: inode.iaType,
  kids: inode.children?.size ?? 0,
});
