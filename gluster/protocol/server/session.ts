/**
 * One connection of a client to a server, over any transport: the client introduces itself, and then its fops
 * are served.
 *
 * Source: GlusterFS 10 `xlators/protocol/server/src/{server-handshake,server-rpc-fops_v2}.c`,
 * `rpc/rpc-lib/src/rpcsvc.c`.
 */
import { posix } from 'node:path';
import type { Client } from '../../../runtime/core/client.ts';
import { EACCES, EAGAIN, EINVAL, ENOENT, ENOLCK, ENOSYS } from '../../../runtime/core/errno.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Initiator } from '../../../runtime/core/initiator.ts';
import { Answerer, type Procedure, type Results, results, yes } from '../../rpc/answerer.ts';
import { readTexts, writeTexts } from '../../rpc/dict.ts';
import { readFields } from '../../rpc/fields.ts';
import { ACCEPT, type Caller, type ReadCall } from '../../rpc/message.ts';
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
import { RECORD_MAX, RecordError, Records } from '../../rpc/record.ts';
import { type XdrReader, XdrWriter } from '../../rpc/xdr.ts';
import { byLogin, type Comer, type Given, mayEnter } from './auth.ts';
import type { Brick } from './bricks.ts';
import { type Asker, ServerCall } from './call.ts';
import type { Guest, Lobby } from './lobby.ts';
import type { RecordMemory, Share } from './record-memory.ts';
import { findFolder } from './subdir.ts';
import { unmarshals } from './unmarshal.ts';

const RELEASE = 41;
const RELEASEDIR = 42;
const NONE = new Uint8Array();
const NO_VOLFILES = 'ask the management daemon for volfiles';

/** Bytes of replies that may wait for a client to take them; until then it is not read. */
const QUEUED_MAX = 4 * 2 ** 20;
/** Limits for a client that has not introduced itself: its messages are short. */
const STRANGERS = { room: 4096, most: 65_536 } as const;
const ROOM = 65_536;

/** `/a/b`, whatever slashes and dots there were. */
const normalize = (path: string): string => posix.resolve('/', path);

/** Where a client is, as far as its connection tells. */
export interface Peer {
  /** Empty for one that came by a socket of the file system. */
  readonly address: string;
  readonly port: number;
  /** The common name in its certificate, of one that has shown one. */
  readonly certificate?: string | undefined;
}

/** The transport. */
export interface Carrier {
  /** Bytes that have not left yet, without those of `out`. */
  readonly queued: number;
  /** Sends what is in `out`, and empties it; at once, or before anybody waits. */
  send(): void;
  /** `isPaused` has changed. */
  flow(): void;
  /** Ends it when all has been sent, or right away. */
  end(): void;
  destroy(): void;
}

/** The server, for its sessions. */
export interface Host {
  readonly initiator: Initiator<unknown>;
  /** Of this server's process. */
  readonly uuid: string;
  /** Of glossa. */
  readonly version: string;
  readonly given: Given;
  readonly lobby: Lobby;
  readonly memory: RecordMemory;
  /** In whose name a request is made. @param isTrusted the client has shown a password */
  callerFor(caller: Caller, isTrusted: boolean): Caller;
  /** Requests of a session that may be under way; 0 for any number. */
  readonly outstandingLimit: number;
  /** The volumes that clients may use, by name. */
  brick(volume: string): Brick | undefined;
  /** A session's client may use a brick from now on, or is gone. */
  came(session: Session): void;
  left(session: Session): void;
  refused(text: string): void;
  log(text: string): void;
}

/** What may wait as long as somebody keeps a lock: it holds nothing else up. */
const MAY_WAIT: ReadonlySet<FopName> = new Set<FopName>([
  ...(['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk'] as const),
]);
/** Requests of one session that may wait for locks. */
const WAITING_MAX = 16_384;

/** Whose a session is. */
export interface Bound {
  readonly client: Client;
  readonly brick: Brick;
  readonly subdir: string;
  /** Who was let in. */
  readonly comer: Comer;
  /** What the client says of itself. */
  readonly version: string;
  /** Otherwise it knows nothing of what is ours. */
  readonly isGlossa: boolean;
  readonly since: number;
}

interface Verdict {
  readonly errno: number;
  readonly text: string;
  readonly childUp: boolean;
}

export class Session {
  readonly records = new Records(STRANGERS.room, STRANGERS.most);
  /** Replies gather here. */
  readonly out = new XdrWriter(STRANGERS.room);
  readonly peer: Peer;
  bound: Bound | null = null;
  /** Requests under way, without those for locks. */
  underWay = 0;
  /** Requests for locks that are under way. */
  waiting = 0;
  /** These by their xids, which a client may be wrong about. */
  private readonly forLocks = new Map<number, ServerCall>();
  readonly answerer: Answerer;
  private readonly host: Host;
  private readonly guest: Guest;
  private readonly carrier: Carrier;
  private readonly share: Share;
  private asks: Asker | null = null;
  /** Whether it logged in with a password. */
  private isTrusted = false;
  private isClosed = false;
  private wasPaused = false;

  /** @param carrier is given this one before it is asked for anything */
  constructor(host: Host, guest: Guest, peer: Peer, carrier: Carrier) {
    this.host = host;
    this.guest = guest;
    this.peer = peer;
    this.carrier = carrier;
    this.share = host.memory.shareOf(this);
    const handshake = new Map<number, Procedure>([
      [HAND.NULL, yes],
      [HAND.PING, yes],
      [HAND.SETVOLUME, (r, { xid }) => this.setVolume(xid, r)],
      [HAND.GETSPEC, () => results(getspecReply, -1, ENOSYS, NO_VOLFILES, NONE)],
      [HAND.SET_LK_VER, (r) => results(setLkVerReply, 0, 0, readFields(r, setLkVerCall)[1])],
    ]);
    const giveUp: Procedure = (r, call) => {
      this.forLocks.get(r.u32())?.giveUp();
      return yes(r, call);
    };
    const fop: Procedure = (r, call) => this.fop(call, r);
    this.answerer = new Answerer({
      programs: [
        { ...FOPS4, procedures: { get: () => fop } },
        { ...HANDSHAKE, procedures: handshake },
      ],
      // glossa's clients know it from the handshake.
      unlisted: [{ ...OWN, procedures: new Map([[OWN_CALLS.GIVE_UP, giveUp]]) }],
      out: this.out,
      written: () => {
        if (!this.isClosed) carrier.send();
      },
      isFull: () => this.isHeldUp || this.isClosed,
    });
  }

  /** As many requests are under way as may be: no more is to be taken. */
  get isHeldUp(): boolean {
    const { outstandingLimit } = this.host;
    return outstandingLimit > 0 && this.underWay >= outstandingLimit;
  }

  /** Held up, or too many replies wait, or there is no memory for more. */
  get isPaused(): boolean {
    return this.isHeldUp || this.share.isWaiting || this.carrier.queued + this.out.at > QUEUED_MAX;
  }

  /** Bytes were put into `records`: serves messages that are whole, all of them unless it is held up. */
  received(): void {
    if (this.isClosed) return;
    let count = 0;
    try {
      count = this.answerer.take(this.records);
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

  /** More was sent, or there are fewer requests. */
  flow(): void {
    if (this.isClosed || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.carrier.flow();
  }

  /** The connection is of no use any more. */
  fail(why: string): void {
    this.host.log(`the connection to ${this.peer.address || 'a client'} is closed: ${why}`);
    this.carrier.destroy();
    this.close();
  }

  /** The connection has ended, or is about to: it ends when all has been sent. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.host.lobby.leave(this.guest);
    this.leave();
    this.share.close();
  }

  /** Sends the client away. */
  dismiss(): void {
    this.close();
    this.carrier.end();
  }

  /** Tells the client something that it has not asked for. */
  tell(procedure: number, write?: (w: XdrWriter) => void): void {
    if (this.bound !== null) this.answerer.call(CALLBACK, procedure, write);
  }

  private leave(): void {
    const { bound } = this;
    if (bound === null) return;
    bound.client.disconnect();
    this.asks = null;
    this.host.left(this);
    this.bound = null;
  }

  private setVolume(xid: number, r: XdrReader): undefined {
    const texts = readTexts(r);
    // Who introduces itself once more is somebody else.
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
    // What a stranger says stands there as JSON: it may have line ends in it.
    const whom = user === undefined ? '' : ` (username ${JSON.stringify(user)})`;
    const what = volume === undefined ? '' : ` for ${JSON.stringify(volume)}`;
    const from = address || 'this machine';
    this.host.refused(`a client from ${from} is refused${what}${whom}: ${text}`);
  }

  private introduce(texts: ReadonlyMap<string, string> | null, done: (verdict: Verdict) => void) {
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
    const comer: Comer = {
      ...this.peer,
      ...{ volume, subdir, username: texts.get('username'), password: texts.get('password') },
    };
    if (!mayEnter(host.given, comer)) return refuse(EACCES, 'Authentication failed');
    this.isTrusted = byLogin(host.given, comer) === 'accept';
    const client = host.initiator.connect(uid);
    const version = texts.get('client-version') ?? '';
    const isGlossa = texts.has(GLOSSA);
    const bound = { client, brick, subdir, comer, version, isGlossa, since: Date.now() };
    if (subdir === '/') return done(this.bind(bound, ROOT_GFID));
    findFolder(client, brick, subdir, (found) => {
      if (typeof found !== 'number' && !this.isClosed) return done(this.bind(bound, found.gfid));
      client.disconnect();
      refuse(ENOENT, `subdirectory for mount "${subdir}" is not found`);
    });
  }

  private bind(bound: Bound, root: Gfid): Verdict {
    const { client, brick, isGlossa } = bound;
    this.bound = bound;
    this.asks = {
      ...{ isGlossa, client, fds: client.fds, inodes: brick.inodes, root },
      get links() {
        return brick.links;
      },
      answer: (xid, fop, write, data) => this.answer(xid, fop, write, data),
    };
    this.host.lobby.leave(this.guest);
    this.records.widen(ROOM, RECORD_MAX);
    this.host.came(this);
    return { errno: 0, text: 'Success', childUp: true };
  }

  private fop(call: ReadCall, r: XdrReader): Results | number | undefined {
    const { xid, procedure, caller } = call;
    const { asks } = this;
    // Without credentials nobody is root.
    if (asks === null || caller === null) return ACCEPT.GARBAGE_ARGS;
    if (procedure === 0) return yes(r, call);
    if (procedure === RELEASE || procedure === RELEASEDIR) return released(r, asks);
    const plan = unmarshals[procedure];
    if (plan === undefined) return ACCEPT.PROC_UNAVAIL;
    const values = readFields(r, plan.wire.call);
    const data = plan.wire.data === 'call' ? r.fixed(r.left) : NONE;
    if (r.short) return ACCEPT.GARBAGE_ARGS;
    const by = this.host.callerFor(caller, this.isTrusted);
    const made = new ServerCall(asks, xid, plan, values, data, by);
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
    if (wasHeldUp && !this.isHeldUp && !this.answerer.isTaking) this.received();
  }
}

/** Of release and releasedir. */
function released(r: XdrReader, { client }: Asker): Results {
  r.skip(16);
  client.fds.release(r.i64());
  return (w) => {
    w.zeros(8);
    w.u32(0);
    w.i32(-1);
    w.u32(0);
  };
}
