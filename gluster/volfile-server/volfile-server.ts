/**
 * Serves volfiles on a TCP port, a UNIX socket, or both, and notifies every client of changes.
 *
 * A mounted client stays connected and sends nothing most of the time. Therefore a silent connection is closed only
 * before its first call, or after an incomplete call.
 */
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { RecordError, RecordReader } from '../../runtime/wire/record.ts';
import { XdrWriter } from '../../runtime/wire/xdr.ts';
import { CallServer } from '../rpc/call-server.ts';
import { CALLBACK, CALLBACK_PROCEDURES } from '../rpc/programs.ts';
import { Portmap } from './portmap.ts';
import type { VolfileFolder } from './volfile-folder.ts';
import { makePrograms, type Peer, type VolfileServerState } from './volfile-programs.ts';

/** The most connections at a time, unless `connectionsMax` is set. */
const MAX_CONNECTIONS = 4096;
/** Milliseconds between two scans of the directory. */
const SCAN_INTERVAL_MS = 500;
/** Milliseconds after which an incomplete call closes its connection. */
const SILENCE_TIMEOUT_MS = 30_000;
/** The most bytes of a call, which carries only names. */
const MAX_CALL_BYTES = 65_536;
/** Initial bytes of the buffer for calls. */
const BUFFER_BYTES = 4096;
/** The most bytes of replies queued for a client. Beyond them the server stops reading that client's calls. */
const MAX_QUEUED_BYTES = 2 ** 20;
/** Milliseconds of silence after which the kernel probes whether the client still exists. */
const KEEP_ALIVE_MS = 20_000;

/** The addresses, the volfiles and the limits of a server. */
export interface VolfileServerSettings {
  readonly folder: VolfileFolder;
  /** The TCP address on which the server listens. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
  /** The path of its UNIX socket. */
  readonly unix: string | null;
  /** Other servers with the same volfiles, `HOST:PORT` each. */
  readonly servers: readonly string[];
  /** The most connections at a time; defaults to MAX_CONNECTIONS. */
  readonly connectionsMax?: number;
  /** Milliseconds until the first call, and from the first byte of a later one to its last. */
  readonly silenceMs?: number;
  /** Logs an event. */
  log(text: string): void;
  /** Logs a warning. */
  warn(text: string): void;
}

/** A volfile server, with its clients. */
export class VolfileServer {
  private readonly settings: VolfileServerSettings;
  private readonly state: VolfileServerState;
  private readonly connections = new Set<ClientConnection>();
  private readonly servers: Server[] = [];
  private scanTimer: NodeJS.Timeout | undefined;
  /** Whether the last scan failed, and was logged. */
  private isUnreadable = false;

  private constructor(settings: VolfileServerSettings) {
    this.settings = settings;
    const { folder, servers } = settings;
    this.state = { folder, servers, portmap: new Portmap() };
  }

  /** Starts a server. @throws {NodeJS.ErrnoException} if it cannot listen; it leaves no socket behind then */
  static async start(settings: VolfileServerSettings): Promise<VolfileServer> {
    const server = new VolfileServer(settings);
    const { tcp, unix, folder } = settings;
    try {
      if (tcp !== null)
        await server.listen(false, (socketServer) => socketServer.listen({ ...tcp }));
      if (unix !== null) {
        await removeStaleSocket(unix);
        await server.listen(true, (socketServer) => listenForOwner(socketServer, unix));
      }
    } catch (error) {
      await server.close();
      throw error;
    }
    server.scanTimer = setInterval(() => server.scan(), SCAN_INTERVAL_MS).unref();
    for (const problem of folder.firstScan.problems) settings.warn(problem);
    return server;
  }

  /** Notifies clients of volfiles that have changed. */
  private scan(): void {
    const { settings } = this;
    try {
      const { changed, problems } = settings.folder.scan();
      this.isUnreadable = false;
      for (const problem of problems) settings.warn(problem);
      if (changed.length > 0) this.notify(changed);
    } catch (error) {
      if (!this.isUnreadable)
        settings.warn(`the directory cannot be read: ${(error as Error).message}`);
      this.isUnreadable = true;
    }
  }

  /** The TCP port; null if the server listens on a UNIX socket alone. */
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

  /** Stops listening, and disconnects all clients. */
  async close(): Promise<void> {
    clearInterval(this.scanTimer);
    const closings = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const connection of this.connections) connection.end();
    await Promise.all(closings);
  }

  /** Makes a server that accepts clients. @param begin calls `listen` of the server with its address */
  private async listen(isUnix: boolean, begin: (server: Server) => void): Promise<void> {
    const { settings } = this;
    const server = createServer((socket) => this.accept(socket, isUnix));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      begin(server.once('listening', resolve));
      server.once('listening', () => server.off('error', reject));
    });
    server.on('error', (error) => settings.warn(`a client could not connect: ${error.message}`));
    this.servers.push(server);
  }

  /** Serves a new connection, unless there are too many already. */
  private accept(socket: Socket, isUnix: boolean): void {
    const { connections, settings, state } = this;
    const { connectionsMax = MAX_CONNECTIONS } = settings;
    if (connections.size >= connectionsMax) {
      settings.warn(`a client was refused: there are ${connectionsMax} connections already`);
      socket.destroy();
      return;
    }
    const connection = new ClientConnection(socket, isUnix, state, settings);
    connections.add(connection);
    socket.once('close', () => {
      connections.delete(connection);
      for (const brick of state.portmap.removeAll(connection)) {
        settings.log(`brick '${brick}' disconnected`);
      }
    });
  }
}

/** A client's connection, from its acceptance to its end. */
class ClientConnection implements Peer {
  readonly name: string;
  readonly isLocal: boolean;
  private readonly socket: Socket;
  private readonly settings: VolfileServerSettings;
  private readonly callServer: CallServer;
  private readonly records = new RecordReader(BUFFER_BYTES, MAX_CALL_BYTES);
  private readonly out = new XdrWriter();
  private silenceTimer: NodeJS.Timeout | null = null;
  /** Whether the client must still be notified of a change. */
  private mustNotify = false;

  constructor(
    socket: Socket,
    isUnix: boolean,
    state: VolfileServerState,
    settings: VolfileServerSettings,
  ) {
    this.socket = socket;
    this.settings = settings;
    const { remoteAddress, remotePort } = socket;
    this.isLocal = isUnix || isLoopback(remoteAddress ?? '');
    this.name = isUnix ? 'a client at the UNIX socket' : `${remoteAddress}:${remotePort}`;
    this.callServer = new CallServer({
      programs: makePrograms(state, this),
      out: this.out,
      onWritten: () => this.send(),
      isFull: () => socket.destroyed || socket.writableLength > MAX_QUEUED_BYTES,
    });
    this.setSilenceTimer(true);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk));
    socket.on('drain', () => this.resumeAfterDrain());
    // The 'close' event follows and handles it.
    socket.on('error', () => {});
    socket.on('close', () => this.setSilenceTimer(false));
  }

  log(text: string): void {
    this.settings.log(text);
  }

  end(): void {
    this.socket.destroy();
  }

  /** Notifies the client; one that reads slowly gets a single notice for several changes. */
  notify(): void {
    this.mustNotify = true;
    if (this.socket.writableLength <= MAX_QUEUED_BYTES) this.sendNotice();
  }

  /** Sends the notice of a change, if one is due. */
  private sendNotice(): void {
    if (!this.mustNotify) return;
    this.mustNotify = false;
    this.callServer.call(CALLBACK, CALLBACK_PROCEDURES.FETCHSPEC);
  }

  private receive(chunk: Uint8Array): void {
    this.endIfMalformed(() => this.records.append(chunk, () => this.serveCalls()));
  }

  /** Continues after the client has read its queued replies. */
  private resumeAfterDrain(): void {
    this.sendNotice();
    this.endIfMalformed(() => this.serveCalls());
    if (this.socket.writableLength <= MAX_QUEUED_BYTES) this.socket.resume();
  }

  /**
   * Serves the complete calls, and updates the silence timer.
   * @returns whether the connection stays open
   * @throws {RecordError}
   */
  private serveCalls(): boolean {
    if (this.callServer.serveAll(this.records) > 0) this.setSilenceTimer(false);
    if (this.records.hasPartialMessage) this.setSilenceTimer(true);
    return !this.socket.destroyed;
  }

  /** Performs the action; closes the connection if it finds a malformed call. */
  private endIfMalformed(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.settings.warn(`${this.name} sent a malformed call: ${error.message}`);
      this.end();
    }
  }

  private send(): void {
    const { socket, out } = this;
    // Node keeps the bytes until they have left, and this buffer is reused before that.
    const bytes = out.writtenBytes.slice();
    out.position = 0;
    if (socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > MAX_QUEUED_BYTES) socket.pause();
  }

  /** Starts or stops the timer that closes a silent connection; a timer that runs is not started again. */
  private setSilenceTimer(mustRun: boolean): void {
    if (mustRun === (this.silenceTimer !== null)) return;
    if (this.silenceTimer !== null) {
      clearTimeout(this.silenceTimer);
      this.silenceTimer = null;
      return;
    }
    const { silenceMs = SILENCE_TIMEOUT_MS } = this.settings;
    this.silenceTimer = setTimeout(() => {
      this.settings.warn(`${this.name} sent no call for ${silenceMs / 1000} s`);
      this.end();
    }, silenceMs).unref();
  }
}

/** Whether an address is a loopback address; an IPv6 socket shows an IPv4 address behind `::ffff:`. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address);

/** Removes the socket that a killed server left. @throws {Error} when the path is anything else */
async function removeStaleSocket(path: string): Promise<void> {
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

/** Listens on a socket that only its user and root can open: the umask sets its mode when it is made. */
function listenForOwner(server: Server, path: string): void {
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}
