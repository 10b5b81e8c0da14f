/**
 * Carries out a guest's decisions in bounded turns. A child may reply at once and the guest decide
 * again, for ever. Between turns, other requests, volumes, timers and signals run. Each request has
 * a lane, and the lanes alternate: a request with ten thousand decisions delays no other.
 */
import type { Context } from '../../../runtime/core/context.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Decision } from '../crossing/decision.ts';
import { MessageError } from '../crossing/message.ts';
import type { OwnWork } from '../limits/own-work.ts';

/** Limits of a turn, which ends at the first that is reached. */
const MAX_TURN_MS = 2;
const MAX_DECISIONS_PER_TURN = 1000;
/** Number of decisions that a turn carries out before it samples the clock: most turns have one. */
const UNTIMED_DECISIONS = 2;
/** Bytes of queued decisions that every module may have, even at its memory limit. */
const MIN_QUEUE_BYTES = 64 * 1024 * 1024;
/** Maximum number of queued decisions of a lane. */
const MAX_DECISIONS_PER_LANE = 16_384;

/** The pause after a slow call into a guest, in which other work runs. */
export const PAUSE_AFTER_SLOW_MS = 20;

/**
 * Returns true if a call into a guest was slow since `slowCallCount` was read from
 * `turn.slowCallCount`. A test's context has no `soon`: there no call is slow.
 */
export const wasCallSlow = (context: Context, slowCallCount: number): boolean =>
  turn.slowCallCount !== slowCallCount && context.soon !== undefined;

/** A request as the queue uses it. */
export interface QueuedRequest {
  /** Null for a request that the module began. */
  readonly plan: unknown;
  readonly frame: Frame;
  /** Its lane in the queue; null without decisions. */
  lane: Lane | null;
  /** The number of winds that are decided but not carried out. */
  queuedWindCount: number;
  /** Replies that children still owe, those of queued winds included. */
  owedReplyCount: number;
  /** Decisions with a lower number are void. */
  firstValidNumber: number;
}

/** Carries out decisions, and handles their exceptions. */
export interface DecisionExecutor<R extends QueuedRequest> {
  carryOutDecision(request: R, decision: Decision): void;
  /** Handles an exception that a decision has caused. */
  handleThrow(request: R, error: unknown): void;
}

interface QueuedDecision {
  readonly request: QueuedRequest;
  readonly decision: Decision;
  readonly number: number;
  readonly bytes: number;
  next: QueuedDecision | null;
}

/** The queued decisions of one request, as a linked list. */
export class Lane {
  first: QueuedDecision | null = null;
  last: QueuedDecision | null = null;
  size = 0;
  next: Lane | null = null;
}

export class DecisionQueue<R extends QueuedRequest> {
  isRunning = false;
  /** Bytes of data in the queued decisions. */
  queuedBytes = 0;
  private readonly context: Context;
  private readonly readFreeBytes: () => number;
  private readonly onNextTurn: () => void;
  /** The lane of all requests that the module began. */
  private readonly ownLane = new Lane();
  /** Non-empty lanes, in the order of their turns. */
  private firstLane: Lane | null = null;
  private lastLane: Lane | null = null;
  private lastNumber = 0;
  private cancelNextTurn: (() => void) | null = null;

  /**
   * @param readFreeBytes returns the bytes that the module's memory limit leaves
   * @param onNextTurn is called when the next turn is due
   */
  constructor(context: Context, readFreeBytes: () => number, onNextTurn: () => void) {
    this.context = context;
    this.readFreeBytes = readFreeBytes;
    this.onNextTurn = onNextTurn;
  }

  /** Queues a decision. @throws {MessageError} when too many are queued already */
  add(request: R, decision: Decision, bytes = 0): void {
    if (request.lane === null) request.lane = request.plan === null ? this.ownLane : new Lane();
    const { lane } = request;
    if (lane.size >= MAX_DECISIONS_PER_LANE && decision.verb !== 'failed') {
      throw new MessageError(
        `more than ${MAX_DECISIONS_PER_LANE} winds or requests at once: await some before the next`,
      );
    }
    if (bytes > 0) this.checkQueuedBytes(bytes);
    this.lastNumber += 1;
    if (decision.verb === 'wind') {
      request.queuedWindCount += 1;
      request.owedReplyCount += 1;
      if (request.plan === null) request.frame.root.op = decision.row.logName;
    }
    const entry = { request, decision, number: this.lastNumber, bytes, next: null };
    this.queuedBytes += bytes;
    if (lane.last === null) {
      lane.first = entry;
      this.appendLane(lane);
    } else lane.last.next = entry;
    lane.last = entry;
    lane.size += 1;
  }

  /** Refuses more bytes than the module's memory limit leaves. @throws {MessageError} */
  checkQueuedBytes(bytes: number): void {
    // The first comparison is the common case; `readFreeBytes` must read the interpreter's memory.
    if (
      this.queuedBytes + bytes <= MIN_QUEUE_BYTES ||
      this.queuedBytes + bytes <= this.readFreeBytes()
    )
      return;
    throw new MessageError(
      'what the host is to keep for the module is more than its memory (option memory-limit)',
    );
  }

  /** Voids the queued decisions about a request. */
  voidDecisions(request: R): void {
    request.firstValidNumber = this.lastNumber + 1;
    request.owedReplyCount -= request.queuedWindCount;
    request.queuedWindCount = 0;
  }

  /** Carries out queued decisions, until the turn is over. */
  run(executor: DecisionExecutor<R>): void {
    if (this.firstLane === null || this.cancelNextTurn !== null || this.isRunning) return;
    this.isRunning = true;
    const { slowCallCount } = turn;
    let doneCount = 0;
    let turnEndMs = 0;
    for (let entry = this.takeDecision(); entry !== null; entry = this.takeDecision()) {
      const { request, decision, number } = entry;
      if (number < request.firstValidNumber) continue;
      if (decision.verb === 'wind') request.queuedWindCount -= 1;
      try {
        executor.carryOutDecision(request as R, decision);
      } catch (error) {
        executor.handleThrow(request as R, error);
      }
      doneCount += 1;
      if (wasCallSlow(this.context, slowCallCount)) break;
      if (doneCount < UNTIMED_DECISIONS) continue;
      if (doneCount === UNTIMED_DECISIONS) turnEndMs = this.context.now() + MAX_TURN_MS;
      else if (doneCount >= MAX_DECISIONS_PER_TURN || this.context.now() >= turnEndMs) break;
    }
    this.isRunning = false;
    if (this.firstLane !== null) this.scheduleNextTurn(wasCallSlow(this.context, slowCallCount));
  }

  /** Drops all decisions: the interpreter is lost or ends. */
  clear(): void {
    this.firstLane = this.lastLane = null;
    this.queuedBytes = 0;
    this.cancelNextTurn?.();
    this.cancelNextTurn = null;
  }

  /** Schedules the rest. @param isSlow true to let other work run first */
  private scheduleNextTurn(isSlow: boolean): void {
    const { context } = this;
    const runNextTurn = (): void => {
      this.cancelNextTurn = null;
      this.onNextTurn();
    };
    const schedule = isSlow ? undefined : context.soon;
    this.cancelNextTurn =
      schedule?.call(context, runNextTurn) ??
      context.after(isSlow ? PAUSE_AFTER_SLOW_MS : 1, runNextTurn);
    // The event loop may sleep until the kernel's next request; it must run the next turn.
    context.wake();
  }

  private appendLane(lane: Lane): void {
    if (this.lastLane === null) this.firstLane = lane;
    else this.lastLane.next = lane;
    this.lastLane = lane;
  }

  /** Takes the next decision of the first lane, and moves that lane to the end. */
  private takeDecision(): QueuedDecision | null {
    const lane = this.firstLane;
    if (lane === null) return null;
    this.firstLane = lane.next;
    if (this.firstLane === null) this.lastLane = null;
    lane.next = null;
    const entry = lane.first!;
    lane.first = entry.next;
    lane.size -= 1;
    this.queuedBytes -= entry.bytes;
    if (lane.first === null) lane.last = null;
    else this.appendLane(lane);
    return entry;
  }
}

/**
 * Sends notifications that no request waits for: a forgotten inode, a released fd, an answered
 * request. Each is sent at once; after a slow one, other work runs first.
 */
export class NotificationQueue {
  private readonly context: Context;
  private readonly ownWork: Pick<OwnWork, 'mustRest' | 'noteCall'>;
  private readonly pending = new Set<() => void>();
  private cancelTimer: (() => void) | null = null;

  constructor(context: Context, ownWork: Pick<OwnWork, 'mustRest' | 'noteCall'>) {
    this.context = context;
    this.ownWork = ownWork;
  }

  /** Sends a notification. @param slowCallCount `turn.slowCallCount` when its cause began */
  send(notification: () => void, slowCallCount = turn.slowCallCount): void {
    this.pending.add(notification);
    if (this.cancelTimer !== null) return;
    if (wasCallSlow(this.context, slowCallCount)) this.scheduleSend();
    else this.sendPending();
  }

  clear(): void {
    this.pending.clear();
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private sendPending(): void {
    const { slowCallCount } = turn;
    const startMs = this.context.now();
    for (const notification of this.pending) {
      this.pending.delete(notification);
      notification();
      if (!wasCallSlow(this.context, slowCallCount)) continue;
      this.ownWork.noteCall(startMs);
      this.scheduleSend();
      return;
    }
  }

  private scheduleSend(): void {
    this.cancelTimer = this.context.after(PAUSE_AFTER_SLOW_MS, () => {
      this.cancelTimer = null;
      if (this.ownWork.mustRest()) this.scheduleSend();
      else this.sendPending();
    });
  }
}
