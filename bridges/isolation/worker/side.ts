/**
 * Serves the worker's end of the channel in a loop. When idle, the loop polls, then sleeps on the
 * shared memory, then returns to the event loop. While tasks need the event loop (`pendingTasks`),
 * it returns there at once.
 */
import { BusyPoll } from '../../../runtime/core/busy-poll.ts';
import { type Reader, Writer } from '../bytes.ts';
import { Channel } from '../channel.ts';
import { DOWN, type WorkerData } from '../message-kinds.ts';

/** Microseconds of polling for the next message before sleeping. */
const POLL_US = 30;
/** Milliseconds of sleep on the shared memory; see the pump's IDLE_MS. */
const SLEEP_MS = 12;
/** Milliseconds of messages after which the event loop gets a turn. */
const TURN_MS = 4;
/** Milliseconds that the main thread may take to answer a query. */
const REPLY_LIMIT_MS = 30_000;

export interface EventLoop {
  /** Wakes the main thread's event loop. */
  wakeMainThread(): void;
  /** Runs `task` after a turn of this thread's event loop. */
  runAfterTurn(task: () => void): void;
}

export class WorkerSide {
  readonly channel: Channel;
  readonly writer = new Writer();
  /** The number of tasks that need the event loop. */
  pendingTasks = 0;
  private readonly loop: EventLoop;
  private readonly busy = new BusyPoll(POLL_US);
  private readonly handle: (kind: number, message: Reader) => void;
  /** Messages that arrived during the wait for a RESULT. */
  private earlyMessages: Reader[] = [];
  private tasks = new Set<() => void>();
  private isTurnRequested = false;
  private isScheduled = false;

  constructor(
    { shared }: WorkerData,
    loop: EventLoop,
    handle: (kind: number, message: Reader) => void,
  ) {
    this.loop = loop;
    this.channel = new Channel(shared, 1, () => loop.wakeMainThread());
    this.handle = handle;
  }

  begin(kind: number): Writer {
    return this.writer.begin(kind);
  }

  /** Sends the message. @param wakes false if more follows, or no caller waits for it */
  send(wakes = true): void {
    this.channel.put(this.writer);
    if (wakes) this.channel.wake();
  }

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
  query<T>(write: (to: Writer) => void, read: (from: Reader) => T): T {
    const to = new Writer();
    write(to);
    this.channel.put(to);
    this.channel.wake();
    return read(this.waitFor(DOWN.RESULT, REPLY_LIMIT_MS));
  }

  /** Waits for a debugger's command without limit; raises the beat, so as not to count as stuck. */
  waitForLine(): string {
    const at = this.earlyMessages.findIndex((message) => message.copy().u8() === DOWN.LINE);
    const message =
      at < 0 ? this.waitFor(DOWN.LINE, Infinity) : this.earlyMessages.splice(at, 1)[0]!;
    if (at >= 0) message.u8();
    return message.text();
  }

  /** Waits for a message of this kind; other messages are handled later. */
  private waitFor(kind: number, ms: number): Reader {
    const { channel } = this;
    const turnEnd = performance.now() + ms;
    for (;;) {
      const message = channel.receive();
      if (message !== null) {
        if (message.u8() === kind) return message;
        this.earlyMessages.push(message.copy());
        continue;
      }
      if (performance.now() > turnEnd) throw new Error('the main thread does not reply');
      if (kind === DOWN.LINE) channel.raiseBeat();
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

  readonly serve = (): void => {
    this.isScheduled = false;
    this.isTurnRequested = false;
    const { channel } = this;
    channel.setAwake();
    const turnEnd = performance.now() + TURN_MS;
    for (;;) {
      this.handleAll();
      channel.raiseBeat();
      if (this.isTurnRequested || this.tasks.size > 0 || performance.now() > turnEnd) {
        this.schedule();
        return;
      }
      if (this.pendingTasks === 0 && this.pollMessage()) continue;
      if (channel.setAway(this.pendingTasks === 0)) return;
    }
  };

  private handleAll(): void {
    const { channel } = this;
    for (const task of [...this.tasks]) {
      this.tasks.delete(task);
      task();
    }
    for (;;) {
      const message = this.earlyMessages.shift() ?? channel.receive();
      if (message === null) break;
      channel.raiseBeat();
      this.handle(message.u8(), message);
    }
    if (channel.backlogBytes > 0) channel.flush();
    channel.wakeIfUnread();
  }

  /** Waits for the next message. Returns false if no message came. */
  private pollMessage(): boolean {
    const { busy, channel } = this;
    if (channel.pollWhileBusy(busy)) return true;
    channel.sleep(SLEEP_MS, true);
    return channel.hasMessage;
  }
}
