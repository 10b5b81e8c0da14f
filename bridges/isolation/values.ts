/**
 * Encodes and decodes fop values as bytes, by their types in the fop table. Each side has its own
 * objects for inodes and fds; it encodes references to them by `ObjectCodec`. A worker is as
 * untrusted as its module: the reader checks every value.
 */
import { nameLength } from '../../runtime/core/bytes.ts';
import { Dict, type DictType, type DictValue, dictTypes } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import { type Dirent, Iatt, type Statvfs } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';
import { type StructType, type StructTypes, structTypes } from '../../runtime/core/struct-types.ts';
import { Malformed, type Reader, type Writer } from './bytes.ts';
import type { Part, Replies } from './replies.ts';

/** Encodes and decodes references to inodes and fds. */
export interface ObjectCodec {
  writeInode(to: Writer, inode: Inode | null): void;
  /** @throws {Malformed} for an object that was not exposed to the sender */
  readInode(from: Reader): Inode | null;
  writeFd(to: Writer, fd: Fd): void;
  readFd(from: Reader): Fd;
}

/** Writes the attributes of a new fd, after its number. */
export function writeNewFd(to: Writer, fd: Fd, things: ObjectCodec): void {
  things.writeInode(to, fd.inode);
  to.number(fd.flags)
    .number(fd.pid)
    .u8(fd.isDir ? 1 : 0);
}

/** Reads a new fd. @throws {Malformed} also for an fd without an inode */
export function readNewFd(
  from: Reader,
  things: ObjectCodec,
): Pick<Fd, 'inode' | 'flags' | 'pid' | 'isDir'> {
  const inode = things.readInode(from);
  const [flags, pid, isDir] = [from.integer(), from.integer(), from.u8() === 1];
  if (inode === null) throw new Malformed('an fd without an inode');
  return { inode, flags, pid, isDir };
}

const NULL = 0;
const VALUE = 1;
/** The highest of IA_*. */
const LAST_TYPE = 7;

function structCodec<T extends StructType>(type: T): TypeCodec<StructTypes[T]> {
  const { fields, names, make } = structTypes[type];
  const kinds = fields.map(({ kind }) => kind);
  return {
    write(to, value) {
      for (let i = 0; i < names.length; i++) {
        const field = value[names[i]!];
        if (kinds[i] === 'integer') to.number(field as number);
        else if (kinds[i] === 'gfid') to.gfid(field as string);
        else to.text(field as string);
      }
    },
    read(from) {
      const value = make();
      for (let i = 0; i < names.length; i++) {
        const kind = kinds[i];
        const read =
          kind === 'integer' ? from.integer() : kind === 'gfid' ? from.gfid() : checkedText(from);
        value[names[i]!] = read as StructTypes[T][keyof StructTypes[T]];
      }
      return value;
    },
  };
}

const iattCodec = structCodec('iatt');
const flockCodec = structCodec('flock');

function readIatt(from: Reader, things: ObjectCodec): Iatt {
  const iatt = iattCodec.read(from, things);
  if (iatt.iaType < 0 || iatt.iaType > LAST_TYPE) throw new Malformed('an invalid ia_type');
  return iatt;
}

/** Reads text of names and link targets, which must be encodable as bytes. @throws {Malformed} */
function checkedText(from: Reader): string {
  const text = from.text();
  if (text.includes('\0')) throw new Malformed('a text contains NUL');
  try {
    nameLength(text);
  } catch {
    // nameLength throws only NameError.
    throw new Malformed('a text is not encodable as bytes');
  }
  return text;
}

/** Reads the name of a directory entry. @throws {Malformed} */
export function readName(from: Reader): string {
  const name = checkedText(from);
  if (name === '' || name.includes('/')) throw new Malformed('an invalid name of an entry');
  return name;
}

function writeDict(to: Writer, dict: Dict, things: ObjectCodec): void {
  to.u32(dict.size);
  dict.forEach((key, value, type) => {
    to.text(key).u8(dictTypes.indexOf(type));
    if (typeof value === 'number') to.number(value);
    else if (typeof value === 'string') to.text(value);
    else if (value instanceof Iatt) iattCodec.write(to, value, things);
    else to.data(value);
  });
}

function readDict(from: Reader, things: ObjectCodec): Dict {
  const dict = new Dict();
  for (let left = from.count(); left > 0; left--) {
    const key = checkedText(from);
    const type = dictTypes[from.u8()];
    if (type === undefined) throw new Malformed('a dict with an unknown type');
    dict.set(key, readDictValue(from, type, things), type);
  }
  return dict;
}

function readDictValue(from: Reader, type: DictType, things: ObjectCodec): DictValue {
  switch (type) {
    case 'double':
      return from.number();
    case 'int':
      return from.integer();
    case 'uint': {
      const value = from.integer();
      if (value < 0) throw new Malformed('a negative uint');
      return value;
    }
    case 'iatt':
      return readIatt(from, things);
    case 'bin':
    case 'mdata':
      return from.data();
    case 'gfuuid':
      return readGfidText(from);
    default:
      return from.text();
  }
}

function readGfidText(from: Reader): string {
  const text = from.text();
  if (!GFID.test(text)) throw new Malformed('an invalid gfid');
  return text;
}

const GFID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Encodes and decodes non-null values of one type. */
interface TypeCodec<T> {
  write(to: Writer, value: T, things: ObjectCodec): void;
  read(from: Reader, things: ObjectCodec): T;
}

const locCodec: TypeCodec<Loc> = {
  write(to, loc, things) {
    things.writeInode(to, loc.inode);
    things.writeInode(to, loc.parent);
    to.u8(loc.name === null ? NULL : VALUE);
    if (loc.name !== null) to.text(loc.name);
    // Otherwise the inode has the gfid.
    to.u8(loc.inode === null ? VALUE : NULL);
    if (loc.inode === null) to.gfid(loc.gfid);
  },
  read(from, things) {
    const inode = things.readInode(from);
    const parent = things.readInode(from);
    const name = from.u8() === NULL ? null : readName(from);
    const gfid = from.u8() === NULL ? undefined : from.gfid();
    return new Loc(inode, parent, name, gfid);
  },
};

const entriesCodec: TypeCodec<readonly Dirent[]> = {
  write(to, entries, things) {
    to.u32(entries.length);
    for (const { name, off, type, gfid, stat, dict, inode } of entries) {
      to.text(name).number(off).number(type).gfid(gfid);
      writeNullable(to, 'iatt', stat, things);
      writeNullable(to, 'dict', dict, things);
      things.writeInode(to, inode);
    }
  },
  read(from, things) {
    const entries: Dirent[] = [];
    for (let left = from.count(); left > 0; left--) {
      entries.push({
        name: readName(from),
        off: from.integer(),
        type: from.integer(),
        gfid: from.gfid(),
        stat: readNullable(from, 'iatt', things) as Iatt | null,
        dict: readNullable(from, 'dict', things) as Dict | null,
        inode: things.readInode(from),
      });
    }
    return entries;
  },
};

interface Types {
  loc: Loc;
  inode: Inode | null;
  fd: Fd;
  iatt: Iatt;
  dict: Dict;
  str: string;
  int: number;
  data: Uint8Array;
  entries: readonly Dirent[];
  statvfs: Statvfs;
  flock: Flock;
  lease: Lease;
  locklist: readonly Flock[];
}

const codecs: { readonly [T in ArgType]: TypeCodec<Types[T]> } = {
  int: { write: (to, value) => void to.number(value), read: (from) => from.integer() },
  str: { write: (to, value) => void to.text(value), read: checkedText },
  data: { write: (to, value) => void to.data(value), read: (from) => from.data() },
  inode: {
    write: (to, value, things) => things.writeInode(to, value),
    read: (from, things) => things.readInode(from),
  },
  fd: {
    write: (to, value, things) => things.writeFd(to, value),
    read: (from, things) => things.readFd(from),
  },
  loc: locCodec,
  iatt: { write: iattCodec.write, read: readIatt },
  dict: { write: writeDict, read: readDict },
  entries: entriesCodec,
  statvfs: structCodec('statvfs'),
  flock: flockCodec,
  lease: structCodec('lease'),
  locklist: {
    write(to, locks, things) {
      to.u32(locks.length);
      for (const lock of locks) flockCodec.write(to, lock, things);
    },
    read(from, things) {
      const locks: Flock[] = [];
      for (let left = from.count(); left > 0; left--) locks.push(flockCodec.read(from, things));
      return locks;
    },
  },
};

function writeValue(to: Writer, type: ArgType, value: unknown, things: ObjectCodec): void {
  (codecs[type] as TypeCodec<unknown>).write(to, value, things);
}

/** @throws {Malformed} */
const readValue = (from: Reader, type: ArgType, things: ObjectCodec): unknown =>
  codecs[type].read(from, things);

function writeNullable(to: Writer, type: ArgType, value: unknown, things: ObjectCodec): void {
  to.u8(value === null ? NULL : VALUE);
  if (value !== null) writeValue(to, type, value, things);
}

function readNullable(from: Reader, type: ArgType, things: ObjectCodec): unknown {
  return from.u8() === NULL ? null : readValue(from, type, things);
}

// -- the values of a row ---------------------------------------------------------------------------

/** Marks the very object that the other side sent with this request. */
const SAME = 2;

/** Values that one side has sent for a request: arguments and replies. */
export interface SentValues {
  readonly asked: Part;
  readonly replies: Replies;
}

const ARGS = 0xffffffff;

/** Writes a value's origin as (wind, place), if that is shorter than its bytes. */
function writeOrigin(to: Writer, value: object, at: number, sent: SentValues | null): boolean {
  if (sent === null) return false;
  if (origin(to, ARGS, sent.asked.values, value, at)) return true;
  const { replies } = sent;
  for (let wind = replies.count - 1; wind >= replies.first; wind--) {
    const reply = replies.get(wind);
    if (reply !== undefined && origin(to, wind, reply.values, value, at)) return true;
  }
  return false;
}

function origin(
  to: Writer,
  wind: number,
  values: readonly unknown[],
  value: object,
  at: number,
): boolean {
  const place = values[at] === value ? at : values.indexOf(value);
  if (place < 0) return false;
  to.u8(SAME).u32(wind).u8(place);
  return true;
}

/** @param sent values that the other side sent for the request; they are written as their places */
export function writeValues(
  to: Writer,
  args: readonly Arg[],
  values: readonly unknown[],
  things: ObjectCodec,
  sent: SentValues | null,
): void {
  for (let at = 0; at < args.length; at++) {
    const value = values[at] ?? null;
    if (value === null) to.u8(NULL);
    else if (typeof value !== 'object' || !writeOrigin(to, value, at, sent)) {
      to.u8(VALUE);
      writeValue(to, args[at]!.type, value, things);
    }
  }
}

/**
 * @param sent values that this side sent for the request
 * @throws {Malformed}
 */
export function readValues(
  from: Reader,
  args: readonly Arg[],
  things: ObjectCodec,
  sent: SentValues | null,
): unknown[] {
  const values: unknown[] = [];
  for (const { type, nullable, name } of args) {
    const how = from.u8();
    if (how === NULL) {
      if (!nullable) throw new Malformed(`${name} is missing`);
      values.push(null);
    } else if (how === VALUE) values.push(readValue(from, type, things));
    else values.push(readSame(from, type, sent));
  }
  return values;
}

function readSame(from: Reader, type: ArgType, sent: SentValues | null): unknown {
  const wind = from.u32();
  const place = from.u8();
  const part = wind === ARGS ? sent?.asked : sent?.replies.get(wind);
  const value = part?.values[place] ?? null;
  if (value === null || part?.args[place]?.type !== type) {
    throw new Malformed('a value is not of the request');
  }
  return value;
}
