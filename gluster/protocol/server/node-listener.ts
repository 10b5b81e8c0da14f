/**
 * Listens for clients: on a socket of Node for TLS, or in a process without a mount's own loop; otherwise on one that the
 * mount's loop serves.
 */

import { lookup } from 'node:dns/promises';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { strerror } from '../../../runtime/core/errno.ts';
import type { SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { type AcceptedConnection, listenStream, readPort } from '../../../runtime/sys/stream.ts';
import type { Certificates } from '../shared/certificates.ts';
import { ListeningSocket, LoopConnection } from '../shared/loop-socket.ts';
import { ClientConnection, type ConnectionHost, type Peer } from './client-connection.ts';
import type { PendingConnection } from './pending-connections.ts';

/** Resolves the host to a numeric address. */
async function resolveHost(address: SocketAddress): Promise<SocketAddress> {
  if ('path' in address || isIP(address.host) !== 0) return address;
  return { ...address, host: (await lookup(address.host)).address };
}

/** Opens a listening socket; one of a server that has ended is replaced. @throws {Error} */
export async function openListeningSocket(address: SocketAddress): Promise<number> {
  let fd = listenStream(address);
  if (fd < 0 && 'path' in address && (await isStaleSocket(address.path))) {
    rmSync(address.path);
    fd = listenStream(address);
  }
  if (fd < 0) throw new Error(strerror(-fd));
  return fd;
}

/** Listens at the address of the settings. @throws {Error} if it cannot listen there */
export async function listenOnLoop(
  settings: ListenerSettings,
  sources: SourceRegistry,
): Promise<Listener> {
  const { address } = settings;
  const fd = await openListeningSocket(await resolveHost(address));
  const port = 'path' in address ? null : readPort(fd);
  const { host, after } = settings;
  const listeningSocket = new ListeningSocket(
    fd,
    {
      accept: (socket, onEnd) => acceptClient(socket, host, sources, onEnd),
      log: (text) => host.log(text),
      after,
    },
    sources,
  );
  return {
    port,
    async close() {
      listeningSocket.close();
      if ('path' in address) rmSync(address.path, { force: true });
    },
  };
}

/** Serves an accepted connection, which is pending until its handshake. @param onEnd called when it is closed */
function acceptClient(
  { fd, address, port }: AcceptedConnection,
  host: ConnectionHost,
  sources: SourceRegistry,
  onEnd: () => void,
): LoopConnection {
  const pending = makePendingConnection(host, address, () => connection.destroy());
  const connection: LoopConnection = new LoopConnection(
    fd,
    sources,
    (transport) => new ClientConnection(host, pending, { address, port }, transport),
    onEnd,
  );
  host.pendingConnections.add(pending);
  return connection;
}

/** Milliseconds of silence after which the kernel probes whether the peer still exists. */
const KEEPALIVE_IDLE_MS = 20_000;

/** The settings of both kinds of listeners. */
export interface ListenerSettings {
  readonly host: ConnectionHost;
  readonly address: SocketAddress;
  /** The certificates for TLS; null without TLS. */
  readonly certificates: Certificates | null;
  /** Calls `fn` after a time; returns a function that stops the timer. */
  after(delayMs: number, fn: () => void): () => void;
}

/** A listening socket of either kind. */
export interface Listener {
  /** The TCP port; null for a UNIX socket. */
  readonly port: number | null;
  /** Stops listening; connections end once their replies have left. */
  close(): Promise<void>;
}

/** Listens at the address of the settings. @throws {Error} if it cannot listen there */
export async function listen(settings: ListenerSettings): Promise<Listener> {
  const { address: listenAddress, host } = settings;
  const sockets = new Set<Socket>();
  const acceptor = new Acceptor(settings);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    acceptor.accept(socket);
  });
  await listenAt(server, listenAddress);
  // The listener survives a connection that fails to open.
  server.on('error', (error) => host.log(`a client could not connect: ${error.message}`));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroySoon();
      }),
  };
}

/** Listens at an address; replaces the UNIX socket of a server that has ended. */
async function listenAt(server: Server, address: SocketAddress): Promise<void> {
  const tryToListen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await tryToListen();
  } catch (error) {
    if (!('path' in address) || !(await isStaleSocket(address.path))) throw error;
    rmSync(address.path);
    await tryToListen();
  }
}

/** Whether a path is a socket whose server has ended. */
export const isStaleSocket = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    // A connection to a file of another type fails with ECONNREFUSED, too.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return resolve(false);
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });

/** Strips `::ffff:` of an IPv4 address, which a socket for IPv4 and IPv6 reports. */
const stripIpv4Prefix = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Makes a name by which the TLS server's socket is matched with the accepted one. */
const formatSocketName = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress} ${remotePort}`;

/** Makes the entry of a connection in the list of those without a handshake. */
export const makePendingConnection = (
  host: ConnectionHost,
  address: string,
  destroy: () => void,
): PendingConnection => ({
  close(reason) {
    host.log(`a connection from ${address || 'this machine'} is closed: ${reason}`);
    destroy();
  },
});

/** Accepts connections and performs their TLS handshake. */
class Acceptor {
  private readonly settings: ListenerSettings;
  /** Connections in the TLS handshake, by address and port. */
  private readonly handshakingConnections = new Map<string, PendingConnection>();
  /** Performs the TLS handshake of the sockets that `accept` receives; null without TLS. */
  private readonly tlsServer: ReturnType<typeof createTlsServer> | null;

  constructor(settings: ListenerSettings) {
    this.settings = settings;
    const { certificates, host } = settings;
    if (certificates === null) {
      this.tlsServer = null;
      return;
    }
    const tlsSettings = { ...certificates, requestCert: true, rejectUnauthorized: true };
    this.tlsServer = createTlsServer(tlsSettings, (socket) => {
      const pending = this.handshakingConnections.get(formatSocketName(socket));
      if (pending === undefined) socket.destroy();
      else this.serve(socket, pending, readCommonName(socket));
    });
    this.tlsServer.on('tlsClientError', ({ message }, socket) => {
      host.log(`${stripIpv4Prefix(socket.remoteAddress ?? '')}: TLS failed: ${message.trim()}`);
      socket.destroy();
    });
  }

  /** Serves a new connection, with TLS after its TLS handshake. */
  accept(socket: Socket): void {
    const { host } = this.settings;
    const address = stripIpv4Prefix(socket.remoteAddress ?? '');
    const pending = makePendingConnection(host, address, () => void socket.destroy());
    host.pendingConnections.add(pending);
    const name = formatSocketName(socket);
    socket.once('close', () => {
      host.pendingConnections.remove(pending);
      this.handshakingConnections.delete(name);
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEPALIVE_IDLE_MS);
    if (this.tlsServer === null) {
      this.serve(socket, pending);
      return;
    }
    this.handshakingConnections.set(name, pending);
    this.tlsServer.emit('connection', socket);
  }

  /** Serves a socket as the connection of a client. @param certificate the common name of the client's certificate */
  private serve(socket: Socket, pending: PendingConnection, certificate?: string): void {
    const address = stripIpv4Prefix(socket.remoteAddress ?? '');
    const peer: Peer = { address, port: socket.remotePort ?? 0, certificate };
    const connection = new ClientConnection(this.settings.host, pending, peer, {
      get queuedBytes() {
        return socket.writableLength;
      },
      get sentBytes() {
        return socket.bytesWritten - socket.writableLength;
      },
      send() {
        const { out } = connection;
        // Node keeps the bytes until they have left, and this buffer is reused before that.
        if (!socket.destroyed) socket.write(out.writtenBytes.slice());
        out.position = 0;
      },
      updateFlow() {
        if (socket.destroyed) return;
        if (connection.isPaused) socket.pause();
        else socket.resume();
      },
      end: () => void socket.destroySoon(),
      destroy: () => void socket.destroy(),
    });
    socket.on('drain', () => connection.noteAllSent());
    socket.on('data', (chunk: Uint8Array) =>
      connection.records.append(chunk, () => {
        connection.serveMessages();
        return !socket.destroyed;
      }),
    );
    socket.on('error', (error) => {
      if (!socket.destroyed) connection.fail(error.message);
    });
    socket.on('close', () => connection.close());
  }
}

/** Reads the common name of the peer's certificate; of several names the first. */
const readCommonName = (socket: TLSSocket): string | undefined => {
  const name = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
};
