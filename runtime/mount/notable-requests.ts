/**
 * The requests of a mount that failed or were slow: the last of them are kept, for who asks
 * afterwards what they met (`glossa why`).
 *
 * Most that fail are meant to: a name is looked up to find out whether it is there, and so is an
 * attribute. They are kept apart, so that a search does not wash out everything else; and cheaply:
 * their paths are made when somebody asks.
 */
import { ENODATA, ENOENT, EOPNOTSUPP, errnoName } from '../core/errno.ts';
import type { Stack } from '../core/frame.ts';
import type { Graph } from '../core/graph.ts';
import type { Inode } from '../core/inode.ts';
import { joinPath, Loc } from '../core/loc.ts';
import { type SampleListener, sampleIfAwaited } from '../pump/sampled-clock.ts';

/** Requests that are kept, of each kind. */
export const RECORDS_MAX = 1000;
const WAY_MAX = 16;

/** As it is told, in JSON. */
export interface NotableRequest {
  /** When it had its answer, in milliseconds since the epoch. */
  readonly time: number;
  readonly unique: number;
  /** Log name of the fop: `LOOKUP`. */
  readonly op: string;
  /** Of the mount; of a rename the old one and the new one. */
  readonly paths: readonly string[];
  /** The extended attribute that it was about; null otherwise. */
  readonly attribute: string | null;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** `ENOENT`; null when it was only slow. */
  readonly errno: string | null;
  /** How long it took; at most, where others were answered in the same time. */
  readonly ms: number;
  /** How many were, itself included. */
  readonly among: number;
  /** The volumes that it came to, the top first; none if the mount answered itself. */
  readonly way: readonly string[];
}

export interface NotableDump {
  readonly slowMs: number;
  /** So many are kept of those that were looked for in vain, and of all others. */
  readonly kept: number;
  /** The oldest first. */
  readonly requests: readonly NotableRequest[];
}

/** The op of one that is kept elsewhere. */
const NONE = '';

/** Written anew for each request that it keeps: a thousand of new objects would outlive their turn. */
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
  isInVain = false;
  attribute: string | null = null;
  /** Made at once, while all names are known; null of what was looked for in vain. */
  paths: readonly string[] | null = null;
  inode: Inode | null = null;
  /** In the folder that `inode` is; null for that itself. */
  name: string | null = null;
  /** Ids of volumes, of which the first `hops` count: the last that it came to first. */
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

  /** Says the same as another. */
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

  /** The one that is the oldest, to be written. */
  take(): RequestRecord {
    const at = this.next;
    this.next = at + 1 < RECORDS_MAX ? at + 1 : 0;
    this.items[at] ??= this.make();
    return this.items[at];
  }

  list(): readonly RequestRecord[] {
    return this.items;
  }
}

/** Knows inodes by the kernel's numbers. */
export interface InodeLookup {
  inode(nodeid: number): Inode | undefined;
}

export class NotableRequests {
  /** Whoever has taken so many milliseconds was slow. */
  readonly slowMs: number;
  private readonly graph: Graph;
  private readonly inVain = new RecordRing(() => new RequestRecord(this));
  private readonly failedOrSlow = new RecordRing(() => new RequestRecord(this));

  constructor(graph: Graph, slowMs: number) {
    this.graph = graph;
    this.slowMs = slowMs;
  }

  /**
   * A request has its answer, and failed, or was slow.
   * @param nodeid what it was asked of, which `by` knows
   * @param errno 0 when it succeeded
   * @param at when, and how long it took: milliseconds, by `performance.now`; the result is told otherwise
   *   if that was not known yet
   */
  add(request: Stack, by: InodeLookup, nodeid: number, errno: number, at: number, ms: number) {
    const isInVain = ms < this.slowMs && isExpectedFailure(request.op, errno);
    const kept = (isInVain ? this.inVain : this.failedOrSlow).take();
    kept.unique = request.unique;
    kept.op = request.op;
    kept.pid = request.pid;
    kept.uid = request.uid;
    kept.gid = request.gid;
    kept.errno = errno;
    kept.at = at;
    kept.ms = ms;
    kept.among = 1;
    kept.isInVain = isInVain;
    kept.hops = 0;
    let frame = request.newest;
    // The first is the frame of who began it, where it notes what the request is about.
    for (; frame !== null && frame.parent !== null; frame = frame.parent) {
      if (kept.hops < WAY_MAX) kept.way[kept.hops++] = frame.xl.id;
    }
    const about = frame?.local ?? null;
    kept.attribute = typeof about === 'string' ? about : null;
    let inode: Inode | null;
    let name: string | null = null;
    if (about instanceof Loc) {
      const { parent } = about;
      inode = parent ?? about.inode;
      if (parent !== null) name = about.name;
    } else inode = by.inode(nodeid) ?? null;
    kept.inode = isInVain ? inode : null;
    kept.name = name;
    kept.paths = isInVain ? null : pathsOf(about, inode, name);
    return kept;
  }

  /** One that was looked for in vain was slow, too: it is kept with the others. */
  moveToSlow(kept: RequestRecord): void {
    const slow = this.failedOrSlow.take();
    slow.copy(kept);
    slow.isInVain = false;
    slow.paths = pathsOf(null, kept.inode, kept.name);
    slow.inode = null;
    kept.op = NONE;
  }

  dump(): NotableDump {
    sampleIfAwaited();
    const kept = [...this.inVain.list(), ...this.failedOrSlow.list()]
      .filter(({ op }) => op !== NONE)
      .sort((a, b) => a.at - b.at || a.unique - b.unique);
    const began = this.graph.context.sink.now() - performance.now();
    const requests = kept.map((one) => this.describe(one, began));
    return { slowMs: this.slowMs, kept: RECORDS_MAX, requests };
  }

  private describe(kept: RequestRecord, began: number): NotableRequest {
    const { at, errno, way, hops, paths, inode, name, isInVain: _, notable: __, ...same } = kept;
    return {
      ...same,
      time: began + at,
      errno: errno === 0 ? null : errnoName(errno),
      paths: paths ?? pathsOf(null, inode, name),
      way: way
        .slice(0, hops)
        .map((id) => this.graph.instances[id]?.name ?? `#${id}`)
        .reverse(),
    };
  }
}

/** Whether that is what a caller has to expect who asks whether something is there. */
function isExpectedFailure(op: string, errno: number): boolean {
  if (op === 'LOOKUP') return errno === ENOENT;
  return op === 'GETXATTR' && (errno === ENODATA || errno === EOPNOTSUPP);
}

function pathsOf(about: unknown, inode: Inode | null, name: string | null): readonly string[] {
  // A rename's are two, and others have more to note than the place.
  const noted = about !== null && typeof about === 'object' ? Object.values(about) : [];
  const locs = noted.filter((value) => value instanceof Loc);
  if (locs.length > 0) return locs.map(({ path }) => path);
  if (inode === null) return [];
  return [name === null ? inode.path : joinPath(inode.path, name)];
}
