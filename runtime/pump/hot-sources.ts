/**
 * Manages the pump's sockets (*sources*). Those with traffic are *hot*: in the pump's own poll set. libuv watches the
 * others, so that idle ones cost nothing, and a callback makes one hot when it becomes ready.
 */
import koffi, { type node } from 'koffi';
import type { PumpSource } from '../core/pump-source.ts';
import type { PollSet } from '../sys/struct.ts';

/** The most hot sources: one more makes the first of them idle. */
const HOT_MAX = 32;

export class HotSources {
  readonly hot: PumpSource[] = [];
  private readonly watchers = new Map<PumpSource, node.PollHandle>();
  /** Sources with data to send, for `flushAll`. */
  private unsent: PumpSource[] = [];
  /** The source that receives now, and the one whose receive was ended from outside (sys/end-turn.ts). */
  private taking: PumpSource | null = null;
  private interrupted: PumpSource | null = null;
  private readonly onHotChange: () => void;
  private readonly onReady: () => void;

  /** @param onHotChange called when `hot` changes @param onReady called when libuv reports a ready source */
  constructor(onHotChange: () => void, onReady: () => void) {
    this.onHotChange = onHotChange;
    this.onReady = onReady;
  }

  get size(): number {
    return this.watchers.size;
  }

  get isActive(): boolean {
    return this.hot.length > 0 || this.unsent.length > 0;
  }

  /** Whether requests from hot sources may need the event loop. */
  get isBusy(): boolean {
    for (const { busy } of this.hot) if (busy) return true;
    return false;
  }

  /** Whether data waits to be sent. */
  get isUnsent(): boolean {
    return this.unsent.length > 0;
  }

  /** Whether a reply is awaited. */
  get isAwaited(): boolean {
    for (const { awaited } of this.hot) if (awaited > 0) return true;
    return false;
  }

  /** Whether several replies are awaited. */
  get isCrowded(): boolean {
    let count = 0;
    for (const { awaited } of this.hot) count += awaited;
    return count > 1;
  }

  add(source: PumpSource): void {
    const watcher = koffi.node.poll(source.fd, () => this.handleReady(source));
    watcher.stop();
    this.watchers.set(source, watcher);
    this.watch(source, watcher);
  }

  remove(source: PumpSource): void {
    const watcher = this.watchers.get(source);
    if (watcher === undefined) return;
    watcher.close();
    this.watchers.delete(source);
    this.unsent = this.unsent.filter((other) => other !== source);
    if (this.interrupted === source) this.interrupted = null;
    const at = this.hot.indexOf(source);
    if (at < 0) return;
    this.hot.splice(at, 1);
    this.onHotChange();
  }

  /** Registers a source with unsent data for `flushAll`. */
  queueFlush(source: PumpSource): void {
    if (!this.unsent.includes(source)) this.unsent.push(source);
  }

  /** Sends the data of all queued sources. */
  flushAll(): void {
    if (this.unsent.length === 0) return;
    const { unsent } = this;
    this.unsent = [];
    for (const source of unsent) {
      source.flush();
      this.makeHot(source);
    }
  }

  /** Sends, and receives awaited replies, between two requests of a continuous load. */
  exchange(): void {
    this.flushAll();
    for (const { awaited } of this.hot) {
      if (awaited === 0) continue;
      this.receive();
      return;
    }
  }

  /**
   * Receives from sources with awaited replies or busy polling.
   * @returns whether any data had arrived
   */
  receive(): boolean {
    let hasReceived = false;
    const { hot } = this;
    for (let at = hot.length - 1; at >= 0; at--) {
      const source = hot[at];
      if (source === undefined || source.isPaused) continue;
      if (source.awaited === 0 && source.busyPollUs === 0) continue;
      if (this.receiveFrom(source)) hasReceived = true;
    }
    return hasReceived;
  }

  /**
   * Serves ready sources after poll(2). A handler may remove sources, which shifts positions: then a read finds no
   * data, or a ready source waits for the next poll.
   * @param first position of the first source in the set
   */
  takeReady(set: PollSet, first: number): boolean {
    let hasReceived = false;
    const { hot } = this;
    for (let at = hot.length - 1; at >= 0; at--) {
      const source = hot[at];
      if (source === undefined || set.ready(first + at) === 0) continue;
      const isOver = set.isOver(first + at);
      hasReceived = true;
      if (source.isFull) source.flush();
      // poll(2) reports a closed peer until the source reads the end.
      if (hot[at] === source && (isOver || !source.isPaused)) this.receiveFrom(source);
    }
    return hasReceived;
  }

  /** Called after a turn was ended from outside. */
  abandoned(): void {
    this.interrupted = this.taking;
    this.taking = null;
  }

  /** Reads on from the interrupted source: poll(2) does not report data that it has buffered already. */
  resumeInterrupted(): void {
    const { interrupted } = this;
    if (interrupted === null) return;
    this.interrupted = null;
    this.receiveFrom(interrupted);
  }

  /** Lets libuv watch the hot sources, too. */
  park(): void {
    for (const source of this.hot) this.watch(source, this.watchers.get(source)!);
  }

  /** Stops libuv from watching the hot sources. */
  unpark(): void {
    for (const source of this.hot) this.watchers.get(source)!.stop();
  }

  private receiveFrom(source: PumpSource): boolean {
    this.taking = source;
    const hasReceived = source.receive();
    this.taking = null;
    return hasReceived;
  }

  private watch(source: PumpSource, watcher: node.PollHandle): void {
    const events = { readable: !source.isPaused, writable: source.isFull };
    if (events.readable || events.writable) {
      watcher.start(events, () => this.handleReady(source));
    } else watcher.stop();
  }

  /** Called by libuv outside of Node's callback scope, with the limits of `Pump.unpark`. */
  private handleReady(source: PumpSource): void {
    this.makeHot(source);
    this.onReady();
  }

  private makeHot(source: PumpSource): void {
    const { hot } = this;
    if (hot.includes(source)) return;
    const watcher = this.watchers.get(source);
    if (watcher === undefined) return;
    if (hot.length >= HOT_MAX) this.makeIdle(hot[0]!);
    hot.push(source);
    watcher.stop();
    this.onHotChange();
  }

  private makeIdle(source: PumpSource): void {
    this.hot.splice(this.hot.indexOf(source), 1);
    this.watch(source, this.watchers.get(source)!);
  }
}
