/**
 * Carries out what a guest has decided by messages, in turns. A child may answer at once, the guest decide
 * again at once, and so on for ever; so after a turn other requests, volumes, timers and signals come
 * first. Requests take turns as well: one that has decided ten thousand things holds up no other.
 */
import type { Context } from '../../../runtime/core/context.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Decision } from '../crossing/decision.ts';
import { MessageError } from '../crossing/message.ts';

/** Milliseconds that a turn may take, and decisions. */
const TURN_MS = 2;
const TURN_DECISIONS = 1000;
/** Decisions of a turn before the first look at the clock: most turns have no more than one. */
const UNTIMED = 2;
/** Bytes that the host keeps for any module: its interpreter may have taken its limit once. */
const LEAST_ROOM = 64 * 1024 * 1024;
/** Decisions that one request, or all requests of the module's own, may have waiting. */
const MOST_DECIDED = 16_384;

/** Milliseconds that others have after a call that took long, before the next that may. */
export const PAUSE_MS = 20;

/** Whether a guest has taken long since `turn.slow` was `slow`; not where time passes by hand. */
export const isLong = (context: Context, slow: number): boolean =>
  turn.slow !== slow && context.soon !== undefined;
/** What the turns have to do with of a request. */
export interface Deciding {
  /** Null for one that the module begins by itself. */
  readonly plan: unknown;
  readonly frame: Frame;
  /** Where it stands; null until something is decided. */
  lane: Lane | null;
  /** Winds that are decided and not carried out. */
  decided: number;
  /** Answers owed by children, also for these. */
  owed: number;
  /** Decisions before this number are void. */
  voidBefore: number;
}

/** Who carries a decision out, and is told when that threw. */
export interface DecisionExecutor<R extends Deciding> {
  obey(request: R, decision: Decision): void;
  threw(request: R, error: unknown): void;
}

interface Decided {
  readonly request: Deciding;
  readonly decision: Decision;
  readonly number: number;
  readonly bytes: number;
  next: Decided | null;
}

export class Lane {
  first: Decided | null = null;
  last: Decided | null = null;
  size = 0;
  next: Lane | null = null;
}

export class DecisionQueue<R extends Deciding> {
  running = false;
  bytes = 0;
  private readonly context: Context;
  private readonly room: () => number;
  private readonly goOn: () => void;
  /** Of the requests that the module begins by itself. */
  private readonly own = new Lane();
  /** Lanes that are not empty, in the order of their turns. */
  private first: Lane | null = null;
  private last: Lane | null = null;
  private lastNumber = 0;
  private cancelLater: (() => void) | null = null;

  /**
   * @param room how many bytes the module's memory limit leaves.
   * @param goOn is called when the time of the next turn has come.
   */
  constructor(context: Context, room: () => number, goOn: () => void) {
    this.context = context;
    this.room = room;
    this.goOn = goOn;
  }

  /** @throws {MessageError} when too many wait already */
  add(request: R, decision: Decision, bytes = 0): void {
    if (request.lane === null) request.lane = request.plan === null ? this.own : new Lane();
    const { lane } = request;
    if (lane.size >= MOST_DECIDED && decision.verb !== 'failed') {
      throw new MessageError(
        `more than ${MOST_DECIDED} winds or requests at once: await some before the next`,
      );
    }
    if (bytes > 0) this.checkRoom(bytes);
    this.lastNumber += 1;
    if (decision.verb === 'wind') {
      request.decided += 1;
      request.owed += 1;
      if (request.plan === null) request.frame.root.op = decision.row.logName;
    }
    const decided = { request, decision, number: this.lastNumber, bytes, next: null };
    this.bytes += bytes;
    if (lane.last === null) {
      lane.first = decided;
      this.append(lane);
    } else lane.last.next = decided;
    lane.last = decided;
    lane.size += 1;
  }

  /** @throws {MessageError} when the host would keep more for the module than it may have itself */
  checkRoom(bytes: number): void {
    // Most often it is far from that: the interpreter's memory is not looked at.
    if (this.bytes + bytes <= LEAST_ROOM || this.bytes + bytes <= this.room()) return;
    throw new MessageError(
      'what the host is to keep for the module is more than its memory (option memory-limit)',
    );
  }

  /** What is decided about a request, and not carried out, is void. */
  undo(request: R): void {
    request.voidBefore = this.lastNumber + 1;
    request.owed -= request.decided;
    request.decided = 0;
  }

  /** Carries out what waits, until the turn is over. */
  run(doer: DecisionExecutor<R>): void {
    if (this.first === null || this.cancelLater !== null || this.running) return;
    this.running = true;
    const { slow } = turn;
    let done = 0;
    let until = 0;
    for (let decided = this.take(); decided !== null; decided = this.take()) {
      const { request, decision, number } = decided;
      if (number < request.voidBefore) continue;
      if (decision.verb === 'wind') request.decided -= 1;
      try {
        doer.obey(request as R, decision);
      } catch (error) {
        doer.threw(request as R, error);
      }
      done += 1;
      if (isLong(this.context, slow)) break;
      if (done < UNTIMED) continue;
      if (done === UNTIMED) until = this.context.now() + TURN_MS;
      else if (done >= TURN_DECISIONS || this.context.now() >= until) break;
    }
    this.running = false;
    if (this.first !== null) this.later(isLong(this.context, slow));
  }

  clear(): void {
    this.first = this.last = null;
    this.bytes = 0;
    this.cancelLater?.();
    this.cancelLater = null;
  }

  private later(long: boolean): void {
    const { context } = this;
    const go = (): void => {
      this.cancelLater = null;
      this.goOn();
    };
    const soon = long ? undefined : context.soon;
    this.cancelLater = soon?.call(context, go) ?? context.after(long ? PAUSE_MS : 1, go);
    // It may be a request that is served now which the event loop waits for.
    context.wake();
  }

  private append(lane: Lane): void {
    if (this.last === null) this.first = lane;
    else this.last.next = lane;
    this.last = lane;
  }

  /** The next decision of the lane whose turn it is, which goes to the end of the line. */
  private take(): Decided | null {
    const lane = this.first;
    if (lane === null) return null;
    this.first = lane.next;
    if (this.first === null) this.last = null;
    lane.next = null;
    const decided = lane.first!;
    lane.first = decided.next;
    lane.size -= 1;
    this.bytes -= decided.bytes;
    if (lane.first === null) lane.last = null;
    else this.append(lane);
    return decided;
  }
}

/**
 * Notifications that a guest gets and no request waits for: an inode or an fd is gone, a request answered.
 * Each is sent at once; after one that took long, other work comes first.
 */
export class NotificationQueue {
  private readonly context: Context;
  private readonly waiting = new Set<() => void>();
  private cancelLater: (() => void) | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** @param slow `turn.slow` when that began which the notification is about. */
  run(notification: () => void, slow = turn.slow): void {
    this.waiting.add(notification);
    if (this.cancelLater !== null) return;
    if (isLong(this.context, slow)) this.later();
    else this.goOn();
  }

  clear(): void {
    this.waiting.clear();
    this.cancelLater?.();
    this.cancelLater = null;
  }

  private goOn(): void {
    const { slow } = turn;
    for (const notification of this.waiting) {
      this.waiting.delete(notification);
      notification();
      if (!isLong(this.context, slow)) continue;
      this.later();
      return;
    }
  }

  private later(): void {
    this.cancelLater = this.context.after(PAUSE_MS, () => {
      this.cancelLater = null;
      this.goOn();
    });
  }
}
