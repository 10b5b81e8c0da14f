/** The entry point `glossa/chunks`: chunks of block storage on a volume, with watches and locks that stay. */
export { Chunk, type RequestOptions } from './chunk.ts';
export { formatChunkName } from './chunk-name.ts';
export { ChunkStore, type ChunkStoreSettings, type OpenOptions } from './chunk-store.ts';
export { Disk, type NewDiskSettings } from './disk.ts';
export { type DiskSettings, listDisks } from './disk-header.ts';
export { NoWatchError, notifyWatchers, type WatchEvent, watchFile } from './file-watch.ts';
export { HeldLock } from './held-lock.ts';
export type { LockBreak, LockHolder, LockWaiter } from './lock-record.ts';
export { LockHeldError, type LockInfo, type LockOptions, Locks } from './locks.ts';
