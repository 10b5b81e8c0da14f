/**
 * One connection of a client to a server: it is asked who it is, and then its fops are served.
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
import { readTexts, writeTexts } from '../../rpc/dict.ts';
import { findProgram, type Refusal } from '../../rpc/dispatch.ts';
import { type Fields, readFields, writeFields } from '../../rpc/fields.ts';
import {
  ACCEPT,
  CALL,
  type Caller,
  type ReadCall,
  readCall,
  writeCall,
  writeReply,
} from '../../rpc/message.ts';
import {
  CALLBACK,
  commonReply,
  DUMP,
  DUMP_PROGRAM,
  FOPS4,
  GLOSSA,
  getspecReply,
  HAND,
  HANDSHAKE,
  OWN,
  OWN_CALLS,
  setLkVerCall,
  setLkVerReply,
  writePrograms,
} from '../../rpc/programs.ts';
import { markOf, type Records } from '../../rpc/record.ts';
import { XdrReader, type XdrWriter } from '../../rpc/xdr.ts';
import { byLogin, type Comer, type Given, mayEnter } from './auth.ts';
import type { Brick } from './bricks.ts';
import { type Asker, ServerCall } from './call.ts';
import { type Squashing, squash } from './squash.ts';
import { findFolder } from './subdir.ts';
import { unmarshals } from './unmarshal.ts';

const RELEASE = 41;
const RELEASEDIR = 42;
const NONE = new Uint8Array();

/** Listed in the reply to DUMP. */
const LISTED = [FOPS4, DUMP_PROGRAM, HANDSHAKE];
/** OWN is not listed: glossa's clients know it from the handshake. */
const PROGRAMS = [...LISTED, OWN];

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

/** The connection, for its session. */
export interface Line {
  readonly peer: Peer;
  /** Answers are written here, one behind the other. */
  readonly out: XdrWriter;
  /** Sends what is in `out`. */
  send(): void;
  /** The client has said who it is. */
  introduced(): void;
  /** The session is not full any more: what waits is to be given to `take`. */
  goOn(): void;
  end(): void;
}

/** The server, for its sessions. */
export interface Host {
  readonly initiator: Initiator<unknown>;
  /** Of this server's process. */
  readonly uuid: string;
  /** Of glossa. */
  readonly version: string;
  readonly given: Given;
  readonly squashing: Squashing;
  /** A caller with the groups that count. */
  withGroups(caller: Caller): Caller;
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
  readonly line: Line;
  bound: Bound | null = null;
  /** Requests under way, without those for locks. */
  underWay = 0;
  /** Requests for locks that are under way. */
  waiting = 0;
  /** These by their xids, which a client may be wrong about. */
  private readonly forLocks = new Map<number, ServerCall>();
  bytesIn = 0;
  bytesOut = 0;
  private readonly host: Host;
  private readonly reader = new XdrReader();
  private asks: Asker | null = null;
  /** Whether it logged in with a password. */
  private isTrusted = false;
  private isClosed = false;
  private isTaking = false;
  private xid = 0;

  constructor(host: Host, line: Line) {
    this.host = host;
    this.line = line;
  }

  /** As many requests are under way as may be: no more is to be taken. */
  get isFull(): boolean {
    const { outstandingLimit } = this.host;
    return outstandingLimit > 0 && this.underWay >= outstandingLimit;
  }

  /** Serves messages that are whole, all of them unless it is full. @throws {RecordError} */
  take(records: Records): void {
    const r = this.reader;
    this.isTaking = true;
    try {
      while (!this.isFull && !this.isClosed && records.next()) {
        this.bytesIn += records.end - records.start;
        r.begin(records.bytes, records.start, records.end);
        const xid = r.u32();
        if (r.u32() === CALL && !r.short) this.serve(readCall(r, xid), r, records);
      }
    } finally {
      this.isTaking = false;
    }
  }

  /** The connection has ended. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.leave();
  }

  /** Tells the client something that it has not asked for. */
  tell(procedure: number, write: (w: XdrWriter) => void = () => {}): void {
    if (this.bound === null) return;
    this.xid = (this.xid + 1) >>> 0;
    const { xid } = this;
    const header = { xid, program: CALLBACK.number, version: CALLBACK.version, procedure };
    this.send((w) => {
      writeCall(w, header, 0, null);
      write(w);
    });
  }

  private leave(): void {
    const { bound } = this;
    if (bound === null) return;
    bound.client.disconnect();
    this.asks = null;
    this.host.left(this);
    this.bound = null;
  }

  private serve(call: ReadCall, r: XdrReader, records: Records): void {
    const found = findProgram(call, PROGRAMS);
    if (found === FOPS4) this.fop(call, r, records);
    else if (found === DUMP_PROGRAM) this.dump(call);
    else if (found === HANDSHAKE) this.hand(call, r);
    else if (found === OWN) this.own(call, r);
    else this.send(found as Refusal);
  }

  private dump({ xid, procedure }: ReadCall): void {
    if (procedure === DUMP.DUMP) this.reply(xid, (w) => writePrograms(w, LISTED));
    else if (procedure === DUMP.PING || procedure === DUMP.NULL) this.common(xid);
    else this.status(xid, ACCEPT.PROC_UNAVAIL);
  }

  private hand({ xid, procedure }: ReadCall, r: XdrReader): void {
    switch (procedure) {
      case HAND.NULL:
      case HAND.PING:
        this.common(xid);
        return;
      case HAND.SETVOLUME:
        this.setVolume(xid, r);
        return;
      case HAND.GETSPEC:
        this.fields(xid, getspecReply, [
          -1,
          ENOSYS,
          'ask the management daemon for volfiles',
          NONE,
        ]);
        return;
      case HAND.SET_LK_VER: {
        const [, version] = readFields(r, setLkVerCall);
        this.fields(xid, setLkVerReply, [0, 0, version]);
        return;
      }
      default:
        this.status(xid, ACCEPT.PROC_UNAVAIL);
    }
  }

  private own({ xid, procedure }: ReadCall, r: XdrReader): void {
    if (procedure !== OWN_CALLS.GIVE_UP) {
      this.status(xid, ACCEPT.PROC_UNAVAIL);
      return;
    }
    this.forLocks.get(r.u32())?.giveUp();
    this.common(xid);
  }

  private setVolume(xid: number, r: XdrReader): void {
    const texts = readTexts(r);
    // Who introduces itself once more is somebody else.
    this.leave();
    this.introduce(texts, ({ errno, text, childUp }) => {
      if (this.isClosed) return;
      if (errno !== 0) this.refused(text, texts);
      this.reply(xid, (w) => {
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
    const { address } = this.line.peer;
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
      ...this.line.peer,
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
    this.line.introduced();
    this.host.came(this);
    return { errno: 0, text: 'Success', childUp: true };
  }

  private fop(call: ReadCall, r: XdrReader, records: Records): void {
    const { xid, procedure, caller } = call;
    const { asks } = this;
    // Without credentials nobody is root.
    if (asks === null || caller === null) this.status(xid, ACCEPT.GARBAGE_ARGS);
    else if (procedure === 0) this.common(xid);
    else if (procedure === RELEASE || procedure === RELEASEDIR) this.release(xid, r, asks);
    else if (unmarshals[procedure] === undefined) this.status(xid, ACCEPT.PROC_UNAVAIL);
    else {
      const plan = unmarshals[procedure];
      const values = readFields(r, plan.wire.call);
      const data = plan.wire.data === 'call' ? r.fixed(r.left) : NONE;
      if (r.short) this.status(xid, ACCEPT.GARBAGE_ARGS);
      else {
        const made = new ServerCall(asks, xid, plan, values, data, this.callerOf(caller));
        if (data.length > 0) made.loan = records.lend();
        this.begin(xid, made);
      }
    }
  }

  private callerOf(caller: Caller): Caller {
    return this.host.withGroups(squash(this.host.squashing, caller, this.isTrusted));
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
    const wasFull = this.isFull;
    if (MAY_WAIT.has(fop)) {
      this.waiting -= 1;
      this.forLocks.delete(xid);
    } else this.underWay -= 1;
    if (this.isClosed) return;
    this.reply(xid, write, data);
    if (wasFull && !this.isFull && !this.isTaking) this.line.goOn();
  }

  private release(xid: number, r: XdrReader, { client }: Asker): void {
    r.skip(16);
    client.fds.release(r.i64());
    this.reply(xid, (w) => {
      w.zeros(8);
      w.u32(0);
      w.i32(-1);
      w.u32(0);
    });
  }

  // ---- answers

  private common(xid: number): void {
    this.fields(xid, commonReply, [0, 0, NONE]);
  }

  private fields(xid: number, fields: Fields, values: readonly unknown[]): void {
    this.reply(xid, (w) => writeFields(w, fields, values));
  }

  private status(xid: number, accept: number): void {
    this.send((w) => writeReply(w, xid, accept));
  }

  private reply(xid: number, write: (w: XdrWriter) => void, data: Uint8Array | null = null): void {
    this.send((w) => {
      writeReply(w, xid, ACCEPT.SUCCESS);
      write(w);
      if (data !== null) w.fixed(data);
    });
  }

  private send(write: (w: XdrWriter) => void): void {
    const { out } = this.line;
    const mark = out.at;
    out.u32(0);
    write(out);
    out.patch(mark, markOf(out.at - mark - 4));
    this.bytesOut += out.at - mark;
    this.line.send();
  }
}
