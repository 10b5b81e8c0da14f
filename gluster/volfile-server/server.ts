/**
 * Serves volfiles on a TCP port, a UNIX socket, or both, and notifies every client of changes.
 *
 * A client stays connected while mounted and is silent most of the time. Only connections that
 * never sent a call are closed for silence.
 */
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Answerer } from '../rpc/answerer.ts';
import { CALLBACK, CBK } from '../rpc/programs.ts';
import { RecordError, Records } from '../rpc/record.ts';
import { XdrWriter } from '../rpc/xdr.ts';
import type { VolfileFolder } from './folder.ts';
import { Portmap } from './portmap.ts';
import { type Peer, programsFor, type State } from './programs.ts';

const CONNECTIONS_MAX = 4096;
/** Milliseconds between two scans of the directory. */
const SCAN_MS = 500;
const SILENCE_MS = 30_000;
/** The most bytes of a call, which carries only names. */
const CALL_MAX = 65_536;
const ROOM = 4096;
/** The most bytes of replies that wait for a client; beyond them the server reads no call of its. */
const QUEUED_MAX = 2 ** 20;
/** Milliseconds of silence after which the kernel probes whether the client still exists. */
const KEEP_ALIVE_MS = 20_000;

export interface VolfileServerSettings {
  readonly folder: VolfileFolder;
  /** The TCP address on which the server listens. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
  /** The path of its UNIX socket. */
  readonly unix: string | null;
  /** Other servers with the same volfiles, `HOST:PORT` each. */
  readonly servers: readonly string[];
  /** The most connections at a time; defaults to CONNECTIONS_MAX. */
  readonly connectionsMax?: number;
  /** Milliseconds until the first call, and from the first byte of a later one to its last. */
  readonly silenceMs?: number;
  /** Logs an event. */
  log(text: string): void;
  /** Logs a warning. */
  warn(text: string): void;
}

export class VolfileServer {
  private readonly settings: VolfileServerSettings;
  private readonly shared: State;
  private readonly connections = new Set<ClientConnection>();
  private readonly servers: Server[] = [];
  private watch: NodeJS.Timeout | undefined;
  private isUnreadable = false;

  private constructor(settings: VolfileServerSettings) {
    this.settings = settings;
    const { folder, servers } = settings;
    this.shared = { folder, servers, portmap: new Portmap() };
  }

  /** @throws {NodeJS.ErrnoException} when it cannot listen there; it leaves nothing behind then */
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
    server.watch = setInterval(() => server.scan(), SCAN_MS).unref();
    for (const doubt of folder.firstScan.problems) settings.warn(doubt);
    return server;
  }

  /** Notifies clients of volfiles that have changed. */
  private scan(): void {
    const { settings } = this;
    try {
      const { changed, problems: doubts } = settings.folder.scan();
      this.isUnreadable = false;
      for (const doubt of doubts) settings.warn(doubt);
      if (changed.length > 0) this.notify(changed);
    } catch (error) {
      if (!this.isUnreadable)
        settings.warn(`the directory cannot be read: ${(error as Error).message}`);
      this.isUnreadable = true;
    }
  }

  /** The TCP port; null without one. */
  get port(): number | null {
    for (const server of this.servers) {
      const address = server.address();
      if (typeof address === 'object' && address !== null) return address.port;
    }
    return null;
  }

  /** Asks every client to fetch its volfile again. */
  notify(volumes: readonly string[]): void {
    const { connections, settings } = this;
    settings.log(`changed: ${volumes.join(', ')}; notified ${connections.size} clients`);
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
    server.on('error', (error) => settings.warn(`a client could not connect: ${error.message}`));
    this.servers.push(server);
  }

  private take(socket: Socket, isUnix: boolean): void {
    const { connections, settings, shared } = this;
    const { connectionsMax = CONNECTIONS_MAX } = settings;
    if (connections.size >= connectionsMax) {
      settings.warn(`a client was refused: there are ${connectionsMax} connections already`);
      socket.destroy();
      return;
    }
    const connection = new ClientConnection(socket, isUnix, shared, settings);
    connections.add(connection);
    socket.once('close', () => {
      connections.delete(connection);
      for (const brick of shared.portmap.removeAll(connection)) {
        settings.log(`brick '${brick}' disconnected`);
      }
    });
  }
}

class ClientConnection implements Peer {
  readonly name: string;
  readonly isLocal: boolean;
  private readonly socket: Socket;
  private readonly settings: VolfileServerSettings;
  private readonly answerer: Answerer;
  private readonly records = new Records(ROOM, CALL_MAX);
  private readonly out = new XdrWriter();
  private silence: NodeJS.Timeout | null = null;
  private hasNotice = false;

  constructor(socket: Socket, isUnix: boolean, shared: State, settings: VolfileServerSettings) {
    this.socket = socket;
    this.settings = settings;
    const { remoteAddress, remotePort } = socket;
    this.isLocal = isUnix || isLoopback(remoteAddress ?? '');
    this.name = isUnix ? 'a client at the UNIX socket' : `${remoteAddress}:${remotePort}`;
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
    // The 'close' event follows and handles it.
    socket.on('error', () => {});
    socket.on('close', () => this.wait(false));
  }

  log(text: string): void {
    this.settings.log(text);
  }

  end(): void {
    this.socket.destroy();
  }

  /** Sends one notice at most to a client that does not read. */
  notify(): void {
    this.hasNotice = true;
    if (this.socket.writableLength <= QUEUED_MAX) this.sendNotice();
  }

  private sendNotice(): void {
    if (!this.hasNotice) return;
    this.hasNotice = false;
    this.answerer.call(CALLBACK, CBK.FETCHSPEC);
  }

  private received(chunk: Uint8Array): void {
    this.guarded(() => this.records.put(chunk, () => this.take()));
  }

  private drained(): void {
    this.sendNotice();
    this.guarded(() => this.take());
    if (this.socket.writableLength <= QUEUED_MAX) this.socket.resume();
  }

  /** @returns whether the connection stays open. @throws {RecordError} */
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
      this.settings.warn(`${this.name} sent a malformed call: ${error.message}`);
      this.end();
    }
  }

  private send(): void {
    const { socket, out } = this;
    // Node keeps the bytes until they have left, and this buffer is reused before that.
    const bytes = out.written.slice();
    out.at = 0;
    if (socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > QUEUED_MAX) socket.pause();
  }

  /** Starts or stops the timer that closes a silent connection. */
  private wait(isWaiting: boolean): void {
    if (isWaiting === (this.silence !== null)) return;
    if (this.silence !== null) {
      clearTimeout(this.silence);
      this.silence = null;
      return;
    }
    const { silenceMs = SILENCE_MS } = this.settings;
    this.silence = setTimeout(() => {
      this.settings.warn(`${this.name} sent no call for ${silenceMs / 1000} s`);
      this.end();
    }, silenceMs).unref();
  }
}

/** Whether an address belongs to this machine; an IPv6 socket shows IPv4 behind a prefix. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address);

/** Removes the socket that a killed server left. @throws {Error} when the path is anything else */
async function removeStale(path: string): Promise<void> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new Error(`${path} exists already and is not a socket`);
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
  if (isServed) throw new Error(`a server already listens at ${path}`);
  rmSync(path);
}

/** Listens on a socket that only its user and root can open: its mode forbids others from the beginning. */
function listenForOwner(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}
