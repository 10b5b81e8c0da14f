/** Where clients come to: a socket of Node's that listens, and a session for each that comes. */
import { createServer, type Socket } from 'node:net';
import { RecordError, Records } from '../../../rpc/record.ts';
import { Session, type SessionSettings } from './session.ts';

/** Bytes of answers that may wait for a client to take them; until then it is not read. */
const QUEUED_MAX = 4 * 2 ** 20;

export type ListenerSettings = Omit<SessionSettings, 'peer' | 'send'>;

export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Listener {
  /** The port, of one that has one. */
  readonly port: number | null;
  close(): Promise<void>;
}

/** @throws {Error} when it cannot listen there */
export async function listen(place: Place, settings: ListenerSettings): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, settings);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // Of a connection that cannot be taken the next one knows nothing.
  server.on('error', (error) => settings.log(`a client could not be taken: ${error.message}`));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, settings: ListenerSettings): void {
  const records = new Records();
  const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
  const session = new Session({
    ...settings,
    peer,
    send(bytes) {
      if (socket.destroyed) return;
      // Node keeps what it is given until it has left, and this is written over before.
      socket.write(bytes.slice());
      if (socket.writableLength > QUEUED_MAX) socket.pause();
    },
  });
  socket.setNoDelay(true);
  socket.on('drain', () => socket.resume());
  socket.on('data', (chunk: Uint8Array) => {
    try {
      records.put(chunk, () => {
        session.take(records);
        return !socket.destroyed;
      });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      settings.log(`the connection to ${peer.address} is closed: ${error.message}`);
      socket.destroy();
    }
  });
  socket.on('error', (error) =>
    settings.log(`the connection to ${peer.address}: ${error.message}`),
  );
  socket.on('close', () => session.close());
}
