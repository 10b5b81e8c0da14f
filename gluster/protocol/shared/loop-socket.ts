/**
 * Accepts connections, and moves their bytes, on sockets that the mount's own loop serves. A `ServedConnection`
 * interprets the bytes.
 */
import { EAGAIN, EINTR, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSource, SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import { type AcceptedConnection, acceptStream } from '../../../runtime/sys/stream.ts';
import type { ConnectionTransport, ServedConnection } from '../../../runtime/wire/connection.ts';
import { Stream } from './stream.ts';

/** The most connections accepted at once, before the loop serves other sockets. */
const MAX_ACCEPTS_PER_TURN = 16;
/** Milliseconds for which no connection is accepted after a failure, such as a lack of descriptors. */
const FAILURE_PAUSE_MS = 1000;
/** Microseconds for which the loop polls busily for a client's next call, before it sleeps. */
const BUSY_POLL_US = 50;
/**
 * Queued replies of more bytes are sent at once, even if received requests remain: the client can continue while these
 * are served.
 */
const SEND_NOW_BYTES = 2048;

/** The functions that a listening socket calls. */
export interface ListeningSettings {
  /** Makes the connection of an accepted socket; it calls `onEnd` when it has ended. */
  accept(socket: AcceptedConnection, onEnd: () => void): LoopConnection;
  /** Logs a connection that could not be accepted. */
  log(text: string): void;
  /** Calls `fn` after this time. @returns a function that cancels the call */
  after(ms: number, fn: () => void): () => void;
}

/** A listening socket, which accepts connections. */
export class ListeningSocket implements PumpSource {
  readonly fd: number;
  readonly awaitedReplyCount = 0;
  readonly mayNeedEventLoop = false;
  readonly awaitsWritable = false;
  readonly busyPollUs = 0;
  isPaused = false;
  private readonly settings: ListeningSettings;
  private readonly sources: SourceRegistry;
  private readonly connections = new Set<LoopConnection>();
  private isClosed = false;

  /** @param fd nonblocking, and listening; the object closes it */
  constructor(fd: number, settings: ListeningSettings, sources: SourceRegistry) {
    this.fd = fd;
    this.settings = settings;
    this.sources = sources;
    sources.add(this);
  }

  /** Accepts waiting connections, at most MAX_ACCEPTS_PER_TURN. @returns false if no connection was waiting */
  receive(): boolean {
    for (let count = 0; count < MAX_ACCEPTS_PER_TURN && !this.isClosed; count++) {
      const socket = acceptStream(this.fd);
      if (socket === -EAGAIN || socket === -EINTR) return count > 0;
      if (typeof socket === 'number') {
        this.pauseAfterFailure(strerror(-socket));
        return true;
      }
      this.accept(socket);
    }
    return true;
  }

  private accept(socket: AcceptedConnection): void {
    const { settings, connections } = this;
    // A refused connection ends before it is returned.
    let connection: LoopConnection | null = null;
    let hasEnded = false;
    connection = settings.accept(socket, () => {
      hasEnded = true;
      if (connection !== null) connections.delete(connection);
    });
    if (!hasEnded) connections.add(connection);
  }

  /** Does nothing, as a listening socket has nothing to send. */
  flush(): void {}

  /** Stops listening; connections end once their replies have left. */
  close(): void {
    this.isClosed = true;
    this.sources.remove(this);
    close(this.fd);
    for (const connection of this.connections) connection.end();
  }

  /** Pauses after a connection that could not be accepted; the next one may succeed. */
  private pauseAfterFailure(reason: string): void {
    this.settings.log(`a client could not connect: ${reason}`);
    this.isPaused = true;
    this.sources.remove(this);
    this.settings.after(FAILURE_PAUSE_MS, () => {
      if (this.isClosed) return;
      this.isPaused = false;
      this.sources.add(this);
    });
  }
}

/** A connection of a client; `ServedConnection` is its protocol. */
export class LoopConnection implements ConnectionTransport {
  private readonly served: ServedConnection;
  private readonly stream: Stream;
  private readonly onEnd: () => void;
  sentBytes = 0;
  /** The number of bytes at the start of `out` that were sent. */
  private sentPrefix = 0;
  /** Whether reading has stopped, and the connection ends once all replies have left. */
  private isEnding = false;
  private isClosed = false;

  /**
   * @param fd nonblocking, and connected; the object closes it
   * @param serve makes the served connection, which must not call the transport at once
   */
  constructor(
    fd: number,
    sources: SourceRegistry,
    serve: (transport: ConnectionTransport) => ServedConnection,
    onEnd: () => void,
  ) {
    this.onEnd = onEnd;
    const served = serve(this);
    this.served = served;
    this.stream = new Stream(
      fd,
      sources,
      {
        records: served.records,
        countPending: () => 0,
        mayNeedEventLoop: () => served.mayNeedEventLoop,
        isPaused: () => this.isEnding || served.isPaused,
        onConnect() {},
        onReceive: () => served.serveMessages(),
        onWritable: () => this.flush(),
        onEnd: () => this.close(),
      },
      { isConnected: true, busyPollUs: BUSY_POLL_US },
    );
  }

  /** Minus the sent bytes of the buffer: callers add `out.position`, which includes them. */
  get queuedBytes(): number {
    return -this.sentPrefix;
  }

  send(): void {
    const { served, stream } = this;
    if (served.out.position - this.sentPrefix > SEND_NOW_BYTES && !stream.awaitsWritable) {
      this.flush();
      // The loop polls for room in the socket from its next turn on. Outside of a turn it may be parked.
      if (stream.awaitsWritable) stream.flushSoon();
    } else stream.flushSoon();
  }

  updateFlow(): void {
    // The loop must also update the events it polls for.
    this.stream.flushSoon();
  }

  end(): void {
    this.isEnding = true;
    if (!this.isClosed) this.flush();
    if (this.stream.awaitsWritable) this.stream.flushSoon();
  }

  destroy(): void {
    this.stream.close();
    this.close();
  }

  /** Sends the queued replies; once all have left, an ending connection is closed. */
  private flush(): void {
    const { served, stream } = this;
    const { out } = served;
    if (out.position > this.sentPrefix) {
      const { sentPrefix: offset } = this;
      const bytes = offset === 0 ? out.bytes : out.bytes.subarray(offset);
      const sent = stream.send(bytes, out.position - offset, null);
      if (sent < 0 && sent !== -EAGAIN) {
        this.destroy();
        return;
      }
      this.sentPrefix += Math.max(sent, 0);
      this.sentBytes += Math.max(sent, 0);
    }
    if (this.sentPrefix === out.position) {
      out.position = 0;
      this.sentPrefix = 0;
      if (this.isEnding) this.destroy();
      else served.noteAllSent();
    } else if (this.sentPrefix > out.position / 2) {
      // A client that always has requests under way may never take all replies.
      out.dropFront(this.sentPrefix);
      this.sentPrefix = 0;
    }
  }

  /** Ends the served connection, once. */
  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.served.close();
    // The poll handle of a closed descriptor may keep this object until a later turn of the event loop.
    this.served.out.release();
    this.served.records.release();
    this.onEnd();
  }
}
