/** Listens for clients on a socket that the mount's own loop serves, without Node's sockets. */
import { lookup } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { isIP } from 'node:net';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { EAGAIN, EINTR, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSource, PumpSources } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import { acceptStream, listenStream, readPort } from '../../../runtime/sys/stream.ts';
import { Stream } from '../shared/stream.ts';
import { ClientConnection, type ConnectionTransport } from './client-connection.ts';
import {
  isStaleSocket,
  type Listener,
  type ListenerSettings,
  makePending,
} from './node-listener.ts';

/** The most connections accepted at once, before the loop serves other sockets. */
const ACCEPT_MAX = 16;
/** Milliseconds for which no connection is accepted after a failure, such as a lack of descriptors. */
const FAILURE_PAUSE_MS = 1000;
/** Microseconds for which the loop polls busily for a client's next call, before it sleeps. */
const BUSY_POLL_US = 50;

/** Resolves the host to a numeric address. */
async function resolveHost(address: SocketAddress): Promise<SocketAddress> {
  if ('path' in address || isIP(address.host) !== 0) return address;
  return { ...address, host: (await lookup(address.host)).address };
}

/** Listens at the address of the settings. @throws {Error} if it cannot listen there */
export async function listenOnLoop(
  settings: ListenerSettings,
  sources: PumpSources,
): Promise<Listener> {
  const { address } = settings;
  const resolved = await resolveHost(address);
  let fd = listenStream(resolved);
  if (fd < 0 && 'path' in address && (await isStaleSocket(address.path))) {
    rmSync(address.path);
    fd = listenStream(resolved);
  }
  if (fd < 0) throw new Error(strerror(-fd));
  const port = 'path' in address ? null : readPort(fd);
  const listeningSocket = new ListeningSocket(fd, settings, sources);
  return {
    port,
    async close() {
      listeningSocket.close();
      if ('path' in address) rmSync(address.path, { force: true });
    },
  };
}

/** The listening socket, which accepts connections. */
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
      const socket = acceptStream(this.fd);
      if (socket === -EAGAIN || socket === -EINTR) return count > 0;
      if (typeof socket === 'number') {
        this.pauseAfterFailure(strerror(-socket));
        return true;
      }
      const { settings, sources, connections } = this;
      const connection = new LoopConnection(socket, settings, sources, () =>
        connections.delete(connection),
      );
      connections.add(connection);
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
  private pauseAfterFailure(reason: string): void {
    this.settings.host.log(`a client could not connect: ${reason}`);
    this.isPaused = true;
    this.sources.remove(this);
    this.settings.after(FAILURE_PAUSE_MS, () => {
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
  private readonly onEnd: () => void;
  /** The number of bytes at the start of the connection's `out` that were sent. */
  private sent = 0;
  /** Whether reading has stopped, and the connection ends once all replies have left. */
  private isEnding = false;

  constructor(
    { fd, address, port }: { fd: number; address: string; port: number },
    settings: ListenerSettings,
    sources: PumpSources,
    onEnd: () => void,
  ) {
    this.onEnd = onEnd;
    const { host } = settings;
    const pending = makePending(host, address, () => this.destroy());
    const connection = new ClientConnection(host, pending, { address, port }, this);
    this.connection = connection;
    this.stream = new Stream(
      fd,
      sources,
      {
        records: connection.records,
        countPending: () => 0,
        isBusy: () => host.initiator.calls.busy,
        isPaused: () => this.isEnding || connection.isPaused,
        onConnect() {},
        onReceive: () => connection.serveMessages(),
        onWritable: () => this.flush(),
        onEnd: () => this.close(),
      },
      { isConnected: true, busyPollUs: BUSY_POLL_US },
    );
    host.pending.add(pending);
  }

  /** Negative, as the sent bytes still count in the connection's `out`, which holds all queued bytes. */
  get queued(): number {
    return -this.sent;
  }

  send(): void {
    this.stream.flushSoon();
  }

  updateFlow(): void {
    // The loop must also update the events it polls for.
    this.stream.flushSoon();
  }

  end(): void {
    this.isEnding = true;
    this.flush();
  }

  destroy(): void {
    this.stream.close();
    this.close();
  }

  private flush(): void {
    const { connection, stream } = this;
    const { out } = connection;
    if (out.at > this.sent) {
      const { sent: offset } = this;
      const bytes = offset === 0 ? out.bytes : out.bytes.subarray(offset);
      const sent = stream.send(bytes, out.at - offset, null);
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
      else connection.updateFlow();
    }
  }

  private close(): void {
    this.connection.close();
    this.onEnd();
  }
}
