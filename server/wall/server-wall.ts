/**
 * The server's part of its wall: it closes the door before it loads a module, and logs what the kernel keeps. A socket for
 * the commands that ask the server is made before that.
 */
import type { Log } from '../../runtime/core/log.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from '../../runtime/sys/constants.ts';
import { bind, socket } from '../../runtime/sys/libc.ts';
import { Failure } from '../../terminal/exit.ts';
import { closeDoor } from './confinement.ts';
import type { FilterPolicy } from './system-call-filter.ts';

/** The part of a wall that the server itself puts up: the filter, which needs its process. */
export interface ServerWall {
  readonly policy: Omit<FilterPolicy, 'pid'>;
  /** The things that the kernel keeps, for the log. */
  readonly kept: string;
}

/** The UNIX socket that was made before the door was closed; -1: none, or it is in use. */
let spareSocket = -1;

/** Closes the door. @throws {Failure} if the kernel does not */
export function putUpWall({ policy, kept }: ServerWall, log: Log): void {
  if (!policy.makesUnixSockets)
    spareSocket = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const problem = closeDoor({ ...policy, pid: process.pid });
  if (problem !== null) throw new Failure(`--confine: ${problem}`);
  log.info(`two walls: the interpreters keep modules, and the kernel keeps this server: ${kept}`);
}

/** Binds the spare socket to an abstract or other name; returns what `net.Server.listen` takes: it, or the name. */
export function bindSpareSocket(name: string): { readonly fd: number } | { readonly path: string } {
  const fd = spareSocket;
  spareSocket = -1;
  // struct sockaddr_un: the family, and the name.
  const address = Buffer.concat([Uint8Array.of(AF_UNIX, 0), Buffer.from(name)]);
  return fd >= 0 && bind(fd, address, address.length) >= 0 ? { fd } : { path: name };
}
