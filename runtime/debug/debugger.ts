/**
 * Stops requests of a graph at breakpoints and steps, and resumes them, for debug-server.ts. A request
 * stops at a wind, before the volume gets it, or at an unwind, before the reply arrives above. Other
 * requests continue, and time limits do not count the stop (`isRequestHeld`).
 *
 *   debug.addBreakpoint('lookup@cache');     // see breakpoints.ts
 *   debug.resume(stop.id, 'into');           // or continue, over, out
 */

import { findFop } from '../core/fops.ts';
import type { AnyCbk, Frame, Stack } from '../core/frame.ts';
import { collect, collectCbk, type FopName } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import { holdRequest, type Interceptor, resumeRequest } from '../core/interceptor.ts';
import type { Fop, Xlator } from '../core/xlator.ts';
import {
  type Breakpoint,
  matchesBreakpoint,
  parseStopCondition,
  type RequestPosition,
} from './breakpoints.ts';
import { DebugError } from './debug-error.ts';
import {
  areBytesEqual,
  type DebuggedRequest,
  encodeReply,
  findReplyReceiver,
  getFopName,
  type Hop,
  isStepEnd,
  listArgumentPaths,
  type ResumeWay,
} from './hops.ts';

/** A stopped request. */
export interface Stop {
  /** The stop's number, from 1 on; never reused. */
  readonly id: number;
  readonly kind: 'wind' | 'unwind';
  /** The hop whose wind or reply is stopped. */
  readonly hop: Hop;
  /** The breakpoint that stopped the request; null at the end of a step. */
  readonly breakpoint: Breakpoint | null;
  /** The reply of an unwind. A front end may change it; values in `reply` keep their types. */
  opRet: number;
  opErrno: number;
  readonly reply: unknown[];
}

/** The callbacks of the debugger's owner. */
export interface StopListener {
  /** Called when a request has stopped. */
  onStop(stop: Stop): void;
  /** Called when all hops of a request that had stopped have their reply. */
  onRequestEnd(root: Stack): void;
}

type AnyCall = (...args: unknown[]) => void;

export class Debugger implements Interceptor {
  readonly graph: Graph;
  readonly breakpoints = new Map<number, Breakpoint>();
  /** The stopped requests, by the stop's id, the oldest first. */
  readonly stops = new Map<number, Stop>();
  private readonly listener: StopListener;
  /** Resumes the request of each stop, by the stop's id. */
  private readonly continuations = new Map<number, () => void>();
  /** The current hop of each frame. */
  private readonly hops = new WeakMap<Frame, Hop>();
  /** The requests with hops, by their call stack. */
  private readonly requests = new WeakMap<Stack, DebuggedRequest>();
  /** Requests that have stopped at least once and are not complete. */
  readonly unfinishedStoppedRequests = new Set<DebuggedRequest>();
  /** Requests that stop at the end of a step. */
  private readonly steppingRequests = new Set<DebuggedRequest>();
  private lastBreakpointId = 0;
  private lastStopId = 0;
  private isIntercepting = false;
  private isObserving = false;

  constructor(graph: Graph, listener: StopListener) {
    this.graph = graph;
    this.listener = listener;
  }

  // -- breakpoints -----------------------------------------------------------------------------

  /** Adds a breakpoint. @throws {DebugError | FilterError} if the text is no valid breakpoint */
  addBreakpoint(text: string): Breakpoint {
    const volumeNames = this.graph.xlators.map(({ name }) => name);
    const condition = parseStopCondition(text, volumeNames);
    this.lastBreakpointId += 1;
    const breakpoint = { ...condition, id: this.lastBreakpointId, text: text.trim(), hits: 0 };
    this.breakpoints.set(breakpoint.id, breakpoint);
    this.updateInterception(true);
    return breakpoint;
  }

  /** Removes a breakpoint; its stops stay. @throws {DebugError} for an unknown one */
  removeBreakpoint(id: number): void {
    if (!this.breakpoints.delete(id)) throw new DebugError(`there is no breakpoint ${id}`);
    this.updateInterception();
  }

  // -- resuming ---------------------------------------------------------------------------------

  /** Finds a stop by its id. @throws {DebugError} for a stop that is unknown or resumed */
  findStop(id: number): Stop {
    const stop = this.stops.get(id);
    if (stop === undefined)
      throw new DebugError(`no request is held at stop ${id}: it was resumed, or never existed`);
    return stop;
  }

  /**
   * Resumes a stop:
   * - `continue`: to the next breakpoint;
   * - `into`: to the next wind or unwind of the request;
   * - `over`: until a volume below has replied to the stopped volume, or the stopped volume has replied;
   * - `out`: until the stopped volume has replied.
   * At an unwind, `over` and `out` refer to the volume that gets the reply.
   * @throws {DebugError} as `findStop`
   */
  resume(id: number, way: ResumeWay): void {
    const { hop, kind } = this.findStop(id);
    const { request } = hop;
    const proceed = this.continuations.get(id)!;
    this.stops.delete(id);
    this.continuations.delete(id);
    resumeRequest(request.root);
    request.goal = { way, hop: kind === 'wind' ? hop : hop.parentHop };
    if (way === 'continue') this.steppingRequests.delete(request);
    else this.steppingRequests.add(request);
    proceed();
    this.updateInterception();
  }

  /** Removes all breakpoints and resumes all requests. */
  detach(): void {
    this.breakpoints.clear();
    this.steppingRequests.clear();
    for (const { id, hop } of [...this.stops.values()]) {
      hop.request.goal = null;
      this.resume(id, 'continue');
    }
    this.updateInterception();
  }

  // -- the links -------------------------------------------------------------------------------

  /**
   * Begins or ends intercepting fops: they are intercepted while there are breakpoints, steps or stops.
   * @param mustReroute routes the links again although fops are intercepted: a new breakpoint may want other fops
   */
  private updateInterception(mustReroute = false): void {
    const isNeeded = this.breakpoints.size + this.steppingRequests.size + this.stops.size > 0;
    if (isNeeded === this.isIntercepting && !mustReroute) return;
    // The observer receives the bridges' notes. It is never removed: without hops it stores nothing.
    if (isNeeded && !this.isObserving) this.graph.observe(this.noteObserver);
    this.isObserving ||= isNeeded;
    this.isIntercepting = isNeeded;
    this.graph.intercept(isNeeded ? this : null);
  }

  /** Receives only the bridges' notes about requests that the debugger follows. */
  private readonly noteObserver = {
    wantsFop: () => false,
    wantsRequest: () => false,
    wind: () => null,
    unwind(): void {},
    notify(): void {},
    noteLogLine(): void {},
    /** Whether notes about a frame are needed. */
    wantsNotes: (frame: Frame): boolean => this.hops.has(frame),
    addNotes: (frame: Frame, notes: Readonly<Record<string, string>>): void => {
      const hop = this.hops.get(frame);
      if (hop !== undefined) hop.notes = { ...hop.notes, ...notes };
    },
  };

  /**
   * Wants every volume that defines the fop, because a step may end at any of them. A volume that only passes the fop
   * on is wanted for a breakpoint that names it.
   */
  wantsFop(xl: Xlator, fop: FopName, isDefined: boolean): boolean {
    if (isDefined) return true;
    for (const breakpoint of this.breakpoints.values()) {
      if (breakpoint.volume === xl.name && (breakpoint.fop ?? fop) === fop) return true;
    }
    return false;
  }

  /** Makes the fop that may stop a request at its wind, and at its unwind by a callback of its own. */
  wrapFop<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    const row = findFop(name)!;
    const call = fop as AnyCall;
    const handleWind = (frame: Frame, xl: Xlator, args: unknown[]): void => {
      const upperCbk = frame.cbk as AnyCall | null;
      // A frame without a callback gets no reply.
      if (upperCbk === null) {
        call(frame, xl, ...args);
        return;
      }
      // The frame has a hop already if the volume above passed its own frame on (`tail`).
      const previous = this.hops.get(frame) ?? null;
      const parentHop = previous ?? this.findNearestHop(frame.parent);
      const request = this.findOrAddRequest(frame.root);
      const repliesBelow = this.makeReplyStore(xl);
      const hop: Hop = {
        request,
        parentHop,
        previous,
        frame,
        xl,
        row,
        args,
        repliesBelow,
        notes: {},
      };
      this.hops.set(frame, hop);
      request.openHopCount += 1;
      frame.cbk = collectCbk[name]((...reply) =>
        this.handleUnwind(hop, upperCbk, reply),
      ) as unknown as AnyCbk;
      const proceed = (): void => call(frame, xl, ...args);
      if (!this.stopIfMatching('wind', hop, 0, 0, [], proceed)) proceed();
    };
    return collect[name](handleWind);
  }

  /** Ends a hop: may stop the request at its reply, then passes the reply to the callback above. */
  private handleUnwind(
    hop: Hop,
    upperCbk: AnyCall,
    [parent, cookie, receiver, opRet, opErrno, reply]: [
      Frame,
      number,
      Xlator,
      number,
      number,
      unknown[],
    ],
  ): void {
    const { frame, previous, request, parentHop, row } = hop;
    if (previous === null) this.hops.delete(frame);
    else this.hops.set(frame, previous);
    const passReplyUp = (ret: number, errno: number, values: readonly unknown[]): void => {
      if (parentHop?.row === row)
        parentHop.repliesBelow?.push(encodeReply(row, ret, errno, values));
      request.openHopCount -= 1;
      upperCbk(parent, cookie, receiver, ret, errno, ...values);
      if (request.openHopCount === 0) this.endRequest(request);
    };
    const proceed = (stop: Stop): void => passReplyUp(stop.opRet, stop.opErrno, stop.reply);
    if (!this.stopIfMatching('unwind', hop, opRet, opErrno, reply, proceed))
      passReplyUp(opRet, opErrno, reply);
  }

  /** Stops a request at its current hop if a breakpoint or step matches. Returns whether it stopped. */
  private stopIfMatching(
    kind: Stop['kind'],
    hop: Hop,
    opRet: number,
    opErrno: number,
    reply: unknown[],
    proceed: (stop: Stop) => void,
  ): boolean {
    const { request } = hop;
    const breakpoint = this.findBreakpoint(kind, hop, opRet, opErrno, reply);
    const isGoalReached = request.goal !== null && isStepEnd(request.goal, kind, hop);
    if (breakpoint === null && !isGoalReached) return false;
    if (breakpoint !== null) breakpoint.hits += 1;
    request.goal = null;
    this.unfinishedStoppedRequests.add(request);
    this.steppingRequests.delete(request);
    this.lastStopId += 1;
    const id = this.lastStopId;
    // The replying volume may reuse its data buffers after the call.
    const copy = reply.map((value) => (value instanceof Uint8Array ? value.slice() : value));
    const stop: Stop = { id, kind, hop, breakpoint, opRet, opErrno, reply: copy };
    this.stops.set(id, stop);
    holdRequest(request.root);
    this.continuations.set(id, () => proceed(stop));
    this.listener.onStop(stop);
    return true;
  }

  /** Finds the first breakpoint that matches here. */
  private findBreakpoint(
    kind: Stop['kind'],
    hop: Hop,
    opRet: number,
    opErrno: number,
    reply: readonly unknown[],
  ): Breakpoint | null {
    const { request, xl, row, repliesBelow } = hop;
    const position: RequestPosition = {
      kind,
      fop: getFopName(hop),
      volume: xl.name,
      receiver: findReplyReceiver(hop).name,
      findPaths: () => listArgumentPaths(hop),
      errno: opRet < 0 ? opErrno : 0,
      hasChangedReply() {
        const replyBytes = encodeReply(row, opRet, opErrno, reply);
        return (
          repliesBelow !== null && !repliesBelow.some((bytes) => areBytesEqual(bytes, replyBytes))
        );
      },
    };
    let firstMatch: Breakpoint | null = null;
    for (const breakpoint of this.breakpoints.values()) {
      if (request.reachedBreakpoints.has(breakpoint.id) || !matchesBreakpoint(breakpoint, position))
        continue;
      // A breakpoint without a volume stops a request once, not at each of its volumes.
      if (breakpoint.volume === null) request.reachedBreakpoints.add(breakpoint.id);
      firstMatch ??= breakpoint;
    }
    return firstMatch;
  }

  /** Makes a store for the replies from below a volume, if a breakpoint compares them; else null. */
  private makeReplyStore(xl: Xlator): Uint8Array[] | null {
    for (const { mustDiffer, volume } of this.breakpoints.values()) {
      if (mustDiffer && volume === xl.name) return [];
    }
    return null;
  }

  /** Finds the hop of the frame, or of the nearest one above it that has a hop. */
  private findNearestHop(frame: Frame | null): Hop | null {
    for (let current = frame; current !== null; current = current.parent) {
      const hop = this.hops.get(current);
      if (hop !== undefined) return hop;
    }
    return null;
  }

  /** Finds the record of a request, or makes one. */
  private findOrAddRequest(root: Stack): DebuggedRequest {
    let request = this.requests.get(root);
    if (request === undefined) {
      request = { root, openHopCount: 0, goal: null, reachedBreakpoints: new Set() };
      this.requests.set(root, request);
    }
    return request;
  }

  /** Ends a request all of whose hops have their reply: forgets its step, and reports it if it had stopped. */
  private endRequest(request: DebuggedRequest): void {
    request.goal = null;
    this.steppingRequests.delete(request);
    this.updateInterception();
    if (!this.unfinishedStoppedRequests.delete(request)) return;
    this.listener.onRequestEnd(request.root);
  }
}
