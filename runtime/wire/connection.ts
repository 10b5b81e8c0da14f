/**
 * Declares the two sides of a connection that a server serves: the transport, which moves its bytes, and the service
 * of its messages. protocol/server and the API's server implement both.
 */
import type { RecordReader } from './record.ts';
import type { XdrWriter } from './xdr.ts';

/** Sends the bytes of a connection. */
export interface ConnectionTransport {
  /** Number of bytes that the transport has taken from `out` and not sent yet. */
  readonly queuedBytes: number;
  /** Number of bytes that have left so far. */
  readonly sentBytes: number;
  /** Sends and empties `out`: at once, or before the process blocks. */
  send(): void;
  /** Pauses or resumes reading, as `isPaused` of the connection says; called when that has changed. */
  updateFlow(): void;
  /** Ends the connection after sending everything. */
  end(): void;
  /** Ends the connection at once. */
  destroy(): void;
}

/** A connection whose messages are served. */
export interface ServedConnection {
  /** The received bytes. */
  readonly records: RecordReader;
  /** The bytes to send. */
  readonly out: XdrWriter;
  /** Whether reading should stop. */
  readonly isPaused: boolean;
  /** Whether its requests may need a turn of the event loop. */
  readonly mayNeedEventLoop: boolean;
  /** Serves the complete messages in `records`. */
  serveMessages(): void;
  /** Called after all of `out` was sent. */
  noteAllSent(): void;
  /** Called once at the end of the connection. */
  close(): void;
}
