/**
 * Fetches a volfile from one of several servers, stays connected, and reports when to fetch again:
 * after a change on the server, or when a lost server or its successor is reachable.
 * Source: GlusterFS 10 `glusterfsd/src/glusterfsd-mgmt.c`.
 */
import { connect, type Socket } from 'node:net';
import { formatSocketAddress, type SocketAddress } from '../../runtime/core/addresses.ts';
import { decodeName } from '../../runtime/core/bytes.ts';
import { ENOENT, strerror } from '../../runtime/core/errno.ts';
import { CallChannel, type Loss } from '../rpc/call-channel.ts';
import { readTexts, writeTexts } from '../rpc/dict.ts';
import { fieldsOf, readFields } from '../rpc/fields.ts';
import { AUTH_V2, readCall } from '../rpc/message.ts';
import { CALLBACK, CBK, HAND, HANDSHAKE, WANTS_SERVERS } from '../rpc/programs.ts';
import { RecordError, Records } from '../rpc/record.ts';
import type { XdrReader, XdrWriter } from '../rpc/xdr.ts';

const RETRY_MS = 3000;
const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;
const KEEP_ALIVE_MS = 20_000;
/** The most known servers, including those that a server has announced. */
const SERVERS_MAX = 64;

/** The supported versions of volfiles, which a management daemon compares with its own. */
const VERSIONS = new Map([
  ['max-op-version', '100000'],
  ['min-op-version', '1'],
]);

const specReply = fieldsOf('op_ret:i32 op_errno:i32 spec:opaque');

/** Explains in a sentence why there is no volfile. */
export class FetchError extends Error {
  readonly code = 'GLOSSA_VOLFILE_FETCH';
}

/** The server replied that it has no such volfile. */
class Refusal extends FetchError {}

export interface VolfileClientSettings {
  /** Tried in this order. */
  readonly servers: readonly SocketAddress[];
  /** The requested volfile, such as `/NAME`. */
  readonly key: string;
  /** Called when the volfile may have changed and should be fetched again. */
  changed(): void;
  /** Logs an event. */
  log(text: string): void;
  /** Logs a warning. */
  warn(text: string): void;
}

interface Spec {
  readonly text: string;
  readonly servers: readonly SocketAddress[];
}

export class VolfileClient {
  private readonly settings: VolfileClientSettings;
  private readonly servers: SocketAddress[];
  /** The index of the current server. */
  private at = 0;
  private peer: ServerConnection | null = null;
  private retry: NodeJS.Timeout | null = null;
  private isClosed = false;
  private hasFetched = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(settings: VolfileClientSettings) {
    this.settings = settings;
    this.servers = [...settings.servers];
  }

  /** The server that sent the last volfile. */
  get server(): string {
    return formatSocketAddress(this.servers[this.at]!);
  }

  /** Fetches the current volfile; tries each server once. @throws {FetchError} */
  fetch(): Promise<string> {
    const turn = this.queue.then(() => this.ask());
    this.queue = turn.catch(() => {});
    return turn;
  }

  close(): void {
    this.isClosed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    this.peer?.close();
    this.peer = null;
  }

  private async ask(): Promise<string> {
    const { key } = this.settings;
    const why: string[] = [];
    for (let left = this.servers.length; left > 0 && !this.isClosed; left--) {
      try {
        this.peer ??= await this.open(this.servers[this.at]!);
        const { text, servers } = await this.peer.getspec(key);
        this.addServers(servers);
        this.hasFetched = true;
        return text;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        why.push(`${this.server}: ${error.message}`);
        // The server notifies us if it has the volfile again.
        if (error instanceof Refusal && this.hasFetched) break;
        this.nextServer();
      }
    }
    if (this.peer === null && this.hasFetched) this.tryAgain();
    throw new FetchError(`no volfile '${key}' can be fetched: ${why.join('; ')}`);
  }

  /** Moves on to the next server. */
  private nextServer(): void {
    this.peer?.close();
    this.peer = null;
    this.at = (this.at + 1) % this.servers.length;
  }

  private async open(place: SocketAddress): Promise<ServerConnection> {
    const peer = await ServerConnection.open(place, {
      changed: () => this.settings.changed(),
      unknown: (xid) => this.settings.warn(`reply with unknown xid ${xid}`),
      ended: (why) => this.lost(peer, why),
    });
    if (!this.isClosed) return peer;
    peer.close();
    throw new FetchError('the client was closed');
  }

  private addServers(servers: readonly SocketAddress[]): void {
    const known = new Set(this.servers.map(formatSocketAddress));
    const more = servers.filter((place) => !known.has(formatSocketAddress(place)));
    this.servers.push(...more.slice(0, SERVERS_MAX - this.servers.length));
  }

  /** Keeps the mount running and asks the first server that returns. */
  private lost(peer: ServerConnection, why: string): void {
    if (this.peer !== peer || this.isClosed) return;
    this.peer = null;
    // The first fetch reports the failure itself.
    if (!this.hasFetched) return;
    this.settings.warn(
      `the volfile server ${this.server} is lost: ${why}; retrying every ${RETRY_MS / 1000} s`,
    );
    this.tryAgain();
  }

  private tryAgain(): void {
    if (this.isClosed || this.retry !== null) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.queue = this.queue.then(() => this.reconnect());
    }, RETRY_MS).unref();
  }

  /** Connects to the first reachable server. */
  private async reconnect(): Promise<void> {
    for (let left = this.servers.length; left > 0; left--) {
      if (this.peer !== null || this.isClosed) return;
      try {
        this.peer = await this.open(this.servers[this.at]!);
        this.settings.log(`the volfile server ${this.server} is reachable`);
        this.settings.changed();
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        this.nextServer();
      }
    }
    if (this.peer === null) this.tryAgain();
  }
}

interface ServerConnectionEvents {
  changed(): void;
  unknown(xid: number): void;
  /** Called once, unless `close` was called here. */
  ended(why: string): void;
}

/** A connection to one server. */
class ServerConnection {
  private readonly socket: Socket;
  private readonly channel: CallChannel;
  private readonly records = new Records();
  private why = 'it closed the connection';

  private constructor(socket: Socket, events: ServerConnectionEvents) {
    this.socket = socket;
    this.channel = new CallChannel({
      now: () => performance.now(),
      onCall: (r, xid) => {
        const { program, procedure, refused } = readCall(r, xid);
        const isOurs = refused === null && program === CALLBACK.number;
        if (isOurs && procedure === CBK.FETCHSPEC) events.changed();
      },
      onUnknownXid: (xid) => events.unknown(xid),
    });
    this.channel.connected({
      send(bytes, length) {
        if (socket.destroyed) return 0;
        // Node keeps the bytes until they have left, and this buffer is reused before that.
        socket.write(bytes.slice(0, length));
        return length;
      },
    });
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS).unref();
    socket.on('data', (chunk: Uint8Array) => this.received(chunk));
    socket.on('error', (error) => {
      this.why = reasonOf(error);
    });
    socket.once('close', () => {
      this.channel.disconnected();
      events.ended(this.why);
    });
  }

  /** @throws {FetchError} */
  static async open(
    place: SocketAddress,
    events: ServerConnectionEvents,
  ): Promise<ServerConnection> {
    const socket = connect({ ...place });
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        socket.destroy();
        reject(new FetchError(why));
      };
      socket.setTimeout(CONNECT_MS, () => fail('it does not respond'));
      socket.once('error', (error) => fail(reasonOf(error)));
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
    this.channel.disconnected();
    this.socket.destroy();
  }

  /** @throws {FetchError} */
  getspec(key: string): Promise<Spec> {
    return new Promise((resolve, reject) => {
      const { channel } = this;
      // Keeps the process alive while the caller waits.
      this.socket.ref();
      const timer = setTimeout(() => channel.expire(Number.POSITIVE_INFINITY), ANSWER_MS);
      const write = (w: XdrWriter): void => {
        w.u32(WANTS_SERVERS);
        w.string(key);
        writeTexts(w, VERSIONS);
      };
      channel.call(HANDSHAKE, HAND.GETSPEC, AUTH_V2, write, (r) => {
        clearTimeout(timer);
        this.socket.unref();
        const spec = typeof r === 'string' ? null : readSpec(r);
        if (spec === null)
          reject(new FetchError(r === 'disconnected' ? this.why : REASONS[r as ReplyFailure]));
        else if ('why' in spec) reject(new Refusal(spec.why));
        else resolve(spec);
      });
      channel.flush();
    });
  }

  private received(chunk: Uint8Array): void {
    const { records, socket } = this;
    try {
      records.put(chunk, () => {
        this.channel.take(records);
        return !socket.destroyed;
      });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.why = `it sent a malformed message: ${error.message}`;
      socket.destroy();
    }
  }
}

type ReplyFailure = Exclude<Loss, 'disconnected'>;

const REASONS: Readonly<Record<ReplyFailure, string>> = {
  refused: 'it is not a volfile server',
  timeout: `it did not reply for ${ANSWER_MS / 1000} s`,
};

/** Reads a volfile, or the reason why it is missing. */
function readSpec(r: XdrReader): Spec | { readonly why: string } {
  const [opRet, errno, bytes] = readFields(r, specReply) as [number, number, Uint8Array];
  const spec = decodeName(bytes);
  const length = bytes.length;
  const texts = readTexts(r);
  if (r.short) return { why: 'its reply is malformed' };
  if (opRet < 0) return { why: errno === ENOENT ? 'it has no such volume' : strerror(errno) };
  if (opRet !== length) return { why: `it announced ${opRet} bytes but sent ${length}` };
  if (length === 0) return { why: 'it sent an empty volfile' };
  return { text: spec, servers: readServers(texts?.get('servers-list') ?? '') };
}

const readServers = (text: string): SocketAddress[] =>
  [...text.matchAll(/(\S+):(\d{1,5})(?=\s|$)/g)].map(([, host, port]) => ({
    host: host!.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
  }));

function reasonOf(error: NodeJS.ErrnoException): string {
  const { errno, message, code } = error;
  if (errno !== undefined && errno > -3000) return strerror(-errno);
  return code === 'ENOTFOUND' ? 'there is no such host' : message || code || 'it cannot be reached';
}
