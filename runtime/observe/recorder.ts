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
import type { Xlator } from '../core/xlator.ts';
import { Output } from './bytes.ts';
import type { Filter } from './filter.ts';
import { copyEvents, type EventStore, putEvent, reasonOf } from './store.ts';
import * as write from './write-events.ts';
import type { Kept } from './write-values.ts';

export interface RecorderSettings {
  readonly filter: Filter;
  readonly kept: Kept;
  /** Monotonic milliseconds, as `Context.now`. */
  now(): number;
  /** The same, when the recording began. */
  readonly startedAt: number;
}

/** A request whose events are kept until it ends. */
class Held {
  open = 0;
  fits = false;
  /** One behind the other, and how many. */
  readonly out = new Output(new Uint8Array(HELD_BYTES));
  count = 0;

  clear(): void {
    this.open = 0;
    this.fits = false;
    this.out.at = 0;
    this.count = 0;
  }
}

interface Hop extends write.SeenHop {
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
    const passes = xl.fops[nameOf[fop]!] === undefined && xl.passesThrough;
    const arrival = { frame, tail: before !== null, passes };
    this.introduce(xl);
    this.put(hop.held, startedNs, (out) =>
      write.writeWind(out, startedNs, hop, arrival, args, this.kept),
    );
    return hop;
  }

  unwind(seen: object, opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const hop = seen as Hop;
    const { held, frame, before } = hop;
    if (before === null) this.hops.delete(frame);
    else this.hops.set(frame, before);
    const at = this.time();
    this.put(held, at, (out) => write.writeUnwind(out, at, hop, opRet, opErrno, reply, this.kept));
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
    this.put(null, at, (out) => write.writeNotify(out, at, xl, event, data, this.kept));
  }

  logged(xl: Xlator, line: LogLine, frame: Frame | null): void {
    if (!this.tellsOf(xl)) return;
    // The frame may have been handed on by then.
    let hop = frame === null ? null : (this.hops.get(frame) ?? null);
    while (hop !== null && hop.xl !== xl) hop = hop.before;
    const id = hop?.id ?? 0;
    const at = this.time();
    this.put(hop?.held ?? null, at, (out) => write.writeLog(out, at, xl, line, id, this.kept));
  }

  follows(frame: Frame): boolean {
    return this.hops.has(frame);
  }

  note(frame: Frame, notes: Readonly<Record<string, string>>): void {
    const hop = this.hops.get(frame);
    if (hop === undefined) return;
    const at = this.time();
    this.put(hop.held, at, (out) => write.writeNote(out, at, hop.id, notes, this.kept));
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
    this.put(null, at, (out) => write.writeVolume(out, at, xl));
  }

  /** Writes one event, to the store or to what is held of its request. */
  private put(held: Held | null, at: number, event: (out: Output) => void): void {
    if (held === null) putEvent(this.store, at, event);
    else this.hold(held, at, event);
  }

  private hold(held: Held, at: number, event: (out: Output) => void): void {
    const { out } = held;
    const start = out.at;
    try {
      event(out);
    } catch (error) {
      out.at = start;
      write.writeLost(out, at, reasonOf(error));
    }
    if (!out.isFull) {
      held.count += 1;
      return;
    }
    const room = 2 * Math.max(out.bytes.length, out.at);
    out.at = start;
    if (room > HELD_BYTES_MAX) return;
    const more = new Uint8Array(room);
    more.set(out.bytes.subarray(0, start));
    out.bytes = more;
    this.hold(held, at, event);
  }
}
