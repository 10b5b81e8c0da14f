/**
 * Finds the running server that an operand of a command names (by its mount point, or, without a mount, by volfile,
 * address, brick or process id), and asks it over its control socket. `ask` returns the answer; a `ControlQuery` also
 * gives the bytes that follow it, to `live-trace.ts`. Errors name the server as the user did.
 */

import { realpathSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { geteuid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReachRow } from '../../runtime/core/reach.ts';
import { checkHealth } from '../../runtime/mount/mount-health.ts';
import { FS_TYPE, findMount, findMountingUid } from '../../runtime/mount/mountinfo.ts';
import { findProcess, type ServerProcess } from '../../runtime/mount/server-process.ts';
import { resolveLinks } from '../../runtime/sys/paths.ts';
import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import { Failure, formatReason } from '../../terminal/exit.ts';
import type { WholeDump } from '../statedump/whole-dump.ts';
import { refuseStuck } from '../stuck-mounts.ts';
import type { ServerDescription } from './control-host.ts';
import { findPeer, listSocketNames } from './control-socket.ts';

/** The time limit for an answer, after which a server is listed as stuck, as mounts are. */
const REPLY_TIMEOUT_MS = 3000;
/** The user of this process; undefined where the system has no users. */
const euid = geteuid?.();

/** A running server without a mount. */
export interface RunningServer {
  readonly process: ServerProcess;
  readonly uid: number;
  readonly socket: string;
  /** The server's own description; null if it is stuck, or belongs to another user. */
  readonly about: ServerDescription | null;
  /** Whether it has answered; `unknown` for the server of another user, which is not asked. */
  readonly health: 'answers' | 'stuck' | 'unknown';
}

/**
 * Lists the servers without a mount on this machine, of all users, by their control sockets
 * (`control-socket.ts`).
 */
export async function listRunningServers(): Promise<RunningServer[]> {
  const servers = await Promise.all(listSocketNames('listener').map(queryServer));
  return servers
    .filter((server) => server !== null)
    .sort((first, second) => first.process.start - second.process.start);
}

/** Asks the server behind a control socket for its description; null if it has ended. */
async function queryServer(socket: string): Promise<RunningServer | null> {
  const peer = await findPeer(socket);
  const process = peer === null ? null : findProcess(peer.pid);
  if (peer === null || process === null) return null;
  const { pid, uid } = peer;
  const makeServer = (
    health: RunningServer['health'],
    about: ServerDescription | null = null,
  ): RunningServer => ({
    ...{ process, uid, socket, about, health },
  });
  if (euid !== 0 && uid !== euid) return makeServer('unknown');
  const timeout = delay(REPLY_TIMEOUT_MS, 'late', { ref: false });
  const reply = ask({ operand: `process ${pid}`, socket }, 'about').catch(() => null);
  const about = await Promise.race([reply, timeout]);
  if (about === 'late') return makeServer('stuck');
  return about === null ? null : makeServer('answers', about as ServerDescription);
}

/** Lists all names by which an operand may mean a server; two servers may share a name. */
function listServerNames({ process, about }: RunningServer): string[] {
  const listens = about?.listens ?? [];
  return [
    `${process.pid}`,
    ...(about === null ? [] : [about.volfile]),
    ...listens.flatMap(({ address, bricks }) => [address, ...bricks]),
  ];
}

/** Formats addresses with their bricks: `127.0.0.1:49152 brick, …`. */
export const formatListeners = ({ listens }: Pick<ServerDescription, 'listens'>): string =>
  listens
    .map(({ address, bricks }) => [address, ...bricks].map(makePrintable).join(' '))
    .join(', ');

/** Describes a server in a message. */
function formatServer({ process: { pid }, uid, about, health }: RunningServer): string {
  if (about !== null)
    return `${formatListeners(about)} (${makePrintable(about.volfile)}, process ${pid})`;
  return health === 'stuck'
    ? `process ${pid}, which does not answer`
    : `process ${pid} of uid ${uid}`;
}

/** The most servers that a message lists. */
const LISTED_MAX = 20;

/** Finds the control socket of the server that an operand names. @throws {Failure} */
export async function findServer(operand: string): Promise<NamedServer> {
  const match = await findMountOrServer(operand);
  return 'process' in match ? match : findMountServer(operand, match.mountpoint);
}

/** Finds the control socket of a mount's server. @throws {Failure} if this user may not ask it */
export async function findMountServer(operand: string, mountpoint: string): Promise<NamedServer> {
  await refuseStuck(mountpoint);
  const mount = findMount(mountpoint);
  if (mount === null) throw makeServerGoneError({ operand, mountpoint });
  const uid = findMountingUid(mount);
  for (const socket of listSocketNames({ mount: mount.device })) {
    if ((await findPeer(socket))?.uid !== uid) continue;
    const euid = process.geteuid?.();
    if (euid === uid || euid === 0) return { operand, mountpoint, socket };
    throw new Failure(`only root and the user who mounted ${operand} may ask its server`);
  }
  if ((await checkHealth(mountpoint)) === 'dead')
    throw makeServerGoneError({ operand, mountpoint });
  throw new Failure(
    `the server of ${operand} cannot be asked from here: it may be in a container, so ask there`,
  );
}

/** A server without a mount, as the user named it. */
export interface NamedProcess {
  readonly operand: string;
  readonly socket: string;
  readonly process: ServerProcess;
}

/**
 * Finds a mount of glossa, whose server may hang, or a server without a mount. @throws {Failure}
 */
export async function findMountOrServer(
  operand: string,
): Promise<NamedProcess | { readonly operand: string; readonly mountpoint: string }> {
  const mount = await findMountpoint(operand);
  if ('mountpoint' in mount) return { operand, ...mount };
  const servers = await listRunningServers();
  const matches = servers.filter((server) => hasName(server, operand));
  if (matches.length === 1) return { operand, ...requireReachable(matches[0]!, operand) };
  if (matches.length > 1) {
    throw new Failure(
      `${operand} may be any of these; its process says which:${formatList(matches)}`,
    );
  }
  // A user who names a folder means a mount: a list of other servers would not help.
  const isListed = servers.length > 0 && !mount.isFolder;
  throw new Failure(
    mount.message + (isListed ? `; what else is served is${formatList(servers)}` : ''),
  );
}

/** Resolves to whether a running server without a mount has this name. */
export const isServerRunning = async (operand: string): Promise<boolean> =>
  (await listRunningServers()).some((server) => hasName(server, operand));

/** Returns the server if this user may ask it and it answers. @throws {Failure} */
function requireReachable(server: RunningServer, operand: string): RunningServer {
  const { health, process, uid } = server;
  if (health === 'answers') return server;
  if (health === 'unknown') {
    throw new Failure(`only root and the user with uid ${uid}, who started ${operand}, may ask it`);
  }
  const { pid } = process;
  throw new Failure(`process ${pid} does not answer; 'kill -9 ${pid}' ends it`);
}

/** Formats servers for a message, each on a line of its own, at most LISTED_MAX. */
function formatList(servers: readonly RunningServer[]): string {
  const omittedCount = servers.length - LISTED_MAX;
  const lines = servers.slice(0, LISTED_MAX).map((server) => `\n    ${formatServer(server)}`);
  return lines.join('') + (omittedCount > 0 ? `\n    and ${omittedCount} more` : '');
}

/** Whether an operand, or the path that it is, is one of a server's names. */
function hasName(server: RunningServer, operand: string): boolean {
  const names = listServerNames(server);
  return [operand, resolve(operand), resolveLinks(operand)].some((name) => names.includes(name));
}

/** The reason why an operand is no mount of glossa. */
interface NoMountReason {
  /** The message for the user. */
  readonly message: string;
  /** Whether the operand is an existing folder. */
  readonly isFolder: boolean;
}

/** Finds the mount of glossa at a path. @throws {Failure} if a mount on the way hangs */
async function findMountpoint(
  operand: string,
): Promise<{ readonly mountpoint: string } | NoMountReason> {
  await refuseStuck(dirname(resolve(operand)));
  const makeNoMount = (cause: string, isFolder: boolean): NoMountReason => ({
    message: `${operand} is not a mount of glossa: ${cause}`,
    isFolder,
  });
  const mountpoint = resolveParentLinks(operand);
  if (typeof mountpoint !== 'string') return makeNoMount(mountpoint.missing, false);
  const mount = findMount(mountpoint);
  if (mount?.type === FS_TYPE) return { mountpoint };
  if (mount !== null) return makeNoMount(`what is mounted there is ${mount.type}`, true);
  return makeNoMount('nothing is mounted there', isExistingFolder(mountpoint));
}

/** Whether a path is an existing folder that this user can reach. */
function isExistingFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // An unreadable path is no mount point.
    return false;
  }
}

/** Resolves links, except in the last part: that may be a hanging mount, and is not entered. */
function resolveParentLinks(operand: string): string | { readonly missing: string } {
  const path = resolve(operand);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    return { missing: formatReason(error) };
  }
}

/** A running server that a user named, and its control socket. */
export interface NamedServer {
  /** The server as the user named it, for messages. */
  readonly operand: string;
  /** The name of its control socket. */
  readonly socket: string;
  /** The absolute mount point; undefined for a server without a mount. */
  readonly mountpoint?: string;
}

/** The byte that ends an answer. */
const NEWLINE = 10;

/** A connection for one question, and for the bytes that may follow its answer. */
export class ControlQuery {
  /** The answer's value. @throws {Failure} */
  readonly value: Promise<unknown>;
  /** Resolves when the connection is closed. */
  readonly whenClosed: Promise<void>;
  readonly socket: Socket;
  /** The bytes received after the answer; the paused socket has the later ones. */
  restBytes: Buffer = Buffer.alloc(0);

  constructor(server: NamedServer, question: string, argument: unknown = null) {
    const socket = connect(server.socket);
    this.socket = socket;
    socket.write(`${JSON.stringify({ ask: question, argument })}\n`);
    // Node closes the socket after an error: `whenClosed` covers both.
    socket.on('error', () => {});
    this.whenClosed = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.value = new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const receive = (bytes: Buffer): void => {
        chunks.push(bytes);
        if (!bytes.includes(NEWLINE)) return;
        socket.off('data', receive).pause();
        const receivedBytes = Buffer.concat(chunks);
        const newlineAt = receivedBytes.indexOf(NEWLINE);
        this.restBytes = receivedBytes.subarray(newlineAt + 1);
        const answer = JSON.parse(receivedBytes.toString('utf8', 0, newlineAt)) as Answer;
        if ('error' in answer) reject(new Failure(answer.error));
        else resolve(answer.value);
      };
      socket.on('data', receive);
      this.whenClosed.then(() => reject(makeServerGoneError(server)));
    });
    // Prevents an unhandled rejection when no caller waits for the value.
    this.value.catch(() => {});
  }
}

/** The answer of a server: a value, or the message of an error. */
type Answer = { readonly value: unknown } | { readonly error: string };

/**
 * Asks one question, and resolves to the answer's value.
 * @param signal ends the wait when it aborts
 * @throws {Failure}
 */
export async function ask(
  server: NamedServer,
  question: string,
  signal?: AbortSignal,
): Promise<unknown> {
  signal?.throwIfAborted();
  const query = new ControlQuery(server, question);
  const end = (): void => void query.socket.destroy();
  signal?.addEventListener('abort', end);
  try {
    return await query.value;
  } finally {
    signal?.removeEventListener('abort', end);
    query.socket.destroy();
  }
}

/** Makes the error for a server that has ended; it says how to unmount the mount that it left. */
export function makeServerGoneError({
  operand,
  mountpoint,
}: Pick<NamedServer, 'operand' | 'mountpoint'>): Failure {
  if (mountpoint !== undefined && findMount(mountpoint) === null) {
    return new Failure(`${operand} was unmounted`);
  }
  const hint = mountpoint === undefined ? '' : `; 'glossa umount ${operand}' unmounts it`;
  return new Failure(`the server of ${operand} has ended${hint}`);
}

/** Fetches a whole statedump. @throws {Failure} */
export const fetchStatedump = async (server: NamedServer): Promise<WholeDump> =>
  (await ask(server, 'statedump')) as WholeDump;

/** Fetches what a server reaches; null if this user may not ask it, or it does not answer in time. */
export const fetchReach = (server: NamedServer): Promise<readonly ReachRow[] | null> =>
  (ask(server, 'reach', AbortSignal.timeout(REPLY_TIMEOUT_MS)) as Promise<ReachRow[]>).catch(
    () => null,
  );
