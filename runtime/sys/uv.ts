/**
 * The event loop under Node's main thread, seen from outside: what a loop of our own must know in
 * order to sleep for both. Source: libuv's "Embedding" functions, exported by the node binary.
 *
 * Only right on the main thread: a worker's loop is not `uv_default_loop()`.
 */
import { plain } from './call.ts';

type Loop = bigint;

const uvDefaultLoop = plain<() => Loop>('void *uv_default_loop()');
const uvBackendFd = plain<(loop: Loop) => number>('int uv_backend_fd(void *loop)');
const uvBackendTimeout = plain<(loop: Loop) => number>('int uv_backend_timeout(void *loop)');
const uvUpdateTime = plain<(loop: Loop) => void>('void uv_update_time(void *loop)');

const loop = uvDefaultLoop();

/** The epoll descriptor: readable when libuv has something to do. */
export const backendFd = (): number => uvBackendFd(loop);

/**
 * Milliseconds until the loop wants a turn: 0 now (immediates, watchers not yet in epoll, closing
 * handles, or nothing alive at all), -1 no timer. The loop's own clock stands still while one of its
 * callbacks runs, so it is set right first.
 */
export function backendTimeout(): number {
  uvUpdateTime(loop);
  return uvBackendTimeout(loop);
}
