/**
 * Defines the operations on chunks, their watches and their locks (`operation.ts`). `runtime/chunks` carries them out, so
 * that programs in all languages share its stores and locks.
 */
import {
  Chunk,
  ChunkStore,
  HeldLock,
  LockHeldError,
  type RequestOptions,
} from '../../chunks/index.ts';
import { ETIMEDOUT } from '../../core/errno.ts';
import { FopError } from '../fop-error.ts';
import type { Steps } from '../steps.ts';
import { ChunkWatch } from './chunk-watch.ts';
import { DATA_MAX } from './handle-operations.ts';
import type { HandleObject } from './handles.ts';
import {
  defineImmediateOperation,
  defineLongOperation,
  defineOperation,
  defineQueuedOperation,
  makeOperation,
  type Operation,
  type ResultOf,
  type Signature,
  type ValuesAfter,
} from './operation.ts';
import type { RequestContext } from './request-context.ts';
import { type GrantValue, hasFlag, OPERATION_FLAGS } from './values.ts';

/** The number of open files that stands for the default. */
const DEFAULT_COUNT = 0xffff_ffff;
/** The longest time of a timer; a later deadline has no effect. Source: Node.js, `setTimeout`. */
const TIMER_MAX_MS = 0x7fff_ffff;

const isStore = (object: unknown): object is ChunkStore => object instanceof ChunkStore;
const isChunk = (object: unknown): object is Chunk => object instanceof Chunk;
const isLock = (object: unknown): object is HeldLock => object instanceof HeldLock;
const isWatch = (object: unknown): object is ChunkWatch => object instanceof ChunkWatch;

const findStore = (context: RequestContext, handle: number): ChunkStore =>
  context.handles.findObject(handle, isStore);

/** Makes the options of a request to a store. @param deadline milliseconds, or 0; @param lock a handle, or 0 */
function makeOptions(context: RequestContext, deadline: number, lock: number): RequestOptions {
  const { signal } = context;
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(deadline === 0 || deadline > TIMER_MAX_MS ? {} : { deadlineMs: deadline }),
    ...(lock === 0 ? {} : { lock: context.handles.findObject(lock, isLock) }),
  };
}

/**
 * Runs a wait that the context's signal or a deadline ends.
 * @param deadline milliseconds, or 0. @throws {FopError} ETIMEDOUT
 */
async function waitUntil<R>(
  { signal: cancelSignal, volume }: RequestContext,
  deadline: number,
  wait: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  cancelSignal?.addEventListener('abort', abort);
  let isLate = false;
  const isLimited = deadline !== 0 && deadline <= TIMER_MAX_MS;
  const cancelTimer = isLimited
    ? volume.client.graph.top.context.after(deadline, () => {
        isLate = true;
        controller.abort();
      })
    : null;
  try {
    return await wait(controller.signal);
  } catch (error) {
    throw isLate ? new FopError(ETIMEDOUT, 'wait') : error;
  } finally {
    cancelTimer?.();
    cancelSignal?.removeEventListener('abort', abort);
  }
}

/** Takes a lock. @returns its handle and fencing number, or without WAIT the present holder */
async function takeLock(
  context: RequestContext,
  handle: number,
  [flags, deadline, ttl]: readonly [number, number, number],
  owner: string,
  name: string,
): Promise<GrantValue> {
  const store = findStore(context, handle);
  const wait = hasFlag(flags, OPERATION_FLAGS.WAIT);
  let lock: HeldLock;
  try {
    lock = await waitUntil(context, deadline, (signal) =>
      store.locks.lock(name, owner, { wait, signal, ...(ttl === 0 ? {} : { ttl }) }),
    );
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    return { handle: 0, fence: 0, holder: error.holder };
  }
  let lockHandle: number;
  try {
    lockHandle = context.handles.add(lock);
  } catch (error) {
    await store.locks.unlock(name, owner);
    throw error;
  }
  const giveBack = async (): Promise<void> => {
    try {
      await lock.unlock();
    } catch (error) {
      const stays = `the lock '${name}' of a request that was cancelled stays with '${owner}'`;
      context.apiVolume.log(`${stays}: ${(error as Error).message}`);
    } finally {
      context.handles.release(lockHandle);
    }
  };
  return { handle: lockHandle, fence: lock.fence, releaseUnused: () => void giveBack() };
}

/** Gives a lock back, and closes its handle. */
async function unlockHandle(
  context: RequestContext,
  handle: number,
): Promise<{ readonly existed: boolean }> {
  const lock = context.handles.findObject(handle, isLock);
  try {
    return await lock.unlock();
  } finally {
    context.handles.release(handle);
  }
}

/** Registers an object that a promise makes. @returns its handle */
function* open(context: RequestContext, start: () => Promise<HandleObject>): Steps<number> {
  return context.handles.add(yield* run(context, start));
}

/** Waits for a promise as steps. */
function* run<R>(context: RequestContext, start: () => Promise<R>): Steps<R> {
  return yield* context.awaitPromise(start());
}

/** Makes the definer of requests to a store or chunk: to its handle, with the time for it and the handle of a lock. */
const makeDefiner =
  <O>(isWanted: (object: unknown) => object is O) =>
  <S extends Signature>(
    signature: S,
    help: string,
    send: (
      object: O,
      options: RequestOptions,
      ...values: ValuesAfter<[number, number, number], S>
    ) => Promise<ResultOf<S>>,
  ): Operation =>
    makeOperation('queued', signature, help, (context, handle, deadline, lock, ...values) =>
      run(context, () =>
        send(
          context.handles.findObject(handle as number, isWanted),
          makeOptions(context, deadline as number, lock as number),
          ...(values as ValuesAfter<[number, number, number], S>),
        ),
      ),
    );

const defineStoreOperation = makeDefiner(isStore);
const defineChunkOperation = makeDefiner(isChunk);

export const chunkOperations = {
  chunk_store: defineOperation(
    '100 chunk_size:size in_flight:u32 open_files:u32 flags:u32 directory:name -> u32',
    'Opens a store of chunks, and returns its handle. 0, for `open_files` 0xffffffff, and an empty `directory` are the defaults. SYNC_WRITES.',
    (context, chunkSize, inFlight, openFiles, flags, directory) =>
      open(context, () =>
        ChunkStore.open(context.apiVolume.makeVolume(context.volume), {
          ...(chunkSize === 0 ? {} : { chunkSize }),
          ...(inFlight === 0 ? {} : { inFlight }),
          ...(openFiles === DEFAULT_COUNT ? {} : { openFiles }),
          ...(directory === '' ? {} : { directory }),
          syncWrites: hasFlag(flags, OPERATION_FLAGS.SYNC_WRITES),
        }),
      ),
  ),
  chunk_queue: defineImmediateOperation(
    '101 store:u32 -> json',
    'Returns the number of requests under way (`inFlight`) and waiting (`queued`), and of open files (`openFiles`).',
    (context, handle) => {
      const { queue, openFileCount } = findStore(context, handle);
      return { inFlight: queue.inFlight, queued: queue.queued, openFiles: openFileCount };
    },
  ),
  chunk_open: defineQueuedOperation(
    '102 store:u32 flags:u32 deadline:u32 lock:u32 name:name -> u32',
    'Opens a chunk, and returns its handle. CREATE, EXCLUSIVE.',
    (context, handle, flags, deadline, lock, name) =>
      open(context, () =>
        findStore(context, handle).open(name, {
          ...makeOptions(context, deadline, lock),
          create: hasFlag(flags, OPERATION_FLAGS.CREATE),
          exclusive: hasFlag(flags, OPERATION_FLAGS.EXCLUSIVE),
        }),
      ),
  ),
  chunk_read: defineChunkOperation(
    '103 chunk:u32 deadline:u32 lock:u32 position:size size:size -> data',
    'Reads at a position; fewer bytes than `size` at the end of the chunk.',
    (chunk, options, position, size) => chunk.read(position, Math.min(size, DATA_MAX), options),
  ),
  chunk_write: defineChunkOperation(
    '104 chunk:u32 deadline:u32 lock:u32 position:size data:data -> none',
    'Writes all of the data; EFBIG beyond the size of a chunk.',
    (chunk, options, position, data) =>
      // A copy: after a deadline the storage may still read the data, but the message's memory is used again.
      chunk.write(position, data.slice(), options),
  ),
  chunk_clear: defineChunkOperation(
    '105 chunk:u32 deadline:u32 lock:u32 position:size size:size -> none',
    'Fills a range with zeros, and extends the chunk to its end.',
    (chunk, options, position, size) => chunk.clear(position, size, options),
  ),
  chunk_sync: defineChunkOperation(
    '106 chunk:u32 deadline:u32 lock:u32 -> none',
    'Waits until all data written before is on the disk.',
    (chunk, options) => chunk.sync(options),
  ),
  chunk_stat: defineStoreOperation(
    '107 store:u32 deadline:u32 lock:u32 name:name -> stat',
    'Returns attributes of a chunk.',
    (store, options, name) => store.readAttributes(name, options),
  ),
  chunk_unlink: defineStoreOperation(
    '108 store:u32 deadline:u32 lock:u32 name:name -> none',
    'Removes a chunk.',
    (store, options, name) => store.unlink(name, options),
  ),
  chunk_copy: defineStoreOperation(
    '109 store:u32 deadline:u32 lock:u32 source:name target:name -> none',
    'Copies a chunk, whole or not at all, over `target` if it exists.',
    (store, options, source, target) => store.copy(source, target, options),
  ),
  chunk_hash: defineStoreOperation(
    '110 store:u32 deadline:u32 lock:u32 name:name -> name',
    'Returns the SHA-256 of a chunk without the zeros at its end, in hexadecimal digits.',
    (store, options, name) => store.hash(name, options),
  ),
  chunk_sync_names: defineStoreOperation(
    '111 store:u32 deadline:u32 lock:u32 -> none',
    'Waits until the names of all chunks are on the disk.',
    (store, options) => store.syncNames(options),
  ),
};

export const watchOperations = {
  chunk_watch: defineQueuedOperation(
    '120 store:u32 name:name -> u32',
    'Begins to watch a chunk, which need not exist, and returns a handle.',
    (context, handle, name) =>
      open(context, () => ChunkWatch.open(findStore(context, handle), name, context.signal)),
  ),
  chunk_event: defineLongOperation(
    '121 watch:u32 deadline:u32 last:size -> json',
    'Waits for the event after the one with the number `last`; the first one has the number 1. Returns null at the end: after the removal of the chunk, or `close`.',
    (context, handle, deadline, last) =>
      run(context, () =>
        waitUntil(context, deadline, (signal) =>
          context.handles.findObject(handle, isWatch).read(last, signal),
        ),
      ),
  ),
  chunk_notify: defineOperation(
    '122 store:u32 name:name text:data -> none',
    'Sends a notice to all that watch a chunk, a text of at most 1024 bytes.',
    (context, handle, name, text) =>
      run(context, () => findStore(context, handle).notify(name, new TextDecoder().decode(text))),
  ),
};

export const lockOperations = {
  chunk_lock: defineLongOperation(
    '130 store:u32 flags:u32 deadline:u32 ttl:size owner:name name:name -> grant',
    'Takes a lock that stays until its owner unlocks it, or for `ttl` milliseconds if that is not 0. WAIT.',
    (context, handle, flags, deadline, ttl, owner, name) =>
      run(context, () => takeLock(context, handle, [flags, deadline, ttl], owner, name)),
  ),
  chunk_unlock_handle: defineOperation(
    '131 lock:u32 -> json',
    'Unlocks this grant, and closes its handle. Returns `existed`.',
    (context, handle) => run(context, () => unlockHandle(context, handle)),
  ),
  chunk_unlock: defineOperation(
    '132 store:u32 owner:name name:name -> json',
    'Unlocks by owner. Returns `existed`: whether there was a lock.',
    (context, handle, owner, name) =>
      run(context, () => findStore(context, handle).locks.unlock(name, owner)),
  ),
  chunk_lock_info: defineOperation(
    '133 store:u32 name:name -> json',
    'Returns the state of a lock: `fence`, `holder`, `waiters`, `lastBreak`.',
    (context, handle, name) => run(context, () => findStore(context, handle).locks.lockInfo(name)),
  ),
  chunk_break_lock: defineOperation(
    '134 store:u32 name:name expected_owner:name by:name -> json',
    'Takes a lock from an owner that does not give it back. Returns the new state.',
    (context, handle, name, expectedOwner, by) =>
      run(context, () => findStore(context, handle).locks.breakLock(name, expectedOwner, by)),
  ),
};
