/**
 * Removes a disk, and the chunks of the layers that no other disk has.
 *
 * First its header is marked: from then on no program opens the disk. After an interruption, another removal does the
 * rest. The headers of other disks are read after the mark. A snapshot writes the header of the new disk before it gives
 * back the lock of its source, so either its layers are found here, or it finds that the source is removed.
 */
import type { FileError } from '../api/file-error.ts';
import type { ChunkStore } from './chunk-store.ts';
import {
  type DiskHeader,
  type DiskSettings,
  formatHeaderName,
  listDisks,
  readAnyHeader,
  takeDiskLock,
  writeHeader,
} from './disk-header.ts';
import { findLayer } from './layer-files.ts';

/** Milliseconds after which others may take the lock of an interrupted removal. */
const REMOVAL_TTL_MS = 60_000;

/**
 * Removes a disk. Layers that it shares with other disks stay until the last of these is removed.
 * @throws {LockHeldError} if another owner has it; {FileError} ENOENT; EBADMSG if the header of any disk is damaged
 */
export async function removeDisk(
  store: ChunkStore,
  name: string,
  settings: DiskSettings,
): Promise<void> {
  // Before the lock, whose file would be made for any name.
  await readAnyHeader(store, name);
  const lock = await takeDiskLock(store, name, settings, { ttl: REMOVAL_TTL_MS });
  try {
    const header = await readAnyHeader(store, name);
    await writeHeader(store, name, { ...header, isRemoved: true }, lock);
    const shared = await findSharedLayers(store);
    const own = new Set(header.layers.filter((layer) => !shared.has(layer)));
    const headerName = formatHeaderName(name);
    const files = ((await store.volume.readdir(store.directory)) as string[]).filter(
      (file) => own.has(findLayer(file)) || file.startsWith(`.${headerName}.`),
    );
    await Promise.all(files.map((file) => removeFile(store, file)));
    await store.syncNames();
    await store.unlink(headerName, { lock });
    await store.syncNames();
  } finally {
    await lock.unlock();
  }
}

/** Removes a file, which another removal may have removed. Its disk is marked, so nothing writes to it. */
async function removeFile(store: ChunkStore, file: string): Promise<void> {
  try {
    if (file.startsWith('.')) await store.volume.unlink(`${store.directory}/${file}`);
    else await store.unlink(file);
  } catch (error) {
    if ((error as FileError).code !== 'ENOENT') throw error;
  }
}

/** Finds the layers of all disks that are not under removal. */
async function findSharedLayers(store: ChunkStore): Promise<ReadonlySet<string>> {
  const layers = new Set<string>();
  const known = new Set<string>();
  // Until no disk is new: a copy may have been made of a disk that was removed before its header was read.
  for (;;) {
    const names = (await listDisks(store)).filter((disk) => !known.has(disk));
    if (names.length === 0) return layers;
    for (const disk of names) {
      known.add(disk);
      const header = await readIfExists(store, disk);
      if (header === null || header.isRemoved === true) continue;
      for (const layer of header.layers) layers.add(layer);
    }
  }
}

async function readIfExists(store: ChunkStore, disk: string): Promise<DiskHeader | null> {
  try {
    return await readAnyHeader(store, disk);
  } catch (error) {
    if ((error as FileError).code === 'ENOENT') return null;
    throw error;
  }
}
