/**
 * Writes a recording into a file.
 *
 * Events go into *slots*, parts of the file mapped into memory: an event is in the file at once,
 * without a system call, and survives a kill of the process. Another thread deflates a full slot
 * into a block at the end of the file. `close` rewrites the file with an index and without slots.
 */
import {
  closeSync,
  fstatSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
  write as writeTo,
} from 'node:fs';
import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';
import { encodeName } from '../../core/bytes.ts';
import { strerror } from '../../core/errno.ts';
import { openToWrite } from '../../sys/guarded-write.ts';
import { fallocate } from '../../sys/libc.ts';
import { type MappedPart, mapPart } from '../../sys/mmap.ts';
import type { EventStore } from '../event-store.ts';
import {
  type Block,
  ENTRY_BYTES,
  encodeEntry,
  encodePrefix,
  type Head,
  PREFIX_BYTES,
  type Prefix,
  Slot,
} from '../format.ts';
import { encodeHead } from '../head.ts';
import { RecordingWriter } from '../recording-bytes.ts';

/** The file's mode: for its owner alone, because a recording contains names of files. */
const FILE_MODE = 0o600;
/** The number of slots: while one fills, others are deflated. */
const SLOT_COUNT = 4;
/** Bytes of a slot of a recording that keeps little of the data of a request. */
const SLOT_BYTES = 256 * 1024;
/** The most bytes of data (`--data-max`) for which such a slot is large enough. */
const LITTLE_DATA_BYTES = 32 * 1024;
/** Bytes of a slot of any other: an event may have all data of a write (at most 1 MiB). */
const LARGE_SLOT_BYTES = 4 * 2 ** 20;
/** The largest page size of machines with Node; slots are aligned to it. */
const PAGE_BYTES = 65_536;
/** Bytes copied at a time. */
const CHUNK_BYTES = 2 ** 20;
/** The fastest level. Higher ones gain little, because the events are so similar. */
const DEFLATE_OPTIONS = { level: 1 };
/** The size at which a recording ends, in bytes, unless it is told another. */
export const DEFAULT_RECORDING_BYTES = 2 ** 30;

const deflateAsync = promisify<Uint8Array, object, Uint8Array>(deflate);
const writeAsync = promisify<number, Uint8Array, number, number, number, unknown>(writeTo);

/** A slot, with the facts for the entry of the block that it becomes. */
interface ActiveSlot {
  readonly slot: Slot;
  /** The slot's number among slots and blocks, from 1 on; 0 if it is empty. */
  sequence: number;
  /** The earliest and the latest time of the slot's events, in nanoseconds since the recording began. */
  firstTime: number;
  lastTime: number;
}

/** Marks a slot as empty, after a block has its events. */
function markSlotEmpty(active: ActiveSlot): void {
  active.sequence = 0;
  active.slot.begin(0);
}

/** Thrown if the recording cannot be written. The message has the reason without the file's name. */
export class RecordingFileError extends Error {
  readonly code = 'GLOSSA_RECORDING_FILE';
}

export class RecordingFile implements EventStore {
  readonly out: RecordingWriter;
  private readonly path: string;
  private readonly fd: number;
  private readonly head: Uint8Array;
  private readonly sharedSlots: MappedPart;
  private readonly slots: readonly ActiveSlot[];
  private readonly onFailure: (cause: string) => void;
  private current: ActiveSlot;
  /** The next slot's number. */
  private nextSequence = 1;
  private readonly blocks: Block[] = [];
  /** The offset of the first block in the file. */
  private readonly blocksAt: number;
  /** The offset of the next block in the file. */
  private nextBlockAt: number;
  /** Resolves after all blocks: they are written one after another, so that the file has no gap. */
  private pendingWrites: Promise<void> = Promise.resolve();
  private hasFailed = false;
  private readonly bytesMax: number;
  /** Whether it has ended at its size. */
  private isFull = false;

  /**
   * @param onFailure is called once if writing fails, or at the size `bytesMax`; the events so far stay
   * @param bytesMax 0: no limit
   * @throws {RecordingFileError | NodeJS.ErrnoException | ForeignFileError}
   */
  constructor(
    path: string,
    head: Head,
    onFailure: (cause: string) => void,
    bytesMax = DEFAULT_RECORDING_BYTES,
  ) {
    this.path = path;
    this.bytesMax = bytesMax;
    this.onFailure = onFailure;
    this.head = encodeName(encodeHead(head));
    this.fd = openToWrite(path, { mode: FILE_MODE, readable: true });
    const slotsAt = Math.ceil((PREFIX_BYTES + this.head.length) / PAGE_BYTES) * PAGE_BYTES;
    const slotSize = head.dataMax > LITTLE_DATA_BYTES ? LARGE_SLOT_BYTES : SLOT_BYTES;
    const length = SLOT_COUNT * slotSize;
    this.blocksAt = slotsAt + length;
    this.nextBlockAt = this.blocksAt;
    try {
      this.sharedSlots = this.mapSlots(slotsAt, length);
      const layout = { slots: SLOT_COUNT, slotSize, slotsAt, indexAt: 0, indexed: 0 };
      this.writePrefixAndHead(this.fd, { ...layout, blocksAt: this.blocksAt });
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
    this.slots = Array.from({ length: SLOT_COUNT }, (_, i) => {
      const memory = this.sharedSlots.bytes.subarray(i * slotSize, (i + 1) * slotSize);
      return { slot: new Slot(memory), sequence: 0, firstTime: 0, lastTime: 0 };
    });
    this.current = this.slots[0]!;
    this.out = new RecordingWriter(this.current.slot.events);
    this.beginSlot(this.current);
  }

  commit(start: number, timeNs: number): boolean {
    const { out, current } = this;
    if (this.hasFailed || this.isFull) {
      // Each further event overwrites the one before it, and is lost.
      out.at = 0;
      return true;
    }
    if (!out.isFull) {
      // The recorder writes events of a held request only at its end, so times need not rise.
      current.firstTime = start === 0 ? timeNs : Math.min(current.firstTime, timeNs);
      current.lastTime = start === 0 ? timeNs : Math.max(current.lastTime, timeNs);
      current.slot.commit(out.at);
      return true;
    }
    // The event did not fit: the recorder writes it again, into the next slot. In an empty slot it could never fit.
    out.at = start;
    if (start > 0) this.switchSlot();
    return false;
  }

  /** Ends the recording. The caller must not write any more. */
  async close(): Promise<void> {
    await this.pendingWrites;
    for (const active of this.listUsedSlots()) this.writeBlockNow(active);
    this.out.bytes = new Uint8Array(0);
    this.sharedSlots.unmap();
    try {
      if (!this.hasFailed) this.rewriteWithIndex();
    } catch (error) {
      // The file with slots stays: it is complete, only longer than necessary.
      this.reportFailure(error);
    } finally {
      closeSync(this.fd);
    }
  }

  /** Allocates the slots in the file, and maps them into memory. */
  private mapSlots(slotsAt: number, length: number): MappedPart {
    if (!fstatSync(this.fd).isFile()) throw new RecordingFileError('it is no regular file');
    const allocated = fallocate(this.fd, 0, slotsAt, length);
    if (allocated < 0) throw new RecordingFileError(strerror(-allocated));
    const shared = mapPart(this.fd, slotsAt, length);
    if (typeof shared === 'number') throw new RecordingFileError(strerror(-shared));
    return shared;
  }

  /** Writes the prefix and the head. */
  private writePrefixAndHead(fd: number, layout: Omit<Prefix, 'headLength'>): void {
    const prefix = encodePrefix({ ...layout, headLength: this.head.length });
    writeSync(fd, prefix, 0, prefix.length, 0);
    writeSync(fd, this.head, 0, this.head.length, PREFIX_BYTES);
  }

  /** Begins to write events into an empty slot. */
  private beginSlot(active: ActiveSlot): void {
    active.sequence = this.nextSequence;
    this.nextSequence += 1;
    active.slot.begin(active.sequence);
    this.current = active;
    this.out.bytes = active.slot.events;
    this.out.at = 0;
  }

  /** Switches to an empty slot; without one, deflates the current slot at once. */
  private switchSlot(): void {
    const fullSlot = this.current;
    if (this.bytesMax > 0 && this.nextBlockAt >= this.bytesMax) {
      this.isFull = true;
      this.end(`it has ${this.nextBlockAt} bytes (--file-size)`);
      return;
    }
    const freeSlot = this.slots.find(({ sequence }) => sequence === 0);
    if (freeSlot === undefined) {
      // Events come faster than the other thread deflates: this thread deflates, too.
      this.writeBlockNow(fullSlot);
      this.beginSlot(fullSlot);
      return;
    }
    this.writeBlockLater(fullSlot);
    this.beginSlot(freeSlot);
  }

  /** Deflates a full slot on another thread, and writes it as a block. */
  private writeBlockLater(active: ActiveSlot): void {
    const { slot } = active;
    const deflated = deflateAsync(slot.events.subarray(0, slot.state.usedBytes), DEFLATE_OPTIONS);
    // The chain below awaits it and reports the error; this prevents an unhandled rejection.
    deflated.catch(() => {});
    this.pendingWrites = this.pendingWrites
      .then(async () => {
        const bytes = await deflated;
        const offset = this.writeBlockEntry(active, bytes.length);
        await writeAsync(this.fd, bytes, 0, bytes.length, offset);
        markSlotEmpty(active);
      })
      .catch((error) => this.reportFailure(error));
  }

  /** Deflates a slot on this thread, and writes it as a block. */
  private writeBlockNow(active: ActiveSlot): void {
    const { slot } = active;
    const { usedBytes } = slot.state;
    if (usedBytes === 0 || this.hasFailed) return;
    try {
      const bytes = deflateSync(slot.events.subarray(0, usedBytes), DEFLATE_OPTIONS);
      writeSync(this.fd, bytes, 0, bytes.length, this.writeBlockEntry(active, bytes.length));
      markSlotEmpty(active);
    } catch (error) {
      this.reportFailure(error);
    }
  }

  /**
   * Writes a block's entry and returns the offset for its bytes. Until the slot is emptied, a reader
   * takes the events from the slot, and uses the entry only to skip the block.
   */
  private writeBlockEntry(
    { slot, sequence, firstTime, lastTime }: ActiveSlot,
    storedBytes: number,
  ): number {
    const { usedBytes: length, events } = slot.state;
    const offset = this.nextBlockAt + ENTRY_BYTES;
    const block = { offset, storedBytes, length, events, sequence, firstTime, lastTime };
    writeSync(this.fd, encodeEntry(block), 0, ENTRY_BYTES, this.nextBlockAt);
    this.blocks.push(block);
    this.nextBlockAt = offset + storedBytes;
    return offset;
  }

  /** Lists the slots with events that no block has yet, oldest first. */
  private listUsedSlots(): ActiveSlot[] {
    const usedSlots = this.slots.filter(({ sequence }) => sequence > 0);
    return usedSlots.sort((a, b) => a.sequence - b.sequence);
  }

  /** Reports the first failure; further events are lost. */
  private reportFailure(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    if (this.isFull) return;
    const { errno, message } = error as NodeJS.ErrnoException;
    this.end(errno === undefined ? message : strerror(-errno));
  }

  /** Ends the recording early. What is written from now on must not replace events of a slot. */
  private end(cause: string): void {
    this.out.bytes = new Uint8Array(this.out.bytes.length);
    this.onFailure(cause);
  }

  /** Replaces the file by one with an index and without slots. */
  private rewriteWithIndex(): void {
    const partPath = `${this.path}.part`;
    const indexAt = PREFIX_BYTES + this.head.length;
    const blocksAt = indexAt + this.blocks.length * ENTRY_BYTES;
    const offsetShift = blocksAt - this.blocksAt;
    const fd = openToWrite(partPath, { mode: FILE_MODE, noLinks: true });
    try {
      const layout = { slots: 0, slotSize: 0, slotsAt: 0, indexAt, indexed: this.blocks.length };
      this.writePrefixAndHead(fd, { ...layout, blocksAt });
      this.blocks.forEach((block, i) => {
        const entry = encodeEntry({ ...block, offset: block.offset + offsetShift });
        writeSync(fd, entry, 0, ENTRY_BYTES, indexAt + i * ENTRY_BYTES);
      });
      const chunk = new Uint8Array(CHUNK_BYTES);
      for (let offset = this.blocksAt; offset < this.nextBlockAt; ) {
        const length = readSync(
          this.fd,
          chunk,
          0,
          Math.min(CHUNK_BYTES, this.nextBlockAt - offset),
          offset,
        );
        writeSync(fd, chunk, 0, length, offset + offsetShift);
        offset += length;
      }
      renameSync(partPath, this.path);
    } catch (error) {
      rmSync(partPath, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
  }
}
