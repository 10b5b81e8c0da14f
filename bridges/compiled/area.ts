/**
 * Writes records (the arguments of one call) to the memory from which a compiled module reads them,
 * for guest.ts; glossa_wire.h is the C side. The memory is an array of doubles, so a number is one
 * store, without allocation. It belongs to the library, and grows on demand.
 */
import { encodeNameInto } from '../../runtime/core/bytes.ts';
import type { Dict, DictType } from '../../runtime/core/dict.ts';
import type { ArgType, FopRow } from '../../runtime/core/fops.ts';
import type { Stack } from '../../runtime/core/frame.ts';
import { type Gfid, NULL_GFID } from '../../runtime/core/gfid.ts';
import { type Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { Flock } from '../../runtime/core/lock.ts';
import {
  type FlagConverters,
  findOpenFlagsIndex,
  SAME_FLAGS,
} from '../../runtime/core/machine-flags.ts';
import type { Fd, Loc } from '../../runtime/core/operands.ts';
import {
  putFlock,
  sizeFlock,
  type WritableArea,
  writeFlock,
  writeIatt,
  writeLease,
  writeStatvfs,
} from './fields.gen.ts';
import type { AreaMemory } from './library.ts';

/** Doubles before a record: the length of the module's messages, the log level, the time. */
const HEADER_DOUBLES = 3;
/** Written in place of a length or count; means null. */
const NULL_LENGTH = -1;
/** Characters of a gfid as text. */
const GFID_LENGTH = 36;
/**
 * Slots in which both sides remember gfids, so that a repeated one crosses as a number. A gfid's
 * slot is 1 + its last byte.
 */
const GFID_SLOTS = 257;

// Flags of a module's `needs` in glossa.h: NEEDS_* are costly values that it requests, the others
// declare how it treats fops and data.
export const NEEDS_PATH = 1;
export const NEEDS_GROUPS = 2;
export const NEEDS_CLOCK = 4;
/** The module does not change the data of reads and writes. */
export const OBSERVES = 8;
/** The module passes through fops that it does not define, or refuses them. */
export const PASSES_THROUGH = 16;
export const REFUSES_OTHERS = 32;
export const NEEDS_CLIENT = 64;

/** The letters of dict types in glossa.h. */
export const DICT_LETTERS: Readonly<Record<DictType, string>> = {
  int: 'n',
  uint: 'u',
  double: 'g',
  str: 's',
  bin: 'b',
  gfuuid: 'U',
  iatt: 'a',
  mdata: 'M',
};

const getLetterCode = (type: DictType): number => DICT_LETTERS[type].charCodeAt(0);

/** Returns the value of a hexadecimal digit, from its character code. */
const parseHexDigit = (code: number): number => (code & 15) + (code >> 6) * 9;

/**
 * The memory that JavaScript writes and the module reads. `write…` methods append a value to the
 * record, as glossa_wire.h reads it.
 */
export class Area implements WritableArea {
  bytes!: Uint8Array;
  /** The memory of `bytes` as doubles; of length 0 once the memory has moved. */
  f64!: Float64Array;
  /** The module's flags: NEEDS_PATH and those beside it. */
  needs = 0;
  /** The index of the next double to write. */
  nextIndex = HEADER_DOUBLES;
  /** Converts open flags between the graph and the module. */
  readonly flags: FlagConverters;
  private readonly memory: AreaMemory;
  /** Gfids that the module remembers, by slot: a repeated one crosses as its slot's negative number. */
  private readonly gfids = new Array<Gfid>(GFID_SLOTS).fill(NULL_GFID);
  private readonly repeatsGfids: boolean;

  /** @param repeatsGfids false if the module gets records of another area, too: each gfid crosses in full */
  constructor(memory: AreaMemory, flags: FlagConverters = SAME_FLAGS, repeatsGfids = true) {
    this.memory = memory;
    this.flags = flags;
    this.repeatsGfids = repeatsGfids;
    this.refresh();
  }

  /** Takes the memory's current view. */
  refresh(): void {
    const { area } = this.memory;
    this.bytes = area;
    this.f64 = new Float64Array(area.buffer, area.byteOffset, area.byteLength >> 3);
  }

  /** The number of doubles in the module's messages. */
  get messageDoubles(): number {
    return this.f64[0]!;
  }

  /** The volume's log level. */
  set level(level: number) {
    this.f64[1] = level;
  }

  /** The time, in seconds. */
  set now(seconds: number) {
    this.f64[2] = seconds;
  }

  /** Begins a record. */
  begin(): void {
    this.nextIndex = HEADER_DOUBLES;
  }

  /** Begins a record about the request, inode, fd, client or timer `id`. */
  beginFor(id: number): void {
    this.f64[HEADER_DOUBLES] = id;
    this.nextIndex = HEADER_DOUBLES + 1;
  }

  /**
   * Writes the start of a reply.
   * @param windNumber the number of the wind that it answers
   * @param hasArguments true if the fop's arguments follow
   */
  beginReply(windNumber: number, hasArguments: boolean): void {
    this.reserve(2);
    this.f64[this.nextIndex++] = windNumber;
    this.f64[this.nextIndex++] = hasArguments ? 1 : 0;
  }

  /** The bytes of the record. */
  get record(): Uint8Array {
    return this.bytes.subarray(8 * HEADER_DOUBLES, 8 * this.nextIndex);
  }

  /** Takes the bytes of another area's record. */
  putRecord(record: Uint8Array): void {
    this.begin();
    this.reserve(record.length >> 3);
    this.bytes.set(record, 8 * HEADER_DOUBLES);
  }

  /** Ensures room for `count` more doubles. */
  reserve(count: number): void {
    if (this.nextIndex + count > this.f64.length) this.grow(count);
  }

  /** Enlarges the memory by `count` doubles or more. */
  private grow(count: number): void {
    this.memory.growArea(8 * Math.max(2 * this.f64.length, this.nextIndex + count));
    this.refresh();
  }

  writeNumber(value: number): void {
    this.reserve(1);
    this.f64[this.nextIndex++] = value;
  }

  writeText(value: string | null): void {
    if (value === null) {
      this.writeNumber(NULL_LENGTH);
      return;
    }
    this.reserve(this.countTextDoubles(value));
    this.nextIndex = this.putText(this.nextIndex, value);
  }

  /**
   * Returns the most doubles that a text may take: for its length, up to 3 bytes of UTF-8 a code
   * unit, and a NUL.
   */
  countTextDoubles(text: string): number {
    return 2 + ((3 * text.length) >> 3);
  }

  /** Writes a text at `index`, within reserved room; returns the index after it. */
  putText(index: number, text: string): number {
    const { bytes } = this;
    const start = 8 * (index + 1);
    const length = encodeNameInto(text, bytes, start);
    bytes[start + length] = 0;
    this.f64[index] = length;
    return index + 1 + ((length + 8) >> 3);
  }

  private writeBytes(value: Uint8Array): void {
    this.reserve(2 + (value.length >> 3));
    this.f64[this.nextIndex] = value.length;
    this.bytes.set(value, 8 * (this.nextIndex + 1));
    this.nextIndex += 1 + ((value.length + 8) >> 3);
  }

  writeGfid(gfid: Gfid): void {
    // The slot, and 36 characters in 5 doubles.
    this.reserve(6);
    this.nextIndex = this.putGfid(this.nextIndex, gfid);
  }

  /** Writes a gfid at `index`, within reserved room; returns the index after it. */
  putGfid(index: number, gfid: Gfid): number {
    const { f64, gfids } = this;
    if (gfid === NULL_GFID) {
      f64[index] = 0;
      return index + 1;
    }
    // The last two digits are the last byte.
    const slot = 1 + 16 * parseHexDigit(gfid.charCodeAt(34)) + parseHexDigit(gfid.charCodeAt(35));
    if (gfids[slot] === gfid) {
      f64[index] = -slot;
      return index + 1;
    }
    if (this.repeatsGfids) gfids[slot] = gfid;
    f64[index] = slot;
    const { bytes } = this;
    const start = 8 * (index + 1);
    for (let i = 0; i < GFID_LENGTH; i++) bytes[start + i] = gfid.charCodeAt(i);
    return index + 6;
  }

  /** Writes the call stack's root (ids, lock owner, name of the fop), without its groups. */
  writeRoot(root: Stack, op: string): void {
    this.reserve(4);
    const { f64 } = this;
    f64[this.nextIndex++] = root.unique;
    f64[this.nextIndex++] = root.uid;
    f64[this.nextIndex++] = root.gid;
    f64[this.nextIndex++] = root.pid;
    this.writeText(root.lkOwner === '' ? null : root.lkOwner);
    this.writeText(root.op === op ? null : root.op);
  }

  /** Writes the groups of the caller. */
  writeGroups({ groups }: Stack): void {
    this.writeNumber(groups.length);
    for (const group of groups) this.writeNumber(group);
  }

  writeInode(inode: Inode | null): void {
    this.reserve(8);
    this.nextIndex = this.putInode(this.nextIndex, inode);
    if (inode !== null && (this.needs & NEEDS_PATH) !== 0) this.writeText(inode.path);
  }

  /** Writes an inode at `index`, without its path; returns the index after it. */
  private putInode(index: number, inode: Inode | null): number {
    const { f64 } = this;
    if (inode === null) {
      f64[index] = 0;
      return index + 1;
    }
    f64[index] = inode.id;
    f64[index + 1] = inode.iaType;
    return this.putGfid(index + 2, inode.gfid);
  }

  writeLoc(loc: Loc): void {
    const { inode, parent } = loc;
    const needsPath = (this.needs & NEEDS_PATH) !== 0;
    if (needsPath) {
      this.writeInode(inode);
      this.writeInode(parent);
    } else {
      this.reserve(16);
      this.nextIndex = this.putInode(this.putInode(this.nextIndex, inode), parent);
    }
    this.writeText(loc.name);
    // NULL_GFID if the inode, written above, has the gfid already.
    this.writeGfid(inode !== null && inode.gfid !== NULL_GFID ? NULL_GFID : loc.gfid);
    if (needsPath) this.writeText(loc.path);
  }

  /** Writes a loc of which only these numbers, gfids, the name and perhaps the path are known. */
  writeLooseLoc(
    [inode, gfid = NULL_GFID, parent, pargfid = NULL_GFID]: readonly [
      inode: number,
      gfid: Gfid | undefined,
      parent: number,
      pargfid: Gfid | undefined,
    ],
    name: string | null,
    path: string | null,
  ): void {
    this.writeLooseInode(inode, gfid);
    this.writeLooseInode(parent, pargfid);
    this.writeText(name);
    this.writeGfid(gfid);
    if ((this.needs & NEEDS_PATH) !== 0) this.writeText(path);
  }

  /** Writes an inode of which only number and gfid are known; 0 for none. */
  private writeLooseInode(id: number, gfid: Gfid): void {
    this.writeNumber(id);
    if (id === 0) return;
    // The type, which is unknown.
    this.writeNumber(0);
    this.writeGfid(gfid);
    if ((this.needs & NEEDS_PATH) !== 0) this.writeText(null);
  }

  writeFd(fd: Fd | null): void {
    if (fd === null) {
      this.writeNumber(0);
      return;
    }
    this.reserve(4);
    const { f64 } = this;
    f64[this.nextIndex++] = fd.id;
    f64[this.nextIndex++] = this.flags.toMachine(fd.flags);
    f64[this.nextIndex++] = fd.pid;
    f64[this.nextIndex++] = fd.isDir ? 1 : 0;
    this.writeInode(fd.inode);
  }

  writeDict(dict: Dict | null): void {
    if (dict === null) {
      this.writeNumber(NULL_LENGTH);
      return;
    }
    this.writeNumber(dict.size);
    dict.forEach((key, value, type) => {
      this.writeText(key);
      this.writeNumber(getLetterCode(type));
      if (typeof value === 'number') this.writeNumber(value);
      else if (value instanceof Uint8Array) this.writeBytes(value);
      else if (value instanceof Iatt) writeIatt(this, value);
      else if (type === 'gfuuid') this.writeGfid(value);
      else this.writeText(value);
    });
  }

  /** Writes the length of data; the bytes are passed separately. */
  writeDataLength(data: Uint8Array | null): void {
    this.writeNumber(data === null ? NULL_LENGTH : data.length);
  }

  writeEntries(entries: readonly Dirent[] | null): void {
    if (entries === null) {
      this.writeNumber(NULL_LENGTH);
      return;
    }
    this.writeNumber(entries.length);
    for (const { name, off, type, gfid, stat } of entries) {
      this.writeText(name);
      this.writeNumber(off);
      this.writeNumber(type);
      this.writeGfid(gfid);
      writeIatt(this, stat);
    }
  }

  writeLocklist(locks: readonly Flock[] | null): void {
    this.writeNumber(locks === null ? NULL_LENGTH : locks.length);
    for (const lock of locks ?? []) {
      this.reserve(sizeFlock(this, lock));
      this.nextIndex = putFlock(this, this.nextIndex, lock);
    }
  }
}

type WriteValue = (area: Area, value: never) => void;

/** The writers of values, by the argument's type. */
const VALUE_WRITERS: { readonly [T in ArgType]: WriteValue } = {
  loc: (area, value: Loc) => area.writeLoc(value),
  inode: (area, value: Inode | null) => area.writeInode(value),
  fd: (area, value: Fd | null) => area.writeFd(value),
  iatt: writeIatt,
  dict: (area, value: Dict | null) => area.writeDict(value),
  str: (area, value: string | null) => area.writeText(value),
  int: (area, value: number) => area.writeNumber(value),
  data: (area, value: Uint8Array | null) => area.writeDataLength(value),
  entries: (area, value: readonly Dirent[] | null) => area.writeEntries(value),
  statvfs: writeStatvfs,
  flock: writeFlock,
  lease: writeLease,
  locklist: (area, value: readonly Flock[] | null) => area.writeLocklist(value),
};

const writeOpenFlags = (area: Area, flags: number): void =>
  area.writeNumber(area.flags.toMachine(flags));

type WriteValues = (area: Area, values: readonly unknown[]) => void;

/** Makes the function that writes values in order, an undefined one as null. */
const makeWriter =
  (writes: readonly WriteValue[]): WriteValues =>
  (area, values) => {
    for (let i = 0; i < writes.length; i++) writes[i]!(area, (values[i] ?? null) as never);
  };

/** Makes the function that writes a fop's arguments. */
export function makeArgumentWriter(row: FopRow): WriteValues {
  const flagsIndex = findOpenFlagsIndex(row);
  return makeWriter(
    row.args.map(({ type }, index) =>
      index === flagsIndex ? writeOpenFlags : VALUE_WRITERS[type],
    ),
  );
}

/** Makes the function that writes the parts of a fop's reply. */
export const makeReplyWriter = (row: FopRow): WriteValues =>
  makeWriter(row.reply.map(({ type }) => VALUE_WRITERS[type]));
