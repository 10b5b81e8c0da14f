/** Transfers bytes over a socket that the mount's own loop serves. Reports to its owner by `StreamEvents`. */
import { EAGAIN, EINTR, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSource, SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import { readConnectionError, receiveInto, sendBoth } from '../../../runtime/sys/stream.ts';
import type { RecordReader } from '../../../runtime/wire/record.ts';
import type { ByteSender } from '../../rpc/call-channel.ts';

/** The owner of a stream: the buffer that the stream fills, and the functions that it calls. */
export interface StreamEvents {
  /** The buffer to which received bytes are appended. */
  readonly records: RecordReader;
  /** Counts the calls that await a reply. */
  countPending(): number;
  /** Whether requests from this connection may need a turn of the event loop. */
  mayNeedEventLoop?(): boolean;
  /** Whether reading should pause. */
  isPaused?(): boolean;
  /** Called when a connecting socket has connected. */
  onConnect(): void;
  /** Called after bytes were appended to `records`. */
  onReceive(): void;
  /** Called when the queued bytes should be sent. */
  onWritable(): void;
  /** Called when the stream has ended; no further event follows. */
  onEnd(reason: string): void;
}

/** A socket that is connected or connecting. */
export class Stream implements PumpSource, ByteSender {
  readonly fd: number;
  readonly busyPollUs: number;
  private readonly sources: SourceRegistry;
  private readonly events: StreamEvents;
  private isConnected: boolean;
  /** Whether the socket did not accept all bytes of the last send. */
  private isBlocked = false;
  private isClosed = false;
  /** Whether received bytes are being processed; stays set if that throws, so that `receive` continues with them. */
  private isProcessing = false;

  /** @param fd nonblocking; the stream closes it */
  constructor(
    fd: number,
    sources: SourceRegistry,
    events: StreamEvents,
    { isConnected, busyPollUs }: { isConnected: boolean; busyPollUs: number },
  ) {
    this.fd = fd;
    this.sources = sources;
    this.events = events;
    this.isConnected = isConnected;
    this.busyPollUs = busyPollUs;
    sources.add(this);
  }

  /** The number of replies for which the loop waits. */
  get awaitedReplyCount(): number {
    return this.events.countPending();
  }

  get mayNeedEventLoop(): boolean {
    return this.events.mayNeedEventLoop?.() ?? false;
  }

  get isPaused(): boolean {
    return this.events.isPaused?.() ?? false;
  }

  /** Whether the loop should wait until the socket is writable, or connected. */
  get awaitsWritable(): boolean {
    return this.isBlocked || !this.isConnected;
  }

  /** Sends the queued bytes before the process blocks. */
  flushSoon(): void {
    if (!this.isClosed) this.sources.flushSoon(this);
  }

  /** Called when the socket is writable; for the first time when connecting has ended. */
  flush(): void {
    if (this.isConnected) {
      this.isBlocked = false;
      this.events.onWritable();
      return;
    }
    const errno = readConnectionError(this.fd);
    if (errno !== 0) {
      this.end(strerror(errno));
      return;
    }
    this.isConnected = true;
    this.events.onConnect();
  }

  /** Receives once. The loop calls again for remaining bytes, so that other sockets are served in between. */
  receive(): boolean {
    if (!this.isConnected) return false;
    const { records } = this.events;
    const room = records.reserveRoom();
    const count = receiveInto(this.fd, room);
    if (count > 0) records.noteReceived(count);
    else if (count === -EAGAIN || count === -EINTR) {
      if (!this.isProcessing) return false;
    } else {
      this.end(count === 0 ? 'the peer closed the connection' : strerror(-count));
      return true;
    }
    this.isProcessing = true;
    this.events.onReceive();
    this.isProcessing = false;
    return true;
  }

  send(bytes: Uint8Array, length: number, data: Uint8Array | null): number {
    const sent = sendBoth(this.fd, bytes, length, data);
    const total = length + (data?.length ?? 0);
    this.isBlocked = sent === -EAGAIN || (sent >= 0 && sent < total);
    return sent;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.sources.remove(this);
    close(this.fd);
  }

  /** Closes the socket, and reports the end once. */
  private end(reason: string): void {
    if (this.isClosed) return;
    this.close();
    this.events.onEnd(reason);
  }
}
