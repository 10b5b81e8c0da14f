/**
 * Stops requests of a graph at breakpoints and steps, and resumes them, for debug-server.ts. A request
 * stops at a wind, before the volume gets it, or at an unwind, before the reply arrives above. Other
 * requests continue, and time limits do not count the stop (`isHeld`).
 *
 *   debug.add('lookup@cache');               // see breakpoints.ts
 *   debug.resume(stop.id, 'into');           // or continue, over, out
 */

import { findFop } from '../core/fops.ts';
import type { AnyCbk, Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { collect, collectCbk } from '../core/gen/generic.gen.ts';
import type { Graph } from '../core/graph.ts';
import { holdRequest, type Interceptor, resumeRequest } from '../core/interceptor.ts';
import type { Fop, Xlator } from '../core/xlator.ts';
import { type Breakpoint, fits, type Place, parseCondition } from './breakpoints.ts';
import { DebugError } from './debug-error.ts';
import {
  bytesOf,
  type DebuggedRequest,
  type Hop,
  nameOf,
  pathsOf,
  reaches,
  receiverOf,
  sameBytes,
  type Way,
} from './hops.ts';

/** A stopped request. */
export interface Stop {
  /** From 1 on, never reused. */
  readonly id: number;
  readonly kind: 'wind' | 'unwind';
  /** The hop whose wind or reply is stopped. */
  readonly hop: Hop;
  /** The breakpoint that stopped it; null at the end of a step. */
  readonly breakpoint: Breakpoint | null;
  /** The reply of an unwind. A front end may change it, `reply` by values of the same types. */
  opRet: number;
  opErrno: number;
  readonly reply: unknown[];
}

export interface Listener {
  /** A request has stopped. */
  stopped(stop: Stop): void;
  /** All hops of a request that has stopped before have their reply. */
  ended(root: Stack): void;
}

type AnyCall = (...args: unknown[]) => void;

export class Debugger implements Interceptor {
  readonly graph: Graph;
  readonly breakpoints = new Map<number, Breakpoint>();
  readonly stops = new Map<number, Stop>();
  private readonly listener: Listener;
  /** The function that resumes each stop. */
  private readonly continuations = new Map<number, () => void>();
  /** The current hop of each frame. */
  private readonly hops = new WeakMap<Frame, Hop>();
  private readonly requests = new WeakMap<Stack, DebuggedRequest>();
  /** Requests that have stopped and are not complete. */
  readonly stopped = new Set<DebuggedRequest>();
  /** Requests that stop at the end of a step. */
  private readonly stepping = new Set<DebuggedRequest>();
  private lastBreakpoint = 0;
  private lastStop = 0;
  private attached = false;
  private isObserving = false;

  constructor(graph: Graph, listener: Listener) {
    this.graph = graph;
    this.listener = listener;
  }

  // -- breakpoints -----------------------------------------------------------------------------

  /** @throws {DebugError | FilterError} for a wrong text */
  add(text: string): Breakpoint {
    const known = this.graph.xlators.map(({ name }) => name);
    const condition = parseCondition(text, known);
    this.lastBreakpoint += 1;
    const breakpoint = { ...condition, id: this.lastBreakpoint, text: text.trim(), hits: 0 };
    this.breakpoints.set(breakpoint.id, breakpoint);
    this.attach(true);
    return breakpoint;
  }

  /** Removes a breakpoint; its stops stay. @throws {DebugError} for an unknown one */
  remove(id: number): void {
    if (!this.breakpoints.delete(id)) throw new DebugError(`there is no breakpoint ${id}`);
    this.attach();
  }

  // -- resuming ---------------------------------------------------------------------------------

  /** @throws {DebugError} for a stop that is unknown or resumed */
  stop(id: number): Stop {
    const stop = this.stops.get(id);
    if (stop === undefined)
      throw new DebugError(`no request is held at stop ${id}: it was resumed, or never existed`);
    return stop;
  }

  /**
   * Resumes a stop:
   * - `continue`: to the next breakpoint;
   * - `into`: to the next wind or unwind of the request;
   * - `over`: until a reply is back at its volume, or the volume has replied;
   * - `out`: until the volume has replied.
   * At an unwind, its volume is the one that the reply arrives at.
   * @throws {DebugError} as `stop`
   */
  resume(id: number, way: Way): void {
    const { hop, kind } = this.stop(id);
    const { request } = hop;
    const go = this.continuations.get(id)!;
    this.stops.delete(id);
    this.continuations.delete(id);
    resumeRequest(request.root);
    request.goal = { way, hop: kind === 'wind' ? hop : hop.above };
    if (way === 'continue') this.stepping.delete(request);
    else this.stepping.add(request);
    go();
    this.attach();
  }

  /** Removes all breakpoints and resumes all requests. */
  detach(): void {
    this.breakpoints.clear();
    this.stepping.clear();
    for (const { id, hop } of [...this.stops.values()]) {
      hop.request.goal = null;
      this.resume(id, 'continue');
    }
    this.attach();
  }

  // -- the links -------------------------------------------------------------------------------

  /** Intercepts the links while there are breakpoints, steps or stops. */
  private attach(anew = false): void {
    const wanted = this.breakpoints.size + this.stepping.size + this.stops.size > 0;
    if (wanted === this.attached && !anew) return;
    // The observer comes before the interceptor, and stays: without hops it stores nothing.
    if (wanted && !this.isObserving) this.graph.observe(this.notes);
    this.isObserving ||= wanted;
    this.attached = wanted;
    this.graph.intercept(wanted ? this : null);
  }

  /** An observer that receives only the bridges' notes about followed requests. */
  private readonly notes = {
    watches: () => false,
    samples: () => false,
    wind: () => null,
    unwind(): void {},
    notify(): void {},
    logged(): void {},
    /** Whether notes about a frame are needed. */
    follows: (frame: Frame): boolean => this.hops.has(frame),
    note: (frame: Frame, notes: Readonly<Record<string, string>>): void => {
      const hop = this.hops.get(frame);
      if (hop !== undefined) hop.notes = { ...hop.notes, ...notes };
    },
  };

  watches(xl: Xlator, fop: FopName, defines: boolean): boolean {
    if (defines) return true;
    for (const breakpoint of this.breakpoints.values()) {
      if (breakpoint.volume === xl.name && (breakpoint.fop ?? fop) === fop) return true;
    }
    return false;
  }

  lead<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    const row = findFop(name)!;
    const call = fop as AnyCall;
    const arrive = (frame: Frame, xl: Xlator, args: unknown[]): void => {
      const up = frame.cbk as AnyCall | null;
      if (up === null) {
        call(frame, xl, ...args);
        return;
      }
      const before = this.hops.get(frame) ?? null;
      const above = before ?? this.nearestHop(frame.parent);
      const request = this.requestOf(frame.root);
      const repliesBelow = this.replyStore(xl);
      const hop: Hop = { request, above, before, frame, xl, row, args, repliesBelow, notes: {} };
      this.hops.set(frame, hop);
      request.open += 1;
      frame.cbk = collectCbk[name]((...reply) => this.unwind(hop, up, reply)) as unknown as AnyCbk;
      const go = (): void => call(frame, xl, ...args);
      if (!this.hold('wind', hop, 0, 0, [], go)) go();
    };
    return collect[name](arrive);
  }

  private unwind(
    hop: Hop,
    up: AnyCall,
    [parent, cookie, at, opRet, opErrno, reply]: [Frame, number, Xlator, number, number, unknown[]],
  ): void {
    const { frame, before, request, above, row } = hop;
    if (before === null) this.hops.delete(frame);
    else this.hops.set(frame, before);
    const passUp = (ret: number, errno: number, values: readonly unknown[]): void => {
      if (above?.row === row) above.repliesBelow?.push(bytesOf(row, ret, errno, values));
      request.open -= 1;
      up(parent, cookie, at, ret, errno, ...values);
      if (request.open === 0) this.end(request);
    };
    const go = (stop: Stop): void => passUp(stop.opRet, stop.opErrno, stop.reply);
    if (!this.hold('unwind', hop, opRet, opErrno, reply, go)) passUp(opRet, opErrno, reply);
  }

  /** Stops a request at its current hop if a breakpoint or step matches; returns whether it did. */
  private hold(
    kind: Stop['kind'],
    hop: Hop,
    opRet: number,
    opErrno: number,
    reply: unknown[],
    go: (stop: Stop) => void,
  ): boolean {
    const { request } = hop;
    const breakpoint = this.findBreakpoint(kind, hop, opRet, opErrno, reply);
    const reached = request.goal !== null && reaches(request.goal, kind, hop);
    if (breakpoint === null && !reached) return false;
    if (breakpoint !== null) breakpoint.hits += 1;
    request.goal = null;
    this.stopped.add(request);
    this.stepping.delete(request);
    this.lastStop += 1;
    const id = this.lastStop;
    // The replying volume may reuse the data after the call.
    const copy = reply.map((value) => (value instanceof Uint8Array ? value.slice() : value));
    const stop: Stop = { id, kind, hop, breakpoint, opRet, opErrno, reply: copy };
    this.stops.set(id, stop);
    holdRequest(request.root);
    this.continuations.set(id, () => go(stop));
    this.listener.stopped(stop);
    return true;
  }

  /** The first breakpoint that matches here. */
  private findBreakpoint(
    kind: Stop['kind'],
    hop: Hop,
    opRet: number,
    opErrno: number,
    reply: readonly unknown[],
  ): Breakpoint | null {
    const { request, xl, row, repliesBelow } = hop;
    const place: Place = {
      kind,
      fop: nameOf(hop),
      volume: xl.name,
      upper: receiverOf(hop).name,
      paths: () => pathsOf(hop),
      errno: opRet < 0 ? opErrno : 0,
      changed() {
        const answer = bytesOf(row, opRet, opErrno, reply);
        return repliesBelow !== null && !repliesBelow.some((other) => sameBytes(other, answer));
      },
    };
    let first: Breakpoint | null = null;
    for (const breakpoint of this.breakpoints.values()) {
      if (request.done.has(breakpoint.id) || !fits(breakpoint, place)) continue;
      if (breakpoint.volume === null) request.done.add(breakpoint.id);
      first ??= breakpoint;
    }
    return first;
  }

  /** A store for the replies from below a volume, if a breakpoint compares them. */
  private replyStore(xl: Xlator): Uint8Array[] | null {
    for (const { changed, volume } of this.breakpoints.values()) {
      if (changed && volume === xl.name) return [];
    }
    return null;
  }

  private nearestHop(frame: Frame | null): Hop | null {
    for (let at = frame; at !== null; at = at.parent) {
      const hop = this.hops.get(at);
      if (hop !== undefined) return hop;
    }
    return null;
  }

  private requestOf(root: Stack): DebuggedRequest {
    let request = this.requests.get(root);
    if (request === undefined) {
      request = { root, open: 0, goal: null, done: new Set() };
      this.requests.set(root, request);
    }
    return request;
  }

  private end(request: DebuggedRequest): void {
    request.goal = null;
    this.stepping.delete(request);
    this.attach();
    if (!this.stopped.delete(request)) return;
    this.listener.ended(request.root);
  }
}
