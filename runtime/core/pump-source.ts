/**
 * Descriptors of volumes, such as sockets, that are served with the requests of mounts: what comes in
 * costs no turn of the event loop. Nothing that is called here may throw.
 */
export interface PumpSource {
  /** Nonblocking. */
  readonly fd: number;
  /** How many answers are waited for that come by it. */
  readonly awaited: number;
  /** It could not send all, and goes on when `flush` is called. */
  readonly isFull: boolean;
  /** Requests that came by it are under way, and may need the event loop. */
  readonly busy: boolean;
  /** Nothing is to be taken from it for now. */
  readonly isPaused: boolean;
  /** Microseconds to wait awake for what nobody has asked for. */
  readonly busyPollUs: number;
  /** Takes what is there. @returns whether there was anything */
  receive(): boolean;
  /** Sends what has gathered. */
  flush(): void;
}

export interface PumpSources {
  /** From now on its descriptor is watched. */
  add(source: PumpSource): void;
  /** To be called before its descriptor is closed. */
  remove(source: PumpSource): void;
  /**
   * Milliseconds by `performance.now`, late by what is at work: to look at the clock costs more than much of
   * what is done for a request.
   */
  now(): number;
  /** It has something to send: `flush` is called before anybody waits, or now. */
  flushSoon(source: PumpSource): void;
}
