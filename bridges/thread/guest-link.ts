/**
 * Exchanges messages with the thread of one guest, in the main thread. After a call, it first polls
 * for the result and then sleeps, both briefly and only if earlier results came in that time
 * (`BusyPoll`). A later result wakes the event loop.
 *
 * The thread is as untrusted as its module: a malformed message ends it.
 */
import { BusyPoll } from '../../runtime/core/busy-poll.ts';
import { onTurnAbandoned } from '../../runtime/core/turn.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import { Channel, makeSharedMemory, type SharedMemory } from './channel.ts';
import { MalformedMessageError, type MessageReader, MessageWriter } from './message-bytes.ts';

/** Microseconds of polling for a result; the pump polls as long. */
const MAX_POLL_US = 50;
/** Milliseconds of sleep; short, as other work waits for the main thread meanwhile. */
const MAX_SLEEP_MS = 1;
/** Milliseconds of sleep under a test's clock, repeated until the thread is idle. */
const MANUAL_CLOCK_SLEEP_MS = 250;
/** Milliseconds for which messages are handled before other work runs. */
const MAX_TURN_MS = 4;
/** Number of messages between two samples of the clock. */
const MESSAGES_PER_CLOCK_SAMPLE = 64;
/** Backlog at which a thread that stopped reading is ended. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/** The guest of a link. */
export interface GuestLinkOwner {
  /** True while a result of an awaited call is pending. */
  readonly awaitsResult: boolean;
  /** True while a debugger has stopped the module: then no result comes, so it is not awaited. */
  readonly isStopped: boolean;
  /** @throws {MalformedMessageError} */
  handleMessage(kind: number, from: MessageReader): void;
  /** Called when the thread can no longer be used. */
  handleBroken(reason: string): void;
  /** Checks under a test's clock whether the thread still runs. */
  checkAlive(): void;
  /** Called when all messages are handled. */
  handleIdle(): void;
}

const links = new Set<GuestLink>();
onTurnAbandoned(() => {
  for (const link of links) link.recover();
});

export class GuestLink {
  readonly shared: SharedMemory = makeSharedMemory();
  readonly channel: Channel;
  private readonly xl: Xlator<unknown>;
  private readonly owner: GuestLinkOwner;
  private readonly writer = new MessageWriter();
  /** True under a test's clock: every call is awaited. */
  private readonly hasManualClock: boolean;
  private readonly busyPoll = new BusyPoll(MAX_POLL_US);
  private readonly sleepPoll = new BusyPoll(MAX_SLEEP_MS * 1000);
  /** When this turn ends, by `performance.now`. */
  private turnEndMs = 0;
  isClosed = false;
  /** True while messages are being taken. */
  private isTakingMessages = false;

  /** @param wakeThread wakes the thread's event loop */
  constructor(xl: Xlator<unknown>, owner: GuestLinkOwner, wakeThread: () => void) {
    this.xl = xl;
    this.owner = owner;
    this.channel = new Channel(this.shared, 0, wakeThread);
    this.hasManualClock = xl.context.soon === undefined;
    this.updateSharedState();
    this.channel.setAway(false);
    links.add(this);
  }

  begin(kind: number): MessageWriter {
    return this.writer.begin(kind);
  }

  /**
   * Sends the message. @param wakes false if more follows soon, or if no one waits for it: then the
   * thread takes it at the latest when its liveness is checked
   */
  send(wakes = true): void {
    const { channel } = this;
    if (this.isClosed) return;
    try {
      channel.put(this.writer);
    } catch (error) {
      this.handleError(error);
      return;
    }
    // Under a test's clock the thread is awaited after each message.
    if (!wakes && !this.hasManualClock) return;
    this.updateSharedState();
    channel.wake();
    if (channel.backlogBytes > MAX_BACKLOG_BYTES) this.owner.handleBroken('it stopped reading');
  }

  private updateSharedState(): void {
    const { channel, xl } = this;
    if (xl.log.level !== channel.logLevel) channel.logLevel = xl.log.level;
    if (this.hasManualClock) channel.testClockMs = xl.context.now();
  }

  /** Wakes the thread for messages that it has not read, and takes its own. */
  exchangeMessages(): void {
    if (this.isClosed) return;
    this.channel.wakeIfUnread();
    this.takeMessages();
  }

  /** Takes the messages that have arrived, and waits for more as long as that is worthwhile. */
  takeMessages(): void {
    if (this.isTakingMessages || this.isClosed) return;
    this.isTakingMessages = true;
    const { channel } = this;
    channel.setAwake();
    this.turnEndMs = this.hasManualClock
      ? Number.POSITIVE_INFINITY
      : performance.now() + MAX_TURN_MS;
    try {
      do {
        this.takeArrivedMessages();
        while (this.canWait() && this.waitForMessage()) this.takeArrivedMessages();
      } while (!this.isClosed && !this.yieldIfTurnOver() && !channel.setAway(false));
    } finally {
      this.isTakingMessages = false;
    }
    this.owner.handleIdle();
  }

  /** True when the turn is over while messages remain: they are taken in another turn. */
  private yieldIfTurnOver(): boolean {
    if (!this.channel.hasMessage || performance.now() < this.turnEndMs) return false;
    this.xl.context.after(0, () => this.takeMessages());
    return true;
  }

  /** Recovers from an aborted turn; pending messages are taken later. */
  recover(): void {
    this.isTakingMessages = false;
    if (!this.isClosed) this.xl.context.after(0, () => this.takeMessages());
  }

  private canWait(): boolean {
    if (this.isClosed || this.owner.isStopped || performance.now() > this.turnEndMs) return false;
    if (this.channel.isOtherSideIdle) return this.channel.hasMessage;
    return this.hasManualClock || this.owner.awaitsResult;
  }

  /** Waits for a message. Returns false if none came in time. */
  private waitForMessage(): boolean {
    const { busyPoll, channel, sleepPoll } = this;
    if (channel.pollWhileBusy(busyPoll)) return true;
    if (this.hasManualClock) {
      channel.sleep(MANUAL_CLOCK_SLEEP_MS, false);
      this.owner.checkAlive();
      return !this.isClosed;
    }
    if (!sleepPoll.shouldPoll()) return false;
    channel.sleep(MAX_SLEEP_MS, false);
    if (!channel.hasMessage && !channel.isOtherSideIdle) {
      sleepPoll.noteMiss();
      return false;
    }
    sleepPoll.noteHit();
    return true;
  }

  /** Waits synchronously until `isDone`, for at most `ms` milliseconds; returns `isDone()`. */
  waitUntil(isDone: () => boolean, ms: number): boolean {
    const { channel } = this;
    const deadlineMs = performance.now() + ms;
    channel.setAwake();
    this.turnEndMs = deadlineMs;
    for (;;) {
      this.takeArrivedMessages();
      if (isDone() || this.isClosed) break;
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) break;
      channel.sleep(remainingMs, false);
    }
    if (!this.isTakingMessages) this.takeMessages();
    return isDone();
  }

  /** Handles the messages that have arrived, until the turn is over. */
  private takeArrivedMessages(): void {
    const { channel } = this;
    try {
      for (let count = 1; !this.isClosed; count++) {
        const message = channel.receive();
        if (message === null) break;
        this.owner.handleMessage(message.readU8(), message);
        if (count % MESSAGES_PER_CLOCK_SAMPLE === 0 && performance.now() > this.turnEndMs) return;
      }
      if (channel.backlogBytes > 0) {
        channel.flush();
        channel.wake();
      }
    } catch (error) {
      this.handleError(error);
    }
  }

  private handleError(error: unknown): void {
    if (!(error instanceof MalformedMessageError)) throw error;
    if (!this.isClosed) this.owner.handleBroken(`it sent a malformed message: ${error.message}`);
  }

  /** Stops reading from the thread. */
  close(): void {
    this.isClosed = true;
    links.delete(this);
  }
}
