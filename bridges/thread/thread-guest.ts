/**
 * Stands in the main thread for a guest that runs in a thread of its own (option isolation). Each
 * call is posted to the thread, whose result comes later: the code, and the messages that the host
 * takes from any guest. Calls are carried out in their order.
 */
import { findEntryRow } from '../../runtime/core/file-methods.ts';
import { fops as fopTable } from '../../runtime/core/fops.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import { Area } from '../compiled/area.ts';
import { PlainMemory } from '../compiled/library.ts';
import { Records } from '../compiled/records.ts';
import type { HostApi } from '../host/crossing/host-api.ts';
import { HOOK_KINDS, listScalarKinds } from '../host/crossing/kinds.ts';
import { findMaxOpRet } from '../host/crossing/reply-check.ts';
import {
  DECIDED_BY_MESSAGES,
  type EnterGuest,
  type Evaluation,
  type Guest,
  type GuestThread,
  type HookName,
  IN_THREAD,
  METHOD_FAILED,
  type ModuleDescription,
  type NoticeName,
  type Scalar,
  type StateHookName,
} from '../host/guest.ts';
import { Evaluations } from '../host/interpreted-guest.ts';
import type { Interpreter } from '../host/lifecycle/interpreter.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import type { Machine, Thread } from '../host/machine.ts';
import type { HostedRequest } from '../host/requests/hosted-request.ts';
import { readNotes } from '../host/requests/notes.ts';
import { GuestLink, type GuestLinkOwner } from './guest-link.ts';
import type { ThreadLineStops } from './line-stops.ts';
import { Liveness } from './liveness.ts';
import { MalformedMessageError, type MessageReader } from './message-bytes.ts';
import {
  type GuestSummary,
  type GuestThreadData,
  LINES,
  readOptionalText,
  TO_GUEST,
  TO_MAIN,
  writeOptionalText,
  writeScalars,
  writeValue,
} from './messages.ts';
import { type CallResult, type PendingCall, PendingCalls } from './pending-calls.ts';
import { SentValues } from './sent-values.ts';
import { findAnswer, readSource, takeCommands } from './thread-requests.ts';

/** Milliseconds that a volume waits for the module's state, or for its `fini`. */
const ORDER_TIMEOUT_MS = 5000;
/** Milliseconds that a statedump waits for the module's part. */
const DUMP_TIMEOUT_MS = 1000;

/** Notices that no request waits for: the thread takes them with the next message, or when its liveness is checked. */
const QUIET_NOTICES: ReadonlySet<HookName | NoticeName> = new Set([
  'forget',
  'release',
  'forget_client',
  'collect',
] as const);
/** Maximum number of such notices without waking the thread. */
const MAX_QUIET_NOTICES = 64;

/** The settings of a guest's thread. */
export interface ThreadGuestSettings {
  readonly xl: Xlator<unknown>;
  readonly machine: Machine;
  readonly interpreter: Interpreter;
  readonly lineStops: ThreadLineStops;
  readonly data: Omit<GuestThreadData, 'shared' | 'initialBreakpoints'>;
  readonly memoryLimitBytes: number;
  /** Takes a line of the host about the guest: a kind of LINES, and its text. */
  onNotice(kind: number, text: string): void;
  /** Warns of a file that other users can change. @throws {Error} under --strict */
  warnForeignWritable(path: string): void;
}

export class ThreadGuest implements Guest, GuestLinkOwner, GuestThread {
  language = '';
  description!: ModuleDescription;
  sources: readonly string[] = [];
  failure: string | undefined;
  memoryBytes = 0;
  isLost = false;
  stopsAtLines = false;
  readonly link: GuestLink;
  readonly thread: GuestThread = this;
  private readonly settings: ThreadGuestSettings;
  private readonly xl: Xlator<unknown>;
  private readonly interpreter: Interpreter;
  private readonly api: HostApi;
  private readonly worker: Thread;
  private readonly liveness: Liveness;
  private readonly calls = new PendingCalls();
  private readonly evaluations = new Evaluations();
  private entryCount = 0;
  /** Number of pending calls that a request or a caller waits for. */
  private awaitedCount = 0;
  /** Number of notices sent without waking the thread. */
  private quietCount = 0;
  /** Writes the records that calls carry; null if they carry values. */
  private records: Records | null = null;
  private isKeepingProcess = true;
  private isClosing = false;
  private resolveEnded!: () => void;
  /** Resolves when the thread has ended. */
  readonly whenEnded = new Promise<void>((resolve) => {
    this.resolveEnded = resolve;
  });

  constructor(settings: ThreadGuestSettings) {
    const { data, interpreter, lineStops, machine, xl } = settings;
    this.settings = settings;
    this.xl = xl;
    this.interpreter = interpreter;
    this.api = interpreter.api;
    this.link = new GuestLink(xl, this, () => this.worker.wake());
    const threadData: GuestThreadData = {
      ...data,
      shared: this.link.shared,
      initialBreakpoints: lineStops.initialBreakpoints,
    };
    // Now, as the module may stop while it loads.
    lineStops.addGuest(this);
    this.worker = machine.startThread!(xl.name, settings.memoryLimitBytes, threadData, {
      onWake: () => this.link.takeMessages(),
      onEnd: (why) => this.lose(why),
    });
    this.liveness = new Liveness(
      xl.context,
      this.link.channel,
      data.settings.timeLimitS,
      () => this.link.exchangeMessages(),
      (why) => this.lose(why),
    );
  }

  // -- start and end -----------------------------------------------------------------------------

  /** Waits until the module is loaded. @throws the error of its author */
  async start(): Promise<void> {
    const { value } = await this.awaitCall();
    const summary = JSON.parse(value!) as GuestSummary;
    this.description = readDescription(
      JSON.stringify(summary.description),
      this.settings.data.module.path,
    );
    this.language = String(summary.language);
    this.sources = summary.sources.map(String);
    this.stopsAtLines = summary.stopsAtLines === true;
    if (typeof summary.recordNeeds === 'number') {
      const area = new Area(new PlainMemory(), undefined, false);
      area.needs = summary.recordNeeds;
      this.records = new Records(area, this.api);
    }
    this.liveness.hasStarted = true;
    this.interpreter.attach(this);
  }

  async createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): Promise<void> {
    this.link.begin(TO_GUEST.CREATE).writeText(JSON.stringify([volume, children, options]));
    this.link.send();
    await this.awaitCall();
  }

  /** Waits for the call that was sent last. @throws its error */
  private async awaitCall(): Promise<CallResult> {
    const result = await new Promise<CallResult>((resolve) => {
      this.addCall({ settle: resolve });
      if (this.failure !== undefined) this.failCalls();
      else this.link.takeMessages();
    });
    if (result.hasThrown) throw new Error(result.value);
    return result;
  }

  /** Ends the thread when it has carried out its calls, or after some seconds. */
  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    // A module that is stopped at a line could not end.
    if (this.isStopped) this.settings.lineStops.removeDebugger();
    if (this.calls.oldest === null || this.failure !== undefined) {
      this.end();
      return;
    }
    const cancel = this.xl.context.after(ORDER_TIMEOUT_MS, () => this.end());
    this.addCall({
      settle: () => {
        cancel();
        this.end();
      },
    });
    this.link.begin(TO_GUEST.STATE_HOOK).writeText('');
    this.link.send();
    this.link.takeMessages();
  }

  private hasEnded = false;

  private end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.failure ??= 'it was closed';
    this.link.close();
    this.liveness.close();
    this.settings.lineStops.removeGuest(this);
    this.evaluations.failAll('the interpreter was closed');
    this.failCalls();
    void this.worker.terminate().then(this.resolveEnded);
  }

  /** Gives the thread up: it has crashed, hangs, or sends what makes no sense. */
  private lose(why: string): void {
    if (this.failure !== undefined && this.hasEnded) return;
    const blamed = this.calls.oldest?.request ?? null;
    this.isLost = true;
    this.failure ??= why;
    this.end();
    if (!this.isClosing && this.liveness.hasStarted) this.interpreter.checkLost(blamed);
  }

  /** Fails the calls that others wait for. */
  private failCalls(): void {
    const value = `its thread is lost: ${this.failure}`;
    for (let call = this.calls.takeOldest(); call !== null; call = this.calls.takeOldest())
      call.settle?.({ code: METHOD_FAILED, hasThrown: true, value });
  }

  handleBroken(reason: string): void {
    this.lose(reason);
  }

  checkAlive(): void {
    this.liveness.check();
  }

  /** Keeps the process alive while the thread owes a result. */
  handleIdle(): void {
    const owesResult = this.calls.oldest !== null;
    if (owesResult === this.isKeepingProcess || this.hasEnded) return;
    this.isKeepingProcess = owesResult;
    this.worker.setKeepsProcess(owesResult);
  }

  // -- calls -------------------------------------------------------------------------------------

  private addCall(call: Partial<PendingCall>): void {
    if (call.settle !== undefined) this.awaitedCount += 1;
    this.calls.append({
      request: null,
      values: null,
      observed: null,
      hook: null,
      settle: null,
      next: null,
      ...call,
    });
  }

  get awaitsResult(): boolean {
    return this.awaitedCount > 0;
  }

  get isStopped(): boolean {
    return this.settings.lineStops.isStopped(this);
  }

  awaitResult(): void {
    this.link.takeMessages();
  }

  makeFopEntry(name: string): EnterGuest {
    return this.makeEntry(name, false);
  }

  makeReplyEntry(name: string): EnterGuest {
    return this.makeEntry(name, true);
  }

  private makeEntry(name: string, isReply: boolean): EnterGuest {
    const row = findEntryRow(name);
    const kinds = isReply ? `iiii${listScalarKinds(row.reply)}` : `i${listScalarKinds(row.args)}`;
    const number = this.entryCount;
    this.entryCount += 1;
    const { api, link, records } = this;
    const values = records === null ? new SentValues() : null;
    const hasOnlyCallback = this.description.fops[name]?.kind === 'none';
    const writeRecord = isReply
      ? records?.makeReplyWriter(row, hasOnlyCallback)
      : records?.makeRequestWriter(row);
    link
      .begin(TO_GUEST.ENTRY)
      .writeText(name)
      .writeU8(isReply ? 1 : 0);
    link.send(false);
    return (scalars) => {
      const request = api.findRequest(scalars[0] as number)!;
      const { plan } = request;
      const observed = this.findObserved();
      this.calls.append({ request, values, observed, hook: null, settle: null, next: null });
      this.awaitedCount += 1;
      const to = link.begin(TO_GUEST.ENTER).writeU8(number);
      writeOptionalText(to, observed === null ? undefined : request.name);
      // Neither a request of its own nor a call of files has a fop.
      const fop = plan === null ? -1 : fopTable.indexOf(plan.row);
      to.writeU8(fop & 255);
      to.writeNumber(fop < 0 ? 0 : findMaxOpRet(plan!.row, request.args));
      writeScalars(to, kinds, scalars);
      to.writeU8(writeRecord === undefined ? 0 : 1);
      if (writeRecord !== undefined) {
        const data = writeRecord(request, scalars);
        writeValue(to.writeData(records!.area.record), data ?? undefined);
      } else values!.write(to, api, request.id, isReply ? (scalars[1] as number) : -1);
      link.send();
      return IN_THREAD;
    };
  }

  /** The frame of the current request, if its observer wants notes. */
  private findObserved(): HostedRequest['frame'] | null {
    const { frame, observer } = this.xl;
    return observer !== null && frame !== null && observer.wantsNotes(frame) ? frame : null;
  }

  callHook(name: HookName | NoticeName, args: readonly Scalar[]): number {
    if (this.failure !== undefined) return METHOD_FAILED;
    if (name === 'forget_client') this.records?.forgetClient(args[0] as number);
    const observed = this.findObserved();
    const { link } = this;
    const to = link.begin(TO_GUEST.HOOK).writeText(name);
    writeOptionalText(to, observed === null ? undefined : name);
    writeScalars(to, HOOK_KINDS[name], args);
    writeValue(to, name === 'below' ? this.api.takeChildReplies(args[0] as number) : undefined);
    const isQuiet = QUIET_NOTICES.has(name) && ++this.quietCount < MAX_QUIET_NOTICES;
    if (!isQuiet) this.quietCount = 0;
    link.send(!isQuiet);
    // The caller must know whether these have failed.
    if (name === 'load_state' || name === 'reconfigure')
      return this.waitForCall(name, ORDER_TIMEOUT_MS).code;
    this.addCall({ hook: name, observed });
    this.link.takeMessages();
    return DECIDED_BY_MESSAGES;
  }

  callStateHook(name: StateHookName): string | undefined {
    if (this.failure !== undefined) return undefined;
    this.link.begin(TO_GUEST.STATE_HOOK).writeText(name);
    this.link.send();
    return this.waitForCall(name, name === 'statedump' ? DUMP_TIMEOUT_MS : ORDER_TIMEOUT_MS).value;
  }

  /** Waits for the call that was sent last. @throws {Error} after `ms` milliseconds */
  private waitForCall(name: string, ms: number): CallResult {
    let result: CallResult | null = null;
    this.addCall({
      settle: (settled) => {
        result = settled;
      },
    });
    if (this.isStopped) throw new Error(`${name}: it is stopped in a debugger`);
    this.link.waitUntil(() => result !== null, ms);
    if (result === null) throw new Error(`${name}: its thread does not reply`);
    return result;
  }

  evaluate(source: string): Promise<Evaluation> {
    return this.evaluations.start((id) => {
      if (this.failure !== undefined) throw new Error('its thread is lost');
      this.addCall({});
      this.link.begin(TO_GUEST.EVALUATE).writeNumber(id).writeText(source);
      this.link.send();
      this.link.takeMessages();
    });
  }

  stopNotes(): void {
    this.link.begin(TO_GUEST.STOP_NOTES);
    this.link.send();
  }

  sendLineCommand(json: string): void {
    this.link.begin(TO_GUEST.LINE_COMMAND).writeText(json);
    this.link.send();
    this.link.takeMessages();
  }

  // -- messages of the thread --------------------------------------------------------------------

  handleMessage(kind: number, from: MessageReader): void {
    if (kind === TO_MAIN.RESULT) {
      this.receiveResult(from);
      return;
    }
    const { interpreter, xl } = this;
    const request = this.calls.oldest?.request ?? null;
    const previous = { request: interpreter.currentRequest, frame: xl.frame };
    interpreter.currentRequest = request;
    if (xl.observer !== null) xl.frame = request?.frame ?? this.calls.oldest?.observed ?? null;
    try {
      if (kind === TO_MAIN.QUERY) this.answerQuery(from);
      else if (kind === TO_MAIN.LOG) {
        const level = from.readNumber();
        this.api.log(level, readSource(from)!, from.readText());
      } else if (kind === TO_MAIN.LINE) this.receiveLine(from);
      else if (kind === TO_MAIN.EVALUATED) this.receiveEvaluation(from);
      else if (kind === TO_MAIN.LINE_MESSAGE)
        this.settings.lineStops.receive(from.readText(), request, this);
      else throw new MalformedMessageError('a message of unknown kind');
    } finally {
      interpreter.currentRequest = previous.request;
      xl.frame = previous.frame;
    }
  }

  /** Answers a query, for which the thread waits. */
  private answerQuery(from: MessageReader): void {
    const { interpreter, settings, xl } = this;
    const value = findAnswer(from, interpreter, xl, (path) => settings.warnForeignWritable(path));
    writeValue(this.link.begin(TO_GUEST.ANSWER), value);
    this.link.send();
  }

  private receiveEvaluation(from: MessageReader): void {
    const [id, isIncomplete, hasFailed] = [from.readNumber(), from.readU8(), from.readU8()];
    const output = from.readText();
    this.evaluations.resolve(id, isIncomplete === 1 ? undefined : output, hasFailed === 1);
  }

  private receiveLine(from: MessageReader): void {
    const [kind, source, text] = [from.readU8(), readSource(from), from.readText()];
    if (kind === LINES.REFUSAL) this.api.logRefusal(source, text);
    else if (kind === LINES.INVALID_MESSAGE) this.api.logInvalidMessage(source, text);
    else this.settings.onNotice(kind, text);
  }

  /** Ends the oldest call: takes its commands, and passes its result on. */
  private receiveResult(from: MessageReader): void {
    const call = this.calls.takeOldest();
    if (call === null) throw new MalformedMessageError('a result without a call');
    if (call.request !== null || call.settle !== null) this.awaitedCount -= 1;
    let code = from.readNumber();
    this.memoryBytes = from.readNumber();
    const tookMs = from.readNumber();
    const hasThrown = from.readU8() === 1;
    const value = readOptionalText(from);
    const failure = readOptionalText(from);
    const notes = readOptionalText(from);
    const read = from.readU32();
    call.values?.noteRead(read);
    if (failure !== undefined) this.failure ??= failure;
    const { interpreter, xl } = this;
    interpreter.currentRequest = call.request;
    const hasRefused = !takeCommands(from, this.api);
    interpreter.currentRequest = null;
    if (hasRefused && code >= 0) code = METHOD_FAILED;
    if (notes !== undefined && call.observed !== null) this.addNotes(call.observed, notes);
    if (call.hook === 'tick') this.api.timer.noteTook(tookMs);
    if (call.settle !== null) call.settle({ code, hasThrown, value });
    else if (call.request !== null)
      interpreter.finishCall(call.request, code, hasThrown ? new Error(value) : null);
    else if (!this.isClosing) interpreter.enterFor(() => code);
    else if (failure !== undefined && call.hook === 'fini')
      interpreter.owner.succession.logLoss(`fini: ${failure}`, null);
    xl.frame = null;
  }

  private addNotes(frame: HostedRequest['frame'], json: string): void {
    try {
      this.xl.observer?.addNotes(frame, readNotes(json));
    } catch {
      throw new MalformedMessageError('malformed notes');
    }
  }
}
