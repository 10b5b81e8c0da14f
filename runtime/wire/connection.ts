/** Declares the two parts of a served connection: its bytes, and what they mean. */
import type { RecordReader } from './record.ts';
import type { XdrWriter } from './xdr.ts';

/** Sends the bytes of a connection. */
export interface ConnectionTransport {
  /** Bytes that the transport has not sent yet, without those in `out`. */
  readonly queued: number;
  /** Sends and empties `out`: at once, or before the process blocks. */
  send(): void;
  /** Called when `isPaused` has changed; pauses or resumes reading. */
  updateFlow(): void;
  /** Ends the connection after sending everything; `destroy` ends it at once. */
  end(): void;
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
  readonly isBusy: boolean;
  /** Serves the complete messages in `records`. */
  serveMessages(): void;
  /** Called after all of `out` was sent. */
  updateFlow(): void;
  /** Called once at the end of the connection. */
  close(): void;
}
