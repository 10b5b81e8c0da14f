/**
 * Reads and writes the header of a disk: a small file beside the chunks. It names the disk's layers. The chunks of a
 * layer exist as files or not, so no map has to be kept. A disk has a lock of its name.
 */
import { FileError } from '../api/file-error.ts';
import { EBADMSG, EEXIST, ENOENT } from '../core/errno.ts';
import { toHex } from '../core/hex.ts';
import { checkChunkName } from './chunk-name.ts';
import type { ChunkStore } from './chunk-store.ts';
import { findOtherVersion } from './format-version.ts';
import type { HeldLock } from './held-lock.ts';
import { LockHeldError, type LockOptions } from './locks.ts';

export interface DiskSettings {
  /** Name of the program that writes the disk, for its lock. */
  readonly owner: string;
  /** The owner from which the lock is taken, if it has it. */
  readonly breakLockOf?: string;
}

/** End of the name of a header. */
const SUFFIX = '.disk';
const VERSION = 1;
/** Bytes of the random part of a layer's id: chunks of a removed disk must never belong to a new one of its name. */
const LAYER_ID_BYTES = 4;

export const formatHeaderName = (disk: string): string => `${disk}${SUFFIX}`;

export interface DiskHeader {
  readonly version: number;
  /** Bytes. */
  readonly size: number;
  /** Bytes of a chunk. */
  readonly chunkSize: number;
  readonly isReadOnly: boolean;
  /** Ids of its layers, the newest first. Only the newest is written, and only by this disk. */
  readonly layers: readonly string[];
  /** Whether its removal has begun. Only a removal reads such a header. */
  readonly isRemoved?: boolean;
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

/**
 * Reads the header of a disk.
 * @throws {FileError} ENOENT, also after the begin of a removal; EBADMSG if it is damaged or of another version
 */
export async function readHeader(store: ChunkStore, disk: string): Promise<DiskHeader> {
  const header = await readAnyHeader(store, disk);
  if (header.isRemoved !== true) return header;
  const error = new FileError(ENOENT, 'open', disk);
  error.message += ': its removal has begun; remove it again to end that';
  throw error;
}

/** Reads the header of a disk, which may be under removal. @throws {FileError} ENOENT, EBADMSG */
export async function readAnyHeader(store: ChunkStore, disk: string): Promise<DiskHeader> {
  checkChunkName(disk, 'open');
  const path = formatHeaderName(disk);
  const text = new TextDecoder().decode(await store.readWhole(path));
  try {
    const header = JSON.parse(text) as DiskHeader;
    if (isHeader(header)) return header;
  } catch {
    // Handled below, with the headers that are JSON.
  }
  const error = new FileError(EBADMSG, 'open', path);
  const other = findOtherVersion(text, VERSION);
  error.message +=
    other === null
      ? ': it is damaged, or is not the header of a disk'
      : `: another version of glossa has written it (format ${other}; this one reads ${VERSION}): use that version for this disk`;
  throw error;
}

/** @throws {FileError} EEXIST for a disk, also one under removal */
export async function checkAbsent(store: ChunkStore, disk: string): Promise<void> {
  try {
    await readAnyHeader(store, disk);
  } catch (error) {
    if ((error as FileError).code === 'ENOENT') return;
    throw error;
  }
  throw new FileError(EEXIST, 'create', disk);
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
  await store.writeWhole(formatHeaderName(disk), bytes, { lock });
  await store.syncNames();
}

/** Takes the lock of a disk, without a wait. @throws {LockHeldError} */
export async function takeDiskLock(
  { locks }: ChunkStore,
  disk: string,
  { owner, breakLockOf }: DiskSettings,
  options: Pick<LockOptions, 'ttl'> = {},
): Promise<HeldLock> {
  const takeAtOnce = { ...options, wait: false };
  try {
    return await locks.lock(disk, owner, takeAtOnce);
  } catch (error) {
    const isExpected = error instanceof LockHeldError && error.holder?.owner === breakLockOf;
    if (!isExpected) throw error;
    await locks.breakLock(disk, breakLockOf!, owner);
    return locks.lock(disk, owner, takeAtOnce);
  }
}

/** Lists the names of all disks in a store, those under removal included. */
export async function listDisks(store: ChunkStore): Promise<string[]> {
  const names = (await store.volume.readdir(store.directory)) as string[];
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
}

/** Makes a name for a new layer of a disk. */
export function makeLayerId({ volume }: ChunkStore, disk: string): string {
  const random = new Uint8Array(LAYER_ID_BYTES);
  volume.client.graph.top.context.random(random);
  return `${disk}-${toHex(random)}`;
}
