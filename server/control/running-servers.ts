/**
 * Lists the servers without a mount on this machine, of all users, by their control sockets
 * (`control-socket.ts`).
 */
import { geteuid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, type ServerProcess } from '../../runtime/mount/server-process.ts';
import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import { ask } from './control-client.ts';
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

/** Asks each server for its description; omits those that have ended. The oldest is first. */
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
export function listServerNames({ process, about }: RunningServer): string[] {
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
export function formatServer({ process: { pid }, uid, about, health }: RunningServer): string {
  if (about !== null)
    return `${formatListeners(about)} (${makePrintable(about.volfile)}, process ${pid})`;
  return health === 'stuck'
    ? `process ${pid}, which does not answer`
    : `process ${pid} of uid ${uid}`;
}
