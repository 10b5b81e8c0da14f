/**
 * Listens for clients by a socket of Node's, in its event loop, for connections that are
 * encrypted, or where nothing else serves sockets (`served.ts` does).
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Certificates } from '../shared/certificates.ts';
import type { Guest } from './lobby.ts';
import { type Host, type Peer, Session } from './session.ts';

/** After so long without a word it is asked whether a peer is still there. */
const KEEPALIVE_MS = 20_000;

export interface ListenerSettings {
  readonly host: Host;
  readonly place: SocketAddress;
  /** Null where nothing is encrypted. */
  readonly certificates: Certificates | null;
  after(ms: number, fn: () => void): () => void;
}

export interface Listener {
  /** The port, of one that has one. */
  readonly port: number | null;
  /** Nobody is taken any more; connections end when they have been sent what there is. */
  close(): Promise<void>;
}

/** @throws {Error} when it cannot listen there */
export async function listen(settings: ListenerSettings): Promise<Listener> {
  const { place, host } = settings;
  const sockets = new Set<Socket>();
  const doors = new Doors(settings);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    doors.enter(socket);
  });
  await open(server, place);
  // Of a connection that cannot be taken the next one knows nothing.
  server.on('error', (error) => host.log(`a client could not be taken: ${error.message}`));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroySoon();
      }),
  };
}

async function open(server: Server, place: SocketAddress): Promise<void> {
  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(place, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt();
  } catch (error) {
    if (!('path' in place) || !(await isLeftOver(place.path))) throw error;
    rmSync(place.path);
    await attempt();
  }
}

/** Whether a path is that of a socket whose server is no more. */
export const isLeftOver = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });

/** An address of version 4 is one, also where both versions are listened for. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** A connection that has not said whose it is. */
export const guestFrom = (host: Host, address: string, destroy: () => void): Guest => ({
  dismiss(why) {
    host.log(`a connection from ${address || 'this machine'} is closed: ${why}`);
    destroy();
  },
});

/** Takes connections, and their encryption off. */
class Doors {
  private readonly settings: ListenerSettings;
  /** Those whose encryption has not been agreed on, by address and port. */
  private readonly outside = new Map<string, Guest>();
  private readonly secure: ReturnType<typeof createTlsServer> | null;

  constructor(settings: ListenerSettings) {
    this.settings = settings;
    const { certificates, host } = settings;
    if (certificates === null) {
      this.secure = null;
      return;
    }
    const how = { ...certificates, requestCert: true, rejectUnauthorized: true };
    this.secure = createTlsServer(how, (socket) => {
      const guest = this.outside.get(nameOf(socket));
      if (guest === undefined) socket.destroy();
      else this.serve(socket, guest, commonName(socket));
    });
    this.secure.on('tlsClientError', ({ message }, socket) => {
      host.log(`${plainAddress(socket.remoteAddress ?? '')}: no encryption: ${message.trim()}`);
      socket.destroy();
    });
  }

  enter(socket: Socket): void {
    const { host } = this.settings;
    const address = plainAddress(socket.remoteAddress ?? '');
    const guest = guestFrom(host, address, () => void socket.destroy());
    host.lobby.enter(guest);
    const name = nameOf(socket);
    socket.once('close', () => {
      host.lobby.leave(guest);
      this.outside.delete(name);
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEPALIVE_MS);
    if (this.secure === null) {
      this.serve(socket, guest);
      return;
    }
    this.outside.set(name, guest);
    this.secure.emit('connection', socket);
  }

  private serve(socket: Socket, guest: Guest, certificate?: string): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const peer: Peer = { address, port: socket.remotePort ?? 0, certificate };
    const session = new Session(this.settings.host, guest, peer, {
      get queued() {
        return socket.writableLength;
      },
      send() {
        const { out } = session;
        // Node keeps what it is given until it has left, and this is written over before.
        if (!socket.destroyed) socket.write(out.written.slice());
        out.at = 0;
      },
      flow() {
        if (socket.destroyed) return;
        if (session.isPaused) socket.pause();
        else socket.resume();
      },
      end: () => void socket.destroySoon(),
      destroy: () => void socket.destroy(),
    });
    socket.on('drain', () => session.flow());
    socket.on('data', (chunk: Uint8Array) =>
      session.records.put(chunk, () => {
        session.received();
        return !socket.destroyed;
      }),
    );
    socket.on('error', (error) => {
      if (!socket.destroyed) session.fail(error.message);
    });
    socket.on('close', () => session.close());
  }
}

const commonName = (socket: TLSSocket): string | undefined => {
  const name = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name[0] : name;
};
