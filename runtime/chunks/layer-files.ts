/** Finds the files of a disk's layers, and brings them to the storage's disk. */
import type { ChunkStore } from './chunk-store.ts';
import type { HeldLock } from './held-lock.ts';
import { awaitAll } from './promise-ends.ts';

/** Chunks that are synced at the same time. */
const PARALLEL_SYNCS = 16;

/** Returns the layer in the name of a chunk, or of an unfinished copy of one; empty for other names. */
export function findLayer(file: string): string {
  return /^\.?(.+)_\d+(?:\.[^._]+)?$/.exec(file)?.[1] ?? '';
}

/**
 * Brings all of a layer to the disk. A program that was killed has left data that no later `fsync` of other files covers;
 * a client that connects again expects that of the next flush.
 */
export async function syncLayer(store: ChunkStore, layer: string, lock: HeldLock): Promise<void> {
  const files = (await store.volume.readdir(store.directory)) as string[];
  const names = files.filter((file) => findLayer(file) === layer && !file.startsWith('.')).values();
  async function syncAll(): Promise<void> {
    for (const name of names) {
      const chunk = await store.open(name, { lock });
      try {
        await chunk.sync({ lock });
      } finally {
        chunk.release();
      }
    }
  }
  await awaitAll(Array.from({ length: PARALLEL_SYNCS }, syncAll));
  await store.syncNames({ lock });
}
