/**
 * Finds the running server that an operand of a command names: by its mount point, or, without a
 * mount, by volfile, address, brick or process id.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { checkHealth } from '../../runtime/mount/mount-health.ts';
import { FS_TYPE, findMount, findMountingUid } from '../../runtime/mount/mountinfo.ts';
import type { ServerProcess } from '../../runtime/mount/server-process.ts';
import { Failure } from '../../terminal/exit.ts';
import { formatReason } from '../../terminal/reason.ts';
import { refuseStuck } from '../stuck-mounts.ts';
import { makeServerGoneError, type NamedServer } from './control-client.ts';
import { findPeer, listSocketNames } from './control-socket.ts';
import {
  formatServer,
  listRunningServers,
  listServerNames,
  type RunningServer,
} from './running-servers.ts';

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

/** Resolves symbolic links; returns what is no existing path unchanged. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The operand is no existing path: it may be a brick's name or an address.
    return path;
  }
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
