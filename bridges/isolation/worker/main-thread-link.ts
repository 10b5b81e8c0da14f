/**
 * Serves the worker's end of the channel in a loop: takes the main thread's messages, and sends
 * replies and queries. When idle, the loop polls, then sleeps on the shared memory, then returns to
 * the event loop. While tasks need the event loop (`pendingTaskCount`), it returns there at once.
 */
import { BusyPoll } from '../../../runtime/core/busy-poll.ts';
import { Channel } from '../channel.ts';
import { type MessageReader, MessageWriter } from '../message-bytes.ts';
import { TO_WORKER, type WorkerData } from '../message-kinds.ts';

/** Microseconds of polling for the next message before sleeping. */
const MAX_POLL_US = 30;
/** Milliseconds of sleep on the shared memory; see the pump's SLEEP_MAX_MS. */
const SLEEP_MS = 12;
/** Milliseconds of messages after which the event loop gets a turn. */
const MAX_TURN_MS = 4;
/** Milliseconds that the main thread may take to answer a query. */
const QUERY_TIMEOUT_MS = 30_000;

/** The machine's functions for the event loops of both threads. */
export interface WorkerEventLoop {
  /** Wakes the main thread's event loop. */
  wakeMainThread(): void;
  /** Runs `task` after a turn of this thread's event loop. */
  runAfterTurn(task: () => void): void;
}

export class MainThreadLink {
  readonly channel: Channel;
  readonly writer = new MessageWriter();
  /** The number of tasks that need the event loop. */
  pendingTaskCount = 0;
  private readonly loop: WorkerEventLoop;
  private readonly busyPoll = new BusyPoll(MAX_POLL_US);
  private readonly handleMessage: (kind: number, message: MessageReader) => void;
  /** Messages that arrived while the worker waited for another kind of message. */
  private earlyMessages: MessageReader[] = [];
  /** Tasks that run after all pending work (`addTask`). */
  private tasks = new Set<() => void>();
  private isTurnRequested = false;
  private isScheduled = false;

  constructor(
    { shared }: WorkerData,
    loop: WorkerEventLoop,
    handleMessage: (kind: number, message: MessageReader) => void,
  ) {
    this.loop = loop;
    this.channel = new Channel(shared, 1, () => loop.wakeMainThread());
    this.handleMessage = handleMessage;
  }

  begin(kind: number): MessageWriter {
    return this.writer.begin(kind);
  }

  /** Sends the message. @param wakes false if more follows, or no caller waits for it */
  send(wakes = true): void {
    this.channel.put(this.writer);
    if (wakes) this.channel.wake();
  }

  /** Makes the loop return to the event loop as soon as its messages are handled. */
  requestTurn(): void {
    this.isTurnRequested = true;
  }

  /** Runs `task` after all pending work; the result cancels it. */
  addTask(task: () => void): () => void {
    this.tasks.add(task);
    this.schedule();
    return () => this.tasks.delete(task);
  }

  /** Sends a query to the main thread, and waits for its result, which `read` decodes. */
  query<T>(write: (to: MessageWriter) => void, read: (from: MessageReader) => T): T {
    const to = new MessageWriter();
    write(to);
    this.channel.put(to);
    this.channel.wake();
    return read(this.waitForMessage(TO_WORKER.QUERY_RESULT, QUERY_TIMEOUT_MS));
  }

  /** Waits for a debugger's command, without limit; raises the heartbeat, as it is not stuck. */
  waitForLineCommand(): string {
    const index = this.earlyMessages.findIndex(
      (message) => message.copy().readU8() === TO_WORKER.LINE_COMMAND,
    );
    const message =
      index < 0
        ? this.waitForMessage(TO_WORKER.LINE_COMMAND, Infinity)
        : this.earlyMessages.splice(index, 1)[0]!;
    // `waitForMessage` has read the kind already.
    if (index >= 0) message.readU8();
    return message.readText();
  }

  /** Waits for a message of this kind; other messages are handled later. */
  private waitForMessage(kind: number, timeoutMs: number): MessageReader {
    const { channel } = this;
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const message = channel.receive();
      if (message !== null) {
        if (message.readU8() === kind) return message;
        this.earlyMessages.push(message.copy());
        continue;
      }
      if (performance.now() > deadlineMs) throw new Error('the main thread does not reply');
      if (kind === TO_WORKER.LINE_COMMAND) channel.raiseHeartbeat();
      channel.flush();
      channel.sleep(SLEEP_MS, false);
    }
  }

  /** Continues the loop after a turn of the event loop. */
  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.loop.runAfterTurn(this.serve);
  }

  /** Runs the loop, until the thread is idle or its turn is over. */
  readonly serve = (): void => {
    this.isScheduled = false;
    this.isTurnRequested = false;
    const { channel } = this;
    channel.setAwake();
    const turnEndMs = performance.now() + MAX_TURN_MS;
    for (;;) {
      this.handleAllMessages();
      channel.raiseHeartbeat();
      if (this.isTurnRequested || this.tasks.size > 0 || performance.now() > turnEndMs) {
        this.schedule();
        return;
      }
      if (this.pendingTaskCount === 0 && this.pollMessage()) continue;
      if (channel.setAway(this.pendingTaskCount === 0)) return;
    }
  };

  /** Runs the added tasks, and handles all messages that have arrived. */
  private handleAllMessages(): void {
    const { channel } = this;
    for (const task of [...this.tasks]) {
      this.tasks.delete(task);
      task();
    }
    for (;;) {
      const message = this.earlyMessages.shift() ?? channel.receive();
      if (message === null) break;
      channel.raiseHeartbeat();
      this.handleMessage(message.readU8(), message);
    }
    if (channel.backlogBytes > 0) channel.flush();
    channel.wakeIfUnread();
  }

  /** Waits for the next message. Returns false if no message came. */
  private pollMessage(): boolean {
    const { busyPoll, channel } = this;
    if (channel.pollWhileBusy(busyPoll)) return true;
    channel.sleep(SLEEP_MS, true);
    return channel.hasMessage;
  }
}
