/**
 * Paces the successors of a volume's interpreter (or of its thread), and answers requests meanwhile.
 *
 * An interpreter lost during a request is replaced at once, and requests wait for its successor. They fail
 * only between a failed start and the next try. A request that has ended an interpreter before may be
 * refused (limits/harmful-requests.ts). The owner starts the successor, and reports the result by
 * `serves` or `notStarted`.
 */
import { EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import type { EventName } from '../../../runtime/core/events.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { type FopName, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { tailArgs } from '../../../runtime/core/gen/generic.gen.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { type Fop, isChange, type Xlator } from '../../../runtime/core/xlator.ts';
import { type Blamed, HarmfulRequests } from '../limits/harmful-requests.ts';
import { oneRecord } from '../limits/limited-log.ts';
import { isLong, PAUSE_MS } from '../requests/decision-queue.ts';
import { Backoff, type Policy } from './failure-policy.ts';

interface Held {
  readonly name: FopName;
  readonly frame: Frame;
  readonly args: readonly unknown[];
}

export interface Succeeded {
  readonly counters: { failures: number; bypassed: number };
  startAnew(): void;
}

/** The log's words for the interpreter that serves a volume, and its messages. */
export interface Serving {
  readonly title: string;
  /** Behind `is lost`. */
  readonly option: string;
  readonly lost: number;
  readonly anew: number;
  readonly notAnew: number;
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

export class Succession {
  state: 'serving' | 'waiting' | 'starting' | 'closed' = 'serving';
  harmful!: HarmfulRequests;
  private readonly xl: Xlator<unknown>;
  private readonly owner: Succeeded;
  private readonly serving: Serving;
  /** The last event that came from above, and from each child: a successor is told of them. */
  private readonly events = new Map<unknown, readonly [event: EventName, about: unknown]>();
  private policy!: Policy;
  private backoff!: Backoff;
  private held: Held[] = [];
  private cancelWait: (() => void) | null = null;
  /** Ends a wait at the next request; null where requests have to fail meanwhile. */
  private startNow: (() => void) | null = null;

  constructor(xl: Xlator<unknown>, policy: Policy, owner: Succeeded, serving: Serving) {
    this.xl = xl;
    this.owner = owner;
    this.serving = serving;
    this.setPolicy(policy);
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.backoff = new Backoff(policy.restartBackoff);
    this.harmful = new HarmfulRequests(policy.restartBackoff);
  }

  get waiting(): number {
    return this.held.length;
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  close(): void {
    this.state = 'closed';
    this.endWait();
    this.failHeld();
  }

  noteEvent(event: EventName, about: unknown): void {
    if (event === 'PARENT_UP' || event === 'PARENT_DOWN') this.events.set('parent', [event, about]);
    if (isChange(event)) this.events.set(about, [event, about]);
  }

  get seen(): Iterable<readonly [event: EventName, about: unknown]> {
    return this.events.values();
  }

  // -- successors --------------------------------------------------------------------------------

  /** The serving interpreter is lost during `by`. */
  tellLost(why: string, by: Blamed | null): void {
    const { title, option, lost } = this.serving;
    this.xl.log.critical(oneRecord(`${title} is lost${option}: ${why}`), { msgid: lost });
    if (by !== null) this.harmful.blame(by, this.xl.context.now(), this.xl.log);
  }

  /** @param hasServed false for one that has ended by itself, which must not keep the process busy */
  lost(hasServed: boolean): void {
    if (hasServed) this.replace('it is lost', 0);
    else this.replace('it is lost before it has served', this.pace(), true);
  }

  /** The current interpreter serves until its successor has started. */
  replaceInPace(why: string): void {
    if (this.state === 'serving') this.replace(why, this.pace());
  }

  serves(): void {
    this.endWait();
    this.state = 'serving';
    this.enterHeld();
  }

  /** @param isLost whether there is nothing that goes on in its place */
  notStarted(error: unknown, isLost: boolean): void {
    const { title, notAnew } = this.serving;
    const text = `${title} does not start anew: ${reasonOf(error)}`;
    this.xl.log.error(text, { msgid: notAnew });
    this.state = 'serving';
    if (!isLost) return;
    this.failHeld();
    this.replace('it is still lost', this.pace());
  }

  private pace(): number {
    return this.backoff.next(this.xl.context.now());
  }

  /** @param hurries a request that comes meanwhile need not wait so long */
  private replace(why: string, ms: number, hurries = false): void {
    if (this.state === 'starting' || this.state === 'closed') return;
    this.endWait();
    const when = ms === 0 ? 'now' : `in ${ms / 1000} s (option restart-backoff)`;
    const { title, anew } = this.serving;
    this.xl.log.warning(`${title} is started anew ${when}: ${why}`, { msgid: anew });
    const go = (): void => {
      this.endWait();
      this.state = 'starting';
      this.owner.startAnew();
    };
    if (ms === 0) {
      go();
      return;
    }
    this.state = 'waiting';
    if (hurries) this.startNow = go;
    this.cancelWait = this.xl.context.after(ms, go);
  }

  private endWait(): void {
    this.cancelWait?.();
    this.cancelWait = this.startNow = null;
  }

  // -- requests ----------------------------------------------------------------------------------

  /** A request came while nothing serves. */
  unserved(name: FopName, frame: Frame, args: readonly unknown[]): void {
    const bypasses = this.policy.onError === 'bypass' && this.xl.passingChild !== undefined;
    if (!bypasses) this.startNow?.();
    if (bypasses || this.state !== 'starting') this.without(name, frame, args);
    else this.held.push({ name, frame, args });
  }

  /** Answers a request that is not to be given to the module; false when it may be. */
  refuses(name: FopName, frame: Frame, args: readonly unknown[]): boolean {
    const { harmful, xl } = this;
    if (harmful.size === 0 || !harmful.refuses(name, args, xl.context.now())) return false;
    this.without(name, frame, args);
    return true;
  }

  /** Answers a request in the module's place, by `on-error`. */
  without(name: FopName, frame: Frame, args: readonly unknown[]): void {
    const { counters } = this.owner;
    const child = this.xl.passingChild;
    if (this.policy.onError === 'bypass' && child !== undefined && !this.isClosed) {
      counters.bypassed += 1;
      tailArgs[name](frame, child, args);
    } else {
      counters.failures += 1;
      fail[name](frame, this.policy.error);
    }
  }

  private failHeld(): void {
    for (const { name, frame } of this.held.splice(0)) {
      this.owner.counters.failures += 1;
      fail[name](frame, this.policy.error);
    }
  }

  /**
   * Enters the held requests; after a slow one it yields to other sources. Requests of callers that have
   * ended an interpreter enter last, so that other callers wait for one start at most.
   */
  private enterHeld(): void {
    if (this.state !== 'serving') return;
    const { context } = this.xl;
    const { slow } = turn;
    const now = context.now();
    const isBlamed = ({ frame }: Held): boolean => this.harmful.isBlamed(frame.root.uid, now);
    const held = this.held.splice(0);
    for (const each of [...held.filter((one) => !isBlamed(one)), ...held.filter(isBlamed)]) {
      if (isLong(context, slow)) this.held.push(each);
      else this.enterAgain(each);
    }
    if (this.held.length > 0) context.after(PAUSE_MS, () => this.enterHeld());
  }

  /** The code that is there now may see it, or let it pass. */
  private enterAgain({ name, frame, args }: Held): void {
    const fop = this.xl.fops[name] as Fop<FopName, unknown> | undefined;
    const child = this.xl.passingChild;
    if (fop !== undefined) (fop as (...all: unknown[]) => void)(frame, this.xl, ...args);
    else if (child !== undefined) tailArgs[name](frame, child, args);
    else fail[name](frame, EOPNOTSUPP);
  }
}
