/**
 * Reads and writes the parts of a recording around its events; docs/write/recording.md has the
 * format.
 *
 *   prefix · head · [index] · [slots] · blocks
 *
 * All numbers are little-endian. A *closed* recording has an index of its blocks and no slots; one
 * that is being made, or whose process was killed, has slots and no index.
 */

import type { RecordedVolume } from './events.ts';
import { RecordingError } from './recording-bytes.ts';
import type { Tables } from './tables.ts';

/** The first bytes of every recording. */
export const MAGIC = 'GLOSSREC';
/** The version of the format. A reader refuses any other. */
export const FORMAT_VERSION = 1;

/** The fields at the beginning of a file. `…At` are offsets in the file; 0 for a missing part. */
export interface Prefix {
  /** The number of bytes of the head. */
  readonly headLength: number;
  /** The number and size of slots; 0 in a closed recording. */
  readonly slots: number;
  readonly slotSize: number;
  readonly slotsAt: number;
  readonly indexAt: number;
  /** The number of blocks in the index. */
  readonly indexed: number;
  readonly blocksAt: number;
}

/** Bytes of the prefix; those behind its fields are 0. */
export const PREFIX_BYTES = 64;

/** The description of a recording; JSON in the file. */
export interface Head {
  /** The version of glossa that made the recording. */
  readonly version: string;
  /** The start in milliseconds since the epoch, from which times of events count. */
  readonly startedAt: number;
  /** The filter as the user wrote it; null without a filter. */
  readonly filter: string | null;
  /** Whether all hops below a recorded hop are recorded: a volume without a hop below replied itself. */
  readonly seesAll: boolean;
  /** The most bytes recorded of data. */
  readonly dataMax: number;
  readonly redacted: boolean;
  /** The volumes in the order of the volfile, the top last. */
  readonly volumes: readonly RecordedVolume[];
  readonly tables: Tables;
}

/** The 32-bit fields of the prefix, in the order of their bytes. */
const PREFIX_FIELDS = [
  'headLength',
  'slots',
  'slotSize',
  'slotsAt',
  'indexAt',
  'indexed',
  'blocksAt',
] as const;
/** Offsets in the prefix: of the format's version, behind `MAGIC`, and of the first field. */
const VERSION_OFFSET = 8;
const PREFIX_FIELDS_OFFSET = 12;

/** Makes a view of the bytes from an offset on. */
const makeView = (bytes: Uint8Array, offset = 0): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);

/** Encodes the beginning of a file. */
export function encodePrefix(prefix: Prefix): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES);
  const view = makeView(bytes);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  view.setUint32(VERSION_OFFSET, FORMAT_VERSION, true);
  PREFIX_FIELDS.forEach((name, i) => {
    view.setUint32(PREFIX_FIELDS_OFFSET + 4 * i, prefix[name], true);
  });
  return bytes;
}

/** Reads the beginning of a file. @throws {RecordingError} if it is no recording, or of another format */
export function readPrefix(bytes: Uint8Array): Prefix {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new RecordingError('it is not a recording of glossa');
  if (bytes.length < PREFIX_BYTES) throw new RecordingError('it is cut off in its first bytes');
  const view = makeView(bytes);
  const version = view.getUint32(VERSION_OFFSET, true);
  if (version !== FORMAT_VERSION) {
    const relation = version > FORMAT_VERSION ? 'a later' : 'another';
    throw new RecordingError(
      `it has the form ${version} of ${relation} version of glossa; this one reads ${FORMAT_VERSION}`,
    );
  }
  const numbers = PREFIX_FIELDS.map((name, i) => [
    name,
    view.getUint32(PREFIX_FIELDS_OFFSET + 4 * i, true),
  ]);
  return Object.fromEntries(numbers) as unknown as Prefix;
}

/** Events that were deflated together (zlib, with its checksum). */
export interface Block {
  /** The offset of the deflated bytes in the file. */
  readonly offset: number;
  /** The number of deflated bytes in the file. */
  readonly storedBytes: number;
  /** The number of bytes of the inflated events. */
  readonly length: number;
  /** The number of events. */
  readonly events: number;
  /** The block's number among blocks and slots, from 1 on. */
  readonly sequence: number;
  /** The earliest and the latest time of the events, in nanoseconds since the recording began. */
  readonly firstTime: number;
  readonly lastTime: number;
}

/** Bytes of a block's entry, which stands in the index and, with offset 0, before the block itself. */
export const ENTRY_BYTES = 48;
/** The first bytes of a block's entry: `GBLK` in little-endian order. */
const BLOCK_MAGIC = 0x4b4c4247;
/** The most bytes of a block. An entry with a larger length is damaged. */
export const BLOCK_BYTES_MAX = 16 * 2 ** 20;

/** Encodes a block's entry. */
export function encodeEntry(block: Block): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = makeView(bytes);
  view.setUint32(0, BLOCK_MAGIC, true);
  view.setUint32(4, block.storedBytes, true);
  view.setUint32(8, block.length, true);
  view.setUint32(12, block.events, true);
  view.setUint32(16, block.sequence, true);
  view.setFloat64(24, block.firstTime, true);
  view.setFloat64(32, block.lastTime, true);
  view.setFloat64(40, block.offset, true);
  return bytes;
}

/** Reads a block's entry; null if no entry begins at `entryOffset`. */
export function readEntry(bytes: Uint8Array, entryOffset: number): Block | null {
  if (entryOffset < 0 || entryOffset + ENTRY_BYTES > bytes.length) return null;
  const view = makeView(bytes, entryOffset);
  if (view.getUint32(0, true) !== BLOCK_MAGIC) return null;
  const block = {
    storedBytes: view.getUint32(4, true),
    length: view.getUint32(8, true),
    events: view.getUint32(12, true),
    sequence: view.getUint32(16, true),
    firstTime: view.getFloat64(24, true),
    lastTime: view.getFloat64(32, true),
    offset: view.getFloat64(40, true),
  };
  const hasValidOffset = Number.isSafeInteger(block.offset) && block.offset >= 0;
  return hasValidOffset && block.length <= BLOCK_BYTES_MAX ? block : null;
}

/** The head of a slot, before its events. */
export interface SlotState {
  /** The number of bytes of the whole events. */
  readonly usedBytes: number;
  /** The number of whole events. */
  readonly events: number;
  /** The slot's number among blocks and slots; 0 for an empty slot. */
  readonly sequence: number;
}

/** Bytes of a slot's head: three 32-bit numbers and padding. */
export const SLOT_HEAD_BYTES = 16;

/** A slot of a file that is being written: memory shared with the file. */
export class Slot {
  /** The memory for events. */
  readonly events: Uint8Array;
  private readonly head: Uint32Array;

  /** @param memory begins at a multiple of 4 bytes */
  constructor(memory: Uint8Array) {
    this.head = new Uint32Array(memory.buffer, memory.byteOffset, SLOT_HEAD_BYTES / 4);
    this.events = memory.subarray(SLOT_HEAD_BYTES);
  }

  /** The slot's head. */
  get state(): SlotState {
    const [usedBytes, events, sequence] = this.head as unknown as [number, number, number];
    return { usedBytes, events, sequence };
  }

  /** Empties the slot. Its sequence is 0 if it stays unused. */
  begin(sequence: number): void {
    this.head[0] = 0;
    this.head[1] = 0;
    this.head[2] = sequence;
  }

  /** Marks the first `usedBytes` bytes as whole events; `events` of them are new. */
  commit(usedBytes: number, events = 1): void {
    this.head[1] = this.head[1]! + events;
    this.head[0] = usedBytes;
  }
}

/** Reads the head of a slot; null if the file ends before it. */
export function readSlot(bytes: Uint8Array, offset: number): SlotState | null {
  if (offset + SLOT_HEAD_BYTES > bytes.length) return null;
  const view = makeView(bytes, offset);
  const [usedBytes, events] = [view.getUint32(0, true), view.getUint32(4, true)];
  return { usedBytes, events, sequence: view.getUint32(8, true) };
}
