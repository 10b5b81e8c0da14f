/**
 * Serves one client connection over any transport: performs the handshake, then serves fops.
 * Source: GlusterFS 10 `xlators/protocol/server/src/{server-handshake,server-rpc-fops_v2}.c`,
 * `rpc/rpc-lib/src/rpcsvc.c`.
 */
import { posix } from 'node:path';
import type { Client } from '../../../runtime/core/client.ts';
import { EACCES, EAGAIN, EINVAL, ENOENT, ENOLCK, ENOSYS } from '../../../runtime/core/errno.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Initiator } from '../../../runtime/core/initiator.ts';
import {
  CallServer,
  makeResults,
  type Procedure,
  type Results,
  replySuccess,
} from '../../rpc/call-server.ts';
import { readTexts, writeTexts } from '../../rpc/dict.ts';
import { readFields } from '../../rpc/fields.ts';
import { ACCEPT, type Caller, type ReceivedCall } from '../../rpc/message.ts';
import {
  CALLBACK,
  FOPS4,
  GLOSSA,
  getspecReply,
  HAND,
  HANDSHAKE,
  OWN,
  OWN_CALLS,
  setLkVerCall,
  setLkVerReply,
} from '../../rpc/programs.ts';
import { RECORD_MAX, RecordError, RecordReader } from '../../rpc/record.ts';
import { type XdrReader, XdrWriter } from '../../rpc/xdr.ts';
import { type AuthOptions, byLogin, type ClientIdentity, isAdmitted } from './auth.ts';
import type { Brick } from './bricks.ts';
import { type CallOrigin, ServerCall } from './call.ts';
import type { PendingConnection, PendingConnections } from './pending-connections.ts';
import type { RecordMemory, Share } from './record-memory.ts';
import { findFolder } from './subdir.ts';
import { unmarshals } from './unmarshal.ts';

const RELEASE = 41;
const RELEASEDIR = 42;
const NONE = new Uint8Array();
const NO_VOLFILES = 'ask the management daemon for volfiles';

/** The most bytes of replies that wait for a client; beyond them the server does not read it. */
const QUEUED_MAX = 4 * 2 ** 20;
/** Limits for a client before its handshake, whose messages are short. */
const HANDSHAKE_LIMITS = { room: 4096, most: 65_536 } as const;
const ROOM = 65_536;

/** Reduces a path to the form `/a/b`. */
const normalize = (path: string): string => posix.resolve('/', path);

/** The remote end of a connection. */
export interface Peer {
  /** Empty on a UNIX socket. */
  readonly address: string;
  readonly port: number;
  /** The common name of its certificate, if it has presented one. */
  readonly certificate?: string | undefined;
}

/** Sends the bytes of a connection. */
export interface ConnectionTransport {
  /** Bytes that have not left yet, without those in `out`. */
  readonly queued: number;
  /** Sends and empties `out`: at once, or before the process blocks. */
  send(): void;
  /** Called when `isPaused` has changed. */
  flow(): void;
  /** Ends the connection after sending everything; `destroy` ends it at once. */
  end(): void;
  destroy(): void;
}

/** The server, as its connections see it. */
export interface ConnectionHost {
  readonly initiator: Initiator<unknown>;
  /** The id of the server's process. */
  readonly uuid: string;
  /** The version of glossa. */
  readonly version: string;
  readonly authOptions: AuthOptions;
  readonly pending: PendingConnections;
  readonly memory: RecordMemory;
  /** Maps the caller of a request. @param isTrusted whether the client logged in by password */
  callerFor(caller: Caller, isTrusted: boolean): Caller;
  /** The most active requests of a connection; 0 for no limit. */
  readonly outstandingLimit: number;
  /** Finds a volume that clients may use. */
  brick(volume: string): Brick | undefined;
  /** A connection's client was admitted to a brick, or has ended. */
  clientConnected(session: ClientConnection): void;
  clientDisconnected(session: ClientConnection): void;
  logRefusal(text: string): void;
  log(text: string): void;
}

/** Fops that may wait while another client holds a lock; they delay no other request. */
const MAY_WAIT: ReadonlySet<FopName> = new Set<FopName>([
  ...(['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk'] as const),
]);
/** The most requests of a connection that wait for locks. */
const WAITING_MAX = 16_384;

/** The client of a connection, and its brick. */
export interface Binding {
  readonly client: Client;
  readonly brick: Brick;
  readonly subdir: string;
  /** The identity with which the client was admitted. */
  readonly identity: ClientIdentity;
  /** The version that the client reports. */
  readonly version: string;
  /** Whether the client knows glossa's own requests. */
  readonly isGlossa: boolean;
  readonly since: number;
}

interface HandshakeResult {
  readonly errno: number;
  readonly text: string;
  readonly childUp: boolean;
}

export class ClientConnection {
  readonly records = new RecordReader(HANDSHAKE_LIMITS.room, HANDSHAKE_LIMITS.most);
  /** The buffer for replies. */
  readonly out = new XdrWriter(HANDSHAKE_LIMITS.room);
  readonly peer: Peer;
  bound: Binding | null = null;
  /** The number of active requests, without those for locks. */
  underWay = 0;
  /** The number of active requests for locks. */
  waiting = 0;
  /** These requests by xid; a client may send wrong ones. */
  private readonly forLocks = new Map<number, ServerCall>();
  readonly answerer: CallServer;
  private readonly host: ConnectionHost;
  private readonly pending: PendingConnection;
  private readonly transport: ConnectionTransport;
  private readonly share: Share;
  private origin: CallOrigin | null = null;
  /** Whether the client logged in by password. */
  private isTrusted = false;
  private isClosed = false;
  private wasPaused = false;

  /** @param carrier not called by the constructor */
  constructor(
    host: ConnectionHost,
    guest: PendingConnection,
    peer: Peer,
    carrier: ConnectionTransport,
  ) {
    this.host = host;
    this.pending = guest;
    this.peer = peer;
    this.transport = carrier;
    this.share = host.memory.shareOf(this);
    const handshake = new Map<number, Procedure>([
      [HAND.NULL, replySuccess],
      [HAND.PING, replySuccess],
      [HAND.SETVOLUME, (r, { xid }) => this.setVolume(xid, r)],
      [HAND.GETSPEC, () => makeResults(getspecReply, -1, ENOSYS, NO_VOLFILES, NONE)],
      [HAND.SET_LK_VER, (r) => makeResults(setLkVerReply, 0, 0, readFields(r, setLkVerCall)[1])],
    ]);
    const giveUp: Procedure = (r, call) => {
      this.forLocks.get(r.u32())?.giveUp();
      return replySuccess(r, call);
    };
    const fop: Procedure = (r, call) => this.fop(call, r);
    this.answerer = new CallServer({
      programs: [
        { ...FOPS4, procedures: { get: () => fop } },
        { ...HANDSHAKE, procedures: handshake },
      ],
      // glossa's clients know the program from the handshake.
      unlisted: [{ ...OWN, procedures: new Map([[OWN_CALLS.GIVE_UP, giveUp]]) }],
      out: this.out,
      onWritten: () => {
        if (!this.isClosed) carrier.send();
      },
      isFull: () => this.isHeldUp || this.isClosed,
    });
  }

  /** Whether the limit of active requests is reached. */
  get isHeldUp(): boolean {
    const { outstandingLimit } = this.host;
    return outstandingLimit > 0 && this.underWay >= outstandingLimit;
  }

  /** Whether reading should stop: held up, too many replies wait, or memory is missing. */
  get isPaused(): boolean {
    return (
      this.isHeldUp || this.share.isWaiting || this.transport.queued + this.out.at > QUEUED_MAX
    );
  }

  /** Serves complete messages after bytes were put into `records`; all of them unless held up. */
  received(): void {
    if (this.isClosed) return;
    let count = 0;
    try {
      count = this.answerer.serveAll(this.records);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.fail(error.message);
    }
    if (this.isClosed) return;
    this.share.settle(count > 0);
    this.flow();
  }

  granted(): void {
    this.flow();
  }

  /** Resumes or pauses reading after a send or the end of a request. */
  flow(): void {
    if (this.isClosed || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.transport.flow();
  }

  /** Closes a connection that is of no use any more. */
  fail(why: string): void {
    this.host.log(`the connection to ${this.peer.address || 'a client'} is closed: ${why}`);
    this.transport.destroy();
    this.close();
  }

  /** Closes the connection, which ends once all replies have left. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.host.pending.remove(this.pending);
    this.leave();
    this.share.close();
  }

  /** Disconnects the client. */
  disconnect(): void {
    this.close();
    this.transport.end();
  }

  /** Calls a procedure of the client. */
  callClient(procedure: number, write?: (w: XdrWriter) => void): void {
    if (this.bound !== null) this.answerer.call(CALLBACK, procedure, write);
  }

  private leave(): void {
    const { bound } = this;
    if (bound === null) return;
    bound.client.disconnect();
    this.origin = null;
    this.host.clientDisconnected(this);
    this.bound = null;
  }

  private setVolume(xid: number, r: XdrReader): undefined {
    const texts = readTexts(r);
    // A second handshake makes it another client.
    this.leave();
    this.introduce(texts, ({ errno, text, childUp }) => {
      if (this.isClosed) return;
      if (errno !== 0) this.refused(text, texts);
      this.answerer.reply(xid, (w) => {
        w.i32(errno === 0 ? 0 : -1);
        w.i32(errno);
        writeTexts(
          w,
          new Map([
            ['ERROR', text],
            ['process-uuid', this.host.uuid],
            ['child_up', childUp ? '1' : '0'],
            [GLOSSA, this.host.version],
          ]),
        );
      });
    });
  }

  private refused(text: string, texts: ReadonlyMap<string, string> | null): void {
    const { address } = this.peer;
    const [volume, user] = [texts?.get('remote-subvolume'), texts?.get('username')];
    // Quotes the client's strings as JSON: they may contain line breaks.
    const whom = user === undefined ? '' : ` (username ${JSON.stringify(user)})`;
    const what = volume === undefined ? '' : ` for ${JSON.stringify(volume)}`;
    const from = address || 'this machine';
    this.host.logRefusal(`a client from ${from} is refused${what}${whom}: ${text}`);
  }

  private introduce(
    texts: ReadonlyMap<string, string> | null,
    done: (verdict: HandshakeResult) => void,
  ) {
    const { host } = this;
    const refuse = (errno: number, text: string, childUp = true): void =>
      done({ errno, text, childUp });
    if (texts === null)
      return refuse(EINVAL, 'Internal error: failed to unserialize request dictionary');
    const volume = texts.get('remote-subvolume');
    if (volume === undefined) return refuse(EINVAL, 'No remote-subvolume option specified');
    const brick = host.brick(volume);
    if (brick === undefined) return refuse(ENOENT, 'Brick not found');
    if (!brick.isUp) return refuse(EAGAIN, 'Not received child_up for this xlator', false);
    const uid = texts.get('process-uuid');
    if (uid === undefined) return refuse(EINVAL, 'UUID not specified');
    const fops = texts.get('fops-version');
    if (fops !== String(FOPS4.number)) {
      return refuse(EINVAL, `version mismatch: client(${fops}) - client-mgmt(-1)`);
    }
    const subdir = normalize(texts.get('subdir-mount') ?? '/');
    const identity: ClientIdentity = {
      ...this.peer,
      ...{ volume, subdir, username: texts.get('username'), password: texts.get('password') },
    };
    if (!isAdmitted(host.authOptions, identity)) return refuse(EACCES, 'Authentication failed');
    this.isTrusted = byLogin(host.authOptions, identity) === 'accept';
    const client = host.initiator.connect(uid);
    const version = texts.get('client-version') ?? '';
    const isGlossa = texts.has(GLOSSA);
    const bound = { client, brick, subdir, identity, version, isGlossa, since: Date.now() };
    if (subdir === '/') return done(this.bind(bound, ROOT_GFID));
    findFolder(client, brick, subdir, (found) => {
      if (typeof found !== 'number' && !this.isClosed) return done(this.bind(bound, found.gfid));
      client.disconnect();
      refuse(ENOENT, `subdirectory for mount "${subdir}" is not found`);
    });
  }

  private bind(bound: Binding, root: Gfid): HandshakeResult {
    const { client, brick, isGlossa } = bound;
    this.bound = bound;
    this.origin = {
      ...{ isGlossa, client, fds: client.fds, inodes: brick.inodes, root },
      get links() {
        return brick.links;
      },
      answer: (xid, fop, write, data) => this.answer(xid, fop, write, data),
    };
    this.host.pending.remove(this.pending);
    this.records.setLimits(ROOM, RECORD_MAX);
    this.host.clientConnected(this);
    return { errno: 0, text: 'Success', childUp: true };
  }

  private fop(call: ReceivedCall, r: XdrReader): Results | number | undefined {
    const { xid, procedure, caller } = call;
    const { origin } = this;
    // A call without credentials must not run as root.
    if (origin === null || caller === null) return ACCEPT.GARBAGE_ARGS;
    if (procedure === 0) return replySuccess(r, call);
    if (procedure === RELEASE || procedure === RELEASEDIR) return released(r, origin);
    const plan = unmarshals[procedure];
    if (plan === undefined) return ACCEPT.PROC_UNAVAIL;
    const values = readFields(r, plan.wire.call);
    const data = plan.wire.data === 'call' ? r.fixed(r.remaining) : NONE;
    if (r.isMalformed) return ACCEPT.GARBAGE_ARGS;
    const by = this.host.callerFor(caller, this.isTrusted);
    const made = new ServerCall(origin, xid, plan, values, data, by);
    if (data.length > 0) made.loan = this.records.lend();
    this.begin(xid, made);
  }

  private begin(xid: number, call: ServerCall): void {
    if (!MAY_WAIT.has(call.fop)) {
      this.underWay += 1;
      call.run();
      return;
    }
    this.waiting += 1;
    this.forLocks.set(xid, call);
    if (this.waiting > WAITING_MAX) call.fail(ENOLCK);
    else call.run();
  }

  private answer(
    xid: number,
    fop: FopName,
    write: (w: XdrWriter) => void,
    data: Uint8Array | null,
  ): void {
    const wasHeldUp = this.isHeldUp;
    if (MAY_WAIT.has(fop)) {
      this.waiting -= 1;
      this.forLocks.delete(xid);
    } else this.underWay -= 1;
    if (this.isClosed) return;
    this.answerer.reply(xid, write, data);
    if (wasHeldUp && !this.isHeldUp && !this.answerer.isServing) this.received();
  }
}

/** Serves release and releasedir. */
function released(r: XdrReader, { client }: CallOrigin): Results {
  r.skip(16);
  client.fds.release(r.i64());
  return (w) => {
    w.zeros(8);
    w.u32(0);
    w.i32(-1);
    w.u32(0);
  };
}
