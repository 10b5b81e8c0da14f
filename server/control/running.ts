/**
 * Servers without a mount that run on this machine, of all users: the kernel lists the sockets that
 * somebody listens at (`host.ts`), so that what was killed is not among them.
 *
 * Source: unix(7), proc_net(5) (`/proc/net/unix`).
 */
import { lstatSync, readFileSync } from 'node:fs';
import { geteuid } from 'node:process';
import { decodeName } from '../../runtime/core/bytes.ts';
import { findProcess, ownerOf, type ServerProcess } from '../../runtime/mount/server-process.ts';
import { printable } from '../../runtime/volfile/printable.ts';
import { ABOUT, type AboutRunning, SOCKET } from './host.ts';
import { askSocket, isGone } from './served.ts';

/** As long as for a mount. */
const PATIENCE_MS = 3000;
const euid = geteuid?.();

export interface Running {
  readonly process: ServerProcess;
  readonly uid: number;
  readonly socket: string;
  /** Null of one that does not say: it is stuck, or it is not told to this user. */
  readonly about: AboutRunning | null;
  readonly health: 'answers' | 'stuck' | 'unknown';
}

/** Asks each what it is; those that have ended meanwhile are left out. */
export async function runningServers(): Promise<Running[]> {
  const all = await Promise.all([...new Set(listed())].map(runningAt));
  return all
    .filter((one) => one !== null)
    .sort((one, other) => one.process.start - other.process.start);
}

/** The paths of all sockets. */
function listed(): string[] {
  try {
    const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
    return lines.flatMap((line) => /(\/.*)$/.exec(line)?.[1] ?? []);
  } catch {
    // Where the kernel does not tell, none is to be seen.
    return [];
  }
}

async function runningAt(socket: string): Promise<Running | null> {
  const pid = Number(SOCKET.exec(socket)?.[1] ?? Number.NaN);
  const process = findProcess(pid);
  const uid = ownerOf(pid);
  if (process === null || uid === undefined) return null;
  const is = (health: Running['health'], about: AboutRunning | null = null): Running => ({
    ...{ process, uid, socket, about, health },
  });
  // Anybody can call a socket so: one is believed that belongs to whom the process belongs to.
  const owner = ownerOfFile(socket);
  if (owner === null) return is('unknown');
  if (owner !== uid) return null;
  if (euid !== 0 && uid !== euid) return is('unknown');
  const answer = await askSocket(socket, ABOUT, AbortSignal.timeout(PATIENCE_MS)).catch(() => null);
  if (answer === null) return is('stuck');
  if (typeof answer !== 'number') {
    return is('answers', JSON.parse(decodeName(answer, 0, answer.length)) as AboutRunning);
  }
  return isGone(-answer) ? null : is('unknown');
}

/** Null where this user may not look; -1 of what is not there, in another mount namespace perhaps. */
function ownerOfFile(path: string): number | null {
  try {
    return lstatSync(path).uid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? null : -1;
  }
}

/** What its user may call it by: each of these that no other is called, too. */
export function namesOf({ process, about }: Running): string[] {
  const listens = about?.listens ?? [];
  return [
    `${process.pid}`,
    ...(about === null ? [] : [about.volfile]),
    ...listens.flatMap(({ address, bricks }) => [address, ...bricks]),
  ];
}

/** `127.0.0.1:49152 brick`; the same of several, between commas. */
export const placesOf = ({ listens }: Pick<AboutRunning, 'listens'>): string =>
  listens.map(({ address, bricks }) => [address, ...bricks].map(printable).join(' ')).join(', ');

/** One of them, for a message. */
export function described({ process: { pid }, uid, about, health }: Running): string {
  if (about !== null) return `${placesOf(about)} (${printable(about.volfile)}, process ${pid})`;
  return health === 'stuck'
    ? `process ${pid}, which does not answer`
    : `process ${pid} of uid ${uid}`;
}
