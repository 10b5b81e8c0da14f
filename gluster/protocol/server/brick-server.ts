/**
 * Holds the state of a protocol/server volume: its address, bricks and clients. Serves connections as their
 * `ConnectionHost`, and sends upcalls to clients.
 */
import { formatSocketAddress, type SocketAddress } from '../../../runtime/core/addresses.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { type ClientUpcall, UP, type Upcall } from '../../../runtime/core/upcall.ts';
import type { Dump, Xlator } from '../../../runtime/core/xlator.ts';
import { scheduleCollection } from '../../../runtime/sys/scheduled-collection.ts';
import { RecordMemory } from '../../../runtime/wire/record-memory.ts';
import { ReplyMemory } from '../../../runtime/wire/reply-memory.ts';
import type { Caller } from '../../rpc/message.ts';
import { CALLBACK_PROCEDURES, type Invalidation, writeInvalidation } from '../../rpc/programs.ts';
import { readCertificates } from '../shared/certificates.ts';
import { isUnixTransport } from '../shared/transport-types.ts';
import { type AuthOptions, findRefusal, readAuthOptions } from './auth.ts';
import { type Brick, Bricks } from './bricks.ts';
import { squashCaller, UserGroups } from './callers.ts';
import type { ClientBinding, ClientConnection, ConnectionHost } from './client-connection.ts';
import { type Listener, type ListenerSettings, listen, listenOnLoop } from './node-listener.ts';
import type { Settings } from './options.ts';
import { PendingConnections } from './pending-connections.ts';

/** The most clients in a statedump. */
const MAX_DUMPED_CLIENTS = 200;

/** Reads the address at which to listen. @throws {InitError} if an option is missing or contradicts another */
export function readAddress(settings: Settings): SocketAddress {
  if (!isUnixTransport(settings['transport-type'])) {
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

/** The size of the buffer for reads. A longer read needs a copy, but GlusterFS's clients request no more. */
const READ_BUFFER_BYTES = 1 << 20;

/** The state of one protocol/server volume, which outlives the graph when a changed volfile replaces it. */
export class BrickServer implements ConnectionHost {
  readonly initiator: Initiator;
  readonly uuid: string;
  readonly version: string;
  /** The address of the options, whose port 0 stands for a free one. */
  readonly configuredAddress: SocketAddress;
  authOptions: AuthOptions = new Map();
  private settings: Settings;
  private readonly xl: Xlator;
  private readonly bricks: Bricks;
  readonly pendingConnections: PendingConnections;
  /** The memory for incomplete messages of all connections. */
  readonly recordMemory: RecordMemory;
  /** The memory for replies of all connections. */
  readonly replyMemory: ReplyMemory;
  private readonly userGroups = new UserGroups();
  /** Connections that have completed the handshake, by client. */
  private readonly connections = new Map<Client, ClientConnection>();
  private listener: Listener | null = null;
  /** Resolves once the listener and all connections are closed. */
  private whenClosed: Promise<void> = Promise.resolve();

  /** @throws {InitError} if an option is missing, or two bricks share a volume */
  constructor(xl: Xlator, settings: Settings) {
    const { graph, id, context } = xl;
    this.xl = xl;
    this.settings = settings;
    this.configuredAddress = readAddress(settings);
    this.bricks = new Bricks(xl, () => graph!.instances[id] ?? xl, settings['inode-lru-limit']);
    const translator = makeInitiatorTranslator(xl.type, xl.translator.description);
    // One buffer suffices for all reads, as each reply is written while its callback runs.
    const hints = { readBuffer: new Uint8Array(READ_BUFFER_BYTES) };
    this.initiator = new Initiator(graph!, xl.name, translator, xl.log, hints);
    this.uuid = context.server?.uuid ?? this.initiator.xl.name;
    this.version = context.server?.version ?? '';
    this.initiator.findObjection = () =>
      this.bricks.hasSeveral ? `${xl.label}: volumes of several bricks change at a restart` : null;
    this.pendingConnections = new PendingConnections({
      readTimeoutS: () => this.settings['handshake-timeout'],
      readLimit: () => this.settings['handshake-limit'],
      after: (delayMs, fn) => context.after(delayMs, fn),
    });
    this.recordMemory = new RecordMemory({
      readLimitBytes: () => this.settings['rpc.record-memory-limit'],
      after: (delayMs, fn) => context.after(delayMs, fn),
    });
    this.replyMemory = new ReplyMemory({
      readLimitBytes: () => this.settings['rpc.reply-memory-limit'],
      after: (delayMs, fn) => context.after(delayMs, fn),
      onFreed: scheduleCollection,
    });
    this.reconfigure(xl, settings);
  }

  /** Starts to accept clients. @throws {InitError} if it cannot listen at the address */
  async listen(): Promise<void> {
    const { configuredAddress, settings } = this;
    const certificates = readCertificates(settings);
    try {
      const { context } = this.xl;
      const after = (delayMs: number, fn: () => void) => context.after(delayMs, fn);
      const listenerSettings: ListenerSettings = {
        address: configuredAddress,
        certificates,
        host: this,
        after,
      };
      const { sourcePump } = context;
      // TLS connections use Node's sockets.
      const usesLoop = certificates === null && sourcePump !== undefined;
      this.listener = await (usesLoop
        ? listenOnLoop(listenerSettings, sourcePump)
        : listen(listenerSettings));
    } catch (error) {
      this.initiator.close();
      throw new InitError(`cannot listen at ${this.address}: ${(error as Error).message}`);
    }
    const { names } = this.bricks;
    const noun = names.length === 1 ? 'volume' : 'volumes';
    this.xl.log.info(`listens at ${this.address} for ${noun} ${names.join(', ')}`, {
      msgid: messages.brickListens.id,
    });
  }

  /** The address for clients, as text. */
  get address(): string {
    const { configuredAddress, listener } = this;
    return formatSocketAddress(
      'path' in configuredAddress
        ? configuredAddress
        : { ...configuredAddress, port: listener?.port ?? configuredAddress.port },
    );
  }

  /** The names of the bricks in the present graph. */
  get brickNames(): readonly string[] {
    return this.bricks.names;
  }

  /** Applies changed options; disconnects clients that the auth options no longer admit. */
  reconfigure({ volfileOptions }: Xlator, settings: Settings): void {
    this.settings = settings;
    this.userGroups.clear();
    this.authOptions = readAuthOptions(volfileOptions);
    for (const connection of [...this.connections.values()]) {
      const refusal = findRefusal(this.authOptions, connection.binding!.identity);
      if (refusal !== null) this.disconnectClient(connection, refusal);
    }
  }

  /** Disconnects a client that the changed options no longer admit. */
  private disconnectClient(connection: ClientConnection, refusal: string): void {
    const { address } = connection.peer;
    this.logRefusal(
      `a client from ${address || 'this machine'} is disconnected: auth options changed: ${refusal}`,
    );
    connection.disconnect();
  }

  /** Checks that options keep the address, which is fixed while the server listens. @throws {InitError} */
  requireSameAddress(settings: Settings): void {
    if (JSON.stringify(readAddress(settings)) === JSON.stringify(this.configuredAddress)) return;
    throw new InitError(`it listens at ${this.address}: the address can change only at a restart`);
  }

  /** Disconnects all clients and stops listening. */
  stop(): void {
    const { listener } = this;
    this.listener = null;
    if (listener === null) return;
    for (const connection of [...this.connections.values()]) {
      connection.callClient(CALLBACK_PROCEDURES.CHILD_DOWN);
      connection.close();
    }
    this.whenClosed = listener.close();
    this.initiator.close();
    this.bricks.clear();
  }

  /** Stops, and resolves once all connections are closed. */
  async stopAndWait(): Promise<void> {
    this.stop();
    await this.whenClosed;
  }

  /** Reports to clients whether their brick is up. */
  reportBrickState(name: string, isUp: boolean): void {
    for (const connection of this.connections.values()) {
      if (connection.binding?.brick.name === name)
        connection.callClient(isUp ? CALLBACK_PROCEDURES.CHILD_UP : CALLBACK_PROCEDURES.CHILD_DOWN);
    }
  }

  /** Reports outdated cache entries to the clients of the brick. */
  reportUpcall(upcall: Upcall): void {
    for (const connection of this.connections.values()) {
      const { binding } = connection;
      if (binding === null || !affectsBrick(upcall, binding)) continue;
      for (const invalidation of convertUpcall(upcall, binding.brick))
        sendInvalidation(connection, invalidation);
    }
  }

  /** Reports outdated cache entries to one client. */
  reportToClient(upcall: ClientUpcall): void {
    const connection = this.connections.get(upcall.client);
    if (connection !== undefined) sendInvalidation(connection, upcall);
  }

  /** Describes the server and its clients for statedumps. */
  dump(): Dump {
    const connections = [...this.connections.values()].slice(0, MAX_DUMPED_CLIENTS);
    return {
      'listens-at': this.address,
      connections: this.connections.size,
      'not-introduced': this.pendingConnections.size,
      ...this.recordMemory.dump(),
      ...this.replyMemory.dump(),
      ...Object.assign(
        {},
        ...connections.map((connection, index) => dumpConnection(connection, index + 1)),
      ),
    };
  }

  // ---- for connections

  mapCaller(caller: Caller, isTrusted: boolean): Caller {
    const { settings } = this;
    const squashedCaller = squashCaller(settings, caller, isTrusted);
    if (!settings['manage-gids']) return squashedCaller;
    return this.userGroups.replaceGroups(squashedCaller, settings['gid-timeout'] * 1000);
  }

  get outstandingLimit(): number {
    return this.settings['rpc.outstanding-rpc-limit'];
  }

  findBrick(volume: string): Brick | undefined {
    return this.bricks.find(volume);
  }

  addClient(connection: ClientConnection): void {
    const { client, brick, subdir, version } = connection.binding!;
    this.connections.set(client, connection);
    // JSON escapes line breaks, by which a client could forge log lines.
    const folderText = subdir === '/' ? '' : `, folder ${JSON.stringify(subdir)}`;
    this.xl.log.info(
      `client ${JSON.stringify(client.uid)} of version ${JSON.stringify(version)} connected to ` +
        `${brick.name}${folderText}`,
      { msgid: messages.brickClient.id },
    );
  }

  removeClient(connection: ClientConnection): void {
    const { client } = connection.binding!;
    this.connections.delete(client);
    this.xl.log.info(`client ${JSON.stringify(client.uid)} disconnected`, {
      msgid: messages.brickClientGone.id,
    });
  }

  logRefusal(text: string): void {
    this.xl.log.error(text, { msgid: messages.brickClientRefused.id });
  }

  log(text: string): void {
    this.xl.log.warning(text, { msgid: messages.brickConnectionClosed.id });
  }
}

function sendInvalidation(connection: ClientConnection, invalidation: Invalidation): void {
  connection.callClient(CALLBACK_PROCEDURES.CACHE_INVALIDATION, (w) =>
    writeInvalidation(w, invalidation),
  );
}

/** Whether an upcall affects a client's brick. */
function affectsBrick(upcall: Upcall, { brick }: ClientBinding): boolean {
  if (upcall.kind === 'every-entry') return true;
  return (upcall.kind === 'inode' ? upcall.inode : upcall.parent).table === brick.inodes;
}

/** Makes the statedump of a connection: GlusterFS's entries, and a few more. @param number counts from 1 */
function dumpConnection(
  { binding, peer, callServer, activeRequestCount, lockRequestCount }: ClientConnection,
  number: number,
): Dump {
  const { client, brick, subdir, identity, version, admittedAtMs } = binding as ClientBinding;
  const { address, port, certificate } = peer;
  const values: Dump = {
    'client-uid': client.uid,
    identifier: address === '' ? 'unix' : `${address}:${port}`,
    ...(identity.username === undefined ? {} : { username: identity.username }),
    ...(certificate === undefined ? {} : { certificate }),
    bound_xl: brick.name,
    ...(subdir === '/' ? {} : { subdir }),
    version,
    since: new Date(admittedAtMs).toISOString(),
    'open-fds': client.fds.size,
    'requests-under-way': activeRequestCount,
    'requests-for-locks': lockRequestCount,
    'bytes-read': callServer.receivedBytes,
    'bytes-written': callServer.sentBytes,
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`conn.${number}.${key}`, value]),
  );
}

/** Makes the invalidation of an inode. @param flags bits of UP */
const makeInvalidation = ({ gfid }: Inode, flags: number): Invalidation => ({
  gfid,
  flags,
  expireSeconds: 0,
  stat: null,
  parent: null,
  oldParent: null,
  xattrs: null,
});

/** Converts an upcall of the graph to invalidations as GlusterFS's bricks send them. */
function convertUpcall(upcall: Upcall, { inodes }: Brick): Invalidation[] {
  switch (upcall.kind) {
    case 'inode':
      return [makeInvalidation(upcall.inode, upcall.data ? UP.FORGET : UP.INVALID)];
    case 'entry':
      return [makeInvalidation(upcall.parent, UP.PARENT_TIMES)];
    case 'removed':
      return [
        makeInvalidation(upcall.parent, UP.PARENT_TIMES),
        makeInvalidation(upcall.inode, UP.FORGET),
      ];
    case 'every-entry':
      return [...inodes.all()]
        .filter(({ isDir }) => isDir)
        .map((dir) => makeInvalidation(dir, UP.PARENT_TIMES));
  }
}
