/**
 * Opens nonblocking TCP and Unix sockets by system calls, because the pump serves them in its own loop, not Node's.
 * Sources: socket(7), tcp(7), ip(7), ipv6(7), unix(7).
 */
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { SocketAddress } from '../core/addresses.ts';
import { ENODEV } from '../core/errno.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from './constants.ts';
import {
  accept4,
  bind,
  close,
  connect,
  getsockname,
  getsockopt,
  listen,
  recv,
  send,
  setsockopt,
  socket,
  writev,
} from './libc.ts';
import { Iovec, toCString } from './struct.ts';

const EINPROGRESS = 115;
const ENAMETOOLONG = 36;
/** Connections that may wait for accept; the kernel has its own limit, too. */
const BACKLOG = 1024;
/** Bytes of a path in struct sockaddr_un, its NUL counted. */
const UNIX_PATH_MAX = 108;

/**
 * Makes a struct sockaddr, or returns minus the errno. sockaddr_in has the port at 2 and the address at 4; sockaddr_in6
 * has the port at 2, the address at 8 and the interface's number at 24.
 * @param address numeric; callers have resolved names
 */
function makeSockaddr(address: SocketAddress): Uint8Array | number {
  if ('path' in address) {
    const path = toCString(address.path);
    if (path.length > UNIX_PATH_MAX) return -ENAMETOOLONG;
    const bytes = new Uint8Array(2 + path.length);
    writeFamily(bytes, AF_UNIX);
    bytes.set(path, 2);
    return bytes;
  }
  const { host, port } = address;
  const isV6 = isIPv6(host);
  const bytes = new Uint8Array(isV6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  writeFamily(bytes, isV6 ? AF_INET6 : AF_INET);
  view.setUint16(2, port);
  bytes.set(isV6 ? parseV6(host) : host.split('.').map(Number), isV6 ? 8 : 4);
  const zone = /%(.+)$/.exec(host)?.[1];
  if (zone === undefined) return bytes;
  const interfaceIndex = findInterfaceIndex(zone);
  if (interfaceIndex === null) return -ENODEV;
  view.setUint32(24, interfaceIndex, true);
  return bytes;
}

/** Finds the number of the network interface that an IPv6 zone names; null for an unknown one. */
function findInterfaceIndex(zone: string): number | null {
  if (/^\d+$/.test(zone)) return Number(zone);
  if (!/^[\w.:@-]+$/.test(zone) || /^\.+$/.test(zone)) return null;
  try {
    return Number(readFileSync(`/sys/class/net/${zone}/ifindex`, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes the address family, the first field of every struct sockaddr. */
function writeFamily(bytes: Uint8Array, value: number): void {
  new DataView(bytes.buffer).setUint16(0, value, true);
}

/** Parses a numeric IPv6 address, whose zone is ignored, into 16 bytes. */
function parseV6(host: string): Uint8Array {
  // The URL parser normalizes the text; its host name has brackets.
  const text = new URL(`http://[${host.replace(/%.*/, '')}]`).hostname.slice(1, -1);
  const [head, tail] = text.split('::') as [string, string | undefined];
  const parseGroups = (part: string | undefined): number[] =>
    part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [];
  const headGroups = parseGroups(head);
  const tailGroups = parseGroups(tail);
  const zeroGroups = new Array<number>(8 - headGroups.length - tailGroups.length).fill(0);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [index, group] of [...headGroups, ...zeroGroups, ...tailGroups].entries())
    view.setUint16(index * 2, group);
  return bytes;
}

/** The value 1 as a C int, for setsockopt(2). */
const INT_ONE = new Uint8Array([1, 0, 0, 0]);

/** Sends replies at once (TCP_NODELAY), and detects dead peers (SO_KEEPALIVE). */
export function setTcpOptions(fd: number): void {
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, INT_ONE, 4);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, INT_ONE, 4);
}

/** Opens a socket that begins to connect, and becomes writable when connected. Returns it, or minus the errno. */
export function openStream(address: SocketAddress): number {
  const sockaddr = makeSockaddr(address);
  if (typeof sockaddr === 'number') return sockaddr;
  const domain = new DataView(sockaddr.buffer).getUint16(0, true);
  const fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  if ('port' in address) setTcpOptions(fd);
  const status = connect(fd, sockaddr, sockaddr.length);
  if (status === 0 || status === -EINPROGRESS) return fd;
  close(fd);
  return status;
}

/** Opens a listening socket, or returns minus the errno. For port 0 the kernel chooses a free port (`readPort`). */
export function listenStream(address: SocketAddress): number {
  const sockaddr = makeSockaddr(address);
  if (typeof sockaddr === 'number') return sockaddr;
  const domain = new DataView(sockaddr.buffer).getUint16(0, true);
  const fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  if ('port' in address) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, INT_ONE, 4);
  let status = bind(fd, sockaddr, sockaddr.length);
  if (status >= 0) status = listen(fd, BACKLOG);
  if (status >= 0) return fd;
  close(fd);
  return status;
}

/** Reads the port of a listening TCP socket. */
export function readPort(fd: number): number {
  const sockaddr = new Uint8Array(28);
  getsockname(fd, sockaddr, new Uint8Array([sockaddr.length, 0, 0, 0]));
  return new DataView(sockaddr.buffer).getUint16(2);
}

/** An accepted connection, with the address of the peer. */
export interface AcceptedConnection {
  readonly fd: number;
  /** Numeric; '' for a Unix socket. */
  readonly address: string;
  readonly port: number;
}

/** Memory for a struct sockaddr of any family, and for its length; each accept reuses it. */
const peerName = new Uint8Array(110);
const peerLength = new Uint8Array(4);

/** Accepts a waiting connection, or returns minus the errno. */
export function acceptStream(listenFd: number): AcceptedConnection | number {
  peerName.fill(0);
  peerLength[0] = peerName.length;
  const fd = accept4(listenFd, peerName, peerLength, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  const view = new DataView(peerName.buffer);
  const domain = view.getUint16(0, true);
  const port = view.getUint16(2);
  if (domain === AF_INET) {
    setTcpOptions(fd);
    return { fd, address: peerName.slice(4, 8).join('.'), port };
  }
  if (domain !== AF_INET6) return { fd, address: '', port: 0 };
  setTcpOptions(fd);
  // An IPv4 peer of an IPv6 socket has the address ::ffff:a.b.c.d.
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(8 + i * 2).toString(16));
  const isV4 = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  if (isV4) return { fd, address: peerName.slice(20, 24).join('.'), port };
  return { fd, address: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port };
}

/** Reads the errno of a failed connect; 0 when connected. */
export function readConnectionError(fd: number): number {
  const value = new Uint8Array(4);
  const status = getsockopt(fd, SOL_SOCKET, SO_ERROR, value, new Uint8Array([4, 0, 0, 0]));
  return status < 0 ? -status : new DataView(value.buffer).getInt32(0, true);
}

/** Receives into `buffer`. Returns the number of bytes, 0 at the end of the stream, or minus the errno. */
export const receiveInto = (fd: number, buffer: Uint8Array): number =>
  recv(fd, buffer, buffer.length, MSG_DONTWAIT);

const iovec = new Iovec(2);

/** Sends the first `length` bytes of `bytes`, then `data`. Returns the number of sent bytes, or minus the errno. */
export function sendBoth(
  fd: number,
  bytes: Uint8Array,
  length: number,
  data: Uint8Array | null,
): number {
  if (data === null) return send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  iovec.set(0, bytes, length);
  iovec.set(1, data, data.length);
  // writev may raise SIGPIPE, which Node ignores.
  return writev(fd, iovec.bytes, 2);
}
