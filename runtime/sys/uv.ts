/**
 * The event loop under Node's main thread, seen from outside: what a loop of our own must know in
 * order to sleep for both. Source: libuv's "Embedding" functions, exported by the node binary.
 *
 * Only right on the main thread: a worker's loop is not `uv_default_loop()`.
 */
import { plain } from './call.ts';

const uvDefaultLoop = plain<() => bigint>('void *uv_default_loop()');
const uvBackendFd = plain<(loop: bigint) => number>('int uv_backend_fd(void *loop)');

/** The epoll descriptor: readable when libuv has something to do. */
export const backendFd = (): number => uvBackendFd(uvDefaultLoop());
