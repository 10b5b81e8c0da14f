/**
 * Checks, when a server starts, the interfaces of Node that Node does not promise. Names missing ones with their
 * consequence. Files are served without them, but more slowly, without ending uninterruptible calls, or without
 * replies to commands.
 */
import { bindIfPresent } from './call.ts';
import { findMissingSymbols } from './end-turn.ts';
import { canFindDescriptors, readDescriptor } from './socket.ts';
import { bindBackendFd } from './uv.ts';

/** Lookup functions; tests replace them. */
interface Lookups {
  readonly find?: typeof bindIfPresent;
  readonly descriptor?: typeof readDescriptor;
}

/** Returns one line for each interface that this Node lacks. */
export function findMissingInterfaces(lookups: Lookups = {}): readonly string[] {
  const { find = bindIfPresent, descriptor = readDescriptor } = lookups;
  const turns = findMissingSymbols(find).map(
    (name) =>
      `this Node has no ${name}: a script's call that cannot be interrupted ends the whole process`,
  );
  const backend =
    bindBackendFd(find)() < 0
      ? ['this Node has no uv_backend_fd: requests wait in the event loop, which takes longer']
      : [];
  const sockets = canFindDescriptors(descriptor)
    ? []
    : [
        'this Node has no _handle.fd of a socket: the user at its other end is unknown, so commands ' +
          'such as glossa stats cannot ask this server',
      ];
  return [...turns, ...backend, ...sockets];
}
