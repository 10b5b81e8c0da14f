/**
 * Takes snapshots of a graph for statedumps and `meta`: dumps of its volumes, requests in flight with their frames,
 * and inodes. A snapshot is made synchronously; it lists at most `LISTED_MAX` items of each kind and their total.
 *
 * Source: GlusterFS `libglusterfs/src/statedump.c`, `gf_proc_dump_call_stack`, `inode_table_dump`.
 */
import type { Frame, Stack } from './frame.ts';
import type { Inode } from './inode.ts';
import type { Dump, GraphView, Xlator } from './xlator.ts';

/** The most requests, inodes or open files in one list. */
export const LISTED_MAX = 1000;
/** The most frames in the dump of a request. */
const FRAMES_MAX = 64;

/** The first items of a list, and the number of all. */
export interface CappedList<T> {
  /** The number of all items. */
  readonly count: number;
  /** The first items, at most `LISTED_MAX`. */
  readonly listed: readonly T[];
}

/** A request in flight. */
export interface CallDump {
  readonly unique: number;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly op: string;
  readonly lkOwner: string;
  /** Age in seconds, rounded down. */
  readonly age: number;
  readonly interrupted: boolean;
  /** The frames, from the initiator's down to the newest. */
  readonly frames: readonly FrameDump[];
}

/** A frame of a request in flight. */
export interface FrameDump {
  readonly translator: string;
  /** Whether the frame was unwound. */
  readonly complete: boolean;
  /** Name of the callback that waits for the reply; absent for an anonymous one. */
  readonly unwindTo?: string;
}

/** The inode table. */
export interface InodesDump extends CappedList<InodeDump> {
  /** Inodes with lookups, open files or known names below. */
  readonly active: number;
  /** Idle inodes, which stay until the LRU limit evicts them. */
  readonly lru: number;
  readonly lruLimit: number;
}

/** A linked inode. */
export interface InodeDump {
  readonly gfid: string;
  readonly path: string;
  readonly nlookup: number;
  readonly fdCount: number;
  readonly iaType: number;
  /** The number of known names below. */
  readonly kids: number;
}

/** Calls a volume's `dump`. If that throws, the dump has the message as its only entry, `error`. */
export function dumpXlator(xl: Xlator): Dump {
  try {
    return xl.translator.dump?.(xl) ?? {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Lists all requests in flight, the oldest first. */
export function listPendingCalls(graph: GraphView): Stack[] {
  const instances: (Xlator | undefined)[] = [...graph.instances];
  const pools = instances.flatMap((xl) => (xl === undefined ? [] : [xl.calls]));
  for (const { calls } of graph.initiators) pools.push(calls);
  return pools.flatMap((pool) => pool.list()).sort((a, b) => a.unique - b.unique);
}

/** Dumps the requests in flight. @param getAge returns the age in seconds by `unique` */
export function dumpCalls(
  graph: GraphView,
  getAge: (unique: number) => number,
): CappedList<CallDump> {
  const calls = listPendingCalls(graph);
  const listed = calls.slice(0, LISTED_MAX).map((call) => dumpCall(call, getAge(call.unique)));
  return { count: calls.length, listed };
}

const dumpCall = (call: Stack, age: number): CallDump => ({
  unique: call.unique,
  uid: call.uid,
  gid: call.gid,
  pid: call.pid,
  op: call.op,
  lkOwner: call.lkOwner,
  age,
  interrupted: call.interrupted,
  frames: dumpFrames(call.newest),
});

/** Dumps the newest `FRAMES_MAX` frames of a request. */
function dumpFrames(newest: Frame | null): FrameDump[] {
  const frames: FrameDump[] = [];
  for (let frame = newest; frame !== null && frames.length < FRAMES_MAX; frame = frame.parent) {
    // The initiator's frame has no callback, but the request is not complete.
    const isFirst = frame.parent === null;
    const unwindTo = frame.cbk?.name ?? '';
    frames.push({
      translator: frame.xl.name,
      complete: !isFirst && frame.answered,
      ...(unwindTo === '' ? {} : { unwindTo }),
    });
  }
  return frames.reverse();
}

/** Dumps the inode table: its counts, and its first inodes. */
export function dumpInodes({ inodes }: GraphView): InodesDump {
  const listed: InodeDump[] = [];
  for (const inode of inodes.all()) {
    if (listed.length === LISTED_MAX) break;
    listed.push(dumpInode(inode));
  }
  const { size, lruSize, lruLimit } = inodes;
  return { count: size, active: size - lruSize, lru: lruSize, lruLimit, listed };
}

const dumpInode = (inode: Inode): InodeDump => ({
  gfid: inode.gfid,
  path: inode.path,
  nlookup: inode.nlookup,
  fdCount: inode.fdCount,
  iaType: inode.iaType,
  kids: inode.children?.size ?? 0,
});
