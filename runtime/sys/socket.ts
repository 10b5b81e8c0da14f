/**
 * Finds the descriptor of a Node socket and the process at its other end, and passes descriptors over a socket
 * (SCM_RIGHTS), as `fusermount3` does with `/dev/fuse`.
 *
 * Source: sendmsg(2), recvmsg(2), cmsg(3), unix(7); struct msghdr and cmsghdr of 64-bit Linux; Node's lib/net.js.
 */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import {
  AF_UNIX,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SCM_RIGHTS,
  SO_PEERCRED,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
} from './constants.ts';
import { addressOf, getsockopt, recvmsg, sendmsg, socketpair } from './libc.ts';

const EPROTO = 71;

/** Makes two connected stream sockets, closed on exec; or returns minus the errno. */
export function makeSocketpair(): [number, number] | number {
  const pair = new Int32Array(2);
  const status = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(pair.buffer));
  return status < 0 ? status : [pair[0]!, pair[1]!];
}

/** The most descriptors in a message. */
const FDS_MAX = 2;
/** Positions in the memory of a message, and of fields: of a struct cmsghdr, 16 bytes before the descriptors, and of the data. */
const [IOV, CONTROL, FDS, DATA] = [56, 72, 88, 96] as const;

/**
 * Makes a message of one byte with room for the descriptors: a struct msghdr, whose msg_iov (16), msg_iovlen (24),
 * msg_control (32) and msg_controllen (40) point to the rest of the memory.
 */
function makeMessage(): DataView {
  const message = new DataView(new ArrayBuffer(DATA + 8));
  const address = addressOf(new Uint8Array(message.buffer));
  message.setBigUint64(16, address + BigInt(IOV), true);
  message.setBigUint64(24, 1n, true);
  message.setBigUint64(32, address + BigInt(CONTROL), true);
  message.setBigUint64(40, BigInt(DATA - CONTROL), true);
  message.setBigUint64(IOV, address + BigInt(DATA), true);
  message.setBigUint64(IOV + 8, 1n, true);
  return message;
}

/** Sends two descriptors. Returns minus the errno, or 1. */
export function sendFds(socket: number, fds: readonly [number, number]): number {
  const message = makeMessage();
  message.setUint32(CONTROL, DATA - CONTROL, true);
  message.setInt32(CONTROL + 8, SOL_SOCKET, true);
  message.setInt32(CONTROL + 12, SCM_RIGHTS, true);
  message.setInt32(FDS, fds[0], true);
  message.setInt32(FDS + 4, fds[1], true);
  return sendmsg(socket, new Uint8Array(message.buffer), MSG_NOSIGNAL);
}

/**
 * Receives the descriptors, at most two, in a message that has arrived; or returns minus the errno. EPROTO: the sender
 * failed, the stream has ended, or the message has no descriptor. Does not wait.
 */
export function receiveFds(socket: number): number[] | number {
  const message = makeMessage();
  const bytes = new Uint8Array(message.buffer);
  const received = recvmsg(socket, bytes, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (received < 0) return received;
  const hasDescriptors =
    received > 0 &&
    message.getUint32(40, true) > FDS - CONTROL &&
    message.getInt32(CONTROL + 8, true) === SOL_SOCKET &&
    message.getInt32(CONTROL + 12, true) === SCM_RIGHTS;
  if (!hasDescriptors) return -EPROTO;
  const count = (message.getUint32(CONTROL, true) - (FDS - CONTROL)) / 4;
  return Array.from({ length: Math.min(count, FDS_MAX) }, (_, i) =>
    message.getInt32(FDS + i * 4, true),
  );
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
