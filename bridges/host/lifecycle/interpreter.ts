/**
 * Manages one running interpreter: passes requests and replies to its guest, and carries out the guest's decisions.
 * Decisions take effect when the guest has returned: first its result, then its messages in order, so that an exception
 * fails the whole call. Every request is answered exactly once; later decisions are dropped.
 */
import { EINTR } from '../../../runtime/core/errno.ts';
import { INTERRUPT_GRACE_MS } from '../../../runtime/core/file-methods.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { collectCbk, type FopName, windArgs } from '../../../runtime/core/gen/fops.gen.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Child, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import type { Entry } from '../crossing/crossings.gen.ts';
import { type Decision, type GuestMessage, isErrno } from '../crossing/decision.ts';
import { HostApi, type HostMachine } from '../crossing/host-api.ts';
import { type AnyCbk, makeFops, makeGuestCbk, type Plan } from '../crossing/plan.ts';
import {
  type Evaluation,
  type Guest,
  IN_THREAD,
  METHOD_FAILED,
  RETURNED_NOTHING,
  TAIL_UNCHANGED,
  UNWIND_UNCHANGED,
  WIND_UNCHANGED,
} from '../guest.ts';
import { registerForRecovery } from '../limits/interpreter-gate.ts';
import { formatAsOneRecord, requestFailedFields } from '../limits/limited-log.ts';
import { noteChosenFailure } from '../requests/chosen-failure.ts';
import { DecisionQueue } from '../requests/decision-queue.ts';
import { callEntryHooks } from '../requests/entry-hooks.ts';
import { decodeMessage, findOrMakeRequest } from '../requests/guest-messages.ts';
import { readReturnedCode, takeReturned } from '../requests/hosted-files.ts';
import { HostedRequest } from '../requests/hosted-request.ts';
import { notifyIfInterrupted } from '../requests/interrupt-notice.ts';
import { linkRecorded, lookUpUnknownName, recordName } from '../requests/name-lookups.ts';
import type { Notes } from '../requests/notes.ts';
import { PendingRequests } from '../requests/pending-requests.ts';
import { findBypass, type Limits, type Owner } from './failure-policy.ts';

/** Request numbers wrap here, so that they stay small. */
const MAX_ID = 0x3fffffff;

/**
 * The life of an interpreter:
 *
 *   SERVING    requests enter the guest
 *   RETIRED    a successor serves: pending requests end, and then the interpreter
 *   CLOSING    pending requests fail; the children may have ended, so none is bypassed
 *   LOST       the guest can no longer be entered: new requests wait for a successor, or fail
 *   FORSAKEN   lost, and a successor serves: the interpreter ends with the call that runs
 *   CLOSED     everything is freed
 */
const LIFE = {
  SERVING: 0,
  RETIRED: 1,
  CLOSING: 2,
  LOST: 3,
  FORSAKEN: 4,
  CLOSED: 5,
} as const;
type Life = (typeof LIFE)[keyof typeof LIFE];

const { SERVING, RETIRED, CLOSING, LOST, FORSAKEN, CLOSED } = LIFE;

/** retire: a successor serves; lose: the guest has failed; close: the end begins, or is complete. */
type LifeEvent = 'retire' | 'lose' | 'close';

/** The next states. An event that a state lacks changes nothing. */
const NEXT: Readonly<Record<Life, { readonly [E in LifeEvent]?: Life }>> = {
  [SERVING]: { retire: RETIRED, lose: LOST, close: CLOSING },
  [RETIRED]: { lose: FORSAKEN, close: CLOSING },
  [CLOSING]: { lose: CLOSED, close: CLOSED },
  [LOST]: { retire: FORSAKEN, close: CLOSED },
  [FORSAKEN]: { close: CLOSED },
  [CLOSED]: {},
};

const nextLife = (life: Life, event: LifeEvent): Life => NEXT[life][event] ?? life;

export class Interpreter {
  readonly api: HostApi;
  /** The request for which the guest runs now; null outside of such a call. */
  currentRequest: HostedRequest | null = null;
  /** The notes for an observer; null without one. */
  notes: Notes | null = null;
  private readonly xl: Xlator<unknown>;
  readonly owner: Owner;
  readonly pending: PendingRequests;
  /** Callbacks by fop: of winds whose reply the guest sees, and of relayed requests. */
  private readonly guestCbks = new Map<string, AnyCbk>();
  private readonly tailCbks = new Map<string, AnyCbk>();
  /** The guest's decisions that are not carried out yet. */
  readonly decisions: DecisionQueue<HostedRequest>;
  private guestOrNull: Guest | null = null;
  private readonly unregisterTurnEnd = registerForRecovery(this);
  private life: Life = SERVING;
  private lastId = 0;
  private limits: Limits;

  constructor(xl: Xlator<unknown>, owner: Owner, limits: Limits, machine: HostMachine) {
    this.xl = xl;
    this.owner = owner;
    this.limits = limits;
    this.api = new HostApi(xl, this, limits, machine);
    const readFreeBytes = (): number => this.limits.memoryLimitBytes - this.guest.memoryBytes;
    this.decisions = new DecisionQueue(xl.context, readFreeBytes, () => this.runDecisions());
    this.pending = new PendingRequests(limits.frameTimeoutS, xl.calls, {
      after: (ms, fn) => xl.context.after(ms, fn),
      collectUnreachable: () => this.enterFor(() => this.guest.callHook('collect', [])),
      failOverdue: (request) => this.failOverdue(request),
    });
  }

  /** True once the guest can no longer be entered: it is lost or closed. */
  get isDead(): boolean {
    return this.life >= LOST;
  }

  get hasServed(): boolean {
    return this.lastId > 0;
  }

  get guest(): Guest {
    if (this.guestOrNull === null) throw new Error('the interpreter has no guest yet');
    return this.guestOrNull;
  }

  attach(guest: Guest): void {
    this.guestOrNull = guest;
    this.api.attach(guest);
  }

  hasHook(hook: Guest['description']['hooks'][number]): boolean {
    return this.guest.description.hooks.includes(hook);
  }

  /** Makes the volume's fops: those that the module defines or its hooks need. */
  makeFops(): Fops<unknown> {
    return makeFops(this.guest, this.xl, this);
  }

  /** Begins a request; returns null if it does not enter the guest. */
  begin(plan: Plan, frame: Frame, args: readonly unknown[]): HostedRequest | null {
    const { succession } = this.owner;
    if (this.isDead) {
      succession.holdOrFail(plan, frame, args);
      return null;
    }
    if (succession.blamesRequests && succession.failIfHarmful(plan, frame, args)) return null;
    this.lastId = this.lastId === MAX_ID ? 1 : this.lastId + 1;
    const request = new HostedRequest(this.lastId, plan, frame, args);
    plan.scratch[0] = request.id;
    if (plan.enter !== null) return request;
    this.windToChild(request, plan, plan.seesReplies);
    return null;
  }

  /** Enters the guest with the entry's scalars, and carries out its decisions. */
  callGuest(request: HostedRequest, entry: Entry): void {
    const { enter, scratch } = entry;
    this.owner.counters.calls += 1;
    const { slowCallCount } = turn;
    this.currentRequest = request;
    let code: number;
    try {
      code = this.notes === null ? enter!(scratch) : this.notes.observe(request, enter!, scratch);
    } catch (error) {
      code = this.handleFault(request, error, slowCallCount);
    }
    this.currentRequest = null;
    if (code === IN_THREAD) {
      request.copyBorrowedData();
      request.callsInThread += 1;
      this.pending.add(request);
      this.guest.thread!.awaitResult();
      return;
    }
    if (request.borrowing !== null) request.returnBorrowedData(code >= UNWIND_UNCHANGED);
    this.carryOutResult(request, code);
  }

  /** Carries out the result of a call in the guest's thread. @param error what the call has thrown */
  finishCall(request: HostedRequest, code: number, error: Error | null): void {
    request.callsInThread -= 1;
    if (this.isDead) return;
    if (!request.isAbandoned) {
      this.carryOutResult(request, error === null ? code : this.handleFault(request, error));
      return;
    }
    this.pending.removeIfDone(request);
    this.runDecisions();
  }

  /** Recovers from an aborted turn (interpreter-gate.ts): the current call did not return. */
  recover(): void {
    const request = this.currentRequest;
    this.currentRequest = this.xl.frame = null;
    request?.returnBorrowedData(false);
    if (request === null) this.checkLost();
    else this.carryOutResult(request, this.handleFault(request, this.guest.failure));
    // Some requests may have been done, but not dropped yet, when the turn was aborted.
    for (const request of [...this.pending.values()]) this.pending.removeIfDone(request);
    this.runDecisions();
  }

  private handleFault(
    request: HostedRequest,
    error: unknown,
    slowCallCount = turn.slowCallCount,
  ): number {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.checkLost(request)) return METHOD_FAILED;
    this.xl.log.error(formatAsOneRecord(`${request.name}: ${reason}`), requestFailedFields);
    this.api.notifications.send(() => {
      this.guest.callHook('cancel', [request.id]);
      this.checkLost(request, `the end of ${request.name}`);
    }, slowCallCount);
    return METHOD_FAILED;
  }

  /** Whether the interpreter is lost; then all requests fail. @param activity what it did for `blamed`, for the log */
  checkLost(blamed: HostedRequest | null = null, activity = blamed?.name): boolean {
    const reason = this.guest.failure;
    if (reason === undefined || this.isDead) return this.isDead;
    this.life = nextLife(this.life, 'lose');
    const cause = activity === undefined ? reason : `${activity}: ${reason}`;
    // First: callers of failed requests may send new ones, which must wait for the successor.
    this.owner.handleLoss(this, cause, blamed);
    for (const request of [...this.pending.values()]) this.fail(request);
    this.decisions.clear();
    // Its successor may start late.
    this.api.fds.releaseAll();
    return true;
  }

  /** Enters the guest for a timer, hook or notice; `about` is the request concerned. */
  enterFor(call: () => number | undefined, about: HostedRequest | null = null): void {
    if (call() === METHOD_FAILED || this.guest.failure !== undefined) {
      this.owner.counters.failures += 1;
      if (!this.checkLost(about)) this.owner.noteFailure(this);
    }
    this.runDecisions();
  }

  private carryOutResult(request: HostedRequest, code: number): void {
    if (code < 0) this.unwind(request, -1, -code, null);
    else if (code === WIND_UNCHANGED || code === TAIL_UNCHANGED) {
      const { plan, isAnswered } = request;
      // Of an answered request, the frame is another's by now; a request of its own has no arguments.
      if (plan === null || isAnswered) this.cancelRequest(request, 'wound after its answer');
      else this.windToChild(request, plan, code === WIND_UNCHANGED);
    } else if (code === METHOD_FAILED) {
      // Before the reply, because the caller's next request must not enter a lost interpreter.
      this.checkLost(request);
      this.fail(request);
    } else if (code >= RETURNED_NOTHING && request.plan?.again !== undefined)
      this.takeCode(request, code);
    else if (code >= UNWIND_UNCHANGED) {
      const wind = code - UNWIND_UNCHANGED;
      const reply = request.findReply(wind);
      if (reply !== undefined && reply.row === request.plan?.row)
        this.unwind(request, reply.opRet, reply.opErrno, reply.values);
      else this.cancelRequest(request, `passed on reply ${wind}, which has not come`);
    } else if (!request.isAnswered) this.pending.add(request);
    this.runDecisions();
    notifyIfInterrupted(this, request);
    this.pending.removeIfDone(request);
  }

  /** Winds a request. @param needsReply false if the child's reply is unwound without the module */
  private windToChild(
    request: HostedRequest,
    plan: Plan,
    needsReply: boolean,
    child: Child | undefined = this.xl.children[0],
    args = request.args,
  ): void {
    const { frame } = request;
    const isObserved = needsReply || plan.createdLocIndex >= 0 || plan.removedLocIndex >= 0;
    if (child === undefined) this.cancelRequest(request, 'there is no subvolume to wind to');
    else if (isObserved || request.owedReplyCount > 0) {
      // The request stays pending, for hooks and for other children's replies.
      this.pending.add(request);
      frame.local = request;
      request.windCount += 1;
      request.owedReplyCount += 1;
      const cbk = needsReply ? this.getGuestCbk(plan.row) : this.getTailCbk(plan);
      plan.wind(frame, 0, cbk, child, args);
    } else {
      request.isAnswered = true;
      this.pending.remove(request);
      frame.local = null;
      plan.tail(frame, child, args);
    }
  }

  /** Returns the callback of winds whose reply the guest sees; its cookie is the wind's number. */
  getGuestCbk(row: FopRow): AnyCbk {
    let cbk = this.guestCbks.get(row.name);
    if (cbk === undefined) {
      cbk = makeGuestCbk(row, this.guest, this);
      this.guestCbks.set(row.name, cbk);
    }
    return cbk;
  }

  /** Keeps a child's reply, and links its inode in `values`; returns null if it does not enter the guest. */
  takeReply(
    { row, scratch }: Entry,
    frame: Frame,
    wind: number,
    opRet: number,
    opErrno: number,
    values: unknown[],
  ): HostedRequest | null {
    const request = frame.local as HostedRequest;
    if (opRet >= 0 && request.namedLocs !== null) linkRecorded(request, wind, row, values);
    if (opRet < 0 && request.createdFds !== null) this.api.fds.closeFailed(request, wind);
    request.owedReplyCount -= 1;
    if (request.isAbandoned) {
      this.pending.removeIfDone(request);
      return null;
    }
    request.keepReply({ wind, row, opRet, opErrno, values });
    scratch[0] = request.id;
    scratch[1] = wind;
    scratch[2] = opRet;
    scratch[3] = opErrno;
    return request;
  }

  /** Returns the callback of a relayed request, which unwinds the child's reply. */
  private getTailCbk({ name }: Plan): AnyCbk {
    let cbk = this.tailCbks.get(name);
    if (cbk === undefined) {
      cbk = collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, values) => {
        const request = frame.local as HostedRequest;
        request.owedReplyCount -= 1;
        this.unwind(request, opRet, opErrno, values);
        this.pending.removeIfDone(request);
        this.runDecisions();
      }) as AnyCbk;
      this.tailCbks.set(name, cbk);
    }
    return cbk;
  }

  /** Answers a request, if it has not been answered yet. @param values null for a failure */
  private unwind(
    request: HostedRequest,
    opRet: number,
    opErrno: number,
    values: readonly unknown[] | null,
  ): void {
    const { plan, frame } = request;
    if (request.isAnswered || plan === null) return;
    request.isAnswered = true;
    if (request.owedReplyCount === 0) this.pending.remove(request);
    if (opRet < 0 && values === null) noteChosenFailure(request, opErrno);
    if (opRet >= 0 && (plan.createdLocIndex >= 0 || plan.removedLocIndex >= 0))
      this.callEntryHooks(request, plan);
    if (values === null) plan.fail(frame, isErrno(opErrno) ? opErrno : this.owner.policy.errno);
    else plan.unwind(frame, opRet, opErrno, values);
  }

  /** Fails a request whose method failed; its pending decisions are void. */
  private fail(request: HostedRequest): void {
    this.decisions.voidDecisions(request);
    this.failRequest(request);
  }

  /** Fails or bypasses a request by `on-error`, in place of a guest that failed or is gone. */
  private failRequest(request: HostedRequest): void {
    const { counters, policy } = this.owner;
    const { plan, isAnswered, windCount } = request;
    counters.failures += 1;
    request.standing = 'abandoned';
    const isEnding = this.life === CLOSING || this.life === CLOSED;
    const child = plan === null || isEnding ? undefined : findBypass(policy, this.xl, plan);
    if (plan !== null && child !== undefined && !isAnswered && windCount === 0) {
      counters.bypassed += 1;
      this.windToChild(request, plan, false, child);
    } else this.unwind(request, -1, policy.errno, null);
    this.pending.removeIfDone(request);
    if (!this.checkLost(request)) this.owner.noteFailure(this);
  }

  private callEntryHooks(request: HostedRequest, plan: Plan): void {
    if (this.isDead) return;
    const failures = callEntryHooks(this.guest, plan, request, this.xl, this.notes);
    this.owner.counters.failures += failures;
    if (failures > 0 && !this.checkLost(request)) this.owner.noteFailure(this);
  }

  /** @throws {MessageError} */
  queueMessage(id: number, message: GuestMessage, bytes: number): void {
    const request = findOrMakeRequest(this, this.xl, id);
    const decision = decodeMessage(this.api, this.xl, request, message);
    if (decision.verb === 'failed') {
      // One is queued beyond a lane's limit.
      if (request.standing === 'failing') return;
      request.standing = 'failing';
      this.decisions.voidDecisions(request);
    }
    this.decisions.add(request, decision, bytes);
    this.pending.add(request);
  }

  /** Carries out the guest's queued decisions, as many as one turn allows. */
  runDecisions(): void {
    // Before the graph is wired there are no children: requests that `init` began wait.
    if (this.decisions.isRunning || this.xl.children.length < this.xl.below.length) return;
    this.decisions.run(this);
    this.api.endCall();
    this.endIfRetiredAndIdle();
  }

  /** Fails the request when another translator threw during a wind: it must not hang. */
  handleThrow(request: HostedRequest, error: unknown): void {
    this.cancelRequest(request, `${(error as Error).stack ?? error}`);
  }

  /** Fails a request, and notifies the guest that further decisions about it are void. */
  private cancelRequest(request: HostedRequest, why: string): void {
    this.xl.log.error(`${request.name}: ${why}`, requestFailedFields);
    this.guest.callHook('cancel', [request.id]);
    this.failRequest(request);
  }

  /** Ends a request whose caller is interrupted, if its module still goes on after a while. */
  endInterrupted(request: HostedRequest): void {
    this.xl.context.after(INTERRUPT_GRACE_MS, () => {
      if (!request.isPending || this.isDead) return;
      this.guest.callHook('cancel', [request.id]);
      this.unwind(request, -1, EINTR, null);
    });
  }

  carryOutDecision(request: HostedRequest, decision: Decision): void {
    const { plan, frame } = request;
    if (decision.verb === 'wind' && this.refuseExcessiveWind(request)) return;
    if (lookUpUnknownName(this, this.xl, request, decision)) return;
    if (decision.verb === 'wind') {
      // Even if the request was answered meanwhile, every decided wind is carried out.
      const { wind, row, values } = decision;
      frame.local = request;
      if (!this.api.addMissingFd(request, decision)) return;
      recordName(request, wind, row, values);
      const child = this.xl.children[decision.child]!;
      windArgs[row.name as FopName](frame, wind, this.getGuestCbk(row) as never, child, values);
    } else if (request.isAnswered || plan === null) return;
    else if (decision.verb === 'tail') {
      this.windToChild(request, plan, false, this.xl.children[decision.child], decision.values);
    } else if (decision.verb === 'unwind') {
      const { opRet, opErrno, values } = decision;
      if (opRet < 0) noteChosenFailure(request, opErrno);
      this.unwind(request, opRet, opErrno, values);
    } else if (decision.verb === 'return') this.answerMethod(request, decision.value);
    else this.failRequest(request);
  }

  /** Answers the call of a method by the result that a code stands for. */
  private takeCode(request: HostedRequest, code: number): void {
    if (request.isAnswered) return;
    let value: unknown;
    try {
      value = readReturnedCode(request.frame, code, this.api.takeLent());
    } catch (error) {
      this.cancelRequest(request, (error as Error).message);
      return;
    }
    this.answerMethod(request, value);
  }

  /** Answers the call of a method of a file system by path. */
  private answerMethod(request: HostedRequest, value: unknown): void {
    request.isAnswered = true;
    this.pending.remove(request);
    takeReturned(request.frame, value);
  }

  /** Counts a decided wind. Returns true if the request was abandoned, or exceeds its limit. */
  private refuseExcessiveWind(request: HostedRequest): boolean {
    const { windLimit } = this.limits;
    request.windCount += 1;
    const exceedsLimit = request.windCount > windLimit && windLimit > 0 && request.plan !== null;
    if (!request.isAbandoned && !exceedsLimit) return false;
    request.owedReplyCount -= 1;
    if (request.isAbandoned) this.pending.removeIfDone(request);
    else this.cancelRequest(request, `wound ${windLimit} times without an end (option wind-limit)`);
    return true;
  }

  /** Runs a line of a prompt; requests that it sends to children are wound at once. */
  evaluate(source: string): Promise<Evaluation> {
    const evaluation = this.guest.evaluate(source);
    this.checkLost(null, 'a line of the prompt');
    this.runDecisions();
    return evaluation;
  }

  /** Fails a request that the guest can no longer answer. */
  reportLostRequest(id: number): void {
    const request = this.api.findRequest(id);
    if (request === undefined || request.isAnswered) return;
    this.pending.add(request);
    this.decisions.add(request, { verb: 'failed' });
  }

  private failOverdue(request: HostedRequest): void {
    this.owner.counters.timeouts += 1;
    const windCount = request.windCount > 1 ? `, in which it wound ${request.windCount} times` : '';
    this.cancelRequest(
      request,
      `no answer within ${this.pending.limitSeconds} s${windCount} (option frame-timeout)`,
    );
    this.runDecisions();
  }

  setLimits(limits: Limits): void {
    this.limits = limits;
    this.pending.limitSeconds = limits.frameTimeoutS;
    this.api.setLimits(limits);
  }

  /** Finishes pending requests without taking new ones, then calls `endRetired`. */
  retire(): void {
    this.life = nextLife(this.life, 'retire');
    this.endIfRetiredAndIdle();
  }

  private endIfRetiredAndIdle(): void {
    const { life } = this;
    if (life !== FORSAKEN && (life !== RETIRED || this.pending.size > 0)) return;
    if (!this.decisions.isRunning && this.currentRequest === null) this.owner.endRetired(this);
  }

  /** Ends an interpreter that never served, without notifying its module. */
  discard(): void {
    this.life = nextLife(this.life, 'lose');
    this.close();
  }

  /** Ends the interpreter now: fails pending requests, notifies the module, frees the engine. */
  close(): void {
    this.life = nextLife(this.life, 'close');
    this.pending.close();
    this.unregisterTurnEnd();
    for (const request of [...this.pending.values()]) this.fail(request);
    this.decisions.clear();
    const guest = this.guestOrNull;
    if (guest !== null && !this.isDead && this.hasHook('fini')) guest.callHook('fini', []);
    if (guest?.failure !== undefined && !this.isDead)
      this.owner.succession.logLoss(`fini: ${guest.failure}`, null);
    this.life = nextLife(this.life, 'close');
    this.api.close();
    guest?.close();
  }
}
