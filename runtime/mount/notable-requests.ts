/**
 * Records the last failed and slow requests of a mount, for `glossa why`. Expected failures (lookup of an absent name,
 * getxattr of an absent attribute) have a separate ring, so that a search does not displace the other records. Their
 * paths are computed only at `dump`.
 */
import { ENODATA, ENOENT, EOPNOTSUPP, errnoName } from '../core/errno.ts';
import type { Stack } from '../core/frame.ts';
import type { Graph } from '../core/graph.ts';
import type { Inode } from '../core/inode.ts';
import type { LogSource } from '../core/log.ts';
import { joinPath, Loc } from '../core/operands.ts';
import { type SampleListener, sampleIfAwaited } from '../pump/sampled-clock.ts';

/** The number of records in each ring. */
export const RECORDS_MAX = 1000;
/** The most volumes in a record; of a longer way, the uppermost volumes are omitted. */
const VOLUMES_MAX = 16;

/** The volume that chose a request's errno, in JSON, and the position in its module. */
export interface FailureChooser {
  readonly volume: string;
  readonly type: string;
  /** The module's file; `-` if the position is unknown. */
  readonly file: string;
  /** 0 if unknown. */
  readonly line: number;
  /** The function; `-` if unknown. */
  readonly func: string;
}

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
  /** The errno's name, such as `ENOENT`; null for a slow success. */
  readonly errno: string | null;
  /** Duration in milliseconds; an upper bound if `among` is above 1. */
  readonly ms: number;
  /** Number of requests that ended in that time, itself included. */
  readonly among: number;
  /** The volumes that the request reached, the top first; empty if the mount replied itself. */
  readonly way: readonly string[];
  /** The volume that chose the errno, if it is not the last of `way` or its position is known; else null. */
  readonly chooser: FailureChooser | null;
}

/** The records of a mount, in JSON. */
export interface NotableDump {
  readonly slowMs: number;
  /** The number of records in each ring. */
  readonly kept: number;
  /** The records, the oldest first. */
  readonly requests: readonly NotableRequest[];
}

/** The `op` of a record that is not shown, because it was moved to the other ring. */
const MOVED_OP = '';

/** A record, reused for later requests: new objects for each would live long enough to burden the heap. */
class RequestRecord implements SampleListener {
  unique = 0;
  op = '';
  pid = 0;
  uid = 0;
  gid = 0;
  errno = 0;
  /** The time of the reply in milliseconds, by `performance.now`. */
  repliedAt = 0;
  /** The duration in milliseconds. */
  ms = 0;
  /** The number of requests that ended in that time, as in NotableRequest. */
  among = 1;
  /** Whether the request is an expected failure, in the separate ring. */
  isExpected = false;
  attribute: string | null = null;
  /** The paths, computed at once while the inodes have these names; null for an expected failure. */
  paths: readonly string[] | null = null;
  inode: Inode | null = null;
  /** The name in the directory `inode`; null for `inode` itself. */
  name: string | null = null;
  /** Ids of volumes, the last reached first; only the first `volumeCount` are valid. */
  readonly volumeIds: number[] = new Array(VOLUMES_MAX).fill(0);
  volumeCount = 0;
  /** The id of the volume that chose the errno; -1 if it is the last reached. Its position, if known. */
  chooserId = -1;
  source: LogSource | null = null;
  readonly notable: NotableRequests;

  constructor(notable: NotableRequests) {
    this.notable = notable;
  }

  /** Sets the duration that was unknown at the reply. */
  onSample(repliedAtMs: number, durationMs: number, endedCount: number): void {
    this.repliedAt = repliedAtMs;
    this.ms = durationMs;
    this.among = endedCount;
    if (this.isExpected && durationMs >= this.notable.slowMs) this.notable.moveToSlow(this);
  }

  /** Overwrites this record by another. */
  copyFrom(other: RequestRecord): void {
    const { volumeIds } = this;
    Object.assign(this, other, { volumeIds });
    for (let i = 0; i < this.volumeCount; i++) volumeIds[i] = other.volumeIds[i]!;
  }
}

/** A ring of at most RECORDS_MAX records, made at their first use. */
class RecordRing {
  private readonly items: RequestRecord[] = [];
  private readonly makeRecord: () => RequestRecord;
  private nextIndex = 0;

  constructor(makeRecord: () => RequestRecord) {
    this.makeRecord = makeRecord;
  }

  /** Returns the oldest record, which the caller overwrites. */
  takeOldest(): RequestRecord {
    const index = this.nextIndex;
    this.nextIndex = index + 1 < RECORDS_MAX ? index + 1 : 0;
    this.items[index] ??= this.makeRecord();
    return this.items[index];
  }

  /** Lists the records in the order of the ring, not of time. */
  list(): readonly RequestRecord[] {
    return this.items;
  }
}

export class NotableRequests {
  /** Requests of at least so many milliseconds are slow. */
  readonly slowMs: number;
  private readonly graph: Graph;
  private readonly expectedFailures = new RecordRing(() => new RequestRecord(this));
  private readonly failedOrSlow = new RecordRing(() => new RequestRecord(this));

  constructor(graph: Graph, slowMs: number) {
    this.graph = graph;
    this.slowMs = slowMs;
  }

  /**
   * Records a failed or slow request.
   * @param nodeid the kernel's number of the request's inode, in case that its frame has no loc
   * @param errno 0 on success
   * @param repliedAtMs time of the reply, by `performance.now`
   * @param durationMs may be provisional, like `repliedAtMs`: the caller then registers the returned record as a
   * listener of the next clock sample, which sets both
   */
  add(request: Stack, nodeid: number, errno: number, repliedAtMs: number, durationMs: number) {
    const isExpected = durationMs < this.slowMs && isExpectedFailure(request.op, errno);
    const record = (isExpected ? this.expectedFailures : this.failedOrSlow).takeOldest();
    record.unique = request.unique;
    record.op = request.op;
    record.pid = request.pid;
    record.uid = request.uid;
    record.gid = request.gid;
    record.errno = errno;
    record.repliedAt = repliedAtMs;
    record.ms = durationMs;
    record.among = 1;
    record.isExpected = isExpected;
    record.volumeCount = 0;
    const { failureXl, failureSource } = request;
    let frame = request.newest;
    const isChosen =
      failureXl !== null &&
      request.failureErrno === errno &&
      (failureSource !== null || failureXl !== frame?.xl);
    record.chooserId = isChosen ? failureXl.id : -1;
    record.source = isChosen ? failureSource : null;
    // The mount's own frame comes last; its `local` has the target of the request.
    for (; frame !== null && frame.parent !== null; frame = frame.parent) {
      if (record.volumeCount < VOLUMES_MAX) record.volumeIds[record.volumeCount++] = frame.xl.id;
    }
    const target = frame?.local ?? null;
    // The handler of GETXATTR stores the attribute's name in `local`.
    record.attribute = typeof target === 'string' ? target : null;
    let inode: Inode | null;
    let name: string | null = null;
    if (target instanceof Loc) {
      const { parent } = target;
      inode = parent ?? target.inode;
      if (parent !== null) name = target.name;
    } else inode = this.graph.inodes.byId.get(nodeid) ?? null;
    record.inode = isExpected ? inode : null;
    record.name = name;
    record.paths = isExpected ? null : listPaths(target, inode, name);
    return record;
  }

  /** Moves an expected failure that was also slow to the other ring. */
  moveToSlow(record: RequestRecord): void {
    const slow = this.failedOrSlow.takeOldest();
    slow.copyFrom(record);
    slow.isExpected = false;
    slow.paths = listPaths(null, record.inode, record.name);
    slow.inode = null;
    record.op = MOVED_OP;
  }

  /** Lists all records for `glossa why`. */
  dump(): NotableDump {
    sampleIfAwaited();
    const records = [...this.expectedFailures.list(), ...this.failedOrSlow.list()]
      .filter(({ op }) => op !== MOVED_OP)
      .sort((a, b) => a.repliedAt - b.repliedAt || a.unique - b.unique);
    // Added to a time of the monotonic clock, it gives the time of day.
    const clockOffset = this.graph.context.sink.now() - performance.now();
    const requests = records.map((record) => this.describe(record, clockOffset));
    return { slowMs: this.slowMs, kept: RECORDS_MAX, requests };
  }

  /** Converts a record to JSON. @param clockOffset milliseconds from `performance.now` to the epoch's time */
  private describe(record: RequestRecord, clockOffset: number): NotableRequest {
    const {
      repliedAt,
      errno,
      volumeIds,
      volumeCount,
      paths,
      inode,
      name,
      isExpected: _,
      notable: __,
      chooserId,
      source,
      ...rest
    } = record;
    return {
      ...rest,
      time: clockOffset + repliedAt,
      errno: errno === 0 ? null : errnoName(errno),
      paths: paths ?? listPaths(null, inode, name),
      way: volumeIds
        .slice(0, volumeCount)
        .map((id) => this.graph.instances[id]?.name ?? `#${id}`)
        .reverse(),
      chooser: chooserId < 0 ? null : this.describeChooser(chooserId, source),
    };
  }

  private describeChooser(id: number, source: LogSource | null): FailureChooser {
    const xl = this.graph.instances[id];
    const { file, line, func } = source ?? { file: '-', line: 0, func: '-' };
    return { volume: xl?.name ?? `#${id}`, type: xl?.translator.type ?? '-', file, line, func };
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
