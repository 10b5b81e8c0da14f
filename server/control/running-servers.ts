/**
 * Lists the servers without a mount on this machine, of all users, by their control sockets
 * (`socket.ts`).
 */
import { geteuid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, type ServerProcess } from '../../runtime/mount/server-process.ts';
import { printable } from '../../runtime/volfile/printable.ts';
import { ask } from './client.ts';
import type { AboutRunning } from './control-host.ts';
import { findPeer, listNames } from './socket.ts';

/** The time limit for an answer, the same as for a mount. */
const PATIENCE_MS = 3000;
const euid = geteuid?.();

export interface RunningServer {
  readonly process: ServerProcess;
  readonly uid: number;
  readonly socket: string;
  /** Null for a server that is stuck, or belongs to another user. */
  readonly about: AboutRunning | null;
  readonly health: 'answers' | 'stuck' | 'unknown';
}

/** Asks each server for its description; omits those that have ended meanwhile. */
export async function runningServers(): Promise<RunningServer[]> {
  const all = await Promise.all(listNames('listener').map(runningAt));
  return all
    .filter((one) => one !== null)
    .sort((one, other) => one.process.start - other.process.start);
}

async function runningAt(socket: string): Promise<RunningServer | null> {
  const peer = await findPeer(socket);
  const process = peer && findProcess(peer.pid);
  if (peer === null || process === null) return null;
  const { pid, uid } = peer;
  const is = (
    health: RunningServer['health'],
    about: AboutRunning | null = null,
  ): RunningServer => ({
    ...{ process, uid, socket, about, health },
  });
  if (euid !== 0 && uid !== euid) return is('unknown');
  const patience = delay(PATIENCE_MS, 'late', { ref: false });
  const asked = ask({ given: `process ${pid}`, socket }, 'about').catch(() => null);
  const about = await Promise.race([asked, patience]);
  if (about === 'late') return is('stuck');
  return about === null ? null : is('answers', about as AboutRunning);
}

/** All names of a server for operands; a name that two servers share is ambiguous. */
export function namesOf({ process, about }: RunningServer): string[] {
  const listens = about?.listens ?? [];
  return [
    `${process.pid}`,
    ...(about === null ? [] : [about.volfile]),
    ...listens.flatMap(({ address, bricks }) => [address, ...bricks]),
  ];
}

/** `127.0.0.1:49152 brick`; several addresses are separated by commas. */
export const formatListeners = ({ listens }: Pick<AboutRunning, 'listens'>): string =>
  listens.map(({ address, bricks }) => [address, ...bricks].map(printable).join(' ')).join(', ');

/** A server in a message. */
export function formatServer({ process: { pid }, uid, about, health }: RunningServer): string {
  if (about !== null)
    return `${formatListeners(about)} (${printable(about.volfile)}, process ${pid})`;
  return health === 'stuck'
    ? `process ${pid}, which does not answer`
    : `process ${pid} of uid ${uid}`;
}
