/**
 * Reads a FUSE request: its header (struct fuse_in_header), and its fields in order, never outside of it.
 *
 * A read beyond the end returns 0 (or nothing) and sets `isShort`, which the decoder checks once, after the last field.
 * 64-bit fields become Numbers, exact below 2^53; handlers refuse larger offsets and sizes. A lock owner may use all 64
 * bits, so it is read as two 32-bit halves. `structs.ts` describes the requests, but for INIT and BATCH_FORGET, whose
 * length varies: they are decoded here.
 */
import { decodeName } from '../../../core/bytes.ts';
import { IN_HEADER_SIZE } from '../protocol.ts';

const TWO_32 = 0x1_0000_0000;

/** struct fuse_in_header. */
export class InHeader {
  /** Bytes of the whole message. */
  len = 0;
  opcode = 0;
  /** The kernel's number of the request; odd for INTERRUPT only. */
  unique = 0;
  nodeid = 0;
  uid = 0;
  gid = 0;
  pid = 0;
}

/** A byte range of the message, with data. */
export class Span {
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }
}

export class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Position of the next field in `bytes`. */
  position = 0;
  /** Position after the message. */
  end: number;
  /** Whether the message ended before a field did. */
  isShort = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Reads the header of the message in `bytes[0 … length)`. Then the cursor stands at the arguments, and ends before the
   * extensions that may follow them. Fields are read by position, which is fastest: every request is decoded here.
   */
  readHeader(length: number, out: InHeader): void {
    const { view } = this;
    this.position = IN_HEADER_SIZE;
    this.end = length;
    this.isShort = length < IN_HEADER_SIZE || length > this.bytes.length;
    if (this.isShort) return;
    out.len = view.getUint32(0, true);
    out.opcode = view.getUint32(4, true);
    out.unique = view.getUint32(8, true) + view.getUint32(12, true) * TWO_32;
    out.nodeid = view.getUint32(16, true) + view.getUint32(20, true) * TWO_32;
    out.uid = view.getUint32(24, true);
    out.gid = view.getUint32(28, true);
    out.pid = view.getUint32(32, true);
    const extensionBytes = view.getUint16(36, true) * 8;
    if (out.len !== length || extensionBytes > length - IN_HEADER_SIZE) this.isShort = true;
    else this.end = length - extensionBytes;
  }

  readU32(): number {
    return this.advance(4) ? this.view.getUint32(this.position - 4, true) : 0;
  }

  readU64(): number {
    if (!this.advance(8)) return 0;
    const start = this.position - 8;
    return this.view.getUint32(start, true) + this.view.getUint32(start + 4, true) * TWO_32;
  }

  readI64(): number {
    if (!this.advance(8)) return 0;
    const start = this.position - 8;
    return this.view.getUint32(start, true) + this.view.getInt32(start + 4, true) * TWO_32;
  }

  skip(count: number): void {
    this.advance(count);
  }

  /** Reads a name up to its NUL, and skips the NUL. A missing NUL makes the message short, and the name empty. */
  readName(): string {
    const { bytes, view, position: start, end } = this;
    let nameEnd = start;
    while (nameEnd < end && bytes[nameEnd] !== 0) nameEnd++;
    if (nameEnd < end) {
      this.position = nameEnd + 1;
      return recentNames.decode(bytes, view, start, nameEnd);
    }
    this.isShort = true;
    this.position = end;
    return '';
  }

  /** Reads the next `count` bytes. */
  readData(count: number, out: Span): void {
    out.start = this.position;
    if (!this.advance(count)) out.start = this.end;
    out.end = this.position;
  }

  /** Moves behind the next `count` bytes. Returns false, and marks the message as short, if it ends before. */
  private advance(count: number): boolean {
    if (this.position + count > this.end) {
      this.isShort = true;
      this.position = this.end;
      return false;
    }
    this.position += count;
    return true;
  }
}

/** The number of slots is 2^SLOT_BITS; each has one name. */
const SLOT_BITS = 10;
const SLOT_COUNT = 1 << SLOT_BITS;
/** The most bytes of a cached name. */
const NAME_BYTES_MAX = 64;
/** Bytes that are hashed at a time. */
const WORD_BYTES = 4;
/** 2^32 divided by the golden ratio, odd: multiplication spreads small numbers over 32 bits. */
const HASH_MULTIPLIER = 0x9e3779b1;

/**
 * Decodes names, with a cache of recent ones by a hash of their bytes. Clients repeat names, and a cached name is the
 * same string object: maps of inodes reuse its hash, and compare it by address.
 */
class RecentNames {
  private readonly names: string[] = new Array(SLOT_COUNT).fill('');
  /** The bytes of the cached names, `NAME_BYTES_MAX` for each slot. */
  private readonly bytes = new Uint8Array(SLOT_COUNT * NAME_BYTES_MAX);
  /** The number of bytes of the name in each slot. */
  private readonly lengths = new Uint8Array(SLOT_COUNT);

  /** Decodes the name in `bytes[start … end)`, of which `view` is a view (`core/bytes.ts`). */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    const length = end - start;
    if (length > NAME_BYTES_MAX) return decodeName(bytes, start, end);
    let hash = length;
    for (let position = start; position < end; ) {
      const isWord = position + WORD_BYTES <= end;
      const part = isWord ? view.getInt32(position, true) : bytes[position]!;
      position += isWord ? WORD_BYTES : 1;
      const product = Math.imul(hash ^ part, HASH_MULTIPLIER);
      hash = product ^ (product >>> 15);
    }
    const slot = hash >>> (32 - SLOT_BITS);
    const offset = slot * NAME_BYTES_MAX;
    let isCached = this.lengths[slot] === length;
    for (let i = 0; isCached && i < length; i++)
      isCached = this.bytes[offset + i] === bytes[start + i];
    if (isCached) return this.names[slot]!;
    const name = decodeName(bytes, start, end);
    this.names[slot] = name;
    this.lengths[slot] = length;
    for (let i = 0; i < length; i++) this.bytes[offset + i] = bytes[start + i]!;
    return name;
  }
}

const recentNames = new RecentNames();

/** struct fuse_init_in; the second flag word came with 7.36. */
export class InitIn {
  major = 0;
  minor = 0;
  maxReadahead = 0;
  flags = 0;
  flags2 = 0;
}

/** Decodes INIT; a kernel before 7.36 sends no second flag word, which is then 0. */
export function decodeInitIn(cursor: Cursor, out: InitIn): void {
  out.major = cursor.readU32();
  out.minor = cursor.readU32();
  out.maxReadahead = cursor.readU32();
  // `| 0`: bitwise operators give signed numbers, with which the handler compares.
  out.flags = cursor.readU32() | 0;
  out.flags2 = cursor.position < cursor.end ? cursor.readU32() | 0 : 0;
}

/** struct fuse_batch_forget_in. */
export class BatchForgetIn {
  count = 0;
  /** Position of the first fuse_forget_one in the message. */
  itemsOffset = 0;
}

/** Bytes of a struct fuse_forget_one. */
export const FORGET_ONE_SIZE = 16;

/** Decodes the count of a BATCH_FORGET; its handler reads the structs themselves. */
export function decodeBatchForgetIn(cursor: Cursor, out: BatchForgetIn): void {
  out.count = cursor.readU32();
  cursor.skip(4);
  out.itemsOffset = cursor.position;
  cursor.skip(out.count * FORGET_ONE_SIZE);
}
