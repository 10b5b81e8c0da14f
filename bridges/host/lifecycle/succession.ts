/**
 * Decides when a volume's interpreter or thread is replaced, and holds or fails requests meanwhile.
 * The owner starts the replacement, and then calls `resumeServing` or `handleStartFailure`.
 *
 * An interpreter lost during a request is replaced at once, and requests wait for the replacement.
 * They fail between a failed start and the next try. A request that has ended interpreters before
 * may be refused (limits/harmful-requests.ts).
 */
import { EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import type { EventName } from '../../../runtime/core/events.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { type Fop, isChange, type Xlator } from '../../../runtime/core/xlator.ts';
import type { Plan } from '../crossing/plan.ts';
import { type BlamedRequest, HarmfulRequests } from '../limits/harmful-requests.ts';
import { formatAsOneRecord } from '../limits/limited-log.ts';
import { PAUSE_AFTER_SLOW_MS, wasCallSlow } from '../requests/decision-queue.ts';
import { Backoff, findBypass, type Policy } from './failure-policy.ts';

interface HeldRequest {
  readonly plan: Plan;
  readonly frame: Frame;
  readonly args: readonly unknown[];
}

/** The volume whose interpreter or thread is replaced. */
export interface SuccessionOwner {
  readonly counters: { failures: number; bypassed: number };
  /** Starts a new interpreter or thread; its result is reported to the `Succession`. */
  startReplacement(): void;
}

/** Texts and message numbers for the log lines about a volume's interpreter or thread. */
export interface LogTexts {
  /** The subject of the lines: `the interpreter`. */
  readonly title: string;
  /** The option to name after `is lost`: ` (option isolation)`, or empty. */
  readonly option: string;
  readonly lossMsgid: number;
  readonly restartMsgid: number;
  readonly startFailureMsgid: number;
}

export const describeError = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The succession of interpreters, or threads, of one volume. */
export class Succession {
  /** waiting: for the backoff's end; starting: a replacement starts. */
  state: 'serving' | 'waiting' | 'starting' | 'closed' = 'serving';
  harmfulRequests!: HarmfulRequests;
  private readonly xl: Xlator<unknown>;
  private readonly owner: SuccessionOwner;
  private texts: LogTexts;
  /** The last event from above and from each child, for a successor (`eventsToReplay`). */
  private readonly latestEvents = new Map<unknown, readonly [event: EventName, about: unknown]>();
  private policy!: Policy;
  private backoff!: Backoff;
  private heldRequests: HeldRequest[] = [];
  private cancelWait: (() => void) | null = null;
  /** Ends the wait at the next request; null when requests fail meanwhile. */
  private startNow: (() => void) | null = null;

  constructor(xl: Xlator<unknown>, policy: Policy, owner: SuccessionOwner, texts: LogTexts) {
    this.xl = xl;
    this.owner = owner;
    this.texts = texts;
    this.setPolicy(policy);
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.backoff = new Backoff(policy.restartBackoffS);
    this.harmfulRequests = new HarmfulRequests(policy.restartBackoffS);
  }

  /** The number of requests that wait for a replacement. */
  get heldCount(): number {
    return this.heldRequests.length;
  }

  /** Whether some request has ended an interpreter, and may be refused. */
  get blamesRequests(): boolean {
    return this.harmfulRequests.size > 0;
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  close(): void {
    this.state = 'closed';
    this.endWait();
    this.failHeldRequests();
  }

  /** Records an event that a successor must learn: whether the parent and each child are up. */
  noteEvent(event: EventName, about: unknown): void {
    if (event === 'PARENT_UP' || event === 'PARENT_DOWN')
      this.latestEvents.set('parent', [event, about]);
    if (isChange(event)) this.latestEvents.set(about, [event, about]);
  }

  /** The events that a new interpreter's module must get. */
  get eventsToReplay(): Iterable<readonly [event: EventName, about: unknown]> {
    return this.latestEvents.values();
  }

  // -- successors --------------------------------------------------------------------------------

  /**
   * Logs the loss of the serving interpreter during the request `blamed`; null outside of one.
   * @param texts those of later lines, too
   */
  logLoss(reason: string, blamed: BlamedRequest | null, texts = this.texts): void {
    this.texts = texts;
    const { title, option, lossMsgid } = this.texts;
    this.xl.log.critical(formatAsOneRecord(`${title} is lost${option}: ${reason}`), {
      msgid: lossMsgid,
    });
    if (blamed !== null) this.harmfulRequests.blame(blamed, this.xl.context.now(), this.xl.log);
  }

  /**
   * Starts a replacement of a lost interpreter.
   * @param hasServed false if it was lost before its first request: then the start is delayed
   */
  replaceLost(hasServed: boolean): void {
    if (hasServed) this.replace('it is lost', 0);
    else this.replace('it is lost before it has served', this.recordRestart(), true);
  }

  /** Starts a replacement after the backoff; the current interpreter serves until then. */
  replaceAfterWait(reason: string): void {
    if (this.state === 'serving') this.replace(reason, this.recordRestart());
  }

  /** Called when the replacement serves: the held requests enter it. */
  resumeServing(): void {
    this.endWait();
    this.state = 'serving';
    this.enterHeldRequests();
  }

  /**
   * Logs a failed start.
   * @param isLost true if no interpreter serves, so that another start follows
   */
  handleStartFailure(error: unknown, isLost: boolean): void {
    const { title, startFailureMsgid } = this.texts;
    const text = `${title} does not start anew: ${describeError(error)}`;
    this.xl.log.error(text, { msgid: startFailureMsgid });
    this.state = 'serving';
    if (!isLost) return;
    this.failHeldRequests();
    this.replace('it is still lost', this.recordRestart());
  }

  /** Records that an interpreter is to be replaced; returns the milliseconds to wait before. */
  private recordRestart(): number {
    return this.backoff.recordEvent(this.xl.context.now());
  }

  /**
   * Starts a replacement after a delay, unless one is starting.
   * @param startsAtNextRequest true if the next request ends the wait
   */
  private replace(reason: string, delayMs: number, startsAtNextRequest = false): void {
    if (this.state === 'starting' || this.state === 'closed') return;
    this.endWait();
    const timing = delayMs === 0 ? 'now' : `in ${delayMs / 1000} s (option restart-backoff)`;
    const { title, restartMsgid } = this.texts;
    this.xl.log.warning(`${title} is started anew ${timing}: ${reason}`, { msgid: restartMsgid });
    const start = (): void => {
      this.endWait();
      this.state = 'starting';
      this.owner.startReplacement();
    };
    if (delayMs === 0) {
      start();
      return;
    }
    this.state = 'waiting';
    if (startsAtNextRequest) this.startNow = start;
    this.cancelWait = this.xl.context.after(delayMs, start);
  }

  private endWait(): void {
    this.cancelWait?.();
    this.cancelWait = this.startNow = null;
  }

  // -- requests ----------------------------------------------------------------------------------

  /** Holds a request that came while no interpreter serves, or handles it by `on-error`. */
  holdOrFail(plan: Plan, frame: Frame, args: readonly unknown[]): void {
    const bypasses = findBypass(this.policy, this.xl, plan) !== undefined;
    if (!bypasses) this.startNow?.();
    if (bypasses || this.state !== 'starting') this.applyOnError(plan, frame, args);
    else this.heldRequests.push({ plan, frame, args });
  }

  /**
   * Handles a request that keeps ending interpreters by `on-error`; returns false for any other.
   */
  failIfHarmful(plan: Plan, frame: Frame, args: readonly unknown[]): boolean {
    const { harmfulRequests, xl } = this;
    if (!harmfulRequests.isRefused(plan.name, args, xl.context.now())) return false;
    this.applyOnError(plan, frame, args);
    return true;
  }

  /** Handles a request without the module, by `on-error`. */
  applyOnError(plan: Plan, frame: Frame, args: readonly unknown[]): void {
    const { counters } = this.owner;
    const child = findBypass(this.policy, this.xl, plan);
    if (child !== undefined && !this.isClosed) {
      counters.bypassed += 1;
      plan.tail(frame, child, args);
    } else {
      counters.failures += 1;
      plan.fail(frame, this.policy.errno);
    }
  }

  /** Fails the held requests, as no replacement will serve them. */
  private failHeldRequests(): void {
    for (const { plan, frame } of this.heldRequests.splice(0)) {
      this.owner.counters.failures += 1;
      plan.fail(frame, this.policy.errno);
    }
  }

  /**
   * Passes the held requests to the module. After a slow one, other work runs first. Requests of
   * callers that have ended an interpreter enter last: then other callers wait for one start only.
   */
  private enterHeldRequests(): void {
    if (this.state !== 'serving') return;
    const { context } = this.xl;
    const { slowCallCount } = turn;
    const nowMs = context.now();
    const isBlamed = ({ frame }: HeldRequest): boolean =>
      this.harmfulRequests.isCallerBlamed(frame.root.uid, nowMs);
    const requests = this.heldRequests.splice(0);
    for (const request of [
      ...requests.filter((request) => !isBlamed(request)),
      ...requests.filter(isBlamed),
    ]) {
      if (wasCallSlow(context, slowCallCount)) this.heldRequests.push(request);
      else this.enterAgain(request);
    }
    if (this.heldRequests.length > 0)
      context.after(PAUSE_AFTER_SLOW_MS, () => this.enterHeldRequests());
  }

  /** Passes a held request to the current code's fop. */
  private enterAgain({ plan, frame, args }: HeldRequest): void {
    const fop = this.xl.fops[plan.name] as Fop<FopName, unknown> | undefined;
    const child = this.xl.passingChild;
    if (plan.again !== undefined) plan.again(frame, args);
    else if (fop !== undefined) (fop as (...all: unknown[]) => void)(frame, this.xl, ...args);
    else if (child !== undefined) plan.tail(frame, child, args);
    else plan.fail(frame, EOPNOTSUPP);
  }
}
