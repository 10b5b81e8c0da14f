/**
 * Manages one running interpreter: passes requests and replies to its guest, and carries out the guest's decisions.
 * Decisions take effect when the guest has returned: first its result, then its messages in order, so that an exception
 * fails the whole call. Every request is answered exactly once; later decisions are dropped.
 */
import type { FopRow } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { Child, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import { type Decision, type GuestMessage, isErrno } from '../crossing/decision.ts';
import { HostApi, type HostMachine } from '../crossing/host-api.ts';
import { type AnyCbk, makeFops, type Plan, planReply, type ReplyPlan } from '../crossing/plan.ts';
import type { ChildReply } from '../crossing/reply-check.ts';
import {
  type EnterGuest,
  type Evaluation,
  type Guest,
  IN_THREAD,
  METHOD_FAILED,
  type Scalar,
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
import { HostedRequest } from '../requests/hosted-request.ts';
import { notifyIfInterrupted } from '../requests/interrupt-notice.ts';
import { linkRecorded, lookUpUnknownName, recordName } from '../requests/name-lookups.ts';
import type { Notes } from '../requests/notes.ts';
import { PendingRequests } from '../requests/pending-requests.ts';
import type { Limits, Owner } from './failure-policy.ts';
import { isEnding, isOver, LIFE, type Life, nextLife } from './interpreter-life.ts';

/** Request numbers wrap here, so that they stay small. */
const MAX_ID = 0x3fffffff;

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
  private life: Life = LIFE.SERVING;
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

  get requests(): PendingRequests['requests'] {
    return this.pending.requests;
  }

  /** True once the guest can no longer be entered: it is lost or closed. */
  get isDead(): boolean {
    return isOver(this.life);
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
    return makeFops(this.guest, this.xl, this.startRequest);
  }

  private readonly startRequest = (plan: Plan, frame: Frame, args: unknown[]): void => {
    if (this.isDead) {
      this.owner.succession.holdOrFail(plan.name, frame, args);
      return;
    }
    if (this.owner.succession.failIfHarmful(plan.name, frame, args)) return;
    this.lastId = this.lastId === MAX_ID ? 1 : this.lastId + 1;
    const request = new HostedRequest(this.lastId, plan, frame, args);
    if (plan.enter === null) {
      this.windUnchanged(request, plan, plan.seesReplies);
      return;
    }
    const { scratch } = plan;
    scratch[0] = request.id;
    plan.flatten(args, scratch, 1);
    this.callGuest(request, plan.enter, scratch);
  };

  /** Enters the guest with a request or reply, and carries out its decisions. */
  private callGuest(request: HostedRequest, enter: EnterGuest, args: readonly Scalar[]): void {
    this.owner.counters.calls += 1;
    const { slowCallCount } = turn;
    this.currentRequest = request;
    let code: number;
    try {
      code = this.notes === null ? enter(args) : this.notes.observe(request, enter, args);
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
    request.returnBorrowedData(code >= UNWIND_UNCHANGED);
    this.carryOutCall(request, code);
  }

  private carryOutCall(request: HostedRequest, code: number): void {
    this.carryOutResult(request, code);
    this.runDecisions();
    notifyIfInterrupted(this, request);
  }

  /** Carries out the result of a call in the guest's thread. @param error what the call has thrown */
  finishCall(request: HostedRequest, code: number, error: Error | null): void {
    request.callsInThread -= 1;
    if (this.isDead) return;
    if (!request.isAbandoned)
      this.carryOutCall(request, error === null ? code : this.handleFault(request, error));
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
    for (const request of [...this.requests.values()]) this.pending.removeIfDone(request);
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
    for (const request of [...this.requests.values()]) this.fail(request);
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
      else this.windUnchanged(request, plan, code === WIND_UNCHANGED);
    } else if (code === METHOD_FAILED) {
      // Before the reply, because the caller's next request must not enter a lost interpreter.
      this.checkLost(request);
      this.fail(request);
    } else if (code >= UNWIND_UNCHANGED) this.unwindReply(request, code - UNWIND_UNCHANGED);
    else if (!request.isAnswered) this.pending.add(request);
  }

  /** Winds a request with its own arguments. @param needsReply true if the guest sees the reply */
  private windUnchanged(request: HostedRequest, plan: Plan, needsReply: boolean): void {
    const child = this.xl.children[0];
    const { frame, args } = request;
    if (child === undefined) this.cancelRequest(request, 'there is no subvolume to wind to');
    else if (needsReply) {
      this.pending.add(request);
      frame.local = request;
      request.windCount += 1;
      request.owedReplyCount += 1;
      plan.wind(frame, 0, this.getGuestCbk(plan.row), child, args);
    } else this.relay(request, plan, child, args);
  }

  /** Winds a request so that the child's reply is unwound without the module. */
  private relay(request: HostedRequest, plan: Plan, child: Child, args: readonly unknown[]): void {
    const { frame } = request;
    if (request.owedReplyCount === 0 && plan.createdLocIndex < 0 && plan.removedLocIndex < 0) {
      request.isAnswered = true;
      this.pending.remove(request);
      frame.local = null;
      plan.tail(frame, child, args);
    } else {
      // The request stays pending, for hooks and for other children's replies.
      this.pending.add(request);
      frame.local = request;
      request.windCount += 1;
      request.owedReplyCount += 1;
      plan.wind(frame, 0, this.getTailCbk(plan), child, args);
    }
  }

  /** Returns the callback of winds whose reply the guest sees; its cookie is the wind's number. */
  getGuestCbk(row: FopRow): AnyCbk {
    let cbk = this.guestCbks.get(row.name);
    if (cbk === undefined) {
      const plan = planReply(row, this.guest, this.xl);
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        const request = frame.local as HostedRequest;
        if (opRet >= 0 && request.namedLocs !== null) linkRecorded(request, wind, row, values);
        if (opRet < 0 && request.createdFds !== null) this.api.fds.closeFailed(request, wind);
        this.passReplyToGuest(request, plan, { wind, row, opRet, opErrno, values });
      }) as AnyCbk;
      this.guestCbks.set(row.name, cbk);
    }
    return cbk;
  }

  private passReplyToGuest(request: HostedRequest, plan: ReplyPlan, reply: ChildReply): void {
    request.owedReplyCount -= 1;
    if (!request.isAbandoned) {
      const { enter, flatten, scratch } = plan;
      request.keepReply(reply);
      scratch[0] = request.id;
      scratch[1] = reply.wind;
      scratch[2] = reply.opRet;
      scratch[3] = reply.opErrno;
      flatten(reply.values, scratch, 4);
      this.callGuest(request, enter, scratch);
    }
    this.pending.removeIfDone(request);
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

  private unwindReply(request: HostedRequest, wind: number): void {
    const reply = request.findReply(wind);
    if (reply !== undefined && reply.row === request.plan?.row)
      this.unwind(request, reply.opRet, reply.opErrno, reply.values);
    else this.cancelRequest(request, `passed on reply ${wind}, which has not come`);
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
    const child = this.xl.passingChild;
    counters.failures += 1;
    request.standing = 'abandoned';
    const bypasses = policy.onError === 'bypass' && !isEnding(this.life);
    if (bypasses && plan !== null && !isAnswered && windCount === 0 && child) {
      counters.bypassed += 1;
      this.relay(request, plan, child, request.args);
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
      this.relay(request, plan, this.xl.children[decision.child]!, decision.values);
    } else if (decision.verb === 'unwind') {
      const { opRet, opErrno, values } = decision;
      if (opRet < 0) noteChosenFailure(request, opErrno);
      this.unwind(request, opRet, opErrno, values);
    } else this.failRequest(request);
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
    if (life !== LIFE.FORSAKEN && (life !== LIFE.RETIRED || this.requests.size > 0)) return;
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
    for (const request of [...this.requests.values()]) this.fail(request);
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
