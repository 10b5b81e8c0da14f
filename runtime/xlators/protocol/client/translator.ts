/**
 * protocol/client: a volume that is elsewhere, behind a brick of GlusterFS, or of glossa. Each fop is
 * a call, in the program and the layout of GlusterFS since 4 (`runtime/rpc/`). Volfiles cannot name it
 * yet: its sockets are not read and written with the mount's requests.
 *
 * Source: GlusterFS 10 `xlators/protocol/client/src/`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { E2BIG, EBADFD, EINVAL, ENOTCONN } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import type { Fd } from '../../../core/fd.ts';
import type { FopName } from '../../../core/fops.gen.ts';
import type { Frame, Stack } from '../../../core/frame.ts';
import { collect } from '../../../core/generic.gen.ts';
import { messages } from '../../../core/messages.ts';
import { upcall } from '../../../core/upcall.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  sayUp,
  type Xlator,
} from '../../../core/xlator.ts';
import { writeFields } from '../../../rpc/fields.ts';
import { wireFop } from '../../../rpc/fops4.ts';
import type { Waiter } from '../../../rpc/link.ts';
import { AUTH_V3, type Caller, ITSELF, ownerFits } from '../../../rpc/message.ts';
import { FOPS4 } from '../../../rpc/programs.ts';
import { Records } from '../../../rpc/record.ts';
import type { XdrReader } from '../../../rpc/xdr.ts';
import { type Address, Connection } from './connection.ts';
import { Positions } from './entries.ts';
import { NONE, type RemoteFd, RemoteFds } from './fds.ts';
import { introduction } from './handshake.ts';
import { type Marshal, marshals } from './marshal.ts';
import { MANAGEMENT_PORT, options, type Settings } from './options.ts';
import { failRequest, Request, type Requester } from './request.ts';
import { type Certificates, connectSocket } from './socket.ts';
import { toldBy } from './upcalls.ts';

/** Of this process, for all its clients. */
const uuid = randomUUID();
let instances = 0;

function addressOf(settings: Settings): Address {
  const path = settings['transport.socket.connect-path'];
  if (settings['transport-type'] === 'unix') {
    if (path === undefined) throw new InitError('option transport.socket.connect-path is missing');
    return { kind: 'unix', path };
  }
  const host = settings['remote-host'];
  if (host === undefined) throw new InitError('option remote-host is missing: where is the brick?');
  return { kind: 'tcp', host, port: settings['remote-port'] ?? MANAGEMENT_PORT };
}

/** @throws {InitError} naming the file that cannot be read */
function certificatesOf(settings: Settings): Certificates | null {
  if (!settings['transport.socket.ssl-enabled']) return null;
  const read = (name: 'own-cert' | 'private-key' | 'ca-list'): string => {
    const path = settings[`transport.socket.ssl-${name}`];
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new InitError(`option transport.socket.ssl-${name}: ${(error as Error).message}`);
    }
  };
  return { cert: read('own-cert'), key: read('private-key'), ca: read('ca-list') };
}

class Brick implements Requester {
  readonly fds: RemoteFds;
  readonly connection: Connection;
  settings: Settings;
  private readonly xl: Xlator<Brick>;
  private readonly positions = new WeakMap<Fd, Positions>();
  private lastTrouble = '';

  constructor(xl: Xlator<Brick>, settings: Settings) {
    this.xl = xl;
    this.settings = settings;
    const subvolume = settings['remote-subvolume'];
    if (subvolume === undefined) {
      throw new InitError('option remote-subvolume is missing: which volume of the brick?');
    }
    this.fds = new RemoteFds(xl as Xlator<unknown>);
    const given = new Map(xl.given.map(({ key, value }) => [key, value]));
    const identity = { uuid, graph: instances, pid: process.pid, host: hostname(), name: xl.name };
    instances += 1;
    this.connection = new Connection(
      {
        context: xl.context,
        connect: connectSocket(certificatesOf(settings)),
        address: addressOf(settings),
        asksPort: settings['remote-port'] === undefined && settings['transport-type'] !== 'unix',
        subvolume,
        pingTimeout: () => this.settings['ping-timeout'],
        frameTimeout: () => this.settings['frame-timeout'],
        introduction: (number) => introduction(given, identity, number),
        records: () => new Records(),
      },
      {
        introduced: (isUp) => this.introduced(isUp),
        lost: (why) => this.lost(why),
        failed: (why, final) => this.failed(why, final),
        called: (program, procedure, r) => this.called(program, procedure, r),
        remark: (text) => xl.log.warning(text, { msgid: messages.brickDoubt.id }),
      },
    );
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
    const { connection, fds } = this;
    const { fop, wire, call, data } = marshal;
    if (!connection.isUp) {
      failRequest(frame, marshal, ENOTCONN);
      return;
    }
    if (!ownerFits(frame.root.lkOwner, AUTH_V3)) {
      failRequest(frame, marshal, E2BIG);
      return;
    }
    const remotes = { remote: (fd: Fd) => fds.numberFor(fop, fd) };
    const values = call.map((value) => value(given, remotes));
    const lostFd = wire.call.named.some(
      ({ name }, at) => name.endsWith('remote') && values[at] === NONE,
    );
    if (lostFd) {
      failRequest(frame, marshal, EBADFD);
      return;
    }
    if (fop === 'readdir' || fop === 'readdirp') {
      const at = wire.call.named.findIndex(({ name }) => name === 'offset');
      const position = this.positionsOf(given[0] as Fd).at(values[at] as number);
      if (position === undefined) {
        failRequest(frame, marshal, EINVAL);
        return;
      }
      values[at] = position;
    }
    const request = new Request(frame, marshal, given, this);
    const { link } = connection;
    const w = link.begin(FOPS4, wire.procedure, AUTH_V3, callerOf(frame.root), request);
    try {
      writeFields(w, wire.call, values);
    } catch (error) {
      link.abandon(request);
      const { errno } = error as { errno?: number };
      if (errno === undefined) throw error;
      failRequest(frame, marshal, errno);
      return;
    }
    link.end(data < 0 ? null : (given[data] as Uint8Array));
    connection.flush();
  }

  /** A call of ours about an open file. */
  private ask(
    procedure: number,
    write: readonly unknown[],
    fields: Marshal['wire']['call'],
    answered: (r: XdrReader | null) => void,
  ): void {
    const waiter: Waiter = { at: 0, answered, lost: () => answered(null) };
    const { link } = this.connection;
    writeFields(link.begin(FOPS4, procedure, AUTH_V3, ITSELF, waiter), fields, write);
    link.end();
    this.connection.flush();
  }

  release(remote: RemoteFd): void {
    this.fds.released(remote);
    if (remote.remote < 0 || !this.connection.isUp) return;
    const { procedure, call } = wireFop(remote.fd.isDir ? 'releasedir' : 'release');
    this.ask(procedure, [remote.fd.inode.gfid, remote.remote, null], call, () => {});
  }

  // ---- the connection

  private introduced(isUp: boolean): void {
    const { xl, fds } = this;
    this.lastTrouble = '';
    xl.log.info(`connected to ${this.settings['remote-subvolume']}`);
    const reopen = fds.toReopen();
    let left = reopen.length;
    const done = (): void => {
      if (left === 0 && this.connection.isUp && isUp) sayUp(xl as Xlator<unknown>, true);
    };
    for (const each of reopen) {
      this.reopen(each, () => {
        left -= 1;
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
    const flags = fd.flags & ~0o1300;
    this.ask(
      procedure,
      fd.isDir ? [fd.inode.gfid, null] : [fd.inode.gfid, flags, null],
      call,
      answered,
    );
  }

  private called(program: number, procedure: number, r: XdrReader): void {
    const { xl } = this;
    if (xl.inodes === null) return;
    const told = toldBy(program, procedure, r, xl.inodes);
    if (told === null) return;
    if (told.what === 'up') sayUp(xl as Xlator<unknown>, told.isUp);
    else for (const each of told.upcalls) upcall(xl as Xlator<unknown>, each);
  }

  private lost(why: string): void {
    this.fds.disconnected(this.settings['strict-locks']);
    this.xl.log.warning(`the connection to ${this.settings['remote-subvolume']} is lost: ${why}`, {
      msgid: messages.brickLost.id,
    });
    sayUp(this.xl as Xlator<unknown>, false);
  }

  private failed(why: string, final: boolean): void {
    const { xl } = this;
    if (final) {
      xl.log.error(`${why}: this is not tried again`, { msgid: messages.brickRefuses.id });
      xl.notify('AUTH_FAILED', xl);
    } else if (why !== this.lastTrouble) {
      xl.log.warning(`cannot connect: ${why}`, { msgid: messages.brickNotReached.id });
    }
    this.lastTrouble = why;
  }
}

function callerOf(root: Stack): Caller {
  const { pid, uid, gid, groups, lkOwner } = root;
  return { pid, uid, gid, groups, lkOwner, flags: 0, ctime: 0, ctimeNsec: 0 };
}

const fops = Object.fromEntries(
  marshals.map((marshal) => [
    marshal.fop,
    collect[marshal.fop]((frame, xl, args) => (xl.priv as Brick).request(frame, marshal, args)),
  ]),
) as unknown as Fops<Brick>;

export default defineTranslator<Brick, typeof options>({
  type: 'protocol/client',
  description: 'Files that are elsewhere: behind a brick of GlusterFS.',
  children: [0, 0],
  options,
  fops: fops as Fops<Brick> & Record<FopName, never>,
  init: (xl, settings) => new Brick(xl, settings),
  reconfigure(xl, settings) {
    xl.priv.settings = settings;
  },
  notify(xl, event, data) {
    if (event === 'PARENT_UP') xl.priv.connection.start();
    else if (event === 'PARENT_DOWN') xl.priv.connection.stop();
    else defaultNotify(xl as Xlator<unknown>, event, data);
  },
  fini(xl) {
    xl.priv.connection.stop();
  },
  release: (xl, _fd, remote) => xl.priv.release(remote as RemoteFd),
  releasedir: (xl, _fd, remote) => xl.priv.release(remote as RemoteFd),
});
