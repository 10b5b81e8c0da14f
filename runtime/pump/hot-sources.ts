/**
 * Manages the pump's sockets (*sources*). Those with traffic are *hot*: in the pump's own poll set. libuv watches the
 * others, so that idle ones cost nothing, and a callback makes one hot when it becomes ready.
 */
import type { node } from 'koffi';
import type { PumpSource } from '../core/pump-source.ts';
import { koffi } from '../sys/koffi.ts';
import type { PollSet } from '../sys/struct.ts';

/** The most hot sources. One more takes the oldest of them out of the pump's poll set. */
const HOT_MAX = 32;

export class HotSources {
  /** The hot sources, in the order in which they became hot. */
  readonly hotSources: PumpSource[] = [];
  /** libuv's watcher of each source, which is stopped while the source is hot. */
  private readonly watchers = new Map<PumpSource, node.PollHandle>();
  /** Sources with data to send, for `flushAll`. */
  private unsentSources: PumpSource[] = [];
  /** The source that receives now. */
  private receivingSource: PumpSource | null = null;
  /** The source whose `receive` was cut off, because its turn was ended from outside (sys/end-turn.ts). */
  private interruptedSource: PumpSource | null = null;
  private readonly onHotChange: () => void;
  private readonly onReady: () => void;

  /**
   * @param onHotChange called when `hotSources` changes
   * @param onReady called when libuv reports a ready source
   */
  constructor(onHotChange: () => void, onReady: () => void) {
    this.onHotChange = onHotChange;
    this.onReady = onReady;
  }

  /** Number of all sources, idle ones included. */
  get size(): number {
    return this.watchers.size;
  }

  /** Whether a source is hot or has data to send. */
  get isActive(): boolean {
    return this.hotSources.length > 0 || this.unsentSources.length > 0;
  }

  /** Whether a request from a hot source may wait for something that only the event loop can deliver. */
  get needsEventLoop(): boolean {
    for (const { mayNeedEventLoop } of this.hotSources) if (mayNeedEventLoop) return true;
    return false;
  }

  /** Whether `flushAll` has data to send. */
  get hasUnsent(): boolean {
    return this.unsentSources.length > 0;
  }

  /** Whether a hot source awaits a reply. */
  get awaitsReply(): boolean {
    for (const { awaitedReplyCount } of this.hotSources) if (awaitedReplyCount > 0) return true;
    return false;
  }

  /** Whether the hot sources together await more than one reply. */
  get awaitsSeveralReplies(): boolean {
    let count = 0;
    for (const { awaitedReplyCount } of this.hotSources) count += awaitedReplyCount;
    return count > 1;
  }

  /** Adds a source, which libuv watches until its first traffic. */
  add(source: PumpSource): void {
    const watcher = koffi.node.poll(source.fd, () => this.handleReady(source));
    watcher.stop();
    this.watchers.set(source, watcher);
    this.watch(source, watcher);
  }

  /** Removes a source; call it before the descriptor is closed. */
  remove(source: PumpSource): void {
    const watcher = this.watchers.get(source);
    if (watcher === undefined) return;
    watcher.close();
    this.watchers.delete(source);
    this.unsentSources = this.unsentSources.filter((other) => other !== source);
    if (this.interruptedSource === source) this.interruptedSource = null;
    const index = this.hotSources.indexOf(source);
    if (index < 0) return;
    this.hotSources.splice(index, 1);
    this.onHotChange();
  }

  /** Registers a source with unsent data for `flushAll`. */
  queueFlush(source: PumpSource): void {
    if (!this.unsentSources.includes(source)) this.unsentSources.push(source);
  }

  /** Sends the data of all queued sources. */
  flushAll(): void {
    if (this.unsentSources.length === 0) return;
    const { unsentSources } = this;
    this.unsentSources = [];
    for (const source of unsentSources) {
      source.flush();
      this.makeHot(source);
    }
  }

  /** Sends queued data and receives awaited replies; called now and then under a continuous load of requests. */
  sendAndReceive(): void {
    this.flushAll();
    for (const { awaitedReplyCount } of this.hotSources) {
      if (awaitedReplyCount === 0) continue;
      this.receive();
      return;
    }
  }

  /**
   * Receives, without a poll(2), from the hot sources that await replies or have busy polling.
   * @returns whether any data had arrived
   */
  receive(): boolean {
    let hasReceived = false;
    const { hotSources } = this;
    // From the end, because a handler may remove sources.
    for (let i = hotSources.length - 1; i >= 0; i--) {
      const source = hotSources[i];
      if (source === undefined || source.isPaused) continue;
      if (source.awaitedReplyCount === 0 && source.busyPollUs === 0) continue;
      if (this.receiveFrom(source)) hasReceived = true;
    }
    return hasReceived;
  }

  /**
   * Serves the sources that poll(2) found ready. A handler may remove sources, so an index may then name another
   * source. That is harmless: a read finds no data, or a ready source is served after the next poll.
   * @param firstIndex index of the first source in the set
   * @returns whether any source was ready
   */
  serveReady(set: PollSet, firstIndex: number): boolean {
    let hasReceived = false;
    const { hotSources } = this;
    for (let i = hotSources.length - 1; i >= 0; i--) {
      const source = hotSources[i];
      if (source === undefined || set.getReadyEvents(firstIndex + i) === 0) continue;
      const hasPeerClosed = set.hasPeerClosed(firstIndex + i);
      hasReceived = true;
      if (source.awaitsWritable) source.flush();
      // poll(2) reports a closed peer until the source reads the end.
      if (hotSources[i] === source && (hasPeerClosed || !source.isPaused)) this.receiveFrom(source);
    }
    return hasReceived;
  }

  /** Remembers the source that was receiving when end-turn.ts ended the turn; called by the pump. */
  noteAbandonedTurn(): void {
    this.interruptedSource = this.receivingSource;
    this.receivingSource = null;
  }

  /** Continues the interrupted `receive`: poll(2) does not report data that the source has already buffered. */
  resumeInterrupted(): void {
    const { interruptedSource } = this;
    if (interruptedSource === null) return;
    this.interruptedSource = null;
    this.receiveFrom(interruptedSource);
  }

  /** Lets libuv watch the hot sources too, before the pump returns to the event loop and no longer polls them. */
  startWatchingHot(): void {
    for (const source of this.hotSources) this.watch(source, this.watchers.get(source)!);
  }

  /** Stops libuv from watching the hot sources, when the pump polls them again. */
  stopWatchingHot(): void {
    for (const source of this.hotSources) this.watchers.get(source)!.stop();
  }

  /** Receives from a source. Returns whether any data had arrived. */
  private receiveFrom(source: PumpSource): boolean {
    this.receivingSource = source;
    const hasReceived = source.receive();
    this.receivingSource = null;
    return hasReceived;
  }

  /** Lets libuv watch for the events that the source awaits now. */
  private watch(source: PumpSource, watcher: node.PollHandle): void {
    const events = { readable: !source.isPaused, writable: source.awaitsWritable };
    if (events.readable || events.writable) {
      watcher.start(events, () => this.handleReady(source));
    } else watcher.stop();
  }

  /** Called by libuv outside of Node's callback scope, so it may only call `setImmediate` (see `Pump.unpark`). */
  private handleReady(source: PumpSource): void {
    this.makeHot(source);
    this.onReady();
  }

  /** Moves a source from libuv's watch to the pump's poll set. */
  private makeHot(source: PumpSource): void {
    const { hotSources } = this;
    if (hotSources.includes(source)) return;
    const watcher = this.watchers.get(source);
    if (watcher === undefined) return;
    if (hotSources.length >= HOT_MAX) this.makeIdle(hotSources[0]!);
    hotSources.push(source);
    watcher.stop();
    this.onHotChange();
  }

  /** Moves a source back to libuv's watch; the caller reports the change of `hotSources`. */
  private makeIdle(source: PumpSource): void {
    this.hotSources.splice(this.hotSources.indexOf(source), 1);
    this.watch(source, this.watchers.get(source)!);
  }
}
