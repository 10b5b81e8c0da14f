/**
 * The descriptor of Node's event loop, so that the pump can sleep for both. Valid on the main thread only: a worker's
 * loop is not `uv_default_loop()`. Source: libuv's "Embedding" functions, exported by the node binary.
 */
import { bindIfPresent } from './call.ts';

/** Returns a function for libuv's epoll descriptor, -1 where this Node has none; `find` looks symbols up. */
export function findBackend(find: typeof bindIfPresent = bindIfPresent): () => number {
  const loop = find<() => bigint>('void *uv_default_loop()');
  const fd = find<(loop: bigint) => number>('int uv_backend_fd(void *loop)');
  return loop === null || fd === null ? () => -1 : () => fd(loop());
}

/** The epoll descriptor, readable when libuv has work; -1 where it is unavailable. */
export const backendFd = findBackend();
