/**
 * The pump's sockets. Those with traffic are *hot*: in the pump's own poll set. libuv watches the others, so that
 * idle ones cost nothing, and makes one hot when it becomes ready.
 */
import koffi, { type node } from 'koffi';
import type { PumpSource } from '../core/pump-source.ts';
import type { PollSet } from '../sys/struct.ts';

const HOT_MAX = 32;

export class HotSources {
  readonly hot: PumpSource[] = [];
  private readonly all = new Map<PumpSource, node.PollHandle>();
  private unsent: PumpSource[] = [];
  /** The source that receives now, and the one whose receive was abandoned. */
  private taking: PumpSource | null = null;
  private interrupted: PumpSource | null = null;
  private readonly changed: () => void;
  private readonly woken: () => void;

  /** @param changed called when `hot` changes @param woken called when libuv reports a ready source */
  constructor(changed: () => void, woken: () => void) {
    this.changed = changed;
    this.woken = woken;
  }

  get size(): number {
    return this.all.size;
  }

  get isActive(): boolean {
    return this.hot.length > 0 || this.unsent.length > 0;
  }

  /** Requests from hot sources may need the event loop. */
  get isBusy(): boolean {
    for (const { busy } of this.hot) if (busy) return true;
    return false;
  }

  /** Data waits to be sent. */
  get isUnsent(): boolean {
    return this.unsent.length > 0;
  }

  get isAwaited(): boolean {
    for (const { awaited } of this.hot) if (awaited > 0) return true;
    return false;
  }

  /** Several replies are awaited. */
  get isCrowded(): boolean {
    let count = 0;
    for (const { awaited } of this.hot) count += awaited;
    return count > 1;
  }

  add(source: PumpSource): void {
    const watcher = koffi.node.poll(source.fd, () => this.becameReady(source));
    watcher.stop();
    this.all.set(source, watcher);
    this.watch(source, watcher);
  }

  remove(source: PumpSource): void {
    const watcher = this.all.get(source);
    if (watcher === undefined) return;
    watcher.close();
    this.all.delete(source);
    this.unsent = this.unsent.filter((other) => other !== source);
    if (this.interrupted === source) this.interrupted = null;
    const at = this.hot.indexOf(source);
    if (at < 0) return;
    this.hot.splice(at, 1);
    this.changed();
  }

  /** Registers a source with unsent data for `flushAll`. */
  toFlush(source: PumpSource): void {
    if (!this.unsent.includes(source)) this.unsent.push(source);
  }

  /** Sends at once. @param parked whether libuv watches the hot sources */
  flush(source: PumpSource, parked: boolean): void {
    source.flush();
    this.heat(source);
    const watcher = this.all.get(source);
    if (parked && watcher !== undefined) this.watch(source, watcher);
  }

  flushAll(): void {
    if (this.unsent.length === 0) return;
    const { unsent } = this;
    this.unsent = [];
    for (const source of unsent) {
      source.flush();
      this.heat(source);
    }
  }

  /** Sends and receives between two requests of a load. */
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
    let any = false;
    const { hot } = this;
    for (let at = hot.length - 1; at >= 0; at--) {
      const source = hot[at];
      if (source === undefined || source.isPaused) continue;
      if (source.awaited === 0 && source.busyPollUs === 0) continue;
      if (this.take(source)) any = true;
    }
    return any;
  }

  /**
   * Serves ready sources after poll(2). A handler may remove sources, which shifts positions: then a read is in
   * vain, or a ready source waits for the next poll.
   * @param first position of the first source in the set
   */
  takeReady(set: PollSet, first: number): boolean {
    let any = false;
    const { hot } = this;
    for (let at = hot.length - 1; at >= 0; at--) {
      const source = hot[at];
      if (source === undefined || set.ready(first + at) === 0) continue;
      const isOver = set.isOver(first + at);
      any = true;
      if (source.isFull) source.flush();
      // poll(2) reports a closed peer until the source reads the end.
      if (hot[at] === source && (isOver || !source.isPaused)) this.take(source);
    }
    return any;
  }

  /** Called after a turn was ended. */
  abandoned(): void {
    this.interrupted = this.taking;
    this.taking = null;
  }

  /** Reads on from a source whose receive was abandoned: poll(2) may not report its buffered data. */
  resumeInterrupted(): void {
    const { interrupted } = this;
    if (interrupted === null) return;
    this.interrupted = null;
    this.take(interrupted);
  }

  /** Leaves all sources to libuv. */
  park(): void {
    for (const source of this.hot) this.watch(source, this.all.get(source)!);
  }

  unpark(): void {
    for (const source of this.hot) this.all.get(source)!.stop();
  }

  private take(source: PumpSource): boolean {
    this.taking = source;
    const any = source.receive();
    this.taking = null;
    return any;
  }

  private watch(source: PumpSource, watcher: node.PollHandle): void {
    const events = { readable: !source.isPaused, writable: source.isFull };
    if (events.readable || events.writable) {
      watcher.start(events, () => this.becameReady(source));
    } else watcher.stop();
  }

  /** Called by libuv, without a scope; see `unpark` of the pump. */
  private becameReady(source: PumpSource): void {
    this.heat(source);
    this.woken();
  }

  private heat(source: PumpSource): void {
    const { hot } = this;
    if (hot.includes(source)) return;
    const watcher = this.all.get(source);
    if (watcher === undefined) return;
    if (hot.length >= HOT_MAX) this.cool(hot[0]!);
    hot.push(source);
    watcher.stop();
    this.changed();
  }

  private cool(source: PumpSource): void {
    this.hot.splice(this.hot.indexOf(source), 1);
    this.watch(source, this.all.get(source)!);
  }
}
