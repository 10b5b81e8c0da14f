/**
 * The event loop under Node's main thread, seen from outside: what a loop of our own must know in
 * order to sleep for both. Source: libuv's "Embedding" functions, exported by the node binary.
 *
 * Only right on the main thread: a worker's loop is not `uv_default_loop()`.
 */
import { optional } from './call.ts';

/** Finds the epoll descriptor of libuv, -1 where this Node has none; `find` looks symbols up. */
export function findBackend(find: typeof optional = optional): () => number {
  const loop = find<() => bigint>('void *uv_default_loop()');
  const fd = find<(loop: bigint) => number>('int uv_backend_fd(void *loop)');
  return loop === null || fd === null ? () => -1 : () => fd(loop());
}

/** The epoll descriptor: readable when libuv has something to do. -1 where it cannot be had. */
export const backendFd = findBackend();
