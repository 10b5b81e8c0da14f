/**
 * The recorder: an observer that writes what it sees as events, to wherever they are kept.
 *
 *   const recorder = new Recorder(events, { filter, kept, now });
 *   graph.observe(recorder);
 *
 * A filter that asks how a request ends (`errnos`, `slowMs`) keeps a request's events in memory until
 * it has: none of its hops waits for an answer. What fits is then written at once, so that in a
 * recording a request's events stand together and their times need not rise.
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
import { writeEvent } from './events.ts';
import type { Filter } from './filter.ts';
import { copyEvents, type EventStore, MemoryEvents, putEvent } from './store.ts';
import type { Kept } from './values.ts';

export interface RecorderSettings {
  readonly filter: Filter;
  readonly kept: Kept;
  /** Monotonic milliseconds, as `Context.now`. */
  now(): number;
  /** The same, when the recording began. */
  readonly startedAt: number;
}

/** A request whose events are kept until it ends. */
class Held extends MemoryEvents {
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
  /** The hop whose frame it was handed. */
  readonly before: Hop | null;
  readonly startedNs: number;
  readonly held: Held | null;
}

const nameOf: FopName[] = [];
for (const { number, name } of fops) nameOf[number] = name as FopName;

const NS_PER_MS = 1e6;
/** Memory for the events of a request that ends soon; others get more. */
const HELD_BYTES = 4096;
/** Bytes that are kept of a request until it ends; what comes then is not recorded. */
const HELD_BYTES_MAX = 2 ** 20;
/** Memory of requests that have ended, for the next. */
const SPARE_MAX = 64;

export class Recorder implements Observer {
  private readonly store: EventStore;
  private readonly filter: Filter;
  private readonly kept: Kept;
  private readonly settings: RecorderSettings;
  private lastHop = 0;
  /** The hop that has each frame now. */
  private readonly hops = new WeakMap<Frame, Hop>();
  private readonly requests = new WeakMap<Stack, Held>();
  private readonly spare: Held[] = [];
  private readonly known: Set<number>;

  /** @param known ids of the volumes that the recording's head tells of */
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
    // A volume that only passes a fop on is of interest to who asked for it.
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
      held: this.filter.asksHowItEnds ? this.requestOf(frame.root) : null,
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
    held.fits ||= this.filter.fitsEnd(opRet < 0 ? opErrno : 0, (at - hop.startedNs) / NS_PER_MS);
    held.open -= 1;
    if (held.open > 0) return;
    this.requests.delete(frame.root);
    if (held.fits) copyEvents(this.store, held.out.bytes.subarray(0, held.out.at));
    held.clear();
    if (this.spare.length < SPARE_MAX && held.out.bytes.length === HELD_BYTES)
      this.spare.push(held);
  }

  notify(xl: Xlator, event: EventName, data: unknown): void {
    if (!this.tellsOf(xl)) return;
    const at = this.time();
    const told = { volume: xl, event, about: aboutOf(data, this.kept) };
    this.put(null, at, (out) => writeEvent(out, at, 'notify', told, this.kept));
  }

  logged(xl: Xlator, line: LogLine, frame: Frame | null): void {
    if (!this.tellsOf(xl)) return;
    // The frame may have been handed on by then.
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

  private tellsOf(xl: Xlator): boolean {
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

  private requestOf(root: Stack): Held {
    let held = this.requests.get(root);
    if (held === undefined) {
      held = this.spare.pop() ?? new Held();
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

  /** A volume that is new is told of before anything else of it. */
  private introduce(xl: Xlator): void {
    if (this.known.has(xl.id)) return;
    this.known.add(xl.id);
    const at = this.time();
    const { id, name, type } = xl;
    this.put(null, at, (out) => writeEvent(out, at, 'volume', { id, name, type }, this.kept));
  }

  /** Writes one event, to the store or to what is held of its request. */
  private put(held: Held | null, at: number, event: (out: Output) => void): void {
    putEvent(held ?? this.store, at, event);
  }
}

/** What the volume keeps with the first inode, or fd, of the arguments, in short. */
function ctxOf(
  xl: Xlator,
  args: readonly unknown[],
  what: 'inode' | 'fd',
  { hidden }: Kept,
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

/** What an event of the graph is about: a volume, or what an upcall says. */
function aboutOf(data: unknown, { hidden }: Kept): Readonly<Record<string, string>> {
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

/** Notes that are no contents, and kept where those are to hide; of others, their names alone. */
const OPEN_NOTES: ReadonlySet<string> = new Set(['method', 'line']);

const hiddenNotes = (notes: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(notes).map(([key, value]) => [key, OPEN_NOTES.has(key) ? value : '…']),
  );
