/**
 * A client of volfile servers: it asks one of them for a volfile, stays connected, and says when it
 * should be asked again: when the server says so, and when a lost server, or another, is there again.
 *
 * Source: GlusterFS 10 `glusterfsd/src/glusterfsd-mgmt.c`.
 */
import { connect, type Socket } from 'node:net';
import { formatSocketAddress, type SocketAddress } from '../../runtime/core/addresses.ts';
import { decodeName } from '../../runtime/core/bytes.ts';
import { ENOENT, strerror } from '../../runtime/core/errno.ts';
import { readTexts, writeTexts } from '../rpc/dict.ts';
import { fieldsOf, readFields } from '../rpc/fields.ts';
import { Link, type Loss } from '../rpc/link.ts';
import { AUTH_V2, readCall } from '../rpc/message.ts';
import { CALLBACK, CBK, HAND, HANDSHAKE, WANTS_SERVERS } from '../rpc/programs.ts';
import { RecordError, Records } from '../rpc/record.ts';
import type { XdrReader, XdrWriter } from '../rpc/xdr.ts';

const RETRY_MS = 3000;
const CONNECT_MS = 10_000;
const ANSWER_MS = 60_000;
const KEEP_ALIVE_MS = 20_000;
/** Servers that are kept in mind, those that a server has told of counted. */
const SERVERS_MAX = 64;

/** The versions of volfiles that are understood: a management daemon has them compared. */
const VERSIONS = new Map([
  ['max-op-version', '100000'],
  ['min-op-version', '1'],
]);

const specReply = fieldsOf('op_ret:i32 op_errno:i32 spec:opaque');

/** Why there is no volfile, in a sentence. */
export class FetchError extends Error {
  readonly code = 'GLOSSA_VOLFILE_FETCH';
}

/** A server has answered that it has none. */
class Refusal extends FetchError {}

export interface VolfileClientSettings {
  /** In the order in which they are asked. */
  readonly servers: readonly SocketAddress[];
  /** What is asked for, such as `/NAME`. */
  readonly key: string;
  /** The volfile may have changed: it is to be fetched again. */
  changed(): void;
  /** What happens, for the log. */
  log(text: string): void;
  /** What should not. */
  doubt(text: string): void;
}

interface Spec {
  readonly text: string;
  readonly servers: readonly SocketAddress[];
}

export class VolfileClient {
  private readonly settings: VolfileClientSettings;
  private readonly servers: SocketAddress[];
  /** The server that is asked, of those. */
  private at = 0;
  private peer: Peer | null = null;
  private retry: NodeJS.Timeout | null = null;
  private isClosed = false;
  private hasFetched = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(settings: VolfileClientSettings) {
    this.settings = settings;
    this.servers = [...settings.servers];
  }

  /** Where the volfile came from last. */
  get server(): string {
    return formatSocketAddress(this.servers[this.at]!);
  }

  /** The volfile as it is now; each server is tried once. @throws {FetchError} */
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
        this.learn(servers);
        this.hasFetched = true;
        return text;
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        why.push(`${this.server}: ${error.message}`);
        // It may have one again, and tells then.
        if (error instanceof Refusal && this.hasFetched) break;
        this.goOn();
      }
    }
    if (this.peer === null && this.hasFetched) this.tryAgain();
    throw new FetchError(`no volfile '${key}' can be fetched: ${why.join('; ')}`);
  }

  /** The next server is to be asked. */
  private goOn(): void {
    this.peer?.close();
    this.peer = null;
    this.at = (this.at + 1) % this.servers.length;
  }

  private async open(place: SocketAddress): Promise<Peer> {
    const peer = await Peer.open(place, {
      changed: () => this.settings.changed(),
      unknown: (xid) => this.settings.doubt(`an answer to nobody came (number ${xid})`),
      ended: (why) => this.lost(peer, why),
    });
    if (!this.isClosed) return peer;
    peer.close();
    throw new FetchError('it is not needed any more');
  }

  private learn(servers: readonly SocketAddress[]): void {
    const known = new Set(this.servers.map(formatSocketAddress));
    const more = servers.filter((place) => !known.has(formatSocketAddress(place)));
    this.servers.push(...more.slice(0, SERVERS_MAX - this.servers.length));
  }

  /** What is mounted works on; whoever comes first is asked again. */
  private lost(peer: Peer, why: string): void {
    if (this.peer !== peer || this.isClosed) return;
    this.peer = null;
    // Who asks for the first time is told why that failed.
    if (!this.hasFetched) return;
    this.settings.doubt(
      `the volfile server ${this.server} is lost: ${why}; it is tried again every ${RETRY_MS / 1000} s`,
    );
    this.tryAgain();
  }

  private tryAgain(): void {
    if (this.isClosed || this.retry !== null) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.queue = this.queue.then(() => this.reach());
    }, RETRY_MS).unref();
  }

  /** Connects to the first server that is there. */
  private async reach(): Promise<void> {
    for (let left = this.servers.length; left > 0; left--) {
      if (this.peer !== null || this.isClosed) return;
      try {
        this.peer = await this.open(this.servers[this.at]!);
        this.settings.log(`the volfile server ${this.server} is there`);
        this.settings.changed();
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        this.goOn();
      }
    }
    if (this.peer === null) this.tryAgain();
  }
}

interface PeerEvents {
  changed(): void;
  unknown(xid: number): void;
  /** Once, unless it was closed here. */
  ended(why: string): void;
}

/** A connection to one server. */
class Peer {
  private readonly socket: Socket;
  private readonly link: Link;
  private readonly records = new Records();
  private why = 'it has closed the connection';

  private constructor(socket: Socket, events: PeerEvents) {
    this.socket = socket;
    this.link = new Link({
      now: () => performance.now(),
      called: (r, xid) => {
        const { program, procedure, refused } = readCall(r, xid);
        const isOurs = refused === null && program === CALLBACK.number;
        if (isOurs && procedure === CBK.FETCHSPEC) events.changed();
      },
      unknown: (xid) => events.unknown(xid),
    });
    this.link.connected({
      send(bytes, length) {
        if (socket.destroyed) return 0;
        // Node keeps what it is given until it has left, and this is written over before.
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
      this.link.disconnected();
      events.ended(this.why);
    });
  }

  /** @throws {FetchError} */
  static async open(place: SocketAddress, events: PeerEvents): Promise<Peer> {
    const socket = connect({ ...place });
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        socket.destroy();
        reject(new FetchError(why));
      };
      socket.setTimeout(CONNECT_MS, () => fail('it does not answer'));
      socket.once('error', (error) => fail(reasonOf(error)));
      socket.once('connect', () => {
        socket.setTimeout(0);
        resolve();
      });
    });
    socket.removeAllListeners();
    return new Peer(socket, events);
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.link.disconnected();
    this.socket.destroy();
  }

  /** @throws {FetchError} */
  getspec(key: string): Promise<Spec> {
    return new Promise((resolve, reject) => {
      const { link } = this;
      // The one who asks waits, for a while.
      this.socket.ref();
      const timer = setTimeout(() => link.expire(Number.POSITIVE_INFINITY), ANSWER_MS);
      const write = (w: XdrWriter): void => {
        w.u32(WANTS_SERVERS);
        w.string(key);
        writeTexts(w, VERSIONS);
      };
      link.ask(HANDSHAKE, HAND.GETSPEC, AUTH_V2, write, (r) => {
        clearTimeout(timer);
        this.socket.unref();
        const spec = typeof r === 'string' ? null : readSpec(r);
        if (spec === null)
          reject(new FetchError(r === 'disconnected' ? this.why : LOSSES[r as Told]));
        else if ('why' in spec) reject(new Refusal(spec.why));
        else resolve(spec);
      });
      link.flush();
    });
  }

  private received(chunk: Uint8Array): void {
    const { records, socket } = this;
    try {
      records.put(chunk, () => {
        this.link.take(records);
        return !socket.destroyed;
      });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.why = `what it sends is no message: ${error.message}`;
      socket.destroy();
    }
  }
}

type Told = Exclude<Loss, 'disconnected'>;

const LOSSES: Readonly<Record<Told, string>> = {
  refused: 'it is no volfile server',
  timeout: `it has not answered for ${ANSWER_MS / 1000} s`,
};

/** A volfile, or why there is none. */
function readSpec(r: XdrReader): Spec | { readonly why: string } {
  const [opRet, errno, bytes] = readFields(r, specReply) as [number, number, Uint8Array];
  const spec = decodeName(bytes);
  const length = bytes.length;
  const told = readTexts(r);
  if (r.short) return { why: 'what it answers cannot be read' };
  if (opRet < 0) return { why: errno === ENOENT ? 'it has no such volume' : strerror(errno) };
  if (opRet !== length) return { why: `it announces ${opRet} bytes, and sends ${length}` };
  if (length === 0) return { why: 'it sends an empty volfile' };
  return { text: spec, servers: readServers(told?.get('servers-list') ?? '') };
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
