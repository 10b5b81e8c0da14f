/**
 * Records the events of a graph into an event store, as an observer.
 *
 *   const recorder = new Recorder(events, { filter, retention, now, startedAt });
 *   graph.observe(recorder);
 *
 * With a filter by result (`errnos`, `slowMs`), a request's events are held in memory until all its
 * hops have a reply. Then all events of a matching request are written together. So times in the
 * recording need not rise.
 */
import type { EventName } from '../core/events.ts';
import { fops } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import type { LogRecord } from '../core/log.ts';
import type { Observer } from '../core/observer.ts';
import { Fd, Loc } from '../core/operands.ts';
import { isUpcall } from '../core/upcall.ts';
import type { Xlator } from '../core/xlator.ts';
import type { Retention } from './codec.ts';
import { copyEvents, type EventStore, MemoryEvents, putEvent } from './event-store.ts';
import { writeEvent } from './events.ts';
import type { Filter } from './filter.ts';
import type { RecordingWriter } from './recording-bytes.ts';

/** The settings of a recorder. */
export interface RecorderSettings {
  readonly filter: Filter;
  readonly retention: Retention;
  /** Returns monotonic milliseconds, as `Context.now`. */
  now(): number;
  /** The start of the recording in milliseconds, on the same clock. */
  readonly startedAt: number;
}

/** A request whose events are held until it ends. */
class HeldRequest extends MemoryEvents {
  /** The number of hops without a reply. */
  openHopCount = 0;
  /** Whether the result of one of its hops has matched the filter. */
  isMatch = false;

  constructor() {
    super(HELD_BYTES_INITIAL, HELD_BYTES_MAX);
  }

  /** Empties the record, to reuse its memory for another request. */
  clear(): void {
    this.openHopCount = 0;
    this.isMatch = false;
    this.out.at = 0;
    this.count = 0;
  }
}

/** An arrival of a fop at a volume, until its reply. */
interface Hop {
  readonly id: number;
  /** The id of the hop above; 0 if that was not recorded. */
  readonly parent: number;
  /** The serial number of the request in its process. */
  readonly request: number;
  readonly xl: Xlator;
  readonly fop: number;
  readonly frame: Frame;
  /** The hop whose volume passed its frame on to this one (`tail`). */
  readonly previous: Hop | null;
  readonly startedNs: number;
  readonly heldRequest: HeldRequest | null;
}

const fopNames: FopName[] = [];
for (const { number, name } of fops) fopNames[number] = name as FopName;

const NS_PER_MS = 1e6;
/** Bytes of the initial memory for a held request's events, which grows. */
const HELD_BYTES_INITIAL = 4096;
/** The most bytes held of a request; further events are dropped. */
const HELD_BYTES_MAX = 2 ** 20;
/** The most ended requests whose memory is kept for reuse. */
const SPARE_REQUESTS_MAX = 64;

export class Recorder implements Observer {
  private readonly store: EventStore;
  private readonly filter: Filter;
  private readonly retention: Retention;
  private readonly settings: RecorderSettings;
  private lastHopId = 0;
  /** The current hop of each frame. */
  private readonly hops = new WeakMap<Frame, Hop>();
  /** The requests whose events are held. */
  private readonly requests = new WeakMap<Stack, HeldRequest>();
  private readonly spareRequests: HeldRequest[] = [];
  /** The ids of the volumes whose names the recording has. */
  private readonly knownVolumes: Set<number>;

  /** @param knownVolumes ids of the volumes in the recording's head */
  constructor(store: EventStore, settings: RecorderSettings, knownVolumes: Iterable<number> = []) {
    this.store = store;
    this.settings = settings;
    this.filter = settings.filter;
    this.retention = settings.retention;
    this.knownVolumes = new Set(knownVolumes);
  }

  wantsFop(xl: Xlator, fop: FopName, isDefined: boolean): boolean {
    const { volumes, fops } = this.filter;
    if (fops !== null && !fops.has(fop)) return false;
    // A volume that only passes a fop on is recorded when the filter names it.
    return volumes === null ? isDefined : volumes.has(xl.name);
  }

  wantsRequest(root: Stack): boolean {
    const { oneIn, pids, uids } = this.filter;
    if (oneIn > 1 && root.unique % oneIn !== 0) return false;
    if (pids !== null && !pids.has(root.pid)) return false;
    return uids === null || uids.has(root.uid);
  }

  wind(frame: Frame, xl: Xlator, fop: number, args: readonly unknown[]): Hop | null {
    if (this.filter.paths !== null && !this.matchesPath(args)) return null;
    const previous = this.hops.get(frame) ?? null;
    const parentHop = previous ?? this.findNearestHop(frame.parent);
    this.lastHopId += 1;
    const startedNs = this.computeElapsedNs();
    const hop: Hop = {
      id: this.lastHopId,
      parent: parentHop?.id ?? 0,
      request: frame.root.unique,
      xl,
      fop,
      frame,
      previous,
      startedNs,
      heldRequest: this.filter.needsResult ? this.findHeldRequest(frame.root) : null,
    };
    this.hops.set(frame, hop);
    if (hop.heldRequest !== null) hop.heldRequest.openHopCount += 1;
    this.recordVolume(xl);
    const passes = xl.fops[fopNames[fop]!] === undefined && xl.passesThrough;
    this.record(hop.heldRequest, startedNs, (out) => {
      const event = {
        hop: hop.id,
        parent: hop.parent,
        request: hop.request,
        volume: xl,
        fop,
        tail: previous !== null,
        passes,
        cookie: frame.cookie,
        caller: parentHop === null ? frame.root : null,
        args,
        inodeCtx: describeCtx(xl, args, 'inode', this.retention),
        fdCtx: describeCtx(xl, args, 'fd', this.retention),
      };
      writeEvent(out, startedNs, 'wind', event, this.retention);
    });
    return hop;
  }

  unwind(token: object, opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const hop = token as Hop;
    const { id, request, xl, fop, heldRequest, frame, previous } = hop;
    if (previous === null) this.hops.delete(frame);
    else this.hops.set(frame, previous);
    const timeNs = this.computeElapsedNs();
    const event = { hop: id, request, volume: xl, fop, opRet, opErrno, reply };
    this.record(heldRequest, timeNs, (out) =>
      writeEvent(out, timeNs, 'unwind', event, this.retention),
    );
    if (heldRequest === null) return;
    heldRequest.isMatch ||= this.filter.matchesResult(
      opRet < 0 ? opErrno : 0,
      (timeNs - hop.startedNs) / NS_PER_MS,
    );
    heldRequest.openHopCount -= 1;
    if (heldRequest.openHopCount > 0) return;
    this.requests.delete(frame.root);
    if (heldRequest.isMatch)
      copyEvents(this.store, heldRequest.out.bytes.subarray(0, heldRequest.out.at));
    heldRequest.clear();
    if (
      this.spareRequests.length < SPARE_REQUESTS_MAX &&
      heldRequest.out.bytes.length === HELD_BYTES_INITIAL
    )
      this.spareRequests.push(heldRequest);
  }

  notify(xl: Xlator, event: EventName, data: unknown): void {
    if (!this.admitVolume(xl)) return;
    const timeNs = this.computeElapsedNs();
    const fields = { volume: xl, event, about: describeSubject(data, this.retention) };
    this.record(null, timeNs, (out) => writeEvent(out, timeNs, 'notify', fields, this.retention));
  }

  noteLogLine(xl: Xlator, line: LogRecord, frame: Frame | null): void {
    if (!this.admitVolume(xl)) return;
    // The volume may have passed the frame on before it logs.
    let hop = frame === null ? null : (this.hops.get(frame) ?? null);
    while (hop !== null && hop.xl !== xl) hop = hop.previous;
    const timeNs = this.computeElapsedNs();
    const event = {
      volume: xl,
      level: line.level,
      text: this.retention.hidden === null ? line.text : '…',
      file: line.file,
      line: Math.max(0, line.line),
      func: line.func,
      hop: hop?.id ?? 0,
    };
    this.record(hop?.heldRequest ?? null, timeNs, (out) =>
      writeEvent(out, timeNs, 'log', event, this.retention),
    );
  }

  wantsNotes(frame: Frame): boolean {
    return this.hops.has(frame);
  }

  addNotes(frame: Frame, notes: Readonly<Record<string, string>>): void {
    const hop = this.hops.get(frame);
    if (hop === undefined) return;
    const timeNs = this.computeElapsedNs();
    const event = {
      hop: hop.id,
      notes: this.retention.hidden === null ? notes : redactNotes(notes),
    };
    this.record(hop.heldRequest, timeNs, (out) =>
      writeEvent(out, timeNs, 'note', event, this.retention),
    );
  }

  /** Whether the filter admits events of the volume outside of requests; records the volume if it is new. */
  private admitVolume(xl: Xlator): boolean {
    const { volumes } = this.filter;
    if (volumes !== null && !volumes.has(xl.name)) return false;
    this.recordVolume(xl);
    return true;
  }

  /** Computes the nanoseconds since the recording began. */
  private computeElapsedNs(): number {
    const { now, startedAt } = this.settings;
    return Math.max(0, Math.round((now() - startedAt) * NS_PER_MS));
  }

  /** Finds the hop of the frame, or of the nearest frame above it that has a hop. */
  private findNearestHop(frame: Frame | null): Hop | null {
    for (let current = frame; current !== null; current = current.parent) {
      const hop = this.hops.get(current);
      if (hop !== undefined) return hop;
    }
    return null;
  }

  /** Finds the held events of a request, or begins to hold them. */
  private findHeldRequest(root: Stack): HeldRequest {
    let heldRequest = this.requests.get(root);
    if (heldRequest === undefined) {
      heldRequest = this.spareRequests.pop() ?? new HeldRequest();
      this.requests.set(root, heldRequest);
    }
    return heldRequest;
  }

  /** Whether a path in the arguments matches the filter's paths, which must not be null. */
  private matchesPath(args: readonly unknown[]): boolean {
    const { paths } = this.filter;
    return args.some((arg) => {
      if (arg instanceof Loc) return paths!(arg.path);
      return arg instanceof Fd && paths!(arg.inode.path);
    });
  }

  /** Records a new volume before its first event. */
  private recordVolume(xl: Xlator): void {
    if (this.knownVolumes.has(xl.id)) return;
    this.knownVolumes.add(xl.id);
    const timeNs = this.computeElapsedNs();
    const { id, name, type } = xl;
    this.record(null, timeNs, (out) =>
      writeEvent(out, timeNs, 'volume', { id, name, type }, this.retention),
    );
  }

  /** Writes an event to its held request, or to the store. */
  private record(
    heldRequest: HeldRequest | null,
    timeNs: number,
    write: (out: RecordingWriter) => void,
  ): void {
    putEvent(heldRequest ?? this.store, timeNs, write);
  }
}

/** Describes the context that the volume has set on the first inode, or fd, of the arguments; null without one. */
function describeCtx(
  xl: Xlator,
  args: readonly unknown[],
  kind: 'inode' | 'fd',
  { hidden }: Retention,
): string | null {
  for (const arg of args) {
    let value: unknown;
    if (arg instanceof Fd) value = (kind === 'fd' ? arg : arg.inode).ctxGet(xl);
    else if (arg instanceof Loc && kind === 'inode') value = arg.inode?.ctxGet(xl);
    if (value !== undefined) return hidden === null ? abbreviateContext(value) : '…';
  }
  return null;
}

/** Formats a context in short: a text in quotes, an object by its class. */
function abbreviateContext(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `[${value.constructor?.name ?? 'Object'}]`;
}

/** Describes the subject of an event of the graph: a volume, or the fields of an upcall. */
function describeSubject(data: unknown, { hidden }: Retention): Readonly<Record<string, string>> {
  if (!isUpcall(data)) {
    const name = (data as Partial<Xlator> | null)?.name;
    return typeof name === 'string' ? { volume: name } : {};
  }
  const fields = Object.entries(data).map(([key, value]) => {
    if (typeof value === 'object') return [key, (value as { gfid: string }).gfid];
    return [
      key,
      key === 'name' && hidden !== null ? hidden.replaceName(String(value)) : String(value),
    ];
  });
  return Object.fromEntries(fields);
}

/** Names of notes whose values even a redacted recording has. */
const UNREDACTED_NOTES: ReadonlySet<string> = new Set(['method', 'line']);

/** Hides the values of notes that may contain names or data. */
const redactNotes = (notes: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(notes).map(([key, value]) => [key, UNREDACTED_NOTES.has(key) ? value : '…']),
  );
