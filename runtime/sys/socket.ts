/**
 * Finds the descriptor of a Node socket and the process at its other end, and receives descriptors over a socket
 * (SCM_RIGHTS), by which `fusermount3` passes `/dev/fuse`.
 *
 * Source: recvmsg(2), cmsg(3), unix(7); struct msghdr and cmsghdr of 64-bit Linux; Node's lib/net.js.
 */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import {
  AF_UNIX,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  SCM_RIGHTS,
  SO_PEERCRED,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
} from './constants.ts';
import { addressOf, getsockopt, recvmsg, socketpair } from './libc.ts';

const EPROTO = 71;

/** Makes two connected stream sockets, closed on exec; or returns minus the errno. */
export function makeSocketpair(): [number, number] | number {
  const pair = new Int32Array(2);
  const status = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(pair.buffer));
  return status < 0 ? status : [pair[0]!, pair[1]!];
}

/**
 * Receives the descriptor in a message that has arrived, or returns minus the errno. Does not wait. The positions are
 * those of msg_iov (16), msg_iovlen (24), msg_control (32) and msg_controllen (40) in struct msghdr.
 */
export function receiveFd(socket: number): number {
  const data = new Uint8Array(new ArrayBuffer(1));
  const iov = new DataView(new ArrayBuffer(16));
  const control = new DataView(new ArrayBuffer(24));
  const message = new DataView(new ArrayBuffer(56));
  iov.setBigUint64(0, addressOf(data), true);
  iov.setBigUint64(8, 1n, true);
  message.setBigUint64(16, addressOf(new Uint8Array(iov.buffer)), true);
  message.setBigUint64(24, 1n, true);
  message.setBigUint64(32, addressOf(new Uint8Array(control.buffer)), true);
  message.setBigUint64(40, 24n, true);
  const received = recvmsg(socket, new Uint8Array(message.buffer), MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (received < 0) return received;
  // If the sender failed, the stream has ended, or the message has no descriptor. One takes 20 bytes: a struct cmsghdr
  // of 16 (its length, level and type), and an int.
  const hasDescriptor =
    received > 0 &&
    message.getUint32(40, true) >= 20 &&
    control.getInt32(8, true) === SOL_SOCKET &&
    control.getInt32(12, true) === SCM_RIGHTS;
  return hasDescriptor ? control.getInt32(16, true) : -EPROTO;
}

/** The process at the other end of a unix socket, with its ids in the namespaces of this process. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
}

/** The bytes of `struct ucred`: pid, uid and gid. */
const UCRED_SIZE = 12;

/** Asks the kernel for the process at the other end; null for a closed socket, and for other files. */
export function readPeer(fd: number): Peer | null {
  const [value, length] = [new Uint32Array(UCRED_SIZE / 4), new Uint32Array([UCRED_SIZE])];
  const bytes = new Uint8Array(value.buffer);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, bytes, new Uint8Array(length.buffer)) < 0) {
    return null;
  }
  return { pid: value[0]!, uid: value[1]! };
}

/** Returns the descriptor of a Node socket, or -1 if it is closed. Node does not promise `_handle.fd`. */
export function readDescriptor(socket: Socket): number {
  const { _handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return _handle?.fd ?? -1;
}

/** Whether `readFd` finds the descriptor of an open socket. True, too, if no socket can be opened for the check. */
export function canFindDescriptors(readFd: typeof readDescriptor): boolean {
  const pair = makeSocketpair();
  if (typeof pair === 'number') return true;
  const socket = new Socket({ fd: pair[0] });
  const fd = readFd(socket);
  socket.destroy();
  closeSync(pair[1]);
  return fd === pair[0];
}
