/**
 * A recording in a file, while it is made.
 *
 * Events are written into *slots*, parts of the file that are memory of this process as well: they are
 * in the file at once, without a system call, and whole up to the last one whatever becomes of the
 * process. A slot that is full is deflated by another thread, put behind what there is as a block, and
 * emptied. `close` writes the file anew, with an index first and no slots, and puts it in its place.
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
import { type SharedPart, sharePart } from '../../sys/mmap.ts';
import { Output } from '../bytes.ts';
import {
  type Block,
  ENTRY_BYTES,
  type Head,
  PREFIX_BYTES,
  type Prefix,
  Slot,
  writeEntry,
  writePrefix,
} from '../format.ts';
import { writeHead } from '../head.ts';
import type { EventStore } from '../store.ts';

/** For the owner alone: names of files are in it. */
const MODE = 0o600;
const SLOTS = 4;
const SLOT_SIZE = 256 * 1024;
/** Where all is kept: an event has all the data of a write, 1 MiB at most, and has to fit. */
const WHOLE_SLOT_SIZE = 4 * 2 ** 20;
/** Largest page of a machine that Node runs on: a slot begins at one. */
const PAGE = 65_536;
/** Bytes that are copied at a time. */
const CHUNK = 2 ** 20;
/** The fastest that deflates: events repeat each other so much that others gain little. */
const LEVEL = { level: 1 };

const deflateAside = promisify<Uint8Array, object, Uint8Array>(deflate);
const writeAside = promisify<number, Uint8Array, number, number, number, unknown>(writeTo);

/** One of the slots, with what a block has to know of its events. */
interface Filling {
  readonly slot: Slot;
  sequence: number;
  first: number;
  last: number;
}

function empty(filling: Filling): void {
  filling.sequence = 0;
  filling.slot.begin(0);
}

/** The recording cannot be written; the message is a sentence without the file's name. */
export class RecordingFileError extends Error {
  readonly code = 'GLOSSA_RECORDING_FILE';
}

export class RecordingFile implements EventStore {
  readonly out: Output;
  private readonly path: string;
  private readonly fd: number;
  private readonly head: Uint8Array;
  private readonly shared: SharedPart;
  private readonly fillings: readonly Filling[];
  private readonly onTrouble: (why: string) => void;
  private current: Filling;
  private sequence = 1;
  private readonly blocks: Block[] = [];
  private readonly blocksAt: number;
  private end: number;
  /** Blocks are written one after the other, so that none is missing before another. */
  private writing: Promise<void> = Promise.resolve();
  private failed = false;

  /**
   * @param onTrouble is told once if the recording cannot go on; what was recorded stays
   * @throws {RecordingFileError | NodeJS.ErrnoException | ForeignFileError}
   */
  constructor(path: string, head: Head, onTrouble: (why: string) => void) {
    this.path = path;
    this.onTrouble = onTrouble;
    this.head = encodeName(writeHead(head));
    this.fd = openToWrite(path, { mode: MODE, readable: true });
    const slotsAt = Math.ceil((PREFIX_BYTES + this.head.length) / PAGE) * PAGE;
    const slotSize = head.whole ? WHOLE_SLOT_SIZE : SLOT_SIZE;
    const length = SLOTS * slotSize;
    this.blocksAt = slotsAt + length;
    this.end = this.blocksAt;
    try {
      this.shared = this.share(slotsAt, length);
      const places = { slots: SLOTS, slotSize, slotsAt, indexAt: 0, indexed: 0 };
      this.writeStart(this.fd, { ...places, blocksAt: this.blocksAt });
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
    this.fillings = Array.from({ length: SLOTS }, (_, i) => {
      const memory = this.shared.bytes.subarray(i * slotSize, (i + 1) * slotSize);
      return { slot: new Slot(memory), sequence: 0, first: 0, last: 0 };
    });
    this.current = this.fillings[0]!;
    this.out = new Output(this.current.slot.events);
    this.begin(this.current);
  }

  commit(start: number, at: number): boolean {
    const { out, current } = this;
    if (this.failed) {
      out.at = 0;
      return true;
    }
    if (!out.isFull) {
      // Those of a request whose end was waited for come late.
      current.first = start === 0 ? at : Math.min(current.first, at);
      current.last = start === 0 ? at : Math.max(current.last, at);
      current.slot.commit(out.at);
      return true;
    }
    out.at = start;
    if (start > 0) this.next();
    return false;
  }

  /** Ends the recording. Nothing may be written any more. */
  async close(): Promise<void> {
    await this.writing;
    for (const filling of this.inOrder()) this.blockNow(filling);
    this.out.bytes = new Uint8Array(0);
    this.shared.unmap();
    try {
      if (!this.failed) this.closeUp();
    } catch (error) {
      // It is whole as it is: just longer than it had to be.
      this.trouble(error);
    } finally {
      closeSync(this.fd);
    }
  }

  private share(slotsAt: number, length: number): SharedPart {
    if (!fstatSync(this.fd).isFile()) throw new RecordingFileError('it is no regular file');
    const allocated = fallocate(this.fd, 0, slotsAt, length);
    if (allocated < 0) throw new RecordingFileError(strerror(-allocated));
    const shared = sharePart(this.fd, slotsAt, length);
    if (typeof shared === 'number') throw new RecordingFileError(strerror(-shared));
    return shared;
  }

  private writeStart(fd: number, places: Omit<Prefix, 'headLength'>): void {
    const prefix = writePrefix({ ...places, headLength: this.head.length });
    writeSync(fd, prefix, 0, prefix.length, 0);
    writeSync(fd, this.head, 0, this.head.length, PREFIX_BYTES);
  }

  private begin(filling: Filling): void {
    filling.sequence = this.sequence;
    this.sequence += 1;
    filling.slot.begin(filling.sequence);
    this.current = filling;
    this.out.bytes = filling.slot.events;
    this.out.at = 0;
  }

  /** Goes on in another slot. Where none is empty, the oldest has to wait for nobody. */
  private next(): void {
    const full = this.current;
    const free = this.fillings.find(({ sequence }) => sequence === 0);
    if (free === undefined) {
      // Events come faster than they are deflated aside: this process does its part.
      this.blockNow(full);
      this.begin(full);
      return;
    }
    this.blockAside(full);
    this.begin(free);
  }

  private blockAside(filling: Filling): void {
    const { slot } = filling;
    const deflated = deflateAside(slot.events.subarray(0, slot.state.used), LEVEL);
    // Waited for below, when it is its turn.
    deflated.catch(() => {});
    this.writing = this.writing
      .then(async () => {
        const bytes = await deflated;
        const at = this.reserve(filling, bytes.length);
        await writeAside(this.fd, bytes, 0, bytes.length, at);
        empty(filling);
      })
      .catch((error) => this.trouble(error));
  }

  private blockNow(filling: Filling): void {
    const { slot } = filling;
    const { used } = slot.state;
    if (used === 0 || this.failed) return;
    try {
      const bytes = deflateSync(slot.events.subarray(0, used), LEVEL);
      writeSync(this.fd, bytes, 0, bytes.length, this.reserve(filling, bytes.length));
      empty(filling);
    } catch (error) {
      this.trouble(error);
    }
  }

  /**
   * Writes a block's entry; where its bytes belong. A reader gets past it by that, and takes the
   * slot's events as long as there are any.
   */
  private reserve({ slot, sequence, first, last }: Filling, stored: number): number {
    const { used, events } = slot.state;
    const at = this.end + ENTRY_BYTES;
    const block = { at, stored, length: used, events, sequence, first, last };
    writeSync(this.fd, writeEntry(block), 0, ENTRY_BYTES, this.end);
    this.blocks.push(block);
    this.end = at + stored;
    return at;
  }

  private inOrder(): Filling[] {
    const full = this.fillings.filter(({ sequence }) => sequence > 0);
    return full.sort((a, b) => a.sequence - b.sequence);
  }

  private trouble(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    const { errno, message } = error as NodeJS.ErrnoException;
    this.onTrouble(errno === undefined ? message : strerror(-errno));
  }

  /** The same file with an index, in its place. */
  private closeUp(): void {
    const part = `${this.path}.part`;
    const indexAt = PREFIX_BYTES + this.head.length;
    const blocksAt = indexAt + this.blocks.length * ENTRY_BYTES;
    const moved = blocksAt - this.blocksAt;
    const fd = openToWrite(part, { mode: MODE, noLinks: true });
    try {
      const places = { slots: 0, slotSize: 0, slotsAt: 0, indexAt, indexed: this.blocks.length };
      this.writeStart(fd, { ...places, blocksAt });
      this.blocks.forEach((block, i) => {
        const entry = writeEntry({ ...block, at: block.at + moved });
        writeSync(fd, entry, 0, ENTRY_BYTES, indexAt + i * ENTRY_BYTES);
      });
      const chunk = new Uint8Array(CHUNK);
      for (let at = this.blocksAt; at < this.end; ) {
        const length = readSync(this.fd, chunk, 0, Math.min(CHUNK, this.end - at), at);
        writeSync(fd, chunk, 0, length, at + moved);
        at += length;
      }
      renameSync(part, this.path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
  }
}
