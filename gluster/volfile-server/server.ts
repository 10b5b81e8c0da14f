/**
 * A server of volfiles: it listens at a port, at a socket of the file system, or at both; answers who
 * comes; and tells all of them when a volfile has changed.
 *
 * A client stays connected for as long as it is mounted, and says nothing most of the time. So those
 * who have never asked anything are the ones to be sent away.
 */
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Answerer } from '../rpc/answerer.ts';
import { CALLBACK, CBK } from '../rpc/programs.ts';
import { RecordError, Records } from '../rpc/record.ts';
import { XdrWriter } from '../rpc/xdr.ts';
import type { VolfileFolder } from './folder.ts';
import { Portmap } from './portmap.ts';
import { type Peer, programsFor, type Shared } from './programs.ts';

const CONNECTIONS_MAX = 4096;
/** Milliseconds between two looks at the folder. */
const LOOK_MS = 500;
const SILENCE_MS = 30_000;
/** Bytes of a call: what is asked are names. */
const CALL_MAX = 65_536;
const ROOM = 4096;
/** Bytes of answers that may wait for a client to take them; until then it is not answered. */
const QUEUED_MAX = 2 ** 20;
/** Milliseconds of quiet after which the system asks whether a client is still there. */
const KEEP_ALIVE_MS = 20_000;

export interface VolfileServerSettings {
  readonly folder: VolfileFolder;
  /** Where it listens. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
  /** A path. */
  readonly unix: string | null;
  /** Other servers that have the same volfiles, `HOST:PORT` each. */
  readonly servers: readonly string[];
  /** Connections at a time; undefined for the usual number, as is the other one. */
  readonly connectionsMax?: number;
  /** Milliseconds until the first call, and from the first byte of a later one to its last. */
  readonly silenceMs?: number;
  /** What happens. */
  log(text: string): void;
  /** What should not. */
  doubt(text: string): void;
}

export class VolfileServer {
  private readonly settings: VolfileServerSettings;
  private readonly shared: Shared;
  private readonly connections = new Set<Connection>();
  private readonly servers: Server[] = [];
  private watch: NodeJS.Timeout | undefined;
  private isTroubled = false;

  private constructor(settings: VolfileServerSettings) {
    this.settings = settings;
    const { folder, servers } = settings;
    this.shared = { folder, servers, portmap: new Portmap() };
  }

  /** @throws {NodeJS.ErrnoException} when it cannot listen there; nothing is left then */
  static async start(settings: VolfileServerSettings): Promise<VolfileServer> {
    const server = new VolfileServer(settings);
    const { tcp, unix, folder } = settings;
    try {
      if (tcp !== null) await server.listen(false, (it) => it.listen({ ...tcp }));
      if (unix !== null) {
        await removeStale(unix);
        await server.listen(true, (it) => listenForOwner(it, unix));
      }
    } catch (error) {
      await server.close();
      throw error;
    }
    server.watch = setInterval(() => server.look(), LOOK_MS).unref();
    for (const doubt of folder.first.doubts) settings.doubt(doubt);
    return server;
  }

  /** Looks whether volfiles have changed. */
  private look(): void {
    const { settings } = this;
    try {
      const { changed, doubts } = settings.folder.look();
      this.isTroubled = false;
      for (const doubt of doubts) settings.doubt(doubt);
      if (changed.length > 0) this.notify(changed);
    } catch (error) {
      if (!this.isTroubled)
        settings.doubt(`the folder cannot be read: ${(error as Error).message}`);
      this.isTroubled = true;
    }
  }

  /** The port, of one that has one. */
  get port(): number | null {
    for (const server of this.servers) {
      const address = server.address();
      if (typeof address === 'object' && address !== null) return address.port;
    }
    return null;
  }

  /** Lets every client ask again. */
  notify(volumes: readonly string[]): void {
    const { connections, settings } = this;
    settings.log(`changed: ${volumes.join(', ')}; ${connections.size} are told`);
    for (const connection of connections) connection.notify();
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    const ended = this.servers.map((server) => new Promise((done) => server.close(done)));
    for (const connection of this.connections) connection.end();
    await Promise.all(ended);
  }

  private async listen(isUnix: boolean, begin: (server: Server) => void): Promise<void> {
    const { settings } = this;
    const server = createServer((socket) => this.take(socket, isUnix));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      begin(server.once('listening', resolve));
      server.once('listening', () => server.off('error', reject));
    });
    server.on('error', (error) => settings.doubt(`a client could not be taken: ${error.message}`));
    this.servers.push(server);
  }

  private take(socket: Socket, isUnix: boolean): void {
    const { connections, settings, shared } = this;
    const { connectionsMax = CONNECTIONS_MAX } = settings;
    if (connections.size >= connectionsMax) {
      settings.doubt(`a client is sent away: there are ${connectionsMax} connections`);
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, isUnix, shared, settings);
    connections.add(connection);
    socket.once('close', () => {
      connections.delete(connection);
      for (const brick of shared.portmap.gone(connection)) {
        settings.log(`brick '${brick}' is gone`);
      }
    });
  }
}

class Connection implements Peer {
  readonly name: string;
  readonly isLocal: boolean;
  private readonly socket: Socket;
  private readonly settings: VolfileServerSettings;
  private readonly answerer: Answerer;
  private readonly records = new Records(ROOM, CALL_MAX);
  private readonly out = new XdrWriter();
  private silence: NodeJS.Timeout | null = null;
  private isToBeTold = false;

  constructor(socket: Socket, isUnix: boolean, shared: Shared, settings: VolfileServerSettings) {
    this.socket = socket;
    this.settings = settings;
    const { remoteAddress, remotePort } = socket;
    this.isLocal = isUnix || isLoopback(remoteAddress ?? '');
    this.name = isUnix ? 'a client at the socket' : `${remoteAddress}:${remotePort}`;
    this.answerer = new Answerer({
      programs: programsFor(shared, this),
      out: this.out,
      written: () => this.send(),
      isFull: () => socket.destroyed || socket.writableLength > QUEUED_MAX,
    });
    this.wait(true);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk: Uint8Array) => this.received(chunk));
    socket.on('drain', () => this.drained());
    // It is closed then, which is all that there is to know.
    socket.on('error', () => {});
    socket.on('close', () => this.wait(false));
  }

  log(text: string): void {
    this.settings.log(text);
  }

  end(): void {
    this.socket.destroy();
  }

  /** Once is enough for one that does not read. */
  notify(): void {
    this.isToBeTold = true;
    if (this.socket.writableLength <= QUEUED_MAX) this.tell();
  }

  private tell(): void {
    if (!this.isToBeTold) return;
    this.isToBeTold = false;
    this.answerer.call(CALLBACK, CBK.FETCHSPEC);
  }

  private received(chunk: Uint8Array): void {
    this.guarded(() => this.records.put(chunk, () => this.take()));
  }

  private drained(): void {
    this.tell();
    this.guarded(() => this.take());
    if (this.socket.writableLength <= QUEUED_MAX) this.socket.resume();
  }

  /** @returns whether there is to be more. @throws {RecordError} */
  private take(): boolean {
    if (this.answerer.take(this.records) > 0) this.wait(false);
    if (this.records.isBegun) this.wait(true);
    return !this.socket.destroyed;
  }

  private guarded(what: () => void): void {
    try {
      what();
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.settings.doubt(`${this.name} sends what is no call: ${error.message}`);
      this.end();
    }
  }

  private send(): void {
    const { socket, out } = this;
    // Node keeps what it is given until it has left, and this is written over before.
    const bytes = out.written.slice();
    out.at = 0;
    if (socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > QUEUED_MAX) socket.pause();
  }

  /** From now on it is to say something, or no more. */
  private wait(isWaiting: boolean): void {
    if (isWaiting === (this.silence !== null)) return;
    if (this.silence !== null) {
      clearTimeout(this.silence);
      this.silence = null;
      return;
    }
    const { silenceMs = SILENCE_MS } = this.settings;
    this.silence = setTimeout(() => {
      this.settings.doubt(`${this.name} has asked nothing for ${silenceMs / 1000} s`);
      this.end();
    }, silenceMs).unref();
  }
}

/** Addresses of this machine alone; an IPv6 socket sees those of IPv4 behind a prefix. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address);

/** Removes the socket that a killed server has left. @throws {Error} when it is something else */
async function removeStale(path: string): Promise<void> {
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

/** A socket to which only its user and root can connect: that is decided by its mode, which it has from the beginning. */
function listenForOwner(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}
