/**
 * Fetches a volfile from one of several servers, stays connected, and reports when to fetch again: after a change on
 * the server, or once any server is reachable after the connection was lost.
 * Source: GlusterFS 10 `glusterfsd/src/glusterfsd-mgmt.c`.
 */
import { connect, type Socket } from 'node:net';
import { formatSocketAddress, type SocketAddress } from '../../runtime/core/addresses.ts';
import { decodeName } from '../../runtime/core/bytes.ts';
import { ENOENT, strerror } from '../../runtime/core/errno.ts';
import { RecordError, RecordReader } from '../../runtime/wire/record.ts';
import type { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { CallChannel, type LossReason } from '../rpc/call-channel.ts';
import { readTexts, writeTexts } from '../rpc/dict.ts';
import { parseFields, readFields } from '../rpc/fields.ts';
import { AUTH_V2, readCall } from '../rpc/message.ts';
import {
  CALLBACK,
  CALLBACK_PROCEDURES,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  volumeInfoReply,
  WANTS_ID,
  WANTS_SERVERS,
} from '../rpc/programs.ts';

/** Milliseconds between two attempts to reach a lost server. */
const RETRY_INTERVAL_MS = 3000;
/** Milliseconds that a server may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds that a server may take to reply. */
const REPLY_TIMEOUT_MS = 60_000;
/** Milliseconds of silence after which the kernel probes whether the server still exists. */
const KEEP_ALIVE_MS = 20_000;
/** The most known servers, including those that a server has announced. */
const MAX_SERVERS = 64;

/** The supported range of op-versions, which a management daemon compares with the volume's. */
const SUPPORTED_VERSIONS = new Map([
  ['max-op-version', '100000'],
  ['min-op-version', '1'],
]);

/** `getspecReply` with the volfile as raw bytes. */
const specReply = parseFields('op_ret:i32 op_errno:i32 spec:opaque');

/** Thrown if no server sends the volfile; the message has the reason. */
export class FetchError extends Error {
  readonly code = 'GLOSSA_VOLFILE_FETCH';
}

/** Thrown if a server replied that it has no such volfile. */
class RefusalError extends FetchError {}

/** The servers and the volfile of a client, and the functions that it calls. */
export interface VolfileClientSettings {
  /** The servers, in the order in which the client tries them. */
  readonly servers: readonly SocketAddress[];
  /** The requested volfile, such as `/NAME`. */
  readonly key: string;
  /** Called when the volfile may have changed and should be fetched again. */
  onChange(): void;
  /** Logs an event. */
  log(text: string): void;
  /** Logs a warning. */
  warn(text: string): void;
}

/** A volfile, and the servers that have it: those that its sender has announced. */
interface FetchedVolfile {
  readonly text: string;
  readonly servers: readonly SocketAddress[];
}

/** Fetches one volfile for a mount or a brick, and keeps a connection for notices of its changes. */
export class VolfileClient {
  private readonly settings: VolfileClientSettings;
  private readonly servers: SocketAddress[];
  /** The index of the current server. */
  private serverIndex = 0;
  private connection: ServerConnection | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private hasFetched = false;
  /** Resolves after the last fetch or reconnect, so that they run one after the other. */
  private lastOperation: Promise<unknown> = Promise.resolve();

  constructor(settings: VolfileClientSettings) {
    this.settings = settings;
    this.servers = [...settings.servers];
  }

  /** The server that sent the last volfile. */
  get server(): string {
    return formatSocketAddress(this.servers[this.serverIndex]!);
  }

  /** Fetches the current volfile; tries each server once. @throws {FetchError} */
  fetch(): Promise<string> {
    return this.enqueue(() => this.fetchFromServers());
  }

  /** Requests the volume's id, a UUID, from the connected server. @throws {FetchError} */
  fetchVolumeId(): Promise<string> {
    return this.enqueue(async () => {
      if (this.connection === null) throw new FetchError('no volfile server is connected');
      return this.connection.requestVolumeId(this.settings.key.replace(/^\//, ''));
    });
  }

  /** Runs an operation after those before it have ended. */
  private enqueue<R>(operation: () => Promise<R>): Promise<R> {
    const result = this.lastOperation.then(operation);
    this.lastOperation = result.catch(() => {});
    return result;
  }

  /** Disconnects, and stops all attempts to reach a server. */
  close(): void {
    this.isClosed = true;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.connection?.close();
    this.connection = null;
  }

  /** Tries the servers in turn, beginning with the current one. */
  private async fetchFromServers(): Promise<string> {
    const { key } = this.settings;
    const failures: string[] = [];
    for (let attempts = this.servers.length; attempts > 0 && !this.isClosed; attempts--) {
      try {
        this.connection ??= await this.openConnection(this.servers[this.serverIndex]!);
        const { text, servers } = await this.connection.requestVolfile(key);
        this.addServers(servers);
        this.hasFetched = true;
        return text;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        failures.push(`${this.server}: ${error.message}`);
        // Stays connected: the server notifies the client once it has the volfile again.
        if (error instanceof RefusalError && this.hasFetched) break;
        this.moveToNextServer();
      }
    }
    if (this.connection === null && this.hasFetched) this.scheduleReconnect();
    throw new FetchError(`no volfile '${key}' can be fetched: ${failures.join('; ')}`);
  }

  /** Disconnects, and makes the next server the current one. */
  private moveToNextServer(): void {
    this.connection?.close();
    this.connection = null;
    this.serverIndex = (this.serverIndex + 1) % this.servers.length;
  }

  private async openConnection(address: SocketAddress): Promise<ServerConnection> {
    const connection = await ServerConnection.open(address, {
      onChange: () => this.settings.onChange(),
      onUnknownXid: (xid) => this.settings.warn(`reply with unknown xid ${xid}`),
      onEnd: (reason) => this.handleLoss(connection, reason),
    });
    if (!this.isClosed) return connection;
    connection.close();
    throw new FetchError('the client was closed');
  }

  private addServers(servers: readonly SocketAddress[]): void {
    const knownAddresses = new Set(this.servers.map(formatSocketAddress));
    const newServers = servers.filter(
      (address) => !knownAddresses.has(formatSocketAddress(address)),
    );
    this.servers.push(...newServers.slice(0, MAX_SERVERS - this.servers.length));
  }

  /** Handles a lost connection: the caller keeps its volfile, and attempts to reach a server are scheduled. */
  private handleLoss(connection: ServerConnection, reason: string): void {
    if (this.connection !== connection || this.isClosed) return;
    this.connection = null;
    // The first fetch reports the failure itself.
    if (!this.hasFetched) return;
    this.settings.warn(
      `the volfile server ${this.server} is lost: ${reason}; retrying every ${RETRY_INTERVAL_MS / 1000} s`,
    );
    this.scheduleReconnect();
  }

  private scheduleReconnect(): void {
    if (this.isClosed || this.retryTimer !== null) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = null;
      this.lastOperation = this.lastOperation.then(() => this.reconnect());
    }, RETRY_INTERVAL_MS).unref();
  }

  /** Connects to the first reachable server. */
  private async reconnect(): Promise<void> {
    for (let attempts = this.servers.length; attempts > 0; attempts--) {
      if (this.connection !== null || this.isClosed) return;
      try {
        this.connection = await this.openConnection(this.servers[this.serverIndex]!);
        this.settings.log(`the volfile server ${this.server} is reachable`);
        this.settings.onChange();
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        this.moveToNextServer();
      }
    }
    if (this.connection === null) this.scheduleReconnect();
  }
}

/** The functions that a connection calls on its events. */
interface ServerConnectionEvents {
  /** Called when the server notifies the client of changed volfiles. */
  onChange(): void;
  onUnknownXid(xid: number): void;
  /** Called once, unless `close` was called here. */
  onEnd(reason: string): void;
}

/** A connection to one server. */
class ServerConnection {
  private readonly socket: Socket;
  private readonly channel: CallChannel;
  private readonly records = new RecordReader();
  /** The reason of the connection's end, for messages. */
  private closeReason = 'it closed the connection';

  private constructor(socket: Socket, events: ServerConnectionEvents) {
    this.socket = socket;
    this.channel = new CallChannel({
      now: () => performance.now(),
      onCall: (r, xid) => {
        const { program, procedure, refusal } = readCall(r, xid);
        const isCallback = refusal === null && program === CALLBACK.number;
        if (isCallback && procedure === CALLBACK_PROCEDURES.FETCHSPEC) events.onChange();
      },
      onUnknownXid: (xid) => events.onUnknownXid(xid),
    });
    this.channel.attach({
      send(bytes, length) {
        if (socket.destroyed) return 0;
        // Node keeps the bytes until they have left, and this buffer is reused before that.
        socket.write(bytes.slice(0, length));
        return length;
      },
    });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS).unref();
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk));
    socket.on('error', (error) => {
      this.closeReason = describeError(error);
    });
    socket.once('close', () => {
      this.channel.detach();
      events.onEnd(this.closeReason);
    });
  }

  /** Connects to a server. @throws {FetchError} */
  static async open(
    address: SocketAddress,
    events: ServerConnectionEvents,
  ): Promise<ServerConnection> {
    const socket = connect({ ...address });
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => {
        socket.destroy();
        reject(new FetchError(reason));
      };
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail('it does not respond'));
      socket.once('error', (error) => fail(describeError(error)));
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve();
      });
    });
    socket.removeAllListeners();
    return new ServerConnection(socket, events);
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.channel.detach();
    this.socket.destroy();
  }

  /** Requests a volfile (GETSPEC). @throws {FetchError} */
  requestVolfile(key: string): Promise<FetchedVolfile> {
    const write = (w: XdrWriter): void => {
      w.u32(WANTS_SERVERS);
      w.string(key);
      writeTexts(w, SUPPORTED_VERSIONS);
    };
    return this.request(HANDSHAKE_PROCEDURES.GETSPEC, write, readSpec);
  }

  /** Requests a volume's id, a UUID (GET_VOLUME_INFO). @throws {FetchError} */
  requestVolumeId(volume: string): Promise<string> {
    const texts = new Map([
      ['flags', String(WANTS_ID)],
      ['volname', volume],
    ]);
    return this.request(
      HANDSHAKE_PROCEDURES.GET_VOLUME_INFO,
      (w) => writeTexts(w, texts),
      readVolumeId,
    );
  }

  /** Calls a procedure of the handshake. @throws {FetchError} with the reason of a failure or refusal */
  private request<R extends string | object>(
    procedure: number,
    write: (w: XdrWriter) => void,
    read: (r: XdrReader) => R | RefusalReason,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      const { channel } = this;
      // Keeps the process alive while the caller waits.
      this.socket.ref();
      const timer = setTimeout(
        // Requests run one after the other (`enqueue`), so the only call is this one.
        () => channel.expireSentBefore(Number.POSITIVE_INFINITY),
        REPLY_TIMEOUT_MS,
      );
      channel.call(HANDSHAKE, procedure, AUTH_V2, write, (r) => {
        clearTimeout(timer);
        this.socket.unref();
        const reply = typeof r === 'string' ? null : read(r);
        if (reply === null) {
          const reason =
            r === 'disconnected' ? this.closeReason : FAILURE_REASONS[r as ReplyFailure];
          reject(new FetchError(reason));
        } else if (reply instanceof RefusalReason) reject(new RefusalError(reply.text));
        else resolve(reply);
      });
      channel.flush();
    });
  }

  private receive(chunk: Uint8Array): void {
    const { records, socket } = this;
    try {
      records.append(chunk, () => {
        this.channel.dispatch(records);
        return !socket.destroyed;
      });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.closeReason = `it sent a malformed message: ${error.message}`;
      socket.destroy();
    }
  }
}

type ReplyFailure = Exclude<LossReason, 'disconnected'>;

const FAILURE_REASONS: Readonly<Record<ReplyFailure, string>> = {
  refused: 'it is not a volfile server',
  timeout: `it did not reply for ${REPLY_TIMEOUT_MS / 1000} s`,
};

/** The reason why a server refused a request. */
class RefusalReason {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Reads a volume's id, or the reason why it is missing. */
function readVolumeId(r: XdrReader): string | RefusalReason {
  const [opRet, errno] = readFields(r, volumeInfoReply) as [number, number, string];
  const id = readTexts(r)?.get('volume_id');
  if (r.isMalformed) return new RefusalReason('its reply is malformed');
  if (opRet < 0) return new RefusalReason(strerror(errno));
  return id ?? new RefusalReason('it sent no id');
}

/** Reads a volfile, or the reason why it is missing. */
function readSpec(r: XdrReader): FetchedVolfile | RefusalReason {
  const [opRet, errno, bytes] = readFields(r, specReply) as [number, number, Uint8Array];
  const text = decodeName(bytes);
  const length = bytes.length;
  const texts = readTexts(r);
  if (r.isMalformed) return new RefusalReason('its reply is malformed');
  if (opRet < 0) {
    return new RefusalReason(errno === ENOENT ? 'it has no such volume' : strerror(errno));
  }
  if (opRet !== length) {
    return new RefusalReason(`it announced ${opRet} bytes but sent ${length}`);
  }
  if (length === 0) return new RefusalReason('it sent an empty volfile');
  return { text, servers: parseServers(texts?.get('servers-list') ?? '') };
}

/** Parses a list of `HOST:PORT`. */
const parseServers = (text: string): SocketAddress[] =>
  [...text.matchAll(/(\S+):(\d{1,5})(?=\s|$)/g)].map(([, host, port]) => ({
    host: host!.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
  }));

/** Describes an error of a socket. */
function describeError(error: NodeJS.ErrnoException): string {
  const { errno, message, code } = error;
  // Numbers from -3000 down are Node's own (such as EAI_NONAME), not the system's.
  if (errno !== undefined && errno > -3000) return strerror(-errno);
  return code === 'ENOTFOUND' ? 'there is no such host' : message || code || 'it cannot be reached';
}
