/**
 * Records the last failed and slow requests of a mount, for `glossa why`. Expected failures, lookups of absent names
 * and attributes, have a separate ring, so that a search does not displace the other records. The paths of expected
 * failures are made only at `dump`.
 */
import { ENODATA, ENOENT, EOPNOTSUPP, errnoName } from '../core/errno.ts';
import type { Stack } from '../core/frame.ts';
import type { Graph } from '../core/graph.ts';
import type { Inode } from '../core/inode.ts';
import { joinPath, Loc } from '../core/loc.ts';
import { type SampleListener, sampleIfAwaited } from '../pump/sampled-clock.ts';

/** The number of records in each ring. */
export const RECORDS_MAX = 1000;
/** The most volumes in a record. */
const WAY_MAX = 16;

/** A recorded request, in JSON. */
export interface NotableRequest {
  /** Time of the reply, in milliseconds since the epoch. */
  readonly time: number;
  readonly unique: number;
  /** Log name of the fop: `LOOKUP`. */
  readonly op: string;
  /** Paths in the mount; of a rename the old and the new one. */
  readonly paths: readonly string[];
  /** The requested extended attribute; null for other fops. */
  readonly attribute: string | null;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** `ENOENT`; null for a slow success. */
  readonly errno: string | null;
  /** Duration in milliseconds; an upper bound if `among` is above 1. */
  readonly ms: number;
  /** Number of requests that ended in that time, itself included. */
  readonly among: number;
  /** Volumes that it reached, the top first; empty if the mount replied itself. */
  readonly way: readonly string[];
}

export interface NotableDump {
  readonly slowMs: number;
  /** The number of records in each ring. */
  readonly kept: number;
  /** The oldest first. */
  readonly requests: readonly NotableRequest[];
}

/** `op` of a record that is not shown, because it was moved to the other ring. */
const NONE = '';

/** A record, reused for later requests: a thousand new objects would reach the old generation of the heap. */
class RequestRecord implements SampleListener {
  unique = 0;
  op = '';
  pid = 0;
  uid = 0;
  gid = 0;
  errno = 0;
  /** By `performance.now`. */
  at = 0;
  ms = 0;
  among = 1;
  /** Whether it is an expected failure, in the separate ring. */
  isInVain = false;
  attribute: string | null = null;
  /** Made at once, while the inodes have these names; null for an expected failure. */
  paths: readonly string[] | null = null;
  inode: Inode | null = null;
  /** Name in the directory `inode`; null for `inode` itself. */
  name: string | null = null;
  /** Ids of volumes, the last reached first; the first `hops` are valid. */
  readonly way: number[] = new Array(WAY_MAX).fill(0);
  hops = 0;
  readonly notable: NotableRequests;

  constructor(notable: NotableRequests) {
    this.notable = notable;
  }

  onSample(at: number, ms: number, among: number): void {
    this.at = at;
    this.ms = ms;
    this.among = among;
    if (this.isInVain && ms >= this.notable.slowMs) this.notable.moveToSlow(this);
  }

  /** Copies another record. */
  copy(other: RequestRecord): void {
    const { way } = this;
    Object.assign(this, other, { way });
    for (let i = 0; i < this.hops; i++) way[i] = other.way[i]!;
  }
}

class RecordRing {
  private readonly items: RequestRecord[] = [];
  private readonly make: () => RequestRecord;
  private next = 0;

  constructor(make: () => RequestRecord) {
    this.make = make;
  }

  /** Returns the oldest record, which the caller overwrites. */
  takeOldest(): RequestRecord {
    const at = this.next;
    this.next = at + 1 < RECORDS_MAX ? at + 1 : 0;
    this.items[at] ??= this.make();
    return this.items[at];
  }

  list(): readonly RequestRecord[] {
    return this.items;
  }
}

/** Finds inodes by the kernel's nodeid. */
export interface InodeLookup {
  findInode(nodeid: number): Inode | undefined;
}

export class NotableRequests {
  /** Requests of at least so many milliseconds are slow. */
  readonly slowMs: number;
  private readonly graph: Graph;
  private readonly inVain = new RecordRing(() => new RequestRecord(this));
  private readonly failedOrSlow = new RecordRing(() => new RequestRecord(this));

  constructor(graph: Graph, slowMs: number) {
    this.graph = graph;
    this.slowMs = slowMs;
  }

  /**
   * Records a failed or slow request.
   * @param nodeid the request's inode, which `inodes` finds if the request's frame has no loc
   * @param errno 0 on success
   * @param at time of the reply, by `performance.now` @param ms duration. If both are unknown yet, the
   *   caller registers the returned record for the next sample
   */
  add(request: Stack, inodes: InodeLookup, nodeid: number, errno: number, at: number, ms: number) {
    const isInVain = ms < this.slowMs && isExpectedFailure(request.op, errno);
    const record = (isInVain ? this.inVain : this.failedOrSlow).takeOldest();
    record.unique = request.unique;
    record.op = request.op;
    record.pid = request.pid;
    record.uid = request.uid;
    record.gid = request.gid;
    record.errno = errno;
    record.at = at;
    record.ms = ms;
    record.among = 1;
    record.isInVain = isInVain;
    record.hops = 0;
    let frame = request.newest;
    // The mount's own frame comes last; its `local` has the target of the request.
    for (; frame !== null && frame.parent !== null; frame = frame.parent) {
      if (record.hops < WAY_MAX) record.way[record.hops++] = frame.xl.id;
    }
    const target = frame?.local ?? null;
    record.attribute = typeof target === 'string' ? target : null;
    let inode: Inode | null;
    let name: string | null = null;
    if (target instanceof Loc) {
      const { parent } = target;
      inode = parent ?? target.inode;
      if (parent !== null) name = target.name;
    } else inode = inodes.findInode(nodeid) ?? null;
    record.inode = isInVain ? inode : null;
    record.name = name;
    record.paths = isInVain ? null : listPaths(target, inode, name);
    return record;
  }

  /** Moves an expected failure that was also slow to the other ring. */
  moveToSlow(record: RequestRecord): void {
    const slow = this.failedOrSlow.takeOldest();
    slow.copy(record);
    slow.isInVain = false;
    slow.paths = listPaths(null, record.inode, record.name);
    slow.inode = null;
    record.op = NONE;
  }

  /** Lists all records for `glossa why`. */
  dump(): NotableDump {
    sampleIfAwaited();
    const records = [...this.inVain.list(), ...this.failedOrSlow.list()]
      .filter(({ op }) => op !== NONE)
      .sort((a, b) => a.at - b.at || a.unique - b.unique);
    const clockOffset = this.graph.context.sink.now() - performance.now();
    const requests = records.map((record) => this.describe(record, clockOffset));
    return { slowMs: this.slowMs, kept: RECORDS_MAX, requests };
  }

  private describe(record: RequestRecord, clockOffset: number): NotableRequest {
    const { at, errno, way, hops, paths, inode, name, isInVain: _, notable: __, ...rest } = record;
    return {
      ...rest,
      time: clockOffset + at,
      errno: errno === 0 ? null : errnoName(errno),
      paths: paths ?? listPaths(null, inode, name),
      way: way
        .slice(0, hops)
        .map((id) => this.graph.instances[id]?.name ?? `#${id}`)
        .reverse(),
    };
  }
}

/** Whether the failure only reports an absent name or attribute. */
function isExpectedFailure(op: string, errno: number): boolean {
  if (op === 'LOOKUP') return errno === ENOENT;
  return op === 'GETXATTR' && (errno === ENODATA || errno === EOPNOTSUPP);
}

/**
 * Lists the paths of a request: those of the locs in `target`, or the path of `inode`, or of `name` in it.
 * @param target a frame's `local`
 */
function listPaths(target: unknown, inode: Inode | null, name: string | null): readonly string[] {
  // A rename has two locs, and other handlers have a loc among other values.
  const values = target !== null && typeof target === 'object' ? Object.values(target) : [];
  const locs = values.filter((value) => value instanceof Loc);
  if (locs.length > 0) return locs.map(({ path }) => path);
  if (inode === null) return [];
  return [name === null ? inode.path : joinPath(inode.path, name)];
}
