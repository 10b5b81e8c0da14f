/**
 * Reads and writes the header of a disk: a small file beside the chunks. It names the disk's layers. The chunks of a
 * layer exist as files or not, so no map has to be kept.
 */
import { FileError } from '../api/file-error.ts';
import { EBADMSG } from '../core/errno.ts';
import { checkChunkName } from './chunk-name.ts';
import type { ChunkStore } from './chunk-store.ts';
import type { HeldLock } from './held-lock.ts';

/** End of the name of a header. */
const SUFFIX = '.disk';
const VERSION = 1;

export interface DiskHeader {
  readonly version: number;
  /** Bytes. */
  readonly size: number;
  /** Bytes of a chunk. */
  readonly chunkSize: number;
  readonly isReadOnly: boolean;
  /** Ids of its layers, the newest first. Only the newest is written, and only by this disk. */
  readonly layers: readonly string[];
}

export const makeHeader = (fields: Omit<DiskHeader, 'version'>): DiskHeader => ({
  version: VERSION,
  ...fields,
});

const isHeader = ({ version, size, chunkSize, isReadOnly, layers }: DiskHeader): boolean =>
  version === VERSION &&
  Number.isSafeInteger(size) &&
  size >= 0 &&
  Number.isSafeInteger(chunkSize) &&
  chunkSize > 0 &&
  typeof isReadOnly === 'boolean' &&
  Array.isArray(layers) &&
  layers.length > 0 &&
  layers.every((layer) => typeof layer === 'string');

/** Reads the header of a disk. @throws {FileError} ENOENT; EBADMSG if it is damaged or of another version */
export async function readHeader(store: ChunkStore, disk: string): Promise<DiskHeader> {
  checkChunkName(disk, 'open');
  const path = `${disk}${SUFFIX}`;
  const text = new TextDecoder().decode(await store.readWhole(path));
  try {
    const header = JSON.parse(text) as DiskHeader;
    if (isHeader(header)) return header;
  } catch {
    // Handled below, with the headers that are JSON.
  }
  const error = new FileError(EBADMSG, 'open', path);
  error.message += ': it is no header of a disk, or one of a newer version';
  throw error;
}

/** Writes the header of a disk, whole and on the storage's disk. @param lock the disk's own */
export async function writeHeader(
  store: ChunkStore,
  disk: string,
  header: DiskHeader,
  lock: HeldLock,
): Promise<void> {
  checkChunkName(disk, 'open');
  const bytes = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  await store.writeWhole(`${disk}${SUFFIX}`, bytes, { lock });
  await store.syncNames();
}

/** Lists the names of all disks in a store. */
export async function listDisks(store: ChunkStore): Promise<string[]> {
  const names = (await store.volume.readdir(store.directory)) as string[];
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
}
