/** Sockets of the file system, to which nobody but their user and root can connect. */
import { rmSync, statSync } from 'node:fs';
import { connect, type Server } from 'node:net';

/** What a server that was killed has left. @throws {Error} when it is something else */
export async function removeStale(path: string): Promise<void> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new Error(`${path} is there already, and is no socket`);
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
  if (isServed) throw new Error(`a server listens at ${path} already`);
  rmSync(path);
}

/** Who may use the socket is decided by its mode, which it has from the beginning. */
export function listenForOwner(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}
