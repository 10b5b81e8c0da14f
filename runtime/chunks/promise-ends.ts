/** Waits for the ends of promises, whether fulfilled or rejected, for `Disk`. */

/** Resolves when a promise has ended; its user gets the error. */
export const toEnd = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  );

/** Waits until all have ended, also after a failure, unlike `Promise.all`. @throws the first error */
export async function awaitAll(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises))
    if (result.status === 'rejected') throw result.reason;
}
