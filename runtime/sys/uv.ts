/**
 * Finds the epoll descriptor of Node's event loop. The pump polls it together with its own descriptors, so that it
 * wakes for either. Valid on the main thread only: a worker's loop is not `uv_default_loop()`.
 *
 * Source: libuv's "Embedding" functions, exported by the node binary.
 */
import { bindIfPresent } from './libc.ts';

/** Makes the function `getBackendFd`. @param findSymbol looks symbols up; tests replace it */
export function bindBackendFd(findSymbol: typeof bindIfPresent = bindIfPresent): () => number {
  const getLoop = findSymbol<() => bigint>('void *uv_default_loop()');
  const getFd = findSymbol<(loop: bigint) => number>('int uv_backend_fd(void *loop)');
  return getLoop === null || getFd === null ? () => -1 : () => getFd(getLoop());
}

/** Gets the epoll descriptor, which is readable when libuv has work; -1 if this Node exports none. */
export const getBackendFd = bindBackendFd();
