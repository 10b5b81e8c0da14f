/**
 * The worker's end: its channel and the loop that serves it. An idle loop sleeps on the shared
 * memory first, then in the event loop, where it also goes while pending work needs the event loop.
 */
import { BusyPoll } from '../../../runtime/core/busy-poll.ts';
import { type Reader, Writer } from '../bytes.ts';
import { Channel } from '../channel.ts';
import { DOWN, type WorkerData } from '../message-kinds.ts';

/** Microseconds of polling for the next message before sleeping. */
const POLL_US = 30;
/** Milliseconds on the shared memory; see the pump's IDLE_MS. */
const SLEEP_MS = 12;
/** Milliseconds before the event loop gets a turn. */
const TURN_MS = 4;
/** Milliseconds that the main thread may take to reply. */
const PATIENCE_MS = 30_000;

export interface EventLoop {
  /** Wakes the main thread's event loop. */
  call(): void;
  /** Runs `what` after a turn of this thread's event loop. */
  later(what: () => void): void;
}

export class WorkerSide {
  readonly channel: Channel;
  readonly writer = new Writer();
  /** The number of tasks that need the event loop. */
  pending = 0;
  private readonly loop: EventLoop;
  private readonly busy = new BusyPoll(POLL_US);
  private readonly handle: (kind: number, message: Reader) => void;
  /** Messages that arrived during the wait for a RESULT. */
  private early: Reader[] = [];
  private soon = new Set<() => void>();
  private asked = false;
  private scheduled = false;

  constructor(
    { shared }: WorkerData,
    loop: EventLoop,
    handle: (kind: number, message: Reader) => void,
  ) {
    this.loop = loop;
    this.channel = new Channel(shared, 1, () => loop.call());
    this.handle = handle;
  }

  begin(kind: number): Writer {
    return this.writer.begin(kind);
  }

  /** Sends the message; `wakes` the main thread, unless more follows or no caller waits for it. */
  send(wakes = true): void {
    this.channel.put(this.writer);
    if (wakes) this.channel.wake();
  }

  turn(): void {
    this.asked = true;
  }

  /** Runs `what` after all pending work; the result cancels it. */
  afterAll(what: () => void): () => void {
    this.soon.add(what);
    this.schedule();
    return () => this.soon.delete(what);
  }

  /** Sends a query to the main thread, and waits for its result, which `read` decodes. */
  query<T>(write: (to: Writer) => void, read: (from: Reader) => T): T {
    const to = new Writer();
    write(to);
    this.channel.put(to);
    this.channel.wake();
    return read(this.waitFor(DOWN.RESULT, PATIENCE_MS));
  }

  /** Waits for a debugger's command without limit; the thread does not count as stuck. */
  waitForLine(): string {
    const at = this.early.findIndex((message) => message.own().u8() === DOWN.LINE);
    const message = at < 0 ? this.waitFor(DOWN.LINE, Infinity) : this.early.splice(at, 1)[0]!;
    if (at >= 0) message.u8();
    return message.text();
  }

  /** Waits for a message of this kind; other messages are handled later. */
  private waitFor(kind: number, ms: number): Reader {
    const { channel } = this;
    const until = performance.now() + ms;
    for (;;) {
      const message = channel.receive();
      if (message !== null) {
        if (message.u8() === kind) return message;
        this.early.push(message.own());
        continue;
      }
      if (performance.now() > until) throw new Error('the main thread does not reply');
      if (kind === DOWN.LINE) channel.raiseBeat();
      channel.flush();
      channel.sleep(SLEEP_MS, false);
    }
  }

  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.loop.later(this.run);
  }

  readonly run = (): void => {
    this.scheduled = false;
    this.asked = false;
    const { channel } = this;
    channel.awake();
    const until = performance.now() + TURN_MS;
    for (;;) {
      this.serveAll();
      channel.raiseBeat();
      if (this.asked || this.soon.size > 0 || performance.now() > until) {
        this.schedule();
        return;
      }
      if (this.pending === 0 && this.pollMessage()) continue;
      if (channel.leave(this.pending === 0)) return;
    }
  };

  private serveAll(): void {
    const { channel } = this;
    for (const what of [...this.soon]) {
      this.soon.delete(what);
      what();
    }
    for (;;) {
      const message = this.early.shift() ?? channel.receive();
      if (message === null) break;
      channel.raiseBeat();
      this.handle(message.u8(), message);
    }
    if (channel.backlogBytes > 0) channel.flush();
    channel.wakeIfNews();
  }

  /** Waits for the next message. False when none came. */
  private pollMessage(): boolean {
    const { busy, channel } = this;
    if (channel.waitAwake(busy)) return true;
    channel.sleep(SLEEP_MS, true);
    return channel.hasNews;
  }
}
