/** What a volume of this type has: the connection to its brick, and what is asked by it. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { hostname } from 'node:os';
import { type Context, newGfid } from '../../../runtime/core/context.ts';
import type { Dict } from '../../../runtime/core/dict.ts';
import { E2BIG, EBADFD, EINVAL, EIO, ENOTCONN } from '../../../runtime/core/errno.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import type { Flock } from '../../../runtime/core/lock.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { upcall } from '../../../runtime/core/upcall.ts';
import { FLOCK, GFID_REQ } from '../../../runtime/core/xdata.ts';
import { sayUp, tellParents, type Xlator } from '../../../runtime/core/xlator.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
import { wireFop } from '../../rpc/fops4.ts';
import type { Waiter } from '../../rpc/link.ts';
import { AUTH_V3, type Caller, ITSELF, ownerFits } from '../../rpc/message.ts';
import { FOPS4, OWN, OWN_CALLS } from '../../rpc/programs.ts';
import { Records } from '../../rpc/record.ts';
import type { WireDirent } from '../../rpc/structs.ts';
import type { XdrReader } from '../../rpc/xdr.ts';
import { type Certificates, certificatesOf } from '../shared/certificates.ts';
import { addressOf, placeOf } from './address.ts';
import { type Connect, Connection, type Failure } from './connection.ts';
import { Positions } from './entries.ts';
import { NONE, type RemoteFd, RemoteFds } from './fds.ts';
import {
  type Asks,
  interruptOf,
  killsPrivileges,
  Privileges,
  refusedBy,
  type Whom,
} from './foreign.ts';
import { GfidRequest } from './gfid-request.ts';
import { introduction, type Welcome } from './handshake.ts';
import { JustSaid } from './just-said.ts';
import { ListedAcls } from './listed-acls.ts';
import { type Marshal, type Remotes, WIRE_FLAGS, writeArguments } from './marshal.ts';
import type { Settings } from './options.ts';
import { failRequest, Request, type Requester } from './request.ts';
import { connectSocket, connectStream } from './socket.ts';
import { toldBy } from './upcalls.ts';
import { Waiting } from './waiting.ts';

const { O_DIRECT } = constants;
/** Seconds that a request waits until its file is open again; a connection that is lost ends the wait. */
const REOPEN_S = 3600;
/** Of this process, for all its clients. */
const uuid = randomUUID();
let instances = 0;

/** What is encrypted goes through Node, and all does where nothing but its event loop serves sockets. */
const connectBy = (certificates: Certificates | null, { sources }: Context): Connect =>
  certificates === null && sources !== undefined
    ? connectStream(sources)
    : connectSocket(certificates);

/** What lk is asked with. */
type Locking = readonly [fd: Fd, cmd: number, flock: Flock, xdata: Dict | null];

export class Brick implements Requester, Remotes, Asks {
  readonly fds: RemoteFds;
  readonly removed = new WeakSet<Inode>();
  readonly connection: Connection;
  settings: Settings;
  private readonly xl: Xlator<Brick>;
  private readonly positions = new WeakMap<Fd, Positions>();
  private readonly waiting: Waiting;
  private readonly privileges: Privileges;
  /** Milliseconds, late by what is at work. */
  private readonly now: () => number;
  private readonly justSaid = new JustSaid();
  private readonly acls: ListedAcls;
  /** It was asked for, and nothing has got it: most lookups find nothing, or what has one. */
  private spare: Gfid | null = null;
  /** Nobody has heard of it so far. */
  private isSilent = true;
  /** The brick is GlusterFS's. */
  private isForeign = true;
  /** For messages. */
  private readonly brick: string;
  /** The number of files that are being opened again. */
  private reopening = 0;
  /** Why there is no connection; '' where there is one, or nothing was tried. */
  lastTrouble = '';

  constructor(xl: Xlator<Brick>, settings: Settings) {
    this.xl = xl;
    this.settings = settings;
    const subvolume = settings['remote-subvolume'];
    if (subvolume === undefined) {
      throw new InitError('option remote-subvolume is missing: which volume of the brick?');
    }
    this.fds = new RemoteFds(xl as Xlator<unknown>);
    const address = addressOf(settings);
    this.brick = placeOf(subvolume, address);
    this.privileges = new Privileges(this, this.fds);
    this.waiting = new Waiting(xl.context);
    const given = new Map(xl.given.map(({ key, value }) => [key, value]));
    const subdirMount = xl.context.server?.subdirMount;
    if (subdirMount !== undefined) given.set('subdir-mount', subdirMount);
    const identity = { uuid, graph: instances, pid: process.pid, host: hostname(), name: xl.name };
    instances += 1;
    const { context } = xl;
    const { sources } = context;
    this.now = sources === undefined ? () => context.now() : () => sources.now();
    this.acls = new ListedAcls(this.now);
    this.connection = new Connection(
      {
        context: xl.context,
        connect: connectBy(certificatesOf(settings), xl.context),
        now: this.now,
        address,
        asksPort: settings['remote-port'] === undefined && settings['transport-type'] !== 'unix',
        subvolume,
        isAwaited: () => this.waiting.size > 0,
        pingTimeout: () => this.settings['ping-timeout'],
        frameTimeout: () => this.settings['frame-timeout'],
        introduction: (number) => introduction(given, identity, number),
        records: () => new Records(),
      },
      {
        introduced: (welcome) => this.introduced(welcome),
        lost: (why) => this.lost(why),
        failed: (failure) => this.failed(failure),
        called: (program, procedure, r) => this.called(program, procedure, r),
        remark: (text) => xl.log.warning(text, { msgid: messages.brickDoubt.id }),
      },
    );
  }

  stop(): void {
    this.connection.stop();
    this.failWaiting();
  }

  private failWaiting(): void {
    this.waiting.end((frame, marshal) => failRequest(frame, marshal, ENOTCONN));
  }

  changed(postparent: Iatt): void {
    if (this.connection.link.outstanding === 0) this.justSaid.changed(postparent, this.now());
  }

  found({ root }: Frame, buf: Iatt): void {
    if (root.client?.initiator.hints.asksByThread !== true || this.connection.link.outstanding > 0)
      return;
    this.justSaid.found(buf, this.now(), root.pid);
  }

  /**
   * Whether a change of data is one of its times, too. Where the times of a file are those that clients
   * say (`ctime` of storage/posix), they change with those of features/utime alone.
   */
  knowsChanges(isTimed: boolean): boolean {
    return !this.isForeign || isTimed;
  }

  /** What the brick has just said, and would say again. */
  known({ root }: Frame, { gfid }: Loc, xdata: Dict | null): Iatt | null {
    const age = root.client?.initiator.hints.attributeAge ?? 0;
    return xdata === null ? this.justSaid.take(gfid, this.now(), age, root.pid) : null;
  }

  /** A listing has just told that there is no such ACL. */
  hasNoAcl({ root }: Frame, { gfid }: Loc, name: string | null): boolean {
    return this.acls.isNone(gfid, name, root.client?.initiator.hints.attributeAge ?? 0);
  }

  /** What a listing says besides. */
  listingXdata(xdata: Dict | null): Dict | null {
    return this.acls.request(xdata);
  }

  listed(xdata: Dict | null, entries: readonly WireDirent[]): void {
    this.acls.listed(xdata, entries);
  }

  /** Extended attributes are being set, or have been. */
  xattrsSet(attributes: Dict | null): void {
    this.acls.setting(attributes);
  }

  positionsOf(fd: Fd): Positions {
    let found = this.positions.get(fd);
    if (found === undefined) {
      found = new Positions();
      this.positions.set(fd, found);
    }
    return found;
  }

  garbled(fop: string): void {
    this.xl.log.warning(`the answer to a ${fop} is none that can be read`, {
      msgid: messages.brickDoubt.id,
    });
  }

  // ---- requests

  request(frame: Frame, marshal: Marshal, given: readonly unknown[]): void {
    const { connection, waiting } = this;
    if (connection.isUp) {
      if (this.reopening > 0 && this.isUnopened(marshal, given)) {
        waiting.add(frame, marshal, given, REOPEN_S);
      } else this.begin(frame, marshal, given);
      return;
    }
    const seconds = this.settings['reconnect-wait'];
    if (seconds === 0) failRequest(frame, marshal, this.refusal(frame, marshal, given));
    else {
      waiting.add(frame, marshal, given, seconds);
      connection.hurry();
    }
  }

  /** True when the request needs a file that is not open at the brick. */
  private isUnopened({ remotes }: Marshal, given: readonly unknown[]): boolean {
    for (let at = 0; at < remotes.length; at++) {
      if (remotes[at]!(given, this) === NONE) return true;
    }
    return false;
  }

  private begin(frame: Frame, marshal: Marshal, given: readonly unknown[]): void {
    this.justSaid.forget();
    const { stbuf } = marshal;
    if (stbuf >= 0) this.privileges.attributesSet((given[stbuf] as Iatt).iaProt);
    if (!this.isForeign || !killsPrivileges(given)) {
      this.send(frame, marshal, given);
      return;
    }
    this.privileges.kill(given, frame.root, (errno) => {
      if (errno === 0) this.send(frame, marshal, given);
      else failRequest(frame, marshal, errno);
    });
  }

  private send(frame: Frame, marshal: Marshal, given: readonly unknown[]): void {
    // It was lost while something else was asked about this request's file.
    const errno = this.connection.isUp ? this.refusal(frame, marshal, given) : ENOTCONN;
    if (errno !== 0) {
      failRequest(frame, marshal, errno);
      return;
    }
    const { connection, settings } = this;
    const { wire, data } = marshal;
    const { link, isServed } = connection;
    const owner = marshal.fop === 'lk' ? this.ownerOf(frame, given) : frame.root.lkOwner;
    const caller = callerOf(frame.root, owner, settings['send-gids']);
    const request = new Request(frame, marshal, given, this, isServed);
    const w = link.begin(FOPS4, wire.procedure, AUTH_V3, caller, request);
    try {
      writeArguments(w, marshal, given, this);
    } catch (error) {
      link.abandon(request);
      request.abandoned();
      const { errno } = error as { errno?: number };
      if (errno === undefined) throw error;
      failRequest(frame, marshal, errno);
      return;
    }
    link.end(data < 0 ? null : (given[data] as Uint8Array));
    connection.flushSoon();
    // A program that waits for a lock can be interrupted, and ended.
    if (marshal.fop === 'lk') {
      frame.root.whenInterrupted(() =>
        this.giveUp(request.xid, caller, given as unknown as Locking),
      );
    }
  }

  /**
   * Who asks for a lock. The kernel gives the owner of a flock(2) to the next file that is opened, as soon
   * as the last is closed: a brick that does not know one kind of lock from the other would take the two for
   * one, and undo the lock of one with that of the other.
   */
  private ownerOf({ root }: Frame, given: readonly unknown[]): string {
    const [fd, , , xdata] = given as unknown as Locking;
    const known = this.isForeign && xdata?.has(FLOCK) ? this.fds.of(fd) : undefined;
    return known === undefined ? root.lkOwner : root.lkOwner + known.serial;
  }

  /** Tells the brick that an answer is not waited for. */
  private giveUp(xid: number, caller: Caller, [fd, , flock]: Locking): void {
    if (!this.connection.isUp) return;
    const waiter: Waiter = { at: 0, xid: 0, answered: () => {}, lost: () => {} };
    const { link } = this.connection;
    if (this.isForeign) {
      const { procedure, call } = wireFop('fgetxattr');
      const w = link.begin(FOPS4, procedure, AUTH_V3, caller, waiter);
      writeFields(w, call, [
        fd.inode.gfid,
        this.fds.of(fd)?.remote ?? NONE,
        1,
        interruptOf(flock),
        null,
      ]);
    } else link.begin(OWN, OWN_CALLS.GIVE_UP, AUTH_V3, ITSELF, waiter).u32(xid);
    link.end();
    this.connection.flushSoon();
  }

  /**
   * The errno of what cannot be asked at all; 0 otherwise. As with GlusterFS's client, a file that is not open
   * at the brick is EBADFD, also while the brick is away, except for fops that need nothing but its gfid.
   */
  private refusal(frame: Frame, marshal: Marshal, given: readonly unknown[]): number {
    if (!ownerFits(frame.root.lkOwner, AUTH_V3)) return E2BIG;
    const unknown = this.isForeign ? refusedBy(marshal, given) : 0;
    if (unknown !== 0) return unknown;
    if (this.isUnopened(marshal, given)) return EBADFD;
    if (!this.connection.isUp) return ENOTCONN;
    if (!marshal.isListing) return 0;
    return this.position(given[0] as Fd, given[2] as number) === undefined ? EINVAL : 0;
  }

  remote(fop: FopName, fd: Fd, flags: number): number {
    return this.fds.numberFor(fop, fd, flags);
  }

  position(fd: Fd, offset: number): unknown {
    return this.positionsOf(fd).at(offset);
  }

  /** What a lookup says besides: a gfid for what has none, as files have that nobody made through a brick. */
  lookupXdata({ inode }: Loc, xdata: Dict | null): Dict | null {
    if (inode?.linked || xdata?.has(GFID_REQ)) return xdata;
    const gfid = this.spare ?? newGfid(this.xl.context);
    this.spare = null;
    return new GfidRequest(gfid, xdata);
  }

  lookedUp(xdata: Dict | null, gfid: Gfid): void {
    if (xdata instanceof GfidRequest && xdata.gfid !== gfid) this.spare = xdata.gfid;
  }

  openFlags(flags: number): number {
    return this.settings['filter-O_DIRECT'] ? flags & ~O_DIRECT : flags;
  }

  /** A call of ours about an open file. */
  private ask(
    procedure: number,
    write: readonly unknown[],
    fields: Marshal['wire']['call'],
    answered: (r: XdrReader | null) => void,
  ): void {
    const waiter: Waiter = { at: 0, xid: 0, answered, lost: () => answered(null) };
    const { link } = this.connection;
    writeFields(link.begin(FOPS4, procedure, AUTH_V3, ITSELF, waiter), fields, write);
    link.end();
    this.connection.flushSoon();
  }

  stat({ gfid, remote }: Whom, then: (errno: number, buf: Iatt | null) => void): void {
    const { procedure, call, reply } = wireFop(remote < 0 ? 'stat' : 'fstat');
    this.ask(procedure, remote < 0 ? [gfid, null] : [gfid, remote, null], call, (r) => {
      const errno = errnoIn(r);
      const [, buf] = r === null || errno !== 0 ? [] : readFields(r, reply);
      then(errno, (buf as Iatt | undefined) ?? null);
    });
  }

  setattr({ gfid, remote }: Whom, stbuf: Iatt, valid: number, then: (errno: number) => void): void {
    const { procedure, call } = wireFop(remote < 0 ? 'setattr' : 'fsetattr');
    const whom = remote < 0 ? [gfid] : [gfid, remote];
    this.ask(procedure, [...whom, stbuf, valid, null], call, (r) => then(errnoIn(r)));
  }

  release(remote: RemoteFd): void {
    this.fds.released(remote);
    if (remote.remote < 0 || !this.connection.isUp) return;
    const { procedure, call } = wireFop(remote.fd.isDir ? 'releasedir' : 'release');
    this.ask(procedure, [remote.fd.inode.gfid, remote.remote, null], call, () => {});
  }

  // ---- the connection

  private introduced({ isUp, isGlossa }: Welcome & { ok: true }): void {
    const { xl, fds } = this;
    this.isForeign = !isGlossa;
    this.lastTrouble = '';
    xl.log.info(`connected to ${this.brick}`);
    const reopen = fds.toReopen();
    this.reopening = reopen.length;
    const done = (): void => {
      if (this.reopening > 0 || !this.connection.isUp) return;
      if (isUp) sayUp(xl as Xlator<unknown>, true);
      this.waiting.end((...request) => this.begin(...request));
    };
    for (const each of reopen) {
      this.reopen(each, () => {
        this.reopening -= 1;
        done();
      });
    }
    done();
  }

  private reopen(remote: RemoteFd, done: () => void): void {
    const { fd } = remote;
    const answered = (r: XdrReader | null): void => {
      if (r !== null && r.i32() >= 0) {
        r.skip(4);
        r.skip(12);
        remote.remote = r.i64();
        if (r.short) remote.remote = NONE;
      }
      done();
    };
    const { procedure, call } = wireFop(fd.isDir ? 'opendir' : 'open');
    // It is there, and what is in it is to stay.
    const flags = this.openFlags(fd.flags & WIRE_FLAGS & ~0o1300);
    this.ask(
      procedure,
      fd.isDir ? [fd.inode.gfid, null] : [fd.inode.gfid, flags, null],
      call,
      answered,
    );
  }

  private called(program: number, procedure: number, r: XdrReader): void {
    const { xl } = this;
    this.justSaid.forget();
    if (xl.inodes === null) return;
    const told = toldBy(program, procedure, r, xl.inodes, this.removed);
    if (told === null) return;
    if (told.what === 'up') sayUp(xl as Xlator<unknown>, told.isUp);
    else {
      this.privileges.othersChanged();
      for (const each of told.upcalls) {
        if (each.what === 'inode') this.acls.changed(each.inode.gfid);
        upcall(xl as Xlator<unknown>, each);
      }
    }
  }

  private lost(why: string): void {
    this.reopening = 0;
    if (this.settings['reconnect-wait'] === 0) this.failWaiting();
    this.fds.disconnected(this.settings['strict-locks']);
    this.acls.clear();
    this.xl.log.warning(`the connection to ${this.brick} is lost: ${why}`, {
      msgid: messages.brickLost.id,
    });
    sayUp(this.xl as Xlator<unknown>, false);
  }

  private failed({ why, final, wasMet }: Failure): void {
    const { xl, brick } = this;
    const trouble = `${brick}: ${why}`;
    const isNew = trouble !== this.lastTrouble;
    this.lastTrouble = trouble;
    if (final) {
      this.failWaiting();
      xl.log.error(`${trouble}: this is not tried again`, {
        msgid: messages.brickRefuses.id,
      });
      xl.notify('AUTH_FAILED', xl);
    } else if (isNew) {
      xl.log.warning(`cannot connect to ${trouble}`, { msgid: messages.brickNotReached.id });
    }
    if (!final && wasMet) tellParents(xl as Xlator<unknown>, 'CHILD_CONNECTING', xl);
    // Whoever has other children does not wait for this one.
    else if (this.isSilent) tellParents(xl as Xlator<unknown>, 'CHILD_DOWN', xl);
    this.isSilent = false;
  }
}

/** How a call of ours ended. */
function errnoIn(r: XdrReader | null): number {
  if (r === null) return ENOTCONN;
  const opRet = r.i32();
  const opErrno = r.i32();
  return opRet < 0 || r.short ? opErrno || EIO : 0;
}

function callerOf(root: Stack, lkOwner: string, sendGids: boolean): Caller {
  const { pid, uid, gid, ctime: made } = root;
  const groups = sendGids ? root.groups : [gid];
  const [flags, ctime, ctimeNsec] = [made?.flags ?? 0, made?.sec ?? 0, made?.nsec ?? 0];
  return { pid, uid, gid, groups, lkOwner, flags, ctime, ctimeNsec };
}
