/**
 * The host of one volume: which interpreter serves it, and what becomes of its failures.
 *
 * A new interpreter is made ready beside the one that works, and takes over in one step: from then
 * on requests enter it, while those on their way finish where they began. So it is on a reload (the
 * code or the options changed) and on a restart (see policy.ts). When the new one does not start,
 * the old one stays. One that is lost has nothing to stay for: until its successor is there,
 * requests wait for it, or fail when that has to wait itself.
 */

import { EOPNOTSUPP } from '../../runtime/core/errno.ts';
import type { EventName } from '../../runtime/core/events.ts';
import type { FopName } from '../../runtime/core/fops.gen.ts';
import type { Frame } from '../../runtime/core/frame.ts';
import { messages } from '../../runtime/core/messages.ts';
import { turn } from '../../runtime/core/turn.ts';
import {
  childrenUp,
  type Dump,
  type Fop,
  type Fops,
  isChange,
  type Reloaded,
  sayUp,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { FAILED } from './guest.ts';
import type { Incarnation } from './incarnation.ts';
import { notesOf } from './notes.ts';
import type { Counters, Owner } from './owner.ts';
import type { Plan } from './plan.ts';
import { Backoff, type Policy } from './policy.ts';
import { oneRecord } from './record.ts';
import { isLong, PAUSE_MS } from './turns.ts';

/** Characters of a module's statedump, as JSON: the kernel hands out no more of all of them. */
const MOST_TOLD = 65_536;
/** Interpreters that finish what they began, beside the one that serves. */
const MOST_RETIRED = 4;

/** Makes one ready to serve. `fresh`: reads the module again. @throws what its author did wrong */
export type Begin = (owner: Owner, fresh: boolean) => Promise<Incarnation>;

interface Held {
  readonly plan: Plan;
  readonly frame: Frame;
  readonly args: unknown[];
}

export class Host implements Owner {
  readonly counters: Counters & { restarts: number; reloads: number } = {
    calls: 0,
    failures: 0,
    bypassed: 0,
    timeouts: 0,
    interrupted: 0,
    restarts: 0,
    reloads: 0,
  };
  policy: Policy;
  private readonly xl: Xlator<unknown>;
  private readonly begin: Begin;
  /** The one that serves. */
  private current!: Incarnation;
  /** Those that finish what they began. */
  private readonly retired = new Set<Incarnation>();
  /** Requests that wait for a successor of an interpreter that was lost. */
  private held: Held[] = [];
  /** The last event that came from above, and from each child, as a successor is told of them. */
  private readonly seen = new Map<unknown, readonly [event: EventName, data: unknown]>();
  private backoff: Backoff;
  private failures = 0;
  private state: 'serving' | 'waiting' | 'starting' | 'closed' = 'serving';
  private cancelWait: (() => void) | null = null;
  private reloading: Promise<Reloaded> | null = null;

  constructor(xl: Xlator<unknown>, policy: Policy, begin: Begin) {
    this.xl = xl;
    this.policy = policy;
    this.begin = begin;
    this.backoff = new Backoff(policy.restartBackoff);
  }

  async start(): Promise<void> {
    this.current = await this.begin(this, true);
  }

  get incarnation(): Incarnation {
    return this.current;
  }

  get incarnations(): readonly Incarnation[] {
    return [this.current, ...this.retired];
  }

  /** Requests in the interpreter that serves, by its number for them. */
  get requests(): Incarnation['requests'] {
    return this.current.requests;
  }

  /** What the module tells about itself, its names behind `module.`. */
  statedump(): Dump {
    const { current } = this;
    if (current.dead || !current.has('statedump')) return {};
    const told = current.guest.tell('statedump');
    current.died('statedump');
    if (told !== undefined && told.length > MOST_TOLD) {
      return { module: `too long: ${told.length} characters, of ${MOST_TOLD} at most` };
    }
    const found: unknown = told === undefined ? null : JSON.parse(told);
    if (typeof found !== 'object' || found === null) return { module: 'statedump failed' };
    return Object.fromEntries(
      Object.entries(found).map(([key, value]) => [
        `module.${key}`,
        typeof value === 'number' ? value : String(value),
      ]),
    );
  }

  fops(): Fops<unknown> {
    return this.current.fops();
  }

  /** The policy may change while the volume runs. */
  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.backoff = new Backoff(policy.restartBackoff);
  }

  /** What an event is about comes as data. */
  notify(event: EventName, data: unknown): void {
    if (event === 'PARENT_UP' || event === 'PARENT_DOWN') this.seen.set('parent', [event, data]);
    if (isChange(event)) this.seen.set(data, [event, data]);
    this.tell(this.current, event, data);
  }

  /** Whether the volume is up, as the module has said; null when it leaves that to its children. */
  get saysUp(): boolean | null {
    return this.current.api.saysUp;
  }

  private tell(incarnation: Incarnation, event: EventName, data: unknown): void {
    if (!incarnation.has('notify')) return;
    const child = this.xl.below.indexOf(data as Xlator);
    incarnation.enterFor(() => incarnation.guest.hook('notify', [event, child]));
  }

  /** The module has said whether its volume is up. Before the graph runs, nobody is told yet. */
  says(api: object, isUp: boolean): void {
    if (this.xl.route !== null && api === this.current.api) sayUp(this.xl as Xlator, isUp);
  }

  /** Another observer sees the volume than before, or none. */
  observed(): void {
    for (const each of this.incarnations) each.notes = notesOf(this.xl, each.guest, each.notes);
  }

  close(): void {
    this.state = 'closed';
    this.cancelWait?.();
    this.failHeld();
    for (const incarnation of this.incarnations) incarnation.close();
  }

  // -- what incarnations report --------------------------------------------------------------

  failed(incarnation: Incarnation): void {
    if (incarnation !== this.current || this.policy.onError !== 'restart') return;
    this.failures += 1;
    const { maxFailures } = this.policy;
    if (this.failures === maxFailures) this.replace(`failures: ${maxFailures}`);
  }

  lost(incarnation: Incarnation, why: string): void {
    this.xl.log.critical(oneRecord(`the interpreter is lost: ${why}`), {
      msgid: messages.interpreterLost.id,
    });
    if (incarnation === this.current) this.replace('it is lost');
  }

  drained(incarnation: Incarnation): void {
    this.retired.delete(incarnation);
    incarnation.close();
  }

  unserved(plan: Plan, frame: Frame, args: unknown[]): void {
    const child = this.xl.passingChild;
    if (this.policy.onError === 'bypass' && child !== undefined) {
      this.counters.bypassed += 1;
      plan.tail(frame, child, args);
    } else if (this.state === 'starting') {
      this.held.push({ plan, frame, args });
    } else {
      this.counters.failures += 1;
      plan.fail(frame, this.policy.error);
    }
  }

  private failHeld(): void {
    for (const { plan, frame } of this.held.splice(0)) {
      this.counters.failures += 1;
      plan.fail(frame, this.policy.error);
    }
  }

  // -- successors ------------------------------------------------------------------------------

  /** Gives the volume a fresh interpreter with the code it has. */
  private replace(why: string): void {
    if (this.state !== 'serving') return;
    const ms = this.backoff.next(this.xl.context.now());
    const when = ms === 0 ? 'now' : `in ${ms / 1000} s (option restart-backoff)`;
    this.xl.log.warning(`the interpreter is started anew ${when}: ${why}`, {
      msgid: messages.startedAnew.id,
    });
    this.state = 'waiting';
    const go = (): void => {
      this.cancelWait = null;
      this.state = 'starting';
      void this.restart();
    };
    if (ms === 0) go();
    else {
      this.failHeld();
      this.cancelWait = this.xl.context.after(ms, go);
    }
  }

  /** Never rejects: what goes wrong is in the log. */
  private async restart(): Promise<void> {
    await this.reloading;
    const before = this.current;
    try {
      const next = await this.begin(this, false);
      if (this.isClosed()) {
        next.close();
        return;
      }
      this.counters.restarts += 1;
      this.state = 'serving';
      this.takeOver(next);
    } catch (error) {
      if (this.isClosed()) return;
      this.state = 'serving';
      this.failures = 0;
      this.xl.log.error(`the interpreter does not start anew: ${reason(error)}`, {
        msgid: messages.notStartedAnew.id,
      });
      this.failHeld();
      if (before.dead) this.replace('it is still lost');
    }
  }

  /** Whether it was closed while something was awaited. */
  private isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Reads the module again and lets it take over; when it does not start, the old one stays. */
  reload(): Promise<Reloaded> {
    const before = this.reloading ?? Promise.resolve();
    const mine = before.then(() => this.loadAgain());
    this.reloading = mine;
    void mine.then(() => {
      if (this.reloading === mine) this.reloading = null;
    });
    return mine;
  }

  private async loadAgain(): Promise<Reloaded> {
    let next: Incarnation | null = null;
    try {
      next = await this.begin(this, true);
      if (this.isClosed()) throw new Error('the volume has ended');
      handOver(this.current, next);
      this.counters.reloads += 1;
      this.takeOver(next);
      this.xl.log.info('reloaded', { msgid: messages.moduleReloaded.id });
      return { ok: true, text: 'reloaded' };
    } catch (error) {
      next?.close();
      const text = `not reloaded, the code before goes on: ${reason(error)}`;
      if (!this.isClosed()) this.xl.log.error(text, { msgid: messages.moduleNotReloaded.id });
      return { ok: false, text };
    }
  }

  /** What the module remembers, as JSON; undefined when it has no `dump_state`. @throws {Error} */
  takeState(): string | undefined {
    return stateOf(this.current);
  }

  /** Goes on with what `takeState` of another has given, where the module wants it. @throws {Error} */
  giveState(state: string): void {
    restore(this.current, state);
  }

  /** Whether `giveState` does anything. */
  get takesState(): boolean {
    return this.current.has('load_state');
  }

  private takeOver(next: Incarnation): void {
    const before = this.current;
    this.current = next;
    this.failures = 0;
    this.retired.add(before);
    this.xl.exchangeFops(next.fops());
    for (const [event, data] of this.seen.values()) this.tell(next, event, data);
    next.drain();
    sayUp(this.xl as Xlator, this.saysUp ?? childrenUp(this.xl as Xlator));
    this.enterHeld();
    before.retire();
    this.endOldest();
  }

  /** What is never answered must not keep ever more interpreters. */
  private endOldest(): void {
    const [oldest] = this.retired;
    if (oldest === undefined || this.retired.size <= MOST_RETIRED) return;
    this.xl.log.warning(
      `requests that an earlier interpreter has not answered fail: ${oldest.requests.size}; ` +
        `beside the one that serves there are ${MOST_RETIRED} at most`,
      { msgid: messages.oldRequestsFail.id },
    );
    this.drained(oldest);
  }

  /** After one for which the module took long, others have their turn. */
  private enterHeld(): void {
    if (this.state !== 'serving') return;
    const { context } = this.xl;
    const { slow } = turn;
    for (const each of this.held.splice(0)) {
      if (isLong(context, slow)) this.held.push(each);
      else this.enterAgain(each);
    }
    if (this.held.length > 0) context.after(PAUSE_MS, () => this.enterHeld());
  }

  /** A request that waited: the code that is there now may see it. */
  private enterAgain({ plan, frame, args }: Held): void {
    const fop = this.xl.fops[plan.name] as Fop<FopName, unknown> | undefined;
    const child = this.xl.passingChild;
    if (fop !== undefined) (fop as (...all: unknown[]) => void)(frame, this.xl, ...args);
    else if (child !== undefined) plan.tail(frame, child, args);
    else plan.fail(frame, EOPNOTSUPP);
  }
}

/** Carries a module's state over, when both sides want it. @throws {Error} when either fails */
function handOver(from: Incarnation, to: Incarnation): void {
  if (!to.has('load_state')) return;
  const state = stateOf(from);
  if (state !== undefined) restore(to, state);
}

function stateOf(from: Incarnation): string | undefined {
  if (from.dead || !from.has('dump_state')) return undefined;
  const state = from.guest.tell('dump_state');
  if (state === undefined) throw new Error('dump_state failed');
  return state;
}

function restore(to: Incarnation, state: string): void {
  if (!to.has('load_state')) return;
  if (to.guest.hook('load_state', [state]) === FAILED) throw new Error('load_state failed');
  to.drain();
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
