/**
 * Records the events of a graph into an event store, as an observer.
 *
 *   const recorder = new Recorder(events, { filter, kept, now });
 *   graph.observe(recorder);
 *
 * With a filter by result (`errnos`, `slowMs`), a request's events are held in memory until all its
 * hops have a reply. A matching request is then written at once, so its events stand together, and
 * times in the recording need not rise.
 */
import type { EventName } from '../core/events.ts';
import { Fd } from '../core/fd.ts';
import { fops } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { Loc } from '../core/loc.ts';
import type { LogLine } from '../core/log.ts';
import type { Observer } from '../core/observer.ts';
import { isUpcall } from '../core/upcall.ts';
import type { Xlator } from '../core/xlator.ts';
import type { Output } from './bytes.ts';
import type { Retention } from './codec.ts';
import { copyEvents, type EventStore, MemoryEvents, putEvent } from './event-store.ts';
import { writeEvent } from './events.ts';
import type { Filter } from './filter.ts';

export interface RecorderSettings {
  readonly filter: Filter;
  readonly kept: Retention;
  /** Monotonic milliseconds, as `Context.now`. */
  now(): number;
  /** The start of the recording on the same clock. */
  readonly startedAt: number;
}

/** A request whose events are held until it ends. */
class HeldRequest extends MemoryEvents {
  open = 0;
  fits = false;

  constructor() {
    super(HELD_BYTES, HELD_BYTES_MAX);
  }

  clear(): void {
    this.open = 0;
    this.fits = false;
    this.out.at = 0;
    this.count = 0;
  }
}

interface Hop {
  readonly id: number;
  readonly parent: number;
  readonly request: number;
  readonly xl: Xlator;
  readonly fop: number;
  readonly frame: Frame;
  /** The hop that handed its frame on to this one. */
  readonly before: Hop | null;
  readonly startedNs: number;
  readonly held: HeldRequest | null;
}

const nameOf: FopName[] = [];
for (const { number, name } of fops) nameOf[number] = name as FopName;

const NS_PER_MS = 1e6;
/** The first memory for a held request's events, which may grow. */
const HELD_BYTES = 4096;
/** The most bytes held of a request; further events are dropped. */
const HELD_BYTES_MAX = 2 ** 20;
/** The number of ended requests whose memory is reused. */
const SPARE_MAX = 64;

export class Recorder implements Observer {
  private readonly store: EventStore;
  private readonly filter: Filter;
  private readonly kept: Retention;
  private readonly settings: RecorderSettings;
  private lastHop = 0;
  /** The current hop of each frame. */
  private readonly hops = new WeakMap<Frame, Hop>();
  private readonly requests = new WeakMap<Stack, HeldRequest>();
  private readonly spare: HeldRequest[] = [];
  private readonly known: Set<number>;

  /** @param known ids of the volumes in the recording's head */
  constructor(store: EventStore, settings: RecorderSettings, known: Iterable<number> = []) {
    this.store = store;
    this.settings = settings;
    this.filter = settings.filter;
    this.kept = settings.kept;
    this.known = new Set(known);
  }

  watches(xl: Xlator, fop: FopName, defines: boolean): boolean {
    const { volumes, fops, passing } = this.filter;
    if (fops !== null && !fops.has(fop)) return false;
    // A volume that only passes a fop on is recorded when the filter names it.
    return (defines || passing) && (volumes === null || volumes.has(xl.name));
  }

  samples(root: Stack): boolean {
    const { oneIn, pids, uids } = this.filter;
    if (oneIn > 1 && root.unique % oneIn !== 0) return false;
    if (pids !== null && !pids.has(root.pid)) return false;
    return uids === null || uids.has(root.uid);
  }

  wind(frame: Frame, xl: Xlator, fop: number, args: readonly unknown[]): Hop | null {
    if (this.filter.paths !== null && !this.isOnPath(args)) return null;
    const before = this.hops.get(frame) ?? null;
    const above = before ?? this.above(frame.parent);
    this.lastHop += 1;
    const startedNs = this.time();
    const hop: Hop = {
      id: this.lastHop,
      parent: above?.id ?? 0,
      request: frame.root.unique,
      xl,
      fop,
      frame,
      before,
      startedNs,
      held: this.filter.needsResult ? this.requestOf(frame.root) : null,
    };
    this.hops.set(frame, hop);
    if (hop.held !== null) hop.held.open += 1;
    this.introduce(xl);
    const passes = xl.fops[nameOf[fop]!] === undefined && xl.passesThrough;
    this.put(hop.held, startedNs, (out) => {
      const event = {
        hop: hop.id,
        parent: hop.parent,
        request: hop.request,
        volume: xl,
        fop,
        tail: before !== null,
        passes,
        cookie: frame.cookie,
        caller: above === null ? frame.root : null,
        args,
        inodeCtx: ctxOf(xl, args, 'inode', this.kept),
        fdCtx: ctxOf(xl, args, 'fd', this.kept),
      };
      writeEvent(out, startedNs, 'wind', event, this.kept);
    });
    return hop;
  }

  unwind(seen: object, opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const hop = seen as Hop;
    const { id, request, xl, fop, held, frame, before } = hop;
    if (before === null) this.hops.delete(frame);
    else this.hops.set(frame, before);
    const at = this.time();
    const event = { hop: id, request, volume: xl, fop, opRet, opErrno, reply };
    this.put(held, at, (out) => writeEvent(out, at, 'unwind', event, this.kept));
    if (held === null) return;
    held.fits ||= this.filter.matchesResult(
      opRet < 0 ? opErrno : 0,
      (at - hop.startedNs) / NS_PER_MS,
    );
    held.open -= 1;
    if (held.open > 0) return;
    this.requests.delete(frame.root);
    if (held.fits) copyEvents(this.store, held.out.bytes.subarray(0, held.out.at));
    held.clear();
    if (this.spare.length < SPARE_MAX && held.out.bytes.length === HELD_BYTES)
      this.spare.push(held);
  }

  notify(xl: Xlator, event: EventName, data: unknown): void {
    if (!this.isWatched(xl)) return;
    const at = this.time();
    const told = { volume: xl, event, about: aboutOf(data, this.kept) };
    this.put(null, at, (out) => writeEvent(out, at, 'notify', told, this.kept));
  }

  logged(xl: Xlator, line: LogLine, frame: Frame | null): void {
    if (!this.isWatched(xl)) return;
    // The volume may have handed the frame on before it logs.
    let hop = frame === null ? null : (this.hops.get(frame) ?? null);
    while (hop !== null && hop.xl !== xl) hop = hop.before;
    const at = this.time();
    const event = {
      volume: xl,
      level: line.level,
      text: this.kept.hidden === null ? line.text : '…',
      file: line.file,
      line: Math.max(0, line.line),
      func: line.func,
      hop: hop?.id ?? 0,
    };
    this.put(hop?.held ?? null, at, (out) => writeEvent(out, at, 'log', event, this.kept));
  }

  follows(frame: Frame): boolean {
    return this.hops.has(frame);
  }

  note(frame: Frame, notes: Readonly<Record<string, string>>): void {
    const hop = this.hops.get(frame);
    if (hop === undefined) return;
    const at = this.time();
    const event = { hop: hop.id, notes: this.kept.hidden === null ? notes : hiddenNotes(notes) };
    this.put(hop.held, at, (out) => writeEvent(out, at, 'note', event, this.kept));
  }

  private isWatched(xl: Xlator): boolean {
    const { volumes } = this.filter;
    if (volumes !== null && !volumes.has(xl.name)) return false;
    this.introduce(xl);
    return true;
  }

  /** Nanoseconds since the recording began. */
  private time(): number {
    const { now, startedAt } = this.settings;
    return Math.max(0, Math.round((now() - startedAt) * NS_PER_MS));
  }

  private above(frame: Frame | null): Hop | null {
    for (let at = frame; at !== null; at = at.parent) {
      const hop = this.hops.get(at);
      if (hop !== undefined) return hop;
    }
    return null;
  }

  private requestOf(root: Stack): HeldRequest {
    let held = this.requests.get(root);
    if (held === undefined) {
      held = this.spare.pop() ?? new HeldRequest();
      this.requests.set(root, held);
    }
    return held;
  }

  private isOnPath(args: readonly unknown[]): boolean {
    const { paths } = this.filter;
    return args.some((arg) => {
      if (arg instanceof Loc) return paths!(arg.path);
      return arg instanceof Fd && paths!(arg.inode.path);
    });
  }

  /** Records a new volume before its first event. */
  private introduce(xl: Xlator): void {
    if (this.known.has(xl.id)) return;
    this.known.add(xl.id);
    const at = this.time();
    const { id, name, type } = xl;
    this.put(null, at, (out) => writeEvent(out, at, 'volume', { id, name, type }, this.kept));
  }

  /** Writes an event to its held request, or to the store. */
  private put(held: HeldRequest | null, at: number, event: (out: Output) => void): void {
    putEvent(held ?? this.store, at, event);
  }
}

/** The volume's context of the first inode, or fd, of the arguments, in short. */
function ctxOf(
  xl: Xlator,
  args: readonly unknown[],
  what: 'inode' | 'fd',
  { hidden }: Retention,
): string | null {
  for (const arg of args) {
    let value: unknown;
    if (arg instanceof Fd) value = (what === 'fd' ? arg : arg.inode).ctxGet(xl);
    else if (arg instanceof Loc && what === 'inode') value = arg.inode?.ctxGet(xl);
    if (value !== undefined) return hidden === null ? inShort(value) : '…';
  }
  return null;
}

function inShort(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `[${value.constructor?.name ?? 'Object'}]`;
}

/** The subject of an event of the graph: a volume, or the fields of an upcall. */
function aboutOf(data: unknown, { hidden }: Retention): Readonly<Record<string, string>> {
  if (!isUpcall(data)) {
    const name = (data as Partial<Xlator> | null)?.name;
    return typeof name === 'string' ? { volume: name } : {};
  }
  const told = Object.entries(data).map(([key, value]) => {
    if (typeof value === 'object') return [key, (value as { gfid: string }).gfid];
    return [key, key === 'name' && hidden !== null ? hidden.name(String(value)) : String(value)];
  });
  return Object.fromEntries(told);
}

/** Notes that a redacted recording keeps; the values of other notes are hidden. */
const OPEN_NOTES: ReadonlySet<string> = new Set(['method', 'line']);

const hiddenNotes = (notes: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(notes).map(([key, value]) => [key, OPEN_NOTES.has(key) ? value : '…']),
  );
