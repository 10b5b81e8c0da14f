/**
 * Declares the interface of a source: a descriptor, such as a volume's socket, that the pump (`runtime/pump`) serves
 * together with mounts, without a turn of the event loop. Methods must not throw.
 */
export interface PumpSource {
  /** The nonblocking descriptor. */
  readonly fd: number;
  /** Number of requests sent on the descriptor whose reply has not arrived. */
  readonly awaitedReplyCount: number;
  /** Whether unsent data or a connect waits until the descriptor is writable; then `flush` continues. */
  readonly awaitsWritable: boolean;
  /** Whether requests received on the descriptor are under way, and may need the event loop. */
  readonly mayNeedEventLoop: boolean;
  /** Whether the pump must not read from the descriptor now. */
  readonly isPaused: boolean;
  /** Microseconds of busy polling for unsolicited messages. */
  readonly busyPollUs: number;
  /** Reads and handles the data that has arrived. @returns false if there was no data */
  receive(): boolean;
  /** Sends the queued data. */
  flush(): void;
}

/** The part of the pump with which owners of sources register them (`Context.sourcePump`). */
export interface SourceRegistry {
  /** Starts watching the source's descriptor. */
  add(source: PumpSource): void;
  /** Stops watching the source's descriptor. Call it before the descriptor is closed. */
  remove(source: PumpSource): void;
  /**
   * Returns the pump's last sample of `performance.now`, in milliseconds. Reading the clock itself costs more than much
   * of the work for a request.
   */
  now(): number;
  /** Schedules one `flush` of the source before the pump waits next, however often it is called until then. */
  flushSoon(source: PumpSource): void;
}
