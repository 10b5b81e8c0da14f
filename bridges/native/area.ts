/**
 * Writes records to the memory through which a C module receives arguments; glossa_wire.h is the C
 * side. The memory is an array of doubles, so a number is one store, without allocation. It grows
 * on demand; then `hasMoved` is true until the caller has passed the new address to C.
 */
import { encodeNameInto } from '../../runtime/core/bytes.ts';
import type { Dict, DictType } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import type { Stack } from '../../runtime/core/frame.ts';
import { type Gfid, NULL_GFID } from '../../runtime/core/gfid.ts';
import { type Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { Loc } from '../../runtime/core/loc.ts';
import type { Flock } from '../../runtime/core/lock.ts';
import {
  putFlock,
  type Room,
  sizeFlock,
  writeFlock,
  writeIatt,
  writeLease,
  writeStatvfs,
} from './fields.gen.ts';

/** Doubles before a record: length of C's messages, log level, time. */
const HEADER = 3;
/** Doubles of the first area. */
const FIRST_SIZE = 8192;
/** Characters of a gfid as text. */
const GFID_LENGTH = 36;
/** Slots in which both sides remember gfids; index: 1 + the gfid's last byte. */
const GFID_SLOTS = 257;

// Flags of a module's `needs` in glossa.h. NEEDS_*: costly values that it requests.
export const NEEDS_PATH = 1;
export const NEEDS_GROUPS = 2;
export const NEEDS_CLOCK = 4;
/** The module only observes data. */
export const OBSERVES = 8;
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

const letterCode = (type: DictType): number => DICT_LETTERS[type].charCodeAt(0);

/** The value of a hexadecimal digit's character code. */
const hexValue = (code: number): number => (code & 15) + (code >> 6) * 9;

export class Area implements Room {
  bytes = new Uint8Array(8 * FIRST_SIZE);
  hasMoved = true;
  /** The module's flags `NEEDS_*`. */
  needs = 0;
  f64 = new Float64Array(this.bytes.buffer);
  at = HEADER;
  /** Gfids that C remembers, by slot: a repeated gfid crosses as its slot's negative number. */
  private readonly gfids = new Array<Gfid>(GFID_SLOTS).fill(NULL_GFID);

  /** The number of doubles in C's messages. */
  get messageDoubles(): number {
    return this.f64[0]!;
  }

  set level(level: number) {
    this.f64[1] = level;
  }

  /** Sets the time in seconds. */
  set now(now: number) {
    this.f64[2] = now;
  }

  /** Begins a record. */
  begin(): void {
    this.at = HEADER;
  }

  /** Begins a record about the object `id`. */
  beginFor(id: number): void {
    this.f64[HEADER] = id;
    this.at = HEADER + 1;
  }

  /** Writes the start of a reply. @param hasArguments true if the fop's arguments follow */
  reply(wind: number, hasArguments: boolean): void {
    this.reserve(2);
    this.f64[this.at++] = wind;
    this.f64[this.at++] = hasArguments ? 1 : 0;
  }

  /** Ensures room for `count` more doubles. */
  reserve(count: number): void {
    if (this.at + count > this.f64.length) this.grow(count);
  }

  private grow(count: number): void {
    const size = Math.max(2 * this.f64.length, this.at + count);
    const bytes = new Uint8Array(8 * size);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.f64 = new Float64Array(bytes.buffer);
    this.hasMoved = true;
  }

  number(value: number): void {
    this.reserve(1);
    this.f64[this.at++] = value;
  }

  text(value: string | null): void {
    if (value === null) {
      this.number(-1);
      return;
    }
    this.reserve(this.textSize(value));
    this.at = this.putText(this.at, value);
  }

  /** The most doubles that a text may take. */
  textSize(text: string): number {
    return 2 + ((3 * text.length) >> 3);
  }

  /** Writes a text at `at`, within reserved room; returns the place after it. */
  putText(at: number, text: string): number {
    const { bytes } = this;
    const start = 8 * (at + 1);
    const length = encodeNameInto(text, bytes, start);
    bytes[start + length] = 0;
    this.f64[at] = length;
    return at + 1 + ((length + 8) >> 3);
  }

  private blob(value: Uint8Array): void {
    this.reserve(2 + (value.length >> 3));
    this.f64[this.at] = value.length;
    this.bytes.set(value, 8 * (this.at + 1));
    this.at += 1 + ((value.length + 8) >> 3);
  }

  gfid(gfid: Gfid): void {
    this.reserve(6);
    this.at = this.putGfid(this.at, gfid);
  }

  /** Writes a gfid at `at`, within reserved room; returns the place after it. */
  putGfid(at: number, gfid: Gfid): number {
    const { f64, gfids } = this;
    if (gfid === NULL_GFID) {
      f64[at] = 0;
      return at + 1;
    }
    const slot = 1 + 16 * hexValue(gfid.charCodeAt(34)) + hexValue(gfid.charCodeAt(35));
    if (gfids[slot] === gfid) {
      f64[at] = -slot;
      return at + 1;
    }
    gfids[slot] = gfid;
    f64[at] = slot;
    const { bytes } = this;
    const start = 8 * (at + 1);
    for (let i = 0; i < GFID_LENGTH; i++) bytes[start + i] = gfid.charCodeAt(i);
    return at + 6;
  }

  /** Writes the call stack's root (ids, lock owner, name of the fop), without its groups. */
  root(root: Stack, op: string): void {
    this.reserve(4);
    const { f64 } = this;
    f64[this.at++] = root.unique;
    f64[this.at++] = root.uid;
    f64[this.at++] = root.gid;
    f64[this.at++] = root.pid;
    this.text(root.lkOwner === '' ? null : root.lkOwner);
    this.text(root.op === op ? null : root.op);
  }

  groups({ groups }: Stack): void {
    this.number(groups.length);
    for (const group of groups) this.number(group);
  }

  inode(inode: Inode | null): void {
    this.reserve(8);
    this.at = this.putInode(this.at, inode);
    if (inode !== null && (this.needs & NEEDS_PATH) !== 0) this.text(inode.path);
  }

  private putInode(at: number, inode: Inode | null): number {
    const { f64 } = this;
    if (inode === null) {
      f64[at] = 0;
      return at + 1;
    }
    f64[at] = inode.id;
    f64[at + 1] = inode.iaType;
    return this.putGfid(at + 2, inode.gfid);
  }

  loc(loc: Loc): void {
    const { inode, parent } = loc;
    const withPaths = (this.needs & NEEDS_PATH) !== 0;
    if (withPaths) {
      this.inode(inode);
      this.inode(parent);
    } else {
      this.reserve(16);
      this.at = this.putInode(this.putInode(this.at, inode), parent);
    }
    this.text(loc.name);
    // An inode's gfid is written with the inode.
    this.gfid(inode !== null && inode.gfid !== NULL_GFID ? NULL_GFID : loc.gfid);
    if (withPaths) this.text(loc.path);
  }

  /** Writes a loc from numbers, gfids, the name, and the path if known. */
  looseLoc(
    [inode, gfid = NULL_GFID, parent, pargfid = NULL_GFID]: readonly [
      inode: number,
      gfid: Gfid | undefined,
      parent: number,
      pargfid: Gfid | undefined,
    ],
    name: string | null,
    path: string | null,
  ): void {
    this.looseInode(inode, gfid);
    this.looseInode(parent, pargfid);
    this.text(name);
    this.gfid(gfid);
    if ((this.needs & NEEDS_PATH) !== 0) this.text(path);
  }

  private looseInode(id: number, gfid: Gfid): void {
    this.number(id);
    if (id === 0) return;
    this.number(0);
    this.gfid(gfid);
    if ((this.needs & NEEDS_PATH) !== 0) this.text(null);
  }

  fd(fd: Fd | null): void {
    if (fd === null) {
      this.number(0);
      return;
    }
    this.reserve(4);
    const { f64 } = this;
    f64[this.at++] = fd.id;
    f64[this.at++] = fd.flags;
    f64[this.at++] = fd.pid;
    f64[this.at++] = fd.isDir ? 1 : 0;
    this.inode(fd.inode);
  }

  dict(dict: Dict | null): void {
    if (dict === null) {
      this.number(-1);
      return;
    }
    this.number(dict.size);
    dict.forEach((key, value, type) => {
      this.text(key);
      this.number(letterCode(type));
      if (typeof value === 'number') this.number(value);
      else if (value instanceof Uint8Array) this.blob(value);
      else if (value instanceof Iatt) writeIatt(this, value);
      else if (type === 'gfuuid') this.gfid(value);
      else this.text(value);
    });
  }

  /** Writes the length of data; the bytes are passed separately. */
  data(data: Uint8Array | null): void {
    this.number(data === null ? -1 : data.length);
  }

  entries(entries: readonly Dirent[] | null): void {
    if (entries === null) {
      this.number(-1);
      return;
    }
    this.number(entries.length);
    for (const { name, off, type, gfid, stat } of entries) {
      this.text(name);
      this.number(off);
      this.number(type);
      this.gfid(gfid);
      writeIatt(this, stat);
    }
  }

  locklist(locks: readonly Flock[] | null): void {
    this.number(locks === null ? -1 : locks.length);
    for (const lock of locks ?? []) {
      this.reserve(sizeFlock(this, lock));
      this.at = putFlock(this, this.at, lock);
    }
  }
}

type Write = (area: Area, value: never) => void;

const VALUE_WRITERS: { readonly [T in ArgType]: Write } = {
  loc: (area, value: Loc) => area.loc(value),
  inode: (area, value: Inode | null) => area.inode(value),
  fd: (area, value: Fd | null) => area.fd(value),
  iatt: writeIatt,
  dict: (area, value: Dict | null) => area.dict(value),
  str: (area, value: string | null) => area.text(value),
  int: (area, value: number) => area.number(value),
  data: (area, value: Uint8Array | null) => area.data(value),
  entries: (area, value: readonly Dirent[] | null) => area.entries(value),
  statvfs: writeStatvfs,
  flock: writeFlock,
  lease: writeLease,
  locklist: (area, value: readonly Flock[] | null) => area.locklist(value),
};

/** Makes the function that writes values of these types in order. */
export function makeWriter(args: readonly Arg[]): (area: Area, values: readonly unknown[]) => void {
  const writes = args.map(({ type }) => VALUE_WRITERS[type]);
  return (area, values) => {
    for (let i = 0; i < writes.length; i++) writes[i]!(area, (values[i] ?? null) as never);
  };
}
