/**
 * When somebody last looked at the clock, of all that serve requests: to look costs some 50 ns.
 *
 * `ms`, by `performance.now`, is not before the last answer, nor before the server last slept. So a request that
 * comes now has begun then, or later by what it took to find it.
 */
export const lately = { ms: performance.now() };

/** Milliseconds by `performance.now`, for whoever comes after, too. */
export function look(): number {
  lately.ms = performance.now();
  return lately.ms;
}
