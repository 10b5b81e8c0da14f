/**
 * The sockets that commands ask servers at: without a file (unix(7), "abstract"), so that a killed
 * server leaves nothing behind, called `glossa.KIND.ID.RANDOM`. Any process can bind such a name and
 * connect to it, so each end reads from the kernel who the other is.
 *
 * Source: unix(7) (SO_PEERCRED), proc_net(5) (`/proc/net/unix`).
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { SO_PEERCRED, SOL_SOCKET } from '../../runtime/sys/constants.ts';
import { getsockopt } from '../../runtime/sys/libc.ts';
import { descriptorOf } from '../../runtime/sys/socket.ts';

/** The process at the other end, in the namespaces of this one. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
}

/** `struct ucred`: pid, uid and gid. */
const UCRED_SIZE = 12;

/** Null of a socket that has closed. */
export function peerOf(socket: Socket): Peer | null {
  const fd = descriptorOf(socket);
  const [value, length] = [new Uint32Array(UCRED_SIZE / 4), new Uint32Array([UCRED_SIZE])];
  const bytes = new Uint8Array(value.buffer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, bytes, new Uint8Array(length.buffer)) < 0) {
    return null;
  }
  return { pid: value[0]!, uid: value[1]! };
}

/** The key by which a server's socket is found: of a mount, the number of its device. */
export type ServerKind = { readonly mount: string } | 'listener';

const prefixOf = (kind: ServerKind): string =>
  kind === 'listener' ? 'glossa.listener.' : `glossa.mount.${kind.mount}.`;

const RANDOM_BYTES = 8;
/** Of `sun_path`, in bytes. Node 20 fills a shorter name up with zeros, later ones do not. */
const NAME_SIZE = 108;

/** A name for a server to listen at, at which commands of any version of Node find it. */
export const newName = (kind: ServerKind): string =>
  `\0${prefixOf(kind)}${randomBytes(RANDOM_BYTES).toString('hex')}`.padEnd(NAME_SIZE, '.');

/** The names at which servers of a kind listen, in this network namespace. */
export function listNames(kind: ServerKind): readonly string[] {
  const prefix = ` @${prefixOf(kind)}`;
  let lines: readonly string[] = [];
  try {
    lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  } catch {
    // A kernel that does not list sockets shows none.
  }
  const names = lines.flatMap((line) => {
    const at = line.indexOf(prefix);
    // The kernel shows a zero as @.
    return at < 0 ? [] : [`\0${line.slice(at + 2)}`];
  });
  // Each connection to a server is listed by the server's name as well.
  return [...new Set(names)];
}

/** The process that listens there; null where none does any more. */
export function findPeer(name: string): Promise<Peer | null> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      resolve(peerOf(socket));
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });
}
