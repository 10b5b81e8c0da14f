/**
 * Runs a compiled module (C, or a language that compiles to WebAssembly) as a guest of the host
 * translator; glossa_entry.h is the side of C. A call writes its arguments to memory that both sides
 * see (area.ts), calls one function, and gets a decision as a number. Longer decisions are read
 * afterwards (messages.ts). So a module never calls back, and a plain decision costs one call.
 */
import { copyBytes } from '../../runtime/core/bytes.ts';
import { InitError } from '../../runtime/core/errors.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { ERROR, type LogSource } from '../../runtime/core/log.ts';
import type { ConvertFlags, FlagConverters } from '../../runtime/core/machine-flags.ts';
import type { GuestMessage } from '../host/crossing/decision.ts';
import { MessageError } from '../host/crossing/message.ts';
import {
  DECIDED_BY_MESSAGES,
  type EnterGuest,
  type Evaluation,
  type Guest,
  type HookName,
  METHOD_FAILED,
  type ModuleDescription,
  type NoticeName,
  type Scalar,
  type StateHookName,
  UNWIND_UNCHANGED,
  WIND_UNCHANGED,
} from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import { NO_LEVEL } from '../host/requests/chosen-failure.ts';
import { Area, NEEDS_CLOCK, NEEDS_PATH } from './area.ts';
import { COMMANDS } from './commands.ts';
import { makeOptionDict, makeStateDict } from './dicts.ts';
import { type FailureDescriber, FailureNotes } from './failure-notes.ts';
import type { Library } from './library.ts';
import { type MessageHandler, type Pairs, Reader, readMessages } from './messages.ts';
import { type ModuleRecord, readDescription } from './module-description.ts';
import { Records, type WriteRecord } from './records.ts';
import { Timers } from './timers.ts';

/** A kind of compiled modules. */
export interface CompiledKind extends FailureDescriber {
  /** The name in statedumps. */
  readonly language: string;
  /** Converts open flags; absent for modules with the graph's numbers. */
  readonly flags?: FlagConverters;
}

/** A loaded module. */
export class CompiledGuest implements Guest, MessageHandler {
  readonly language: string;
  readonly description: ModuleDescription;
  readonly toGraphFlags: ConvertFlags;
  private readonly path: string;
  private readonly library: Library;
  private readonly host: GuestHost;
  private readonly area: Area;
  private readonly records: Records;
  private readonly timers: Timers;
  private readonly record: ModuleRecord;
  private isClosed = false;
  /** The number of the request that C runs; 0 between requests. */
  private currentRequestId = 0;
  /** The fop that C serves for it, or the callback, such as `mkdir_cbk`. */
  private currentMethod = '';
  /** True if a message of the current call is invalid: the call counts as failed. */
  private hasFailed = false;
  private readonly failureNotes: FailureNotes;
  /** The text of the last error that C logged: the reason if `init` fails. */
  private lastError = '';
  /** The dict that C sent last: the result of a state hook. */
  private lastPairs: Pairs = [];
  /** Calls into C that wait until its messages are read. */
  private pendingCalls: (() => void)[] = [];
  private isRunningPending = false;

  /**
   * @param path the module's file
   * @throws {InitError} for an invalid description
   */
  constructor(kind: CompiledKind, path: string, library: Library, host: GuestHost) {
    this.language = kind.language;
    this.path = path;
    this.library = library;
    this.host = host;
    this.failureNotes = new FailureNotes(kind, path, host);
    // Gfids that the main thread has written are not known here.
    this.area = new Area(library, kind.flags, host.record === undefined);
    this.records = new Records(this.area, host);
    this.toGraphFlags = this.area.flags.toGraph;
    this.timers = new Timers(host);
    this.record = this.describeModule();
    this.description = this.record.description;
    this.area.needs = this.record.needs;
  }

  get recordNeeds(): number {
    return this.record.needs;
  }

  get failure(): string | undefined {
    return this.library.failure;
  }

  get memoryBytes(): number {
    return this.library.memoryBytes;
  }

  /** Makes the module describe itself. @throws {InitError} */
  private describeModule(): ModuleRecord {
    this.area.begin();
    this.callLibrary(COMMANDS.describe, null);
    const { failure } = this.library;
    if (failure !== undefined) throw new InitError(`${this.path}: ${failure}`);
    try {
      return readDescription(this.path, this.takeMessages());
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      throw new InitError(`${this.path}: its description is malformed: ${error.message}`);
    }
  }

  /** Creates the translator. @throws {InitError} if its `init` fails */
  createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void {
    const { area } = this;
    area.begin();
    area.writeText(volume);
    area.writeNumber(children.length);
    children.forEach((child, index) => {
      for (const text of child) area.writeText(text);
      area.writeNumber(this.host.isChildUp(index));
    });
    area.writeDict(makeOptionDict(this.description.options, options as Record<string, unknown>));
    const result = this.enterLibrary(COMMANDS.create, null);
    if (result === 0) return;
    const reason = this.failure ?? (this.lastError === '' ? `init gave ${result}` : this.lastError);
    throw new InitError(`${this.path}: ${reason}`);
  }

  makeFopEntry(name: string): EnterGuest {
    const row = findFop(name)!;
    const command = COMMANDS.fop + 256 * row.number;
    const place = this.makePlacer(this.records.makeRequestWriter(row));
    return (scalars) => {
      const data = place(scalars);
      return this.enterForRequest(scalars[0] as number, name, name, command, data);
    };
  }

  makeReplyEntry(name: string): EnterGuest {
    const row = findFop(name)!;
    const method = `${name}_cbk`;
    const command = COMMANDS.reply + 256 * row.number;
    const hasOnlyCallback = this.description.fops[name]?.kind === 'none';
    const place = this.makePlacer(this.records.makeReplyWriter(row, hasOnlyCallback));
    return (scalars) => {
      const data = place(scalars);
      const code = this.enterForRequest(scalars[0] as number, name, method, command, data);
      // Wound again for each reply, the request would never end.
      return code === WIND_UNCHANGED ? this.refuseResult(name, code) : code;
    };
  }

  /** Makes the function that writes a record, or copies that of the main thread; it returns the data. */
  private makePlacer(write: WriteRecord): (scalars: readonly Scalar[]) => Uint8Array | null {
    const { area, host } = this;
    if (host.record === undefined)
      return (scalars) => write(host.findRequest(scalars[0] as number)!, scalars);
    return () => {
      const { bytes, data } = host.record!;
      area.putRecord(bytes);
      return data;
    };
  }

  callHook(name: HookName | NoticeName, args: readonly Scalar[]): number {
    const { area } = this;
    area.begin();
    switch (name) {
      case 'tick':
        this.runPendingCalls();
        this.timers.fireDue((id) => this.callWithNumber(COMMANDS.timer, id));
        return DECIDED_BY_MESSAGES;
      // C has no garbage collector that could detect a lost request; `frame-timeout` fails it.
      case 'collect':
      // C modules have no `glossa.aio`, for which this notice is.
      case 'below':
        return DECIDED_BY_MESSAGES;
      case 'forget_client':
        this.records.forgetClient(args[0] as number);
        return this.callWithNumber(COMMANDS[name], args[0] as number);
      case 'cancel':
      case 'interrupt':
      case 'forget':
      case 'release':
        return this.callWithNumber(COMMANDS[name], args[0] as number);
      case 'notify':
        this.writeEvent(args[0] as string, args[1] as number);
        break;
      case 'client_disconnect':
        this.records.writeClient(args[0] as number);
        break;
      case 'entry_created':
      case 'entry_removed':
        this.writeLoc(args);
        break;
      case 'reconfigure':
        area.writeDict(makeOptionDict(this.description.options, JSON.parse(args[0] as string)));
        break;
      case 'load_state':
        area.writeDict(makeStateDict(JSON.parse(args[0] as string)));
        break;
      default:
    }
    return this.callCommand(COMMANDS[name]);
  }

  callStateHook(name: StateHookName): string | undefined {
    this.area.begin();
    this.lastPairs = [];
    if (this.callCommand(COMMANDS[name]) === METHOD_FAILED) return undefined;
    return JSON.stringify(Object.fromEntries(this.lastPairs.map(([key, , value]) => [key, value])));
  }

  /** Refuses a line of the prompt. */
  async evaluate(): Promise<Evaluation> {
    return { isIncomplete: false, output: 'a compiled module has no prompt' };
  }

  close(): void {
    if (this.isClosed) return;
    if (this.failure === undefined) this.callLibrary(COMMANDS.end, null);
    this.isClosed = true;
    this.library.close();
  }

  // -- calls -----------------------------------------------------------------------------------

  /** Calls C with the record of a request or reply, and checks the result. */
  private enterForRequest(
    id: number,
    name: string,
    method: string,
    command: number,
    data: Uint8Array | null,
  ): number {
    this.currentRequestId = id;
    this.currentMethod = method;
    const code = this.enterLibrary(command, data);
    this.currentRequestId = 0;
    if (code < 0) this.failureNotes.add(id, -code, method, UNKNOWN_POSITION);
    return code > METHOD_FAILED && code < UNWIND_UNCHANGED ? this.refuseResult(name, code) : code;
  }

  /** Logs a result that is not a decision; returns the code of a failed call. */
  private refuseResult(name: string, code: number): number {
    this.log(ERROR, UNKNOWN_POSITION, `${name}: the result ${code} is not a decision`);
    return METHOD_FAILED;
  }

  /** Calls C about the request, inode, fd, client or timer `id`. */
  private callWithNumber(command: number, id: number): number {
    this.area.beginFor(id);
    return this.callCommand(command);
  }

  /** Calls C with the written record; returns METHOD_FAILED or DECIDED_BY_MESSAGES. */
  private callCommand(command: number): number {
    return this.enterLibrary(command, null) === METHOD_FAILED ? METHOD_FAILED : DECIDED_BY_MESSAGES;
  }

  /** Calls C with the written record, and handles its messages; returns a code of guest.ts. */
  private enterLibrary(command: number, data: Uint8Array | null): number {
    // The level may change at any time; C reads it before it formats a line.
    this.area.level = this.host.level;
    if ((this.area.needs & NEEDS_CLOCK) !== 0) this.area.now = this.host.now() / 1e6;
    const code = this.callLibrary(command, data);
    this.hasFailed = false;
    if (this.area.messageDoubles === 0) return code;
    // A module that is closed, or failed in this call, left the count of an earlier call there.
    if (this.isClosed || this.failure !== undefined) return METHOD_FAILED;
    this.handleMessages();
    const result = this.hasFailed ? METHOD_FAILED : code;
    this.runPendingCalls();
    return this.failure === undefined ? result : METHOD_FAILED;
  }

  /** Adds a call that runs after the messages. @throws {MessageError} for too many */
  private addPendingCall(call: () => void): void {
    if (this.pendingCalls.length >= MAX_PENDING_CALLS)
      throw new MessageError(`one call led to more than ${MAX_PENDING_CALLS} others`);
    this.pendingCalls.push(call);
  }

  /**
   * Runs the pending calls, and those that they add: none runs inside another. After
   * MAX_PENDING_MICROS the rest waits for the next turn, as each may take the time of a request.
   */
  private runPendingCalls(): void {
    if (this.isRunningPending || this.pendingCalls.length === 0) return;
    this.isRunningPending = true;
    const endMicros = this.host.now() + MAX_PENDING_MICROS;
    let doneCount = 0;
    try {
      while (doneCount < this.pendingCalls.length && this.host.now() <= endMicros)
        this.pendingCalls[doneCount++]!();
    } finally {
      this.isRunningPending = false;
      this.pendingCalls = this.pendingCalls.slice(doneCount);
      if (this.pendingCalls.length > 0) this.timers.fireSoon();
    }
  }

  /** Calls the module with the written record, without the handling of its messages. */
  private callLibrary(command: number, data: Uint8Array | null): number {
    const { area, library } = this;
    // A closed library is unloaded.
    if (this.isClosed) return METHOD_FAILED;
    const code = library.enter(command, data);
    if (area.f64.length === 0) area.refresh();
    return code;
  }

  /** Makes a reader of the last call's messages. @throws {MessageError} */
  private takeMessages(): Reader {
    const { messageDoubles } = this.area;
    const bytes = this.library.readMessages(messageDoubles);
    if (this.area.f64.length === 0) this.area.refresh();
    return new Reader(bytes, messageDoubles);
  }

  /** Handles the messages of the last call; a malformed one fails the call. */
  private handleMessages(): void {
    try {
      readMessages(this.takeMessages(), this);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.log(ERROR, { file: this.path, line: 0, func: '-' }, error.message);
      this.hasFailed = true;
    }
  }

  /** Writes an event; if a child (not -1) sent it, also whether the child is up. */
  private writeEvent(event: string, child: number): void {
    const { area, host } = this;
    area.writeText(event);
    area.writeNumber(child);
    if (child >= 0) area.writeNumber(host.isChildUp(child));
  }

  /** Writes the loc of a hook, which does not have the types of inode and parent. */
  private writeLoc([inode, parent, name, gfid, pargfid]: readonly Scalar[]): void {
    const { area, host } = this;
    const needsPath = (area.needs & NEEDS_PATH) !== 0;
    const parentJson = needsPath ? host.readInodeJson(parent as number) : undefined;
    // An inode's JSON is its gfid, type and path.
    const parentPath = parentJson === undefined ? null : (JSON.parse(parentJson) as string[])[2]!;
    const path = parentPath === null ? null : `${parentPath === '/' ? '' : parentPath}/${name}`;
    type LooseIds = Parameters<Area['writeLooseLoc']>[0];
    const ids = [inode, gfid, parent, pargfid] as unknown as LooseIds;
    area.writeLooseLoc(ids, (name as string | undefined) ?? null, path);
  }

  // -- messages of C ----------------------------------------------------------------------------

  log(level: number, source: LogSource, text: string): void {
    if (level <= ERROR && level !== NO_LEVEL) this.lastError = text;
    this.host.log(level, source, text);
  }

  decide(id: number, source: LogSource, message: GuestMessage, byteCount = 0): void {
    const values = message as readonly unknown[];
    if (values[0] === 'unwind' && (values[1] as number) < 0) {
      const isCurrent = id === this.currentRequestId;
      const method = isCurrent ? this.currentMethod : (this.host.findRequest(id)?.name ?? '-');
      this.failureNotes.add(id, values[2] as number, method, source);
    }
    try {
      this.host.pushMessage(id, message, byteCount);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      const name = this.host.findRequest(id)?.name ?? 'a request of its own';
      this.log(ERROR, source, `${name}: ${error.message}`);
      this.failInLibrary(id);
    }
  }

  invalidate(source: LogSource, message: GuestMessage): void {
    try {
      this.host.invalidate(message);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.log(ERROR, source, `invalidate: ${error.message}`);
      this.hasFailed = true;
    }
  }

  failRequest(id: number): void {
    // The host may have replied to the request meanwhile.
    if (this.host.findRequest(id) !== undefined) this.decide(id, UNKNOWN_POSITION, ['failed']);
  }

  /** Fails the request because its decision was invalid, and ends it in C. */
  private failInLibrary(id: number): void {
    if (id === this.currentRequestId) this.hasFailed = true;
    else if (this.host.findRequest(id)?.isAnswered === false) this.host.pushMessage(id, ['failed']);
    this.addPendingCall(() => this.callWithNumber(COMMANDS.cancel, id));
  }

  /** Subscribes C to the end of an inode; if the inode is gone, C is told after its messages. */
  track(inode: number): void {
    if (this.host.subscribeForget(inode) === 0)
      this.addPendingCall(() => this.callWithNumber(COMMANDS.forget, inode));
  }

  trackFd(fd: number): void {
    if (this.host.subscribeRelease(fd) === 0)
      this.addPendingCall(() => this.callWithNumber(COMMANDS.release, fd));
  }

  closeFd(fd: number): void {
    this.host.closeFd(fd);
  }

  startTimer(id: number, ms: number, repeats: boolean): void {
    this.timers.start(id, ms, repeats);
  }

  stopTimer(id: number): void {
    this.timers.stop(id);
  }

  declareUp(isUp: boolean): void {
    this.host.declareUp(isUp ? 1 : 0);
  }

  takePairs(pairs: Pairs): void {
    this.lastPairs = pairs;
  }

  putBytes(bytes: Uint8Array): number {
    return this.host.putBytes(copyBytes(bytes));
  }
}

/** The most calls that one call may lead to: each can lead to more. */
const MAX_PENDING_CALLS = 100_000;
/** The time that they may take before other work runs. */
const MAX_PENDING_MICROS = 10_000;

const UNKNOWN_POSITION: LogSource = { file: '-', line: 0, func: '-' };
