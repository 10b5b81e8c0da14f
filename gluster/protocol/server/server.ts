/**
 * A server as its volume has it: where it listens, its bricks, and the clients that are there. It is
 * what sessions see of the graph (`Host`), and it tells them what they have not asked for.
 */
import { formatSocketAddress, type SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import { Initiator, initiatorTranslator } from '../../../runtime/core/initiator.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { type ClientUpcall, UP, type Upcall } from '../../../runtime/core/upcall.ts';
import type { Dump, Xlator } from '../../../runtime/core/xlator.ts';
import type { Caller } from '../../rpc/message.ts';
import { CBK, type Invalidation, writeInvalidation } from '../../rpc/programs.ts';
import { certificatesOf } from '../shared/certificates.ts';
import { type Given, mayEnter } from './auth.ts';
import { type Brick, Bricks } from './bricks.ts';
import { squash, UserGroups } from './callers.ts';
import { type Listener, type ListenerSettings, listen } from './listener.ts';
import { Lobby } from './lobby.ts';
import type { Settings } from './options.ts';
import { RecordMemory } from './record-memory.ts';
import { listenServed } from './served.ts';
import type { Bound, Host, Session } from './session.ts';

/** Clients that a statedump lists. */
const LISTED = 200;

/** @throws {InitError} */
export function placeOf(settings: Settings): SocketAddress {
  if (settings['transport-type'] !== 'unix') {
    const host = settings['transport.socket.bind-address'];
    return { host, port: settings['transport.socket.listen-port'] };
  }
  const path = settings['transport.socket.listen-path'];
  if (path === undefined) throw new InitError('option transport.socket.listen-path is missing');
  if (settings['transport.socket.ssl-enabled']) {
    throw new InitError('option transport.socket.ssl-enabled is for tcp: a path is not encrypted');
  }
  return { path };
}

/** Bytes of a read that is answered at once; GlusterFS's clients ask for no more. */
const READ_MAX = 1 << 20;

export class Server implements Host {
  readonly initiator: Initiator;
  readonly uuid: string;
  readonly version: string;
  readonly place: SocketAddress;
  given: Given = new Map();
  private settings: Settings;
  private readonly xl: Xlator;
  private readonly bricks: Bricks;
  readonly lobby: Lobby;
  readonly memory: RecordMemory;
  private readonly groups = new UserGroups();
  /** By their clients. */
  private readonly sessions = new Map<Client, Session>();
  private listener: Listener | null = null;
  private closed: Promise<void> = Promise.resolve();

  /** @throws {InitError} */
  constructor(xl: Xlator, settings: Settings) {
    const { graph, id, context } = xl;
    this.xl = xl;
    this.settings = settings;
    this.place = placeOf(settings);
    this.bricks = new Bricks(xl, () => graph!.instances[id] ?? xl, settings['inode-lru-limit']);
    const record = initiatorTranslator(xl.type, xl.translator.description);
    // An answer is written while its callback runs.
    const hints = { readBuffer: new Uint8Array(READ_MAX) };
    this.initiator = new Initiator(graph!, xl.name, record, xl.log, hints);
    this.uuid = context.server?.uuid ?? this.initiator.xl.name;
    this.version = context.server?.version ?? '';
    this.initiator.refusal = () =>
      this.bricks.areSeveral ? `${xl.place}: volumes of several bricks change at a restart` : null;
    this.lobby = new Lobby({
      timeout: () => this.settings['handshake-timeout'],
      limit: () => this.settings['handshake-limit'],
      after: (ms, fn) => context.after(ms, fn),
    });
    this.memory = new RecordMemory({
      limit: () => this.settings['rpc.record-memory-limit'],
      after: (ms, fn) => context.after(ms, fn),
    });
    this.reconfigure(xl, settings);
  }

  /** @throws {InitError} when it cannot */
  async listen(): Promise<void> {
    const { place, settings } = this;
    const certificates = certificatesOf(settings);
    try {
      const { context } = this.xl;
      const after = (ms: number, fn: () => void) => context.after(ms, fn);
      const how: ListenerSettings = { place, certificates, host: this, after };
      const { sources } = context;
      // What is encrypted goes through Node.
      const isServed = certificates === null && sources !== undefined;
      this.listener = await (isServed ? listenServed(how, sources) : listen(how));
    } catch (error) {
      this.initiator.close();
      throw new InitError(`cannot listen at ${this.address}: ${(error as Error).message}`);
    }
    const { names } = this.bricks;
    const what = names.length === 1 ? 'volume' : 'volumes';
    this.xl.log.info(`listens at ${this.address} for ${what} ${names.join(', ')}`, {
      msgid: messages.brickListens.id,
    });
  }

  /** Where clients find it. */
  get address(): string {
    const { place, listener } = this;
    return formatSocketAddress(
      'path' in place ? place : { ...place, port: listener?.port ?? place.port },
    );
  }

  get brickNames(): readonly string[] {
    return this.bricks.names;
  }

  reconfigure({ given }: Xlator, settings: Settings): void {
    this.settings = settings;
    this.groups.clear();
    this.given = new Map(given.map(({ key, value }) => [key, value]));
    for (const session of [...this.sessions.values()]) {
      if (!mayEnter(this.given, session.bound!.comer)) this.dismiss(session);
    }
  }

  /** Sends a client away that may not be there any more. */
  private dismiss(session: Session): void {
    const { address } = session.peer;
    this.refused(`a client from ${address || 'this machine'} is sent away: auth options changed`);
    session.dismiss();
  }

  /** What cannot be changed while it listens. @throws {InitError} */
  refuseMove(settings: Settings): void {
    if (JSON.stringify(placeOf(settings)) === JSON.stringify(this.place)) return;
    throw new InitError(`it listens at ${this.address}: it can move at a restart only`);
  }

  /** Clients go, and nobody comes any more. */
  leave(): void {
    const { listener } = this;
    this.listener = null;
    if (listener === null) return;
    for (const session of [...this.sessions.values()]) {
      session.tell(CBK.CHILD_DOWN);
      session.close();
    }
    this.closed = listener.close();
    this.initiator.close();
    this.bricks.clear();
  }

  async end(): Promise<void> {
    this.leave();
    await this.closed;
  }

  /** Whether a brick has come up, or gone down: its clients are told. */
  changed(name: string, isUp: boolean): void {
    for (const session of this.sessions.values()) {
      if (session.bound?.brick.name === name) session.tell(isUp ? CBK.CHILD_UP : CBK.CHILD_DOWN);
    }
  }

  /** Clients are told what is out of date in their caches. */
  upcall(what: Upcall): void {
    for (const session of this.sessions.values()) {
      const { bound } = session;
      if (bound === null || !concerns(what, bound)) continue;
      for (const each of invalidationsOf(what, bound.brick)) invalidate(session, each);
    }
  }

  /** One of them is. */
  upcallTo(what: ClientUpcall): void {
    const session = this.sessions.get(what.tells);
    if (session !== undefined) invalidate(session, what);
  }

  dump(): Dump {
    const sessions = [...this.sessions.values()].slice(0, LISTED);
    return {
      'listens-at': this.address,
      connections: this.sessions.size,
      'not-introduced': this.lobby.size,
      ...this.memory.dump(),
      ...Object.assign({}, ...sessions.map((session, at) => dumpOf(session, at + 1))),
    };
  }

  // ---- for sessions

  callerFor(caller: Caller, isTrusted: boolean): Caller {
    const { settings } = this;
    const squashed = squash(settings, caller, isTrusted);
    if (!settings['manage-gids']) return squashed;
    return this.groups.callerWith(squashed, settings['gid-timeout'] * 1000);
  }

  get outstandingLimit(): number {
    return this.settings['rpc.outstanding-rpc-limit'];
  }

  brick(volume: string): Brick | undefined {
    return this.bricks.find(volume);
  }

  came(session: Session): void {
    const { client, brick, subdir, version } = session.bound!;
    this.sessions.set(client, session);
    const folder = subdir === '/' ? '' : `, folder ${JSON.stringify(subdir)}`;
    this.xl.log.info(
      `client ${JSON.stringify(client.uid)} of version ${JSON.stringify(version)} has come for ` +
        `${brick.name}${folder}`,
      { msgid: messages.brickClient.id },
    );
  }

  left(session: Session): void {
    const { client } = session.bound!;
    this.sessions.delete(client);
    this.xl.log.info(`client ${JSON.stringify(client.uid)} has gone`, {
      msgid: messages.brickClientGone.id,
    });
  }

  refused(text: string): void {
    this.xl.log.error(text, { msgid: messages.brickRefused.id });
  }

  log(text: string): void {
    this.xl.log.warning(text, { msgid: messages.brickConnection.id });
  }
}

function invalidate(session: Session, invalidation: Invalidation): void {
  session.tell(CBK.CACHE_INVALIDATION, (w) => writeInvalidation(w, invalidation));
}

/** Whether a client has to hear of it: what is in its brick. */
function concerns(what: Upcall, { brick }: Bound): boolean {
  if (what.what === 'every-entry') return true;
  return (what.what === 'inode' ? what.inode : what.parent).table === brick.inodes;
}

/** What GlusterFS's statedump says of a connection, and a little more. */
function dumpOf({ bound, peer, answerer, underWay, waiting }: Session, at: number): Dump {
  const { client, brick, subdir, comer, version, since } = bound as Bound;
  const { address, port, certificate } = peer;
  const values: Dump = {
    'client-uid': client.uid,
    identifier: address === '' ? 'unix' : `${address}:${port}`,
    ...(comer.username === undefined ? {} : { username: comer.username }),
    ...(certificate === undefined ? {} : { certificate }),
    bound_xl: brick.name,
    ...(subdir === '/' ? {} : { subdir }),
    version,
    since: new Date(since).toISOString(),
    'open-fds': client.fds.size,
    'requests-under-way': underWay,
    'requests-for-locks': waiting,
    'bytes-read': answerer.bytesIn,
    'bytes-written': answerer.bytesOut,
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`conn.${at}.${key}`, value]),
  );
}

const about = ({ gfid }: Inode, flags: number): Invalidation => ({
  ...{ gfid, flags, expire: 0, stat: null, parent: null, oldParent: null },
});

/** An upcall in GlusterFS's words, for clients of a brick. */
function invalidationsOf(upcall: Upcall, { inodes }: Brick): Invalidation[] {
  switch (upcall.what) {
    case 'inode':
      return [about(upcall.inode, upcall.data ? UP.FORGET : UP.INVALID)];
    case 'entry':
      return [about(upcall.parent, UP.PARENT_TIMES)];
    case 'removed':
      return [about(upcall.parent, UP.PARENT_TIMES), about(upcall.inode, UP.FORGET)];
    case 'every-entry':
      return [...inodes.all()]
        .filter(({ isDir }) => isDir)
        .map((dir) => about(dir, UP.PARENT_TIMES));
  }
}
