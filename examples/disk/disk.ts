/**
 * A virtual disk of chunks in a volume, which any client of NBD can use.
 *
 *     disk create VOLFILE NAME SIZE[K|M|G]
 *     disk serve VOLFILE NAME --socket PATH | --port PORT
 *     disk snapshot VOLFILE NAME NEW [--clone]
 *     disk remove VOLFILE NAME
 *
 * All take --owner NAME, the owner of the disk's lock, and --break OWNER, from which it is taken.
 */
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { MemoryPool, Volume } from 'glossa';
import { ChunkStore, Disk, LockHeldError } from 'glossa/chunks';
import { NbdConnection } from './nbd-connection.ts';

/** Bytes of requests and replies of all connections: four requests of the largest size. */
const MEMORY_BYTES = 128 * 1024 * 1024;
const PATIENCE_MS = 30_000;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Parses a size such as 10G. @throws {Error} */
export function parseSize(text: string): number {
  const match = /^(\d{1,12})([KMG]?)$/.exec(text);
  if (match === null) throw new Error(`'${text}' is no size: write a number, with K, M or G`);
  return Number(match[1]) * UNITS[match[2]!]!;
}

/**
 * Makes the memory of all connections together: for data of requests that have not come whole, and for replies that
 * clients have not taken.
 */
export const makeMemory = (limitBytes = MEMORY_BYTES, patienceMs = PATIENCE_MS): MemoryPool =>
  new MemoryPool({
    readLimitBytes: () => limitBytes,
    patienceMs,
    after(delayMs, fn) {
      const timer = setTimeout(fn, delayMs);
      return () => clearTimeout(timer);
    },
  });

/** A running server of a disk. */
export interface DiskServer {
  readonly server: Server;
  /** Ends all connections, brings all data to the disk, and unlocks it. */
  stop(): Promise<void>;
}

/**
 * Serves a disk at a unix socket or a port of this machine. The disk is closed by `stop`.
 * @param memory for the requests of all connections
 */
export async function serveDisk(
  disk: Disk,
  address: { readonly path: string } | { readonly port: number },
  memory = makeMemory(),
): Promise<DiskServer> {
  const connections = new Map<NbdConnection, () => void>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new NbdConnection(socket, disk, memory);
    connections.set(connection, () => socket.destroy());
    void connection.ended.then(() => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', ...address }, resolve);
  });
  return {
    server,
    async stop() {
      server.close();
      const ended = [...connections].map(([connection, destroy]) => {
        destroy();
        return connection.ended;
      });
      await Promise.all(ended);
      await disk.close();
    },
  };
}

/** Removes a socket that a killed server has left. @throws {Error} for the socket of a server that runs, or another file */
export async function removeDeadSocket(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) throw new Error(`'${path}' exists and is not a socket`);
  const isLive = await new Promise<boolean>((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
  if (isLive) throw new Error(`a server runs at '${path}': end it, or use another --socket`);
  rmSync(path, { force: true });
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ socket: { type: 'string' }, port: { type: 'string' } },
      ...{ owner: { type: 'string' }, break: { type: 'string' }, clone: { type: 'boolean' } },
    },
  });
  const [command, volfile, name, last] = positionals;
  if (volfile === undefined || name === undefined)
    throw new Error('usage: see the head of disk.ts');
  const owner = values.owner ?? `${hostname()}:${process.pid}`;
  await using volume = await Volume.open(volfile);
  const store = await ChunkStore.open(volume);
  const settings = { owner, ...(values.break !== undefined && { breakLockOf: values.break }) };
  if (command === 'create') {
    const disk = await Disk.create(store, name, { size: parseSize(last ?? ''), ...settings });
    console.log(`${name}: ${disk.size} bytes`);
    await disk.close();
    return;
  }
  if (command === 'remove') {
    await Disk.remove(store, name, settings);
    return;
  }
  if (command === 'snapshot') {
    // Unlocked also after a failure: this process is the owner, and does not come back.
    await using disk = await Disk.open(store, name, settings);
    await (values.clone === true ? disk.clone(last ?? '') : disk.snapshot(last ?? ''));
    return;
  }
  if (command !== 'serve') throw new Error(`unknown command '${command}'`);
  // Before the disk is taken from another owner.
  if (values.socket !== undefined) await removeDeadSocket(values.socket);
  const disk = await Disk.open(store, name, settings);
  const address =
    values.socket === undefined ? { port: Number(values.port ?? 10809) } : { path: values.socket };
  const { stop } = await serveDisk(disk, address).catch(async (error) => {
    await disk.close();
    throw error;
  });
  console.log(
    `${name} is served at ${values.socket ?? `port ${values.port ?? 10809}`}, owner ${owner}`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await stop();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main();
  } catch (error) {
    const { message } = error as Error;
    const owner = error instanceof LockHeldError ? error.holder?.owner : undefined;
    // The words of this program for what a program of the library calls.
    console.error(
      `disk: ${owner ? message.replace(/breakLock$/, () => `--break ${owner}`) : message}`,
    );
    process.exitCode = 1;
  }
}
