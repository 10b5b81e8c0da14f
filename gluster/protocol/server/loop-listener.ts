/** Listens for clients on a socket that the mount's own loop serves, without Node's sockets. */
import { lookup } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { isIP } from 'node:net';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { strerror } from '../../../runtime/core/errno.ts';
import type { SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { type AcceptedConnection, listenStream, readPort } from '../../../runtime/sys/stream.ts';
import { ListeningSocket, LoopConnection } from '../shared/loop-socket.ts';
import { ClientConnection, type ConnectionHost } from './client-connection.ts';
import {
  isStaleSocket,
  type Listener,
  type ListenerSettings,
  makePendingConnection,
} from './node-listener.ts';

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
