/**
 * The host of one module: requests on their way into a guest and back.
 *
 * What a guest decides takes effect when it has returned: its result is carried out, then the
 * messages it has pushed, in order. So a guest is never entered while it runs, an exception can
 * still turn all of a call into one failure, and a chain of callbacks does not deepen the stack.
 *
 * Every request is answered exactly once: by the guest, or by the host when the guest cannot any
 * more. What comes later finds it answered and is dropped.
 */
import { EIO } from '../../runtime/core/errno.ts';
import { type FopName, fail } from '../../runtime/core/fops.gen.ts';
import { type FopRow, findFop, fops as table } from '../../runtime/core/fops.ts';
import { type Frame, newRequest, Stack } from '../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../runtime/core/generic.gen.ts';
import type { Loc } from '../../runtime/core/loc.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../runtime/core/xlator.ts';
import { type Entry, FAILED, type Guest, SAME, type Scalar, TAIL, WIND } from './guest.ts';
import type { Lent } from './lent.ts';
import { MessageError, unpack } from './message.ts';
import { type Plan, planFor, type ReplyPlan, replyPlanFor } from './plan.ts';
import { Request } from './request.ts';

/** pid of requests that a module starts by itself: none of the numbers GlusterFS has given out. */
const OWN_PID = -100;
/** Numbers of requests start over here, so that they stay small integers. */
const LAST_ID = 0x3fffffff;
const SWEEP_MS = 1000;

type AnyCbk = Cbk<FopName, unknown>;

export class Host {
  readonly counters = { calls: 0, failures: 0, timeouts: 0 };
  /** Requests that outlived a call into the guest, oldest first. */
  readonly requests = new Map<number, Request>();
  /** The request for which the guest runs now. */
  current: Request | null = null;
  private readonly xl: Xlator<unknown>;
  private readonly frameTimeoutSeconds: number;
  private readonly plans = new Map<string, Plan>();
  private readonly replyPlans = new Map<string, ReplyPlan>();
  private readonly guestCbks = new Map<string, AnyCbk>();
  private readonly messages: { readonly id: number; readonly text: string }[] = [];
  private guest!: Guest;
  private lent!: Lent;
  private draining = false;
  private lastId = 0;
  /** Counts sweeps: a clock that costs nothing to read. */
  private clock = 0;
  private cancelSweep: (() => void) | null = null;

  /** @param frameTimeoutSeconds how long a request may stay unanswered; 0 for ever. */
  constructor(xl: Xlator<unknown>, frameTimeoutSeconds: number) {
    this.xl = xl;
    this.frameTimeoutSeconds = frameTimeoutSeconds;
  }

  /** The fops of the volume: what the module defines, and what its hooks need to see. */
  attach(guest: Guest, lent: Lent): Fops<unknown> {
    this.guest = guest;
    this.lent = lent;
    const made: { [N in FopName]?: Fop<FopName, unknown> } = {};
    for (const row of table) {
      const plan = planFor(row, guest);
      if (plan === null) continue;
      this.plans.set(row.name, plan);
      made[plan.name] = collect[plan.name]((frame, _, args) =>
        this.enter(plan, frame, args),
      ) as Fop<FopName, unknown>;
    }
    return made as Fops<unknown>;
  }

  // -- down ------------------------------------------------------------------------------------

  private enter(plan: Plan, frame: Frame, args: unknown[]): void {
    this.lastId = this.lastId === LAST_ID ? 1 : this.lastId + 1;
    const request = new Request(this.lastId, plan.row, frame, args);
    if (plan.enter === null) {
      this.windAsCame(request, plan);
      return;
    }
    const { scratch } = plan;
    scratch[0] = request.id;
    plan.flatten(args, scratch, 1);
    this.call(request, plan.enter, scratch);
  }

  /** Enters the guest for a request and carries out what it decided. */
  private call(request: Request, entry: Entry, args: readonly Scalar[]): void {
    this.counters.calls += 1;
    this.current = request;
    let code: number;
    try {
      code = entry(args);
    } catch (error) {
      // The engine itself gave up (memory, stack, a limit): the script could not say so.
      this.xl.log.error(`${request.name}: ${error instanceof Error ? error.message : error}`);
      code = FAILED;
    }
    this.current = null;
    this.carryOut(request, code);
    this.drain();
  }

  /** Enters the guest for something that is no request (a timer, a hook). */
  enterFor(what: () => number): void {
    if (what() === FAILED) this.counters.failures += 1;
    this.drain();
  }

  private carryOut(request: Request, code: number): void {
    if (code < 0) this.answer(request, -1, -code, null);
    else if (code === WIND || code === TAIL) {
      this.windAsCame(request, this.plans.get(request.name)!);
    } else if (code === FAILED) {
      this.dropMessages(request.id);
      this.failRequest(request);
    } else if (code >= SAME) {
      const reply = request.replies[code - SAME];
      if (reply === undefined) this.failRequest(request);
      else this.answer(request, reply.opRet, reply.opErrno, reply.values);
    } else if (!request.answered) this.keep(request);
  }

  /** Passes a request on with the arguments it came with. */
  private windAsCame(request: Request, plan: Plan): void {
    const child = this.xl.children[0];
    const { frame, args } = request;
    if (child === undefined) {
      this.noChild(request);
    } else if (plan.cbk) {
      this.keep(request);
      frame.local = request;
      request.owed += 1;
      windArgs[plan.name](frame, 0, this.guestCbk(plan.row) as never, child, args);
    } else if (plan.creates >= 0 || plan.removes >= 0) {
      frame.local = request;
      request.owed += 1;
      windArgs[plan.name](frame, 0, this.hookCbk(plan) as never, child, args);
    } else {
      request.answered = true;
      this.requests.delete(request.id);
      frame.local = null;
      tailArgs[plan.name](frame, child, args);
    }
  }

  private noChild(request: Request): void {
    this.xl.log.error(`${request.name}: there is no such subvolume to wind to`);
    this.guest.cancel(request.id);
    this.failRequest(request);
  }

  // -- up --------------------------------------------------------------------------------------

  /** What children call back when the guest wants the reply; the cookie is the wind's number. */
  private guestCbk(row: FopRow): AnyCbk {
    let cbk = this.guestCbks.get(row.name);
    if (cbk === undefined) {
      const replyPlan = replyPlanFor(row, this.guest);
      this.replyPlans.set(row.name, replyPlan);
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        const request = frame.local as Request;
        request.owed -= 1;
        request.replies[wind] = { row, opRet, opErrno, values };
        this.replied(request, replyPlan, wind, opRet, opErrno, values);
      }) as AnyCbk;
      this.guestCbks.set(row.name, cbk);
    }
    return cbk;
  }

  /** The same when only a hook is interested in the fop. */
  private hookCbk(plan: Plan): AnyCbk {
    return collectCbk[plan.name]((frame, _cookie, _xl, opRet, opErrno, values) => {
      const request = frame.local as Request;
      request.owed -= 1;
      this.answer(request, opRet, opErrno, values);
    }) as AnyCbk;
  }

  private replied(
    request: Request,
    { enter, flatten, scratch }: ReplyPlan,
    wind: number,
    opRet: number,
    opErrno: number,
    values: readonly unknown[],
  ): void {
    if (!request.abandoned) {
      scratch[0] = request.id;
      scratch[1] = wind;
      scratch[2] = opRet;
      scratch[3] = opErrno;
      flatten(values, scratch, 4);
      this.call(request, enter, scratch);
    }
    if (request.owed === 0 && (request.answered || request.id < 0)) {
      this.requests.delete(request.id);
    }
  }

  private answer(
    request: Request,
    opRet: number,
    opErrno: number,
    values: readonly unknown[] | null,
  ): void {
    if (request.answered || request.id < 0) return;
    request.answered = true;
    if (request.owed === 0) this.requests.delete(request.id);
    const { frame } = request;
    if (opRet >= 0) this.tellEntries(request);
    // With answers still owed the frame goes on leading to the request.
    if (request.owed === 0) frame.local = null;
    if (values === null) fail[request.name](frame, opErrno);
    else unwindArgs[request.name](frame, opRet, opErrno, values);
  }

  /** Answers in the guest's place: it has failed, or can no longer be asked. */
  failRequest(request: Request): void {
    this.counters.failures += 1;
    request.abandoned = true;
    this.answer(request, -1, EIO, null);
  }

  private tellEntries(request: Request): void {
    const plan = this.plans.get(request.name);
    if (plan === undefined) return;
    if (plan.removes >= 0) this.tellEntry('entry_removed', request.args[plan.removes] as Loc);
    if (plan.creates >= 0) this.tellEntry('entry_created', request.args[plan.creates] as Loc);
  }

  private tellEntry(hook: 'entry_created' | 'entry_removed', loc: Loc): void {
    const { inode, parent, name, pargfid } = loc;
    const args = [inode?.id ?? 0, parent?.id ?? 0, name ?? undefined, undefined, pargfid];
    if (this.guest.hook(hook, args) === FAILED) this.counters.failures += 1;
  }

  // -- messages --------------------------------------------------------------------------------

  /** The guest has something to say about a request; carried out when it has returned. */
  push(id: number, text: string): void {
    if (this.current?.id === id) this.keep(this.current);
    else if (id < 0 && !this.requests.has(id)) {
      const frame = newRequest(new Stack(0, 0, OWN_PID, 'NULL'), this.xl);
      this.keep(new Request(id, table[0]!, frame, []));
    }
    this.messages.push({ id, text });
  }

  private drain(): void {
    if (this.draining) return;
    this.draining = true;
    let message = this.messages.shift();
    while (message !== undefined) {
      const request = this.requests.get(message.id);
      if (request !== undefined && !request.answered) this.obey(request, message.text);
      message = this.messages.shift();
    }
    this.draining = false;
  }

  private dropMessages(id: number): void {
    const rest = this.messages.filter((message) => message.id !== id);
    this.messages.splice(0, this.messages.length, ...rest);
  }

  private obey(request: Request, text: string): void {
    try {
      const [verb, ...rest] = JSON.parse(text) as [string, ...unknown[]];
      if (verb === 'wind') this.obeyWind(request, rest);
      else if (verb === 'unwind') this.obeyUnwind(request, rest);
      else this.failRequest(request);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.xl.log.error(`${request.name}: ${error.message}`);
      this.guest.cancel(request.id);
      this.failRequest(request);
    }
  }

  private obeyWind(request: Request, [wind, index, fop, args]: unknown[]): void {
    const row = findFop(String(fop));
    if (row === undefined || typeof wind !== 'number') throw new MessageError(`${fop} is no fop`);
    const child = this.xl.children[index as number];
    if (child === undefined) {
      this.noChild(request);
      return;
    }
    const values = unpack(row.args, args, this.lent.source(request));
    request.frame.local = request;
    request.owed += 1;
    const cbk = this.guestCbk(row) as never;
    windArgs[row.name as FopName](request.frame, wind, cbk, child, values);
  }

  private obeyUnwind(request: Request, [opRet, opErrno, reply]: unknown[]): void {
    if (!Number.isSafeInteger(opRet)) throw new MessageError('op_ret must be an integer');
    const failed = (opRet as number) < 0;
    if (failed && !(Number.isSafeInteger(opErrno) && (opErrno as number) > 0)) {
      throw new MessageError('a failure needs a positive op_errno');
    }
    const values = unpack(request.row.reply, reply, this.lent.source(request));
    this.answer(request, opRet as number, failed ? (opErrno as number) : 0, values);
  }

  // -- what waits ------------------------------------------------------------------------------

  private keep(request: Request): void {
    if (request.since >= 0) return;
    request.since = this.clock;
    this.requests.set(request.id, request);
    if (this.cancelSweep === null) this.sweepLater();
  }

  private sweepLater(): void {
    this.cancelSweep = this.xl.context.after(SWEEP_MS, () => this.sweep());
  }

  /** Finds requests that nothing can reach any more, and those that have waited too long. */
  private sweep(): void {
    this.cancelSweep = null;
    this.clock += 1;
    if (this.requests.size === 0) return;
    for (const request of this.requests.values()) {
      if (request.since >= this.clock - 1) break;
      if (request.owed > 0 || request.answered) continue;
      this.guest.collect();
      break;
    }
    const limit = this.frameTimeoutSeconds;
    for (const request of limit === 0 ? [] : [...this.requests.values()]) {
      if (this.clock - request.since <= limit) break;
      if (request.answered) continue;
      this.counters.timeouts += 1;
      this.xl.log.error(`${request.name}: no answer within ${limit} s (option frame-timeout)`);
      this.guest.cancel(request.id);
      this.failRequest(request);
    }
    this.drain();
    if (this.requests.size > 0) this.sweepLater();
  }

  /** The guest knows that a request can no longer be answered. */
  lost(id: number): void {
    this.push(id, '["failed"]');
  }

  /** The volume ends: whatever is still owed is answered. */
  close(): void {
    this.cancelSweep?.();
    for (const request of [...this.requests.values()]) this.failRequest(request);
    this.requests.clear();
  }
}
