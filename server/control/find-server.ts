/** Finds the mount or the server that an operand of a command names. */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { healthOf } from '../../runtime/mount/mount-health.ts';
import { FS_TYPE, findMount, mounterOf } from '../../runtime/mount/mountinfo.ts';
import type { ServerProcess } from '../../runtime/mount/server-process.ts';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import { refuseStuck } from '../stuck-mounts.ts';
import { type Served, serverGone } from './client.ts';
import { formatServer, namesOf, type RunningServer, runningServers } from './running-servers.ts';
import { findPeer, listNames } from './socket.ts';

/** The most servers that a message lists. */
const LISTED = 20;

/** Finds the control socket of a mount, or of a server without one. @throws {Failure} */
export async function findServed(given: string): Promise<Served> {
  const found = await findAny(given);
  return 'process' in found ? found : servedAt(given, found.mountpoint);
}

/** Finds the control socket of a mount. @throws {Failure} */
export async function servedAt(given: string, mountpoint: string): Promise<Served> {
  await refuseStuck(mountpoint);
  const mount = findMount(mountpoint);
  if (mount === null) throw serverGone({ given, mountpoint });
  const uid = mounterOf(mount);
  for (const socket of listNames({ mount: mount.device })) {
    if ((await findPeer(socket))?.uid !== uid) continue;
    const euid = process.geteuid?.();
    if (euid === uid || euid === 0) return { given, mountpoint, socket };
    throw new Failure(`only root and the user who mounted ${given} may ask its server`);
  }
  if ((await healthOf(mountpoint)) === 'dead') throw serverGone({ given, mountpoint });
  throw new Failure(
    `the server of ${given} cannot be asked from here: it may be in a container, so ask there`,
  );
}

export interface FoundServer {
  readonly given: string;
  readonly socket: string;
  readonly process: ServerProcess;
}

/** Finds a mount of glossa, which may hang, or a server without one. @throws {Failure} */
export async function findAny(
  given: string,
): Promise<FoundServer | { readonly given: string; readonly mountpoint: string }> {
  const found = await lookForMount(given);
  if ('mountpoint' in found) return { given, ...found };
  const servers = await runningServers();
  const meant = servers.filter((server) => isCalled(server, given));
  if (meant.length === 1) return { given, ...reachable(meant[0]!, given) };
  if (meant.length > 1) {
    throw new Failure(`${given} may be any of these; its process says which:${listed(meant)}`);
  }
  // An operand that is a folder means a mount.
  const isListed = servers.length > 0 && !found.isFolder;
  throw new Failure(found.none + (isListed ? `; what else is served is${listed(servers)}` : ''));
}

/** Whether a server without a mount has this name. */
export const isRunning = async (given: string): Promise<boolean> =>
  (await runningServers()).some((server) => isCalled(server, given));

/** The server, if this user may ask it and it answers. @throws {Failure} */
function reachable(server: RunningServer, given: string): RunningServer {
  const { health, process, uid } = server;
  if (health === 'answers') return server;
  if (health === 'unknown') {
    throw new Failure(`only root and the user with uid ${uid}, who started ${given}, may ask it`);
  }
  const { pid } = process;
  throw new Failure(`process ${pid} does not answer; 'kill -9 ${pid}' ends it`);
}

function listed(servers: readonly RunningServer[]): string {
  const more = servers.length - LISTED;
  const lines = servers.slice(0, LISTED).map((server) => `\n    ${formatServer(server)}`);
  return lines.join('') + (more > 0 ? `\n    and ${more} more` : '');
}

function isCalled(server: RunningServer, given: string): boolean {
  const names = namesOf(server);
  return [given, resolve(given), realPath(given)].some((name) => names.includes(name));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // No path: it may be a name or an address.
    return path;
  }
}

interface NoMount {
  /** The message for the user. */
  readonly none: string;
  readonly isFolder: boolean;
}

/** Finds the mount of glossa at a path. @throws {Failure} */
async function lookForMount(given: string): Promise<{ readonly mountpoint: string } | NoMount> {
  await refuseStuck(dirname(resolve(given)));
  const none = (why: string, isFolder: boolean): NoMount => ({
    none: `${given} is not a mount of glossa: ${why}`,
    isFolder,
  });
  const mountpoint = realParent(given);
  if (typeof mountpoint !== 'string') return none(mountpoint.missing, false);
  const there = findMount(mountpoint);
  if (there?.type === FS_TYPE) return { mountpoint };
  if (there !== null) return none(`what is mounted there is ${there.type}`, true);
  return none('nothing is mounted there', isFolder(mountpoint));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // An unreadable path is no mount point.
    return false;
  }
}

/** The path without symbolic links before its last part, which may hang and is not entered. */
function realParent(given: string): string | { readonly missing: string } {
  const path = resolve(given);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    return { missing: reason(error) };
  }
}
