/**
 * Checks, when a server starts, that Node has the internal functions that glossa uses and Node does not promise.
 * Without them a server still serves files, but some things are slower or do not work; the lines name both the missing
 * function and the consequence.
 */

import { findMissingSymbols } from './end-turn.ts';
import { bindIfPresent } from './libc.ts';
import { canFindDescriptors, readDescriptor } from './socket.ts';
import { bindBackendFd } from './uv.ts';

/** The functions that look for symbols and descriptors; tests replace them. */
interface InterfaceLookups {
  readonly findSymbol?: typeof bindIfPresent;
  readonly readSocketFd?: typeof readDescriptor;
}

/** Returns one line for each interface that this Node lacks. */
export function findMissingInterfaces(lookups: InterfaceLookups = {}): readonly string[] {
  const { findSymbol = bindIfPresent, readSocketFd = readDescriptor } = lookups;
  const turnProblems = findMissingSymbols(findSymbol).map(
    (name) =>
      `this Node has no ${name}: a script's call that cannot be interrupted ends the whole process`,
  );
  const loopProblems =
    bindBackendFd(findSymbol)() < 0
      ? ['this Node has no uv_backend_fd: requests wait in the event loop, which takes longer']
      : [];
  const socketProblems = canFindDescriptors(readSocketFd)
    ? []
    : [
        'this Node has no _handle.fd of a socket: the user at its other end is unknown, so commands ' +
          'such as glossa stats cannot ask this server',
      ];
  return [...turnProblems, ...loopProblems, ...socketProblems];
}
