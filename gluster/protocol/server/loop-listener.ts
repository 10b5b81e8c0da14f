/** Listens for clients on a socket that the mount's loop serves, by system calls. */
import { lookup } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { isIP } from 'node:net';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { EAGAIN, EINTR, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSource, PumpSources } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import { acceptStream, listenStream, portOf } from '../../../runtime/sys/stream.ts';
import { Stream } from '../shared/stream.ts';
import { ClientConnection, type ConnectionTransport } from './client-connection.ts';
import { isLeftOver, type Listener, type ListenerSettings, pendingFrom } from './listener.ts';

/** Connections accepted in one go, before other sources have their turn. */
const ACCEPT_MAX = 16;
/** Milliseconds without accepting after a failure, such as a lack of descriptors. */
const REST_MS = 1000;
/** Microseconds for which polling for a client's next call pays off. */
const BUSY_POLL_US = 50;

/** Resolves the host to a numeric address. */
async function resolved(place: SocketAddress): Promise<SocketAddress> {
  if ('path' in place || isIP(place.host) !== 0) return place;
  return { ...place, host: (await lookup(place.host)).address };
}

/** @throws {Error} when it cannot listen there */
export async function listenOnLoop(
  settings: ListenerSettings,
  sources: PumpSources,
): Promise<Listener> {
  const { place } = settings;
  const address = await resolved(place);
  let fd = listenStream(address);
  if (fd < 0 && 'path' in place && (await isLeftOver(place.path))) {
    rmSync(place.path);
    fd = listenStream(address);
  }
  if (fd < 0) throw new Error(strerror(-fd));
  const port = 'path' in place ? null : portOf(fd);
  const listening = new ListeningSocket(fd, settings, sources);
  return {
    port,
    async close() {
      listening.close();
      if ('path' in place) rmSync(place.path, { force: true });
    },
  };
}

/** The listening socket. */
class ListeningSocket implements PumpSource {
  readonly fd: number;
  readonly awaited = 0;
  readonly busy = false;
  readonly isFull = false;
  readonly busyPollUs = 0;
  isPaused = false;
  private readonly settings: ListenerSettings;
  private readonly sources: PumpSources;
  private readonly connections = new Set<LoopConnection>();
  private isClosed = false;

  constructor(fd: number, settings: ListenerSettings, sources: PumpSources) {
    this.fd = fd;
    this.settings = settings;
    this.sources = sources;
    sources.add(this);
  }

  receive(): boolean {
    for (let count = 0; count < ACCEPT_MAX && !this.isClosed; count++) {
      const accepted = acceptStream(this.fd);
      if (accepted === -EAGAIN || accepted === -EINTR) return count > 0;
      if (typeof accepted === 'number') {
        this.rest(strerror(-accepted));
        return true;
      }
      const { settings, sources, connections: visitors } = this;
      const connection = new LoopConnection(accepted, settings, sources, () =>
        visitors.delete(connection),
      );
      visitors.add(connection);
    }
    return true;
  }

  flush(): void {}

  close(): void {
    this.isClosed = true;
    this.sources.remove(this);
    close(this.fd);
    for (const connection of this.connections) connection.end();
  }

  /** Pauses after a connection that could not be accepted; the next one may succeed. */
  private rest(why: string): void {
    this.settings.host.log(`a client could not connect: ${why}`);
    this.isPaused = true;
    this.sources.remove(this);
    this.settings.after(REST_MS, () => {
      if (this.isClosed) return;
      this.isPaused = false;
      this.sources.add(this);
    });
  }
}

/** A connection of a client. */
class LoopConnection implements ConnectionTransport {
  private readonly connection: ClientConnection;
  private readonly stream: Stream;
  private readonly left: () => void;
  /** Sent bytes of the connection's `out`. */
  private sent = 0;
  /** Reading has stopped; the connection ends when all replies have left. */
  private isEnding = false;

  constructor(
    { fd, address, port }: { fd: number; address: string; port: number },
    settings: ListenerSettings,
    sources: PumpSources,
    left: () => void,
  ) {
    this.left = left;
    const { host } = settings;
    const pending = pendingFrom(host, address, () => this.destroy());
    const connection = new ClientConnection(host, pending, { address, port }, this);
    this.connection = connection;
    this.stream = new Stream(
      fd,
      sources,
      {
        records: connection.records,
        awaited: () => 0,
        isBusy: () => host.initiator.calls.busy,
        isPaused: () => this.isEnding || connection.isPaused,
        connected() {},
        received: () => connection.received(),
        writable: () => this.flush(),
        ended: () => this.over(),
      },
      { isConnected: true, busyPollUs: BUSY_POLL_US },
    );
    host.pending.add(pending);
  }

  /** All queued bytes are in the connection's `out`. */
  get queued(): number {
    return -this.sent;
  }

  send(): void {
    this.stream.flushSoon();
  }

  flow(): void {
    // The loop must also update the events it polls for.
    this.stream.flushSoon();
  }

  end(): void {
    this.isEnding = true;
    this.flush();
  }

  destroy(): void {
    this.stream.close();
    this.over();
  }

  private flush(): void {
    const { connection, stream } = this;
    const { out } = connection;
    if (out.at > this.sent) {
      const { sent: from } = this;
      const bytes = from === 0 ? out.bytes : out.bytes.subarray(from);
      const sent = stream.send(bytes, out.at - from, null);
      if (sent < 0 && sent !== -EAGAIN) {
        this.destroy();
        return;
      }
      this.sent += Math.max(sent, 0);
    }
    if (this.sent === out.at) {
      out.at = 0;
      this.sent = 0;
      if (this.isEnding) this.destroy();
      else connection.flow();
    }
  }

  private over(): void {
    this.connection.close();
    this.left();
  }
}
