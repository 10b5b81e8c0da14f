/**
 * Runs a guest in its own thread: takes the main thread's calls in their order, and sends the result
 * of each. When idle, the loop polls, then sleeps on the shared memory, then returns to the event
 * loop.
 */

import { BusyPoll } from '../../runtime/core/busy-poll.ts';
import { findEntryRow } from '../../runtime/core/file-methods.ts';
import { type FopRow, fops as fopTable } from '../../runtime/core/fops.ts';
import { CONTINUE_MESSAGE, type LineCommand } from '../../runtime/core/line-stops.ts';
import { HOOK_KINDS, listScalarKinds } from '../host/crossing/kinds.ts';
import {
  DECIDED_BY_MESSAGES,
  type EnterGuest,
  type Guest,
  type HookName,
  METHOD_FAILED,
  type NoticeName,
  RETURNED_DATA,
  type Scalar,
  type StateHookName,
} from '../host/guest.ts';
import type { HostedLanguage, LineDebugger } from '../host/language.ts';
import type { Machine } from '../host/machine.ts';
import { Channel } from './channel.ts';
import { type MessageReader, MessageWriter } from './message-bytes.ts';
import {
  type CrossingValue,
  type GuestSummary,
  type GuestThreadData,
  LINES,
  ROOT_BIT,
  readOptionalText,
  readScalars,
  readValue,
  TO_GUEST,
  TO_MAIN,
  writeOptionalText,
} from './messages.ts';
import { type HostConnection, ThreadHost } from './thread-host.ts';

/** Microseconds of polling for the next message before sleeping. */
const MAX_POLL_US = 30;
/** Milliseconds of sleep on the shared memory; see the pump's SLEEP_MAX_MS. */
const SLEEP_MS = 12;
/** Milliseconds of messages after which the event loop gets a turn. */
const MAX_TURN_MS = 4;
/** Milliseconds that the main thread may take to answer a query. */
const QUERY_TIMEOUT_MS = 30_000;
/** Milliseconds between two raises of the heartbeat, which shows that the starting thread runs. */
const HEARTBEAT_INTERVAL_MS = 100;
/** Bytes that the main thread has not read, at which the thread waits for it. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/** The machine's functions for the event loops of both threads. */
export interface ThreadEventLoop {
  /** Wakes the main thread's event loop. */
  wakeMainThread(): void;
  /** Runs `task` after a turn of this thread's event loop. */
  runAfterTurn(task: () => void): void;
}

/** An entry point of the guest. */
interface Entry {
  readonly row: FopRow;
  readonly isReply: boolean;
  readonly kinds: string;
  readonly enter: EnterGuest;
  /** Buffer for a call's scalars; the engine copies them before it runs the module. */
  readonly scalars: Scalar[];
}

export class GuestThread implements HostConnection {
  readonly host: ThreadHost;
  private readonly data: GuestThreadData;
  private readonly machine: Machine;
  private readonly loop: ThreadEventLoop;
  private readonly channel: Channel;
  private readonly writer = new MessageWriter();
  private readonly queries = new MessageWriter();
  private readonly busyPoll = new BusyPoll(MAX_POLL_US);
  private readonly queryPoll = new BusyPoll(MAX_POLL_US);
  private readonly entries: Entry[] = [];
  /** Messages that arrived while the thread waited for another kind of message. */
  private readonly earlyMessages: MessageReader[] = [];
  /** The main thread's clock began earlier by this time. */
  private readonly clockLeadMs: number;
  private guest!: Guest;
  private isScheduled = false;
  /** False in a turn of the event loop in which the loop does not run; true during the start, which ends with it. */
  private isServing = true;
  /** The attached debugger's breakpoints; undefined without a debugger. */
  private breakpoints: string | undefined;
  /** True once a call has noted changes for an observer. */
  private hasNotes = true;

  constructor(data: GuestThreadData, machine: Machine, loop: ThreadEventLoop) {
    this.data = data;
    this.machine = machine;
    this.loop = loop;
    this.channel = new Channel(data.shared, 1, () => loop.wakeMainThread());
    this.clockLeadMs = performance.timeOrigin - data.timeOrigin;
    this.breakpoints = data.initialBreakpoints;
    this.host = new ThreadHost(this, data.childCount, machine.memory);
  }

  /** Starts the guest, and reports success or the error to the main thread. */
  async start(languages: readonly HostedLanguage[]): Promise<void> {
    const { data, host, machine } = this;
    const heartbeat = setInterval(() => this.channel.raiseHeartbeat(), HEARTBEAT_INTERVAL_MS);
    try {
      const language = languages.find(({ name }) => name === data.language)!;
      if (data.settings.timeLimitS > 0 && language.isInterrupted) machine.startWatchdog();
      const start = await language.load();
      this.guest = await start(data.module, host, {
        ...data.settings,
        machine,
        lines: this.makeLineDebugger(),
        logNotice: (text) => host.sendLine(LINES.NOTICE, undefined, text),
        logWarning: (text) => host.sendLine(LINES.WARNING, undefined, text),
        warnForeignWritable: (path) => {
          const why = this.query('warnForeignWritable', 0, 0, 0, path);
          if (why !== undefined) throw new Error(String(why));
        },
        log: (level, source, text) => host.log(level, source, text),
      });
      const { guest } = this;
      const summary: GuestSummary = {
        language: guest.language,
        description: guest.description,
        sources: guest.sources ?? [],
        stopsAtLines: guest.runLineCommand !== undefined,
        recordNeeds: guest.recordNeeds,
      };
      this.sendResult(DECIDED_BY_MESSAGES, JSON.stringify(summary));
    } catch (error) {
      this.sendResult(METHOD_FAILED, (error as Error).message, true);
    }
    clearInterval(heartbeat);
    this.serve();
  }

  // -- the connection ----------------------------------------------------------------------------

  now(): number {
    return this.data.isClockManual
      ? this.channel.testClockMs
      : performance.now() + this.clockLeadMs;
  }

  get logLevel(): number {
    return this.channel.logLevel;
  }

  get freeBytes(): number {
    return this.data.settings.memoryLimitBytes - (this.guest?.memoryBytes ?? 0);
  }

  sendLine(message: MessageWriter): void {
    this.channel.put(message);
    this.waitForReader();
  }

  /** Waits while the main thread has too much to read: the module logs faster than it can. */
  private waitForReader(): void {
    const { channel } = this;
    if (channel.backlogBytes <= MAX_UNREAD_BYTES) return;
    this.scheduleUnlessServing();
    while (channel.backlogBytes > MAX_UNREAD_BYTES) {
      channel.flush();
      channel.wake();
      const message = channel.receive();
      if (message !== null) this.earlyMessages.push(message.copy());
      channel.sleep(SLEEP_MS, false);
    }
  }

  query(name: string, a = 0, b = 0, c = 0, text?: string): CrossingValue {
    const to = this.queries.begin(TO_MAIN.QUERY).writeText(name);
    writeOptionalText(to.writeNumber(a).writeNumber(b).writeNumber(c), text);
    this.channel.put(to);
    this.channel.wake();
    return readValue(this.waitForMessage(TO_GUEST.ANSWER, QUERY_TIMEOUT_MS));
  }

  /** Waits for a message of this kind; other messages are handled later. */
  private waitForMessage(kind: number, timeoutMs: number): MessageReader {
    const { channel } = this;
    const deadlineMs = performance.now() + timeoutMs;
    this.scheduleUnlessServing();
    channel.setAwake();
    for (;;) {
      const message = channel.receive();
      if (message !== null) {
        if (message.readU8() === kind) return message;
        this.earlyMessages.push(message.copy());
        continue;
      }
      if (channel.pollWhileBusy(this.queryPoll)) continue;
      if (performance.now() > deadlineMs) throw new Error('the main thread does not reply');
      if (kind === TO_GUEST.LINE_COMMAND) channel.raiseHeartbeat();
      channel.flush();
      channel.sleep(SLEEP_MS, false);
    }
  }

  // -- the loop ----------------------------------------------------------------------------------

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.loop.runAfterTurn(this.serve);
  }

  /**
   * After a wait outside the loop, the thread is AWAKE, and no one wakes it: a task of the module runs in its own turn
   * of the event loop.
   */
  private scheduleUnlessServing(): void {
    if (!this.isServing) this.schedule();
  }

  /** Runs the loop, until the thread is idle or its turn is over. */
  readonly serve = (): void => {
    this.isScheduled = false;
    const { busyPoll, channel } = this;
    this.isServing = true;
    channel.setAwake();
    const turnEndMs = performance.now() + MAX_TURN_MS;
    for (;;) {
      this.handleAllMessages();
      channel.raiseHeartbeat();
      if (performance.now() > turnEndMs) {
        this.schedule();
        break;
      }
      if (channel.pollWhileBusy(busyPoll)) continue;
      channel.sleep(SLEEP_MS, true);
      if (channel.hasMessage) continue;
      if (channel.setAway(true)) break;
    }
    this.isServing = false;
  };

  private handleAllMessages(): void {
    const { channel } = this;
    for (;;) {
      const message = this.earlyMessages.shift() ?? channel.receive();
      if (message === null) break;
      channel.raiseHeartbeat();
      this.handleMessage(message.readU8(), message);
    }
    if (channel.backlogBytes > 0) channel.flush();
    channel.wakeIfUnread();
  }

  private handleMessage(kind: number, from: MessageReader): void {
    if (kind === TO_GUEST.ENTER) this.enter(from);
    else this.handlers[kind]!(from);
  }

  private readonly handlers: Readonly<Record<number, (from: MessageReader) => void>> = {
    [TO_GUEST.ENTRY]: (from) => this.addEntry(from.readText(), from.readU8() === 1),
    [TO_GUEST.HOOK]: (from) => this.callHook(from),
    [TO_GUEST.STATE_HOOK]: (from) => {
      const name = from.readText();
      this.run(null, undefined, () => {
        this.value = name === '' ? undefined : this.guest.callStateHook(name as StateHookName);
        return DECIDED_BY_MESSAGES;
      });
    },
    [TO_GUEST.CREATE]: (from) => {
      const [volume, children, options] = JSON.parse(from.readText());
      this.run(null, undefined, () => {
        this.guest.createTranslator(volume, children, options);
        return DECIDED_BY_MESSAGES;
      });
    },
    [TO_GUEST.EVALUATE]: (from) => this.evaluate(from.readNumber(), from.readText()),
    [TO_GUEST.STOP_NOTES]: () => this.takeNotes(() => this.guest.noteTaker?.stop()),
    [TO_GUEST.LINE_COMMAND]: (from) => {
      const command = this.recordBreakpoints(from.readText());
      this.sendLineMessage(this.guest.runLineCommand!(command));
    },
  };

  // -- calls -------------------------------------------------------------------------------------

  private addEntry(name: string, isReply: boolean): void {
    const row = findEntryRow(name);
    this.entries.push({
      row,
      isReply,
      kinds: isReply ? `iiii${listScalarKinds(row.reply)}` : `i${listScalarKinds(row.args)}`,
      enter: isReply ? this.guest.makeReplyEntry(name) : this.guest.makeFopEntry(name),
      scalars: [],
    });
  }

  private enter(from: MessageReader): void {
    const { row: entryRow, isReply, kinds, enter, scalars } = this.entries[from.readU8()]!;
    const notesName = readOptionalText(from);
    const row = fopTable[from.readU8()];
    const maxOpRet = from.readNumber();
    readScalars(from, kinds, scalars);
    const id = scalars[0] as number;
    const wind = isReply ? (scalars[1] as number) : -1;
    const replyRow = isReply ? entryRow : null;
    const { host } = this;
    host.beginCall({ id, row, wind, replyRow, entryRow, scalars, maxOpRet });
    if (from.readU8() === 1) {
      const bytes = from.readData();
      host.record = { bytes, data: (readValue(from) as Uint8Array | undefined) ?? null };
    } else {
      const set = from.readU32();
      for (let index = 0, rest = set & ~ROOT_BIT; rest !== 0; rest >>>= 1, index++)
        if ((rest & 1) !== 0) host.values[index] = readValue(from);
      if ((set & ROOT_BIT) !== 0) host.rootJson = readValue(from) as string | undefined;
    }
    this.runBegun(id, notesName, () => enter(scalars));
  }

  private callHook(from: MessageReader): void {
    const name = from.readText() as HookName | NoticeName;
    const notesName = readOptionalText(from);
    const args: Scalar[] = [];
    readScalars(from, HOOK_KINDS[name], args);
    this.host.childReplies = readValue(from) as Uint8Array | undefined;
    this.run(null, notesName, () => this.guest.callHook(name, args));
  }

  /** The value of the result of the call that runs. */
  private value: string | undefined;

  private run(_call: null, notesName: string | undefined, call: () => number): void {
    this.host.beginCall(null);
    this.runBegun(0, notesName, call);
  }

  /** Runs a call, and sends its result. @param notesName what an observer's notes call it */
  private runBegun(id: number, notesName: string | undefined, call: () => number): void {
    const { guest } = this;
    const startMs = performance.now();
    let code: number;
    let hasThrown = false;
    this.value = undefined;
    const { noteTaker } = guest;
    const notes = notesName !== undefined && this.hasNotes ? noteTaker : undefined;
    if (notes !== undefined) this.takeNotes(() => notes.sampleBefore(id, notesName!));
    let noteJson: string | undefined;
    try {
      code = call();
      // The bytes went with a message (thread-host.ts).
      if (code === RETURNED_DATA) code = DECIDED_BY_MESSAGES;
      if (notes !== undefined)
        this.takeNotes(() => {
          noteJson = notes.readChanges();
        });
    } catch (error) {
      code = METHOD_FAILED;
      hasThrown = true;
      this.value = error instanceof Error ? error.message : String(error);
    }
    this.sendResult(code, this.value, hasThrown, performance.now() - startMs, noteJson);
  }

  /** Runs a step of note-taking; its failure affects neither module nor request. */
  private takeNotes(step: () => void): void {
    if (!this.hasNotes) return;
    try {
      step();
    } catch (error) {
      this.hasNotes = false;
      this.host.sendLine(
        LINES.NOTICE,
        undefined,
        `what the module does is noted no more: ${(error as Error).message}`,
      );
    }
  }

  private sendResult(
    code: number,
    value: string | undefined,
    hasThrown = false,
    tookMs = 0,
    notes?: string,
  ): void {
    const { channel, host, writer } = this;
    // Absent if the start has failed.
    const guest: Guest | undefined = this.guest;
    writer
      .begin(TO_MAIN.RESULT)
      .writeNumber(code)
      .writeNumber(guest?.memoryBytes ?? 0)
      .writeNumber(tookMs)
      .writeU8(hasThrown ? 1 : 0);
    writeOptionalText(writer, value);
    writeOptionalText(writer, guest?.failure);
    writeOptionalText(writer, notes);
    writer.writeU32(host.readSet >>> 0);
    host.takeCommands(writer);
    host.beginCall(null);
    channel.put(writer);
    channel.wake();
    this.waitForReader();
  }

  private evaluate(id: number, source: string): void {
    const send = (isIncomplete: boolean, hasFailed: boolean, output: string): void => {
      this.queries
        .begin(TO_MAIN.EVALUATED)
        .writeNumber(id)
        .writeU8(isIncomplete ? 1 : 0)
        .writeU8(hasFailed ? 1 : 0)
        .writeText(output);
      this.channel.put(this.queries);
      this.channel.wake();
    };
    this.run(null, undefined, () => {
      void this.guest.evaluate(source).then(
        ({ isIncomplete, hasFailed, output }) => send(isIncomplete, hasFailed === true, output),
        (error: Error) => send(false, true, error.message),
      );
      return DECIDED_BY_MESSAGES;
    });
    // The promise settles in a turn of the event loop.
    this.schedule();
  }

  // -- a debugger --------------------------------------------------------------------------------

  private makeLineDebugger(): LineDebugger {
    const thread = this;
    return {
      get initialBreakpoints() {
        return thread.breakpoints;
      },
      send: (json) => this.sendLineMessage(json),
      // Without a debugger, a module that calls breakpoint() must not wait for ever.
      waitForCommand: () =>
        this.breakpoints === undefined ? CONTINUE_MESSAGE : this.waitForLineCommand(),
    };
  }

  /** Waits for a debugger's command, without limit; raises the heartbeat, as it is not stuck. */
  private waitForLineCommand(): string {
    const { earlyMessages } = this;
    const index = earlyMessages.findIndex(
      (message) => message.copy().readU8() === TO_GUEST.LINE_COMMAND,
    );
    const message =
      index < 0
        ? this.waitForMessage(TO_GUEST.LINE_COMMAND, Number.POSITIVE_INFINITY)
        : earlyMessages.splice(index, 1)[0]!;
    // `waitForMessage` has read the kind already.
    if (index >= 0) message.readU8();
    return this.recordBreakpoints(message.readText());
  }

  private sendLineMessage(json: string): void {
    this.channel.put(this.queries.begin(TO_MAIN.LINE_MESSAGE).writeText(json));
    this.channel.wake();
  }

  /** Records a command's breakpoints; returns the command. */
  private recordBreakpoints(command: string): string {
    const parsed = JSON.parse(command) as LineCommand;
    if (parsed.do === 'watch') this.breakpoints = parsed.lines === null ? undefined : command;
    return command;
  }
}
