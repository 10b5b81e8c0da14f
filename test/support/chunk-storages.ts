/** The storages under chunk stores, and what tests of chunks and their locks wait for. */
import memory from '../../runtime/xlators/storage/memory/index.ts';
import posix from '../../runtime/xlators/storage/posix/index.ts';
import { makeFolder } from './folder.ts';

/** Each makes a storage of its own. */
export const storages = {
  memory: () => ({ translator: memory as never }),
  posix: () => ({ translator: posix as never, options: { directory: makeFolder() } }),
};

/** Waits for so many turns of the event loop. */
export async function turns(count = 30): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await new Promise((resolve) => setImmediate(resolve));
}

/** The code of the error of a call, or `no error`. */
export const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: NodeJS.ErrnoException) => error.code ?? String(error),
  );
