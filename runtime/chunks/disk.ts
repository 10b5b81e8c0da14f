/**
 * A virtual disk of chunks: a range of bytes of fixed size, of which only written chunks take space.
 *
 * A disk has layers. Reading a chunk takes it from the newest layer that has it; a chunk that no layer has reads as zeros.
 * Only the newest layer is written: the first write to an older chunk copies it there. So a snapshot or a clone is made
 * without copying: it shares the layers so far, and both disks go on with a new layer of their own.
 *
 * A disk that is written is locked (`Locks`), and all its writes are fenced: after a program has broken the lock, the
 * former owner's writes fail with ESTALE.
 */
import { toInteger } from '../api/arguments.ts';
import { FileError } from '../api/file-error.ts';
import { EINVAL, EROFS, ESTALE } from '../core/errno.ts';
import type { Chunk } from './chunk.ts';
import { formatChunkName } from './chunk-name.ts';
import type { ChunkStore } from './chunk-store.ts';
import {
  checkAbsent,
  type DiskHeader,
  type DiskSettings,
  makeHeader,
  makeLayerId,
  readHeader,
  takeDiskLock,
  writeHeader,
} from './disk-header.ts';
import { removeDisk } from './disk-removal.ts';
import type { HeldLock } from './held-lock.ts';
import { syncLayer } from './layer-files.ts';
import { ignoreFailure } from './lock-storage.ts';
import { awaitAll, toEnd } from './promise-ends.ts';

/** Place of a chunk that no layer has. */
const ABSENT = -1;
/** Milliseconds after which others may take the lock of a disk that is only read, if a copy of it was interrupted. */
const SHARING_TTL_MS = 60_000;
/** The most chunks with data that is not on the disk; further ones are flushed. */
const MAX_DIRTY_CHUNKS = 256;

export interface NewDiskSettings extends DiskSettings {
  /** Bytes. */
  readonly size: number;
  /** Bytes of a chunk; by default those of the store. */
  readonly chunkSize?: number;
}

/** The part of a range that is in one chunk. */
interface ChunkPart {
  readonly index: number;
  /** Offset in the chunk, and in the range. */
  readonly chunkOffset: number;
  readonly rangeOffset: number;
  readonly length: number;
}

export class Disk {
  readonly name: string;
  private readonly store: ChunkStore;
  private readonly owner: string;
  private header: DiskHeader;
  /** Undefined for a disk that is only read. */
  private readonly lock: HeldLock | undefined;
  /** By index of the chunk: the layer that has it, or ABSENT. Other programs do not change a locked disk. */
  private readonly places = new Map<number, number>();
  /** Copies under way of chunks into the newest layer, by index. */
  private readonly preparations = new Map<number, Promise<void>>();
  /** Chunks with data that is not yet on the disk, by name. Each is open, so that its sync reports earlier errors. */
  private dirtyChunks = new Map<string, Chunk>();
  /** Whether chunks were created whose names are not yet on the disk. */
  private hasNewNames = false;
  /** Resolves when the flush under way has ended; null without one. */
  private flushEnd: Promise<void> | null = null;
  /** Changes under way, which a snapshot waits for. */
  private readonly changes = new Set<Promise<unknown>>();
  /** Resolves when the snapshot under way is made; null without one. */
  private snapshotEnd: Promise<void> | null = null;

  private constructor(
    store: ChunkStore,
    [name, owner]: readonly [name: string, owner: string],
    header: DiskHeader,
    lock: HeldLock | undefined,
  ) {
    this.store = store;
    this.name = name;
    this.owner = owner;
    this.header = header;
    this.lock = lock;
  }

  /** Makes a disk of zeros, and opens it. @throws {FileError} EEXIST */
  static async create(
    store: ChunkStore,
    name: string,
    { size, chunkSize = store.chunkSize, ...settings }: NewDiskSettings,
  ): Promise<Disk> {
    const header = makeHeader({
      size: toInteger(size, 'size', 1),
      chunkSize: toInteger(chunkSize, 'chunkSize', 1, store.chunkSize),
      isReadOnly: false,
      layers: [makeLayerId(store, name)],
    });
    const lock = await takeDiskLock(store, name, settings);
    try {
      await checkAbsent(store, name);
      await writeHeader(store, name, header, lock);
      return new Disk(store, [name, settings.owner], header, lock);
    } catch (error) {
      await lock.unlock();
      throw error;
    }
  }

  /**
   * Opens a disk. A snapshot is not locked.
   * @throws {LockHeldError} if another owner has it; {FileError} ENOENT, EBADMSG
   */
  static async open(store: ChunkStore, name: string, settings: DiskSettings): Promise<Disk> {
    const { isReadOnly, chunkSize } = await readHeader(store, name);
    if (chunkSize > store.chunkSize) {
      const error = new FileError(EINVAL, 'open', name);
      error.message += `: its chunks have ${chunkSize} bytes, those of the store ${store.chunkSize}`;
      throw error;
    }
    const lock = isReadOnly ? undefined : await takeDiskLock(store, name, settings);
    try {
      // Read again: the former owner may have made a snapshot meanwhile.
      const header = await readHeader(store, name);
      if (lock?.isTakenOver === true) await syncLayer(store, header.layers[0]!, lock);
      return new Disk(store, [name, settings.owner], header, lock);
    } catch (error) {
      await lock?.unlock();
      throw error;
    }
  }

  /**
   * Removes a disk, or ends an earlier removal. Chunks that snapshots and clones share stay for these.
   * @throws {LockHeldError} if another owner has it; {FileError} ENOENT, EBADMSG
   */
  static remove(store: ChunkStore, name: string, settings: DiskSettings): Promise<void> {
    return removeDisk(store, name, settings);
  }

  /** Bytes. */
  get size(): number {
    return this.header.size;
  }

  get isReadOnly(): boolean {
    return this.header.isReadOnly;
  }

  /** Brings all data to the disk, and gives the lock back. Changes under way end before. */
  async close(): Promise<void> {
    try {
      await Promise.allSettled(this.changes);
      await this.flush();
    } finally {
      await this.lock?.unlock();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // -- data ------------------------------------------------------------------------------------

  /** Reads a range, which must be in the disk. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const parts = this.splitRange('read', offset, length);
    const only = parts.length === 1 ? parts[0]! : null;
    if (only !== null) return this.readPart(only);
    const bytes = new Uint8Array(length);
    await Promise.all(
      parts.map(async (part) => bytes.set(await this.readPart(part), part.rangeOffset)),
    );
    return bytes;
  }

  private async readPart({ index, chunkOffset, length }: ChunkPart): Promise<Uint8Array> {
    const chunk = await this.openForReading(index);
    if (chunk === null) return new Uint8Array(length);
    try {
      const bytes = await chunk.read(chunkOffset, length);
      if (bytes.length === length) return bytes;
      const padded = new Uint8Array(length);
      padded.set(bytes);
      return padded;
    } finally {
      chunk.release();
    }
  }

  /** Writes all data. It is on the storage's disk after the next `flush`. @throws {FileError} EROFS, ESTALE */
  async write(offset: number, data: Uint8Array): Promise<void> {
    const parts = this.splitRange('write', offset, data.length);
    await this.change('write', () =>
      awaitAll(
        parts.map(async (part) => {
          const { index, chunkOffset, rangeOffset, length } = part;
          const piece = data.subarray(rangeOffset, rangeOffset + length);
          await this.changeChunk(index, (chunk) => chunk.write(chunkOffset, piece, this.options));
        }),
      ),
    );
  }

  /** Fills a range with zeros. Chunks that are all zeros take no space afterwards. */
  async clear(offset: number, length: number): Promise<void> {
    const parts = this.splitRange('zerofill', offset, length);
    await this.change('zerofill', () => awaitAll(parts.map((part) => this.clearPart(part))));
  }

  private async clearPart(part: ChunkPart): Promise<void> {
    const { index, chunkOffset, length } = part;
    if (this.coversChunk(part)) {
      while (this.preparations.has(index)) await this.preparations.get(index);
      await this.prepareOnce(index, () => this.dropChunk(index));
    } else if ((await this.findPlace(index)) !== ABSENT)
      await this.changeChunk(index, (chunk) => chunk.clear(chunkOffset, length, this.options));
  }

  /** Makes a chunk read as zeros. An older layer's chunk is hidden by an empty one: a short read is completed with zeros. */
  private async dropChunk(index: number): Promise<void> {
    if ((await this.findPlace(index)) === ABSENT) return;
    const name = this.formatName(index, 0);
    const older = await this.findChunk(this.header, index, 1);
    older?.chunk.release();
    // In one step, so that an interruption does not leave the older layer's data.
    if (older !== null) await this.store.writeWhole(name, new Uint8Array(0), this.options);
    else await this.unlinkIfExists(name);
    this.dirtyChunks.get(name)?.release();
    this.dirtyChunks.delete(name);
    this.hasNewNames = true;
    this.places.set(index, older === null ? ABSENT : 0);
  }

  /** Removes a chunk. An earlier request may have removed it, though it failed. */
  private async unlinkIfExists(name: string): Promise<void> {
    try {
      await this.store.unlink(name, this.options);
    } catch (error) {
      if ((error as FileError).code !== 'ENOENT') throw error;
    }
  }

  /** Resolves when all data written before is on the storage's disk. @throws the first error; call it again then */
  async flush(): Promise<void> {
    // An earlier one may be bringing data to the disk that was written before this one, too.
    while (this.flushEnd !== null) await this.flushEnd;
    const flushing = this.flushChunks();
    this.flushEnd = toEnd(flushing);
    try {
      await flushing;
    } finally {
      this.flushEnd = null;
    }
  }

  private async flushChunks(): Promise<void> {
    const dirtyChunks = this.dirtyChunks;
    this.dirtyChunks = new Map();
    await awaitAll(
      [...dirtyChunks].map(async ([name, chunk]) => {
        try {
          await chunk.sync(this.options);
        } catch (error) {
          this.addDirty(name, chunk);
          throw error;
        }
        chunk.release();
      }),
    );
    if (!this.hasNewNames) return;
    this.hasNewNames = false;
    try {
      await this.store.syncNames();
    } catch (error) {
      this.hasNewNames = true;
      throw error;
    }
  }

  // -- snapshots -------------------------------------------------------------------------------

  /** Makes a disk that has the present data for ever, and is only read. @throws {FileError} EEXIST */
  async snapshot(name: string): Promise<void> {
    await this.share(name, true);
  }

  /** Makes a disk that begins with the present data, and is written on its own. @throws {FileError} EEXIST */
  async clone(name: string): Promise<void> {
    await this.share(name, false);
  }

  private async share(name: string, isReadOnly: boolean): Promise<void> {
    while (this.snapshotEnd !== null) await this.snapshotEnd;
    const sharing = this.shareLayers(name, isReadOnly);
    this.snapshotEnd = toEnd(sharing);
    try {
      if (await sharing) return;
    } finally {
      this.snapshotEnd = null;
    }
    await removeDisk(this.store, name, { owner: this.owner });
    throw new FileError(ESTALE, 'snapshot', this.name);
  }

  /**
   * Makes a disk of the present layers.
   * @returns false if another owner has taken this disk meanwhile: its chunks may have been removed before the new
   * disk's header was there
   */
  private async shareLayers(name: string, isReadOnly: boolean): Promise<boolean> {
    const { store, owner } = this;
    const newLock = await takeDiskLock(store, name, { owner });
    try {
      await checkAbsent(store, name);
      // A disk that is only read is locked meanwhile, so that it is not removed.
      const lock = this.lock ?? (await store.locks.lock(this.name, owner, { ttl: SHARING_TTL_MS }));
      try {
        const { size, chunkSize, layers } = this.header;
        if (this.lock === undefined) await this.checkExists();
        else await this.beginLayer(this.lock);
        const shared = isReadOnly ? layers : [makeLayerId(store, name), ...layers];
        const header = makeHeader({ size, chunkSize, isReadOnly, layers: shared });
        await writeHeader(store, name, header, newLock);
        // Without a reply, the lock may be lost, too.
        return await lock.isHeld().catch(() => false);
      } finally {
        // Another may have it by now; the caller gets the result of `isHeld`.
        if (this.lock === undefined) await ignoreFailure(lock.unlock());
      }
    } finally {
      await newLock.unlock();
    }
  }

  /** Gives the disk a new layer: once another disk has the present ones, they must not be written. */
  private async beginLayer(lock: HeldLock): Promise<void> {
    await Promise.allSettled(this.changes);
    await this.flush();
    const { store, header } = this;
    const own = { ...header, layers: [makeLayerId(store, this.name), ...header.layers] };
    await writeHeader(store, this.name, own, lock);
    this.header = own;
    for (const [index, place] of this.places)
      if (place !== ABSENT) this.places.set(index, place + 1);
  }

  // -- chunks ----------------------------------------------------------------------------------

  /** Options of each request that changes the disk. */
  private get options(): { readonly lock?: HeldLock } {
    return this.lock === undefined ? {} : { lock: this.lock };
  }

  private formatName(index: number, layer: number): string {
    return formatChunkName(this.header.layers[layer]!, index);
  }

  /** Runs a change of the disk; not during a snapshot. */
  private async change<R>(syscall: string, run: () => Promise<R>): Promise<void> {
    if (this.lock === undefined) throw new FileError(EROFS, syscall, this.name);
    while (this.snapshotEnd !== null) await this.snapshotEnd;
    const running = run();
    this.changes.add(running);
    try {
      await running;
    } finally {
      this.changes.delete(running);
    }
    if (this.dirtyChunks.size > MAX_DIRTY_CHUNKS) await this.flush();
  }

  /** Finds the layer that has a chunk. */
  private async findPlace(index: number): Promise<number> {
    for (;;) {
      const place = this.places.get(index);
      if (place !== undefined) return place;
      (await this.openForReading(index))?.release();
    }
  }

  /** Opens the chunk of the newest layer that has it; null if none has. */
  private async openForReading(index: number): Promise<Chunk | null> {
    const known = this.places.get(index);
    if (known === ABSENT) return null;
    const { header } = this;
    const found = await this.findChunk(header, index, known ?? 0);
    const chunk = found?.chunk ?? null;
    const place = found?.layer ?? ABSENT;
    if (place === known) return chunk;
    try {
      // A removal may have taken the chunks of newer layers.
      if (place !== 0 && this.lock === undefined) await this.checkExists();
    } catch (error) {
      chunk?.release();
      throw error;
    }
    // After a snapshot, layers have other places; and a write may have been faster.
    if (this.header === header && !this.places.has(index)) this.places.set(index, place);
    return chunk;
  }

  /** Opens the chunk of the newest layer that has it, from a layer on. */
  private async findChunk(
    { layers }: DiskHeader,
    index: number,
    from: number,
  ): Promise<{ readonly chunk: Chunk; readonly layer: number } | null> {
    for (let layer = from; layer < layers.length; layer += 1) {
      try {
        return { chunk: await this.store.open(formatChunkName(layers[layer]!, index)), layer };
      } catch (error) {
        if ((error as FileError).code !== 'ENOENT') throw error;
      }
    }
    return null;
  }

  /** Checks that a disk that is only read has not been removed. @throws {FileError} ENOENT, ESTALE */
  private async checkExists(): Promise<void> {
    const { layers } = await readHeader(this.store, this.name);
    if (layers[0] !== this.header.layers[0]) throw new FileError(ESTALE, 'open', this.name);
  }

  /** Changes a chunk of the newest layer. */
  private async changeChunk(index: number, run: (chunk: Chunk) => Promise<void>): Promise<void> {
    const name = this.formatName(index, 0);
    if (this.places.get(index) !== 0 || this.preparations.has(index))
      await this.prepareOnce(index, () => this.prepareChunk(index, name));
    const chunk = await this.store.open(name, { create: true, ...this.options });
    try {
      await run(chunk);
    } finally {
      this.addDirty(name, chunk);
    }
  }

  /** Keeps a changed chunk open until the next flush: the file that has the name, not one that was removed. */
  private addDirty(name: string, chunk: Chunk): void {
    const other = this.dirtyChunks.get(name);
    if (other !== undefined && (chunk.isStale || !other.isStale)) chunk.release();
    else {
      other?.release();
      this.dirtyChunks.set(name, chunk);
    }
  }

  /** Makes sure that the newest layer has a chunk, or hides one; once for all simultaneous changes. */
  private async prepareOnce(index: number, prepare: () => Promise<void>): Promise<void> {
    let preparation = this.preparations.get(index);
    if (preparation === undefined) {
      preparation = prepare();
      this.preparations.set(index, preparation);
    }
    try {
      await preparation;
    } finally {
      if (this.preparations.get(index) === preparation) this.preparations.delete(index);
    }
  }

  private async prepareChunk(index: number, name: string): Promise<void> {
    const place = await this.findPlace(index);
    if (place === 0) return;
    // Also for a write of all of it: an interruption must leave the older data or the new.
    if (place > 0) await this.store.copy(this.formatName(index, place), name, this.options);
    else (await this.store.open(name, { create: true, ...this.options })).release();
    this.hasNewNames = true;
    this.places.set(index, 0);
  }

  // -- ranges ----------------------------------------------------------------------------------

  private coversChunk({ index, chunkOffset, length }: ChunkPart): boolean {
    const { size, chunkSize } = this.header;
    return chunkOffset === 0 && length === Math.min(chunkSize, size - index * chunkSize);
  }

  /** Splits a range at the borders of chunks. @throws {FileError} EINVAL beyond the end of the disk */
  private splitRange(syscall: string, offset: number, length: number): ChunkPart[] {
    const { size, chunkSize } = this.header;
    const [start, count] = [toInteger(offset, 'offset'), toInteger(length, 'length')];
    if (start + count > size) throw new FileError(EINVAL, syscall, this.name);
    const parts: ChunkPart[] = [];
    for (let rangeOffset = 0; rangeOffset < count; ) {
      const index = Math.floor((start + rangeOffset) / chunkSize);
      const chunkOffset = (start + rangeOffset) % chunkSize;
      const partLength = Math.min(chunkSize - chunkOffset, count - rangeOffset);
      parts.push({ index, chunkOffset, rangeOffset, length: partLength });
      rangeOffset += partLength;
    }
    return parts;
  }
}
