/**
 * Names and finds the control sockets of servers: `glossa.mount.DEVICE.TIME-RANDOM` or
 * `glossa.listener.TIME-RANDOM`. They are abstract (unix(7)), so a killed server leaves no file behind.
 * Any process can bind or connect to such a name, so both ends read each other's user from the
 * kernel.
 *
 * Source: unix(7) (SO_PEERCRED), proc_net(5) (`/proc/net/unix`).
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type Peer, readDescriptor, readPeer as readPeerOf } from '../../runtime/sys/socket.ts';

/** Reads the process at the other end from the kernel; null for a closed socket. */
export const readPeer = (socket: Socket): Peer | null => readPeerOf(readDescriptor(socket));

/** The key by which a server is found: its mount's device number, or `listener` without a mount. */
export type ServerKind = { readonly mount: string } | 'listener';

/** Returns the part of a socket's name before its random part. */
const makeNamePrefix = (kind: ServerKind): string =>
  kind === 'listener' ? 'glossa.listener.' : `glossa.mount.${kind.mount}.`;

/** Hexadecimal digits of the nanoseconds since the system started (CLOCK_MONOTONIC). */
const TIME_DIGITS = 16;
/** The bytes of a name's random part, which makes the names of two servers differ. */
const RANDOM_BYTES = 8;
/** The bytes of `sun_path`. Node 20 pads a shorter name with zeros, later versions do not. */
const NAME_BYTES = 108;

/**
 * Makes a new socket name, padded to full length, so that all versions of Node use the same bytes.
 */
export function makeSocketName(kind: ServerKind): string {
  const time = process.hrtime.bigint().toString(16).padStart(TIME_DIGITS, '0');
  const random = randomBytes(RANDOM_BYTES).toString('hex');
  return `\0${makeNamePrefix(kind)}${time}-${random}`.padEnd(NAME_BYTES, '.');
}

/**
 * Lists the socket names of all servers of a kind in this network namespace, the newest first: the
 * kernel gives the device number of an unmounted file system to the next mount, while the old
 * server is still ending.
 */
export function listSocketNames(kind: ServerKind): readonly string[] {
  const prefix = ` @${makeNamePrefix(kind)}`;
  let lines: readonly string[] = [];
  try {
    lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  } catch {
    // Without /proc/net/unix no server can be found.
  }
  const names = lines.flatMap((line) => {
    const prefixIndex = line.indexOf(prefix);
    // After a blank, the kernel shows the leading zero of an abstract name as @.
    return prefixIndex < 0 ? [] : [`\0${line.slice(prefixIndex + 2)}`];
  });
  // The kernel lists each connection under the server's name, too.
  return [...new Set(names)].sort().reverse();
}

/** Finds the process that listens at a name, by connecting to it; null if none does. */
export function findPeer(name: string): Promise<Peer | null> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      resolve(readPeer(socket));
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });
}
