/**
 * Encodes and decodes fop values as bytes, by their types in the fop table. Each thread has its own
 * objects for inodes and fds; an `ObjectCodec` (main/exposed-objects.ts,
 * worker/request-exchange.ts) encodes references to them. A worker is as untrusted as its module:
 * the reader checks every value.
 */
import { nameLength } from '../../runtime/core/bytes.ts';
import { Dict, type DictType, type DictValue, dictTypes } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import { type Dirent, Iatt, type Statvfs } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { type Flock, isLockOwner, type Lease } from '../../runtime/core/lock.ts';
import { type StructType, type StructTypes, structTypes } from '../../runtime/core/struct-types.ts';
import { MalformedMessageError, type MessageReader, type MessageWriter } from './message-bytes.ts';
import type { ReplyWindow, TypedValues } from './reply-window.ts';

/** Encodes and decodes references to inodes and fds. */
export interface ObjectCodec {
  writeInode(to: MessageWriter, inode: Inode | null): void;
  /** @throws {MalformedMessageError} for an object that was not exposed to the sender */
  readInode(from: MessageReader): Inode | null;
  writeFd(to: MessageWriter, fd: Fd): void;
  /** @throws {MalformedMessageError} as `readInode` */
  readFd(from: MessageReader): Fd;
}

/** Writes the attributes of a new fd, after its number. */
export function writeNewFd(to: MessageWriter, fd: Fd, objects: ObjectCodec): void {
  objects.writeInode(to, fd.inode);
  to.writeNumber(fd.flags)
    .writeNumber(fd.pid)
    .writeU8(fd.isDir ? 1 : 0);
}

/** Reads a new fd. @throws {MalformedMessageError} also for an fd without an inode */
export function readNewFd(
  from: MessageReader,
  objects: ObjectCodec,
): Pick<Fd, 'inode' | 'flags' | 'pid' | 'isDir'> {
  const inode = objects.readInode(from);
  const [flags, pid, isDir] = [from.readInteger(), from.readInteger(), from.readU8() === 1];
  if (inode === null) throw new MalformedMessageError('an fd without an inode');
  return { inode, flags, pid, isDir };
}

// The first byte of a value: NULL, VALUE or RECEIVED (below).
const NULL = 0;
const VALUE = 1;
/** The highest of GlusterFS's file types IA_*. */
const MAX_IA_TYPE = 7;

/** Makes the codec of a structure, which writes its fields in order. */
function makeStructCodec<T extends StructType>(type: T): TypeCodec<StructTypes[T]> {
  const { fields, names, make } = structTypes[type];
  const kinds = fields.map(({ kind }) => kind);
  return {
    write(to, value) {
      for (let i = 0; i < names.length; i++) {
        const field = value[names[i]!];
        if (kinds[i] === 'integer') to.writeNumber(field as number);
        else if (kinds[i] === 'gfid') to.writeGfid(field as string);
        else to.writeText(field as string);
      }
    },
    read(from) {
      const value = make();
      for (let i = 0; i < names.length; i++) {
        const kind = kinds[i];
        const read =
          kind === 'integer'
            ? from.readInteger()
            : kind === 'gfid'
              ? from.readGfid()
              : readText(from);
        value[names[i]!] = read as StructTypes[T][keyof StructTypes[T]];
      }
      return value;
    },
  };
}

const iattCodec = makeStructCodec('iatt');
const { write: writeFlock, read: readPlainFlock } = makeStructCodec('flock');
const flockCodec: TypeCodec<Flock> = {
  write: writeFlock,
  read(from, objects) {
    const flock = readPlainFlock(from, objects);
    if (!isLockOwner(flock.owner)) throw new MalformedMessageError('an invalid lock owner');
    return flock;
  },
};

function readIatt(from: MessageReader, objects: ObjectCodec): Iatt {
  const iatt = iattCodec.read(from, objects);
  if (iatt.iaType < 0 || iatt.iaType > MAX_IA_TYPE)
    throw new MalformedMessageError('an invalid ia_type');
  return iatt;
}

/**
 * Reads text of names and link targets, which must be encodable as bytes. @throws
 * {MalformedMessageError}
 */
function readText(from: MessageReader): string {
  const text = readEncodableText(from);
  if (text.includes('\0')) throw new MalformedMessageError('a text contains NUL');
  return text;
}

/** Reads text that is encodable as bytes. @throws {MalformedMessageError} */
function readEncodableText(from: MessageReader): string {
  const text = from.readText();
  try {
    nameLength(text);
  } catch {
    // nameLength throws only NameError.
    throw new MalformedMessageError('a text is not encodable as bytes');
  }
  return text;
}

/** Reads the name of a directory entry. @throws {MalformedMessageError} */
export function readName(from: MessageReader): string {
  const name = readText(from);
  if (name === '' || name.includes('/'))
    throw new MalformedMessageError('an invalid name of an entry');
  return name;
}

function writeDict(to: MessageWriter, dict: Dict, objects: ObjectCodec): void {
  to.writeU32(dict.size);
  dict.forEach((key, value, type) => {
    to.writeText(key).writeU8(dictTypes.indexOf(type));
    if (typeof value === 'number') to.writeNumber(value);
    else if (typeof value === 'string') to.writeText(value);
    else if (value instanceof Iatt) iattCodec.write(to, value, objects);
    else to.writeData(value);
  });
}

function readDict(from: MessageReader, objects: ObjectCodec): Dict {
  const dict = new Dict();
  for (let remaining = from.readCount(); remaining > 0; remaining--) {
    const key = readText(from);
    const type = dictTypes[from.readU8()];
    if (type === undefined) throw new MalformedMessageError('a dict with an unknown type');
    dict.set(key, readDictValue(from, type, objects), type);
  }
  return dict;
}

function readDictValue(from: MessageReader, type: DictType, objects: ObjectCodec): DictValue {
  switch (type) {
    case 'double':
      return from.readNumber();
    case 'int':
      return from.readInteger();
    case 'uint': {
      const value = from.readInteger();
      if (value < 0) throw new MalformedMessageError('a negative uint');
      return value;
    }
    case 'iatt':
      return readIatt(from, objects);
    case 'bin':
    case 'mdata':
      return from.readData();
    case 'gfuuid':
      return readGfidText(from);
    default:
      return readEncodableText(from);
  }
}

function readGfidText(from: MessageReader): string {
  const text = from.readText();
  if (!GFID_PATTERN.test(text)) throw new MalformedMessageError('an invalid gfid');
  return text;
}

const GFID_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Encodes and decodes non-null values of one type. */
interface TypeCodec<T> {
  write(to: MessageWriter, value: T, objects: ObjectCodec): void;
  read(from: MessageReader, objects: ObjectCodec): T;
}

const locCodec: TypeCodec<Loc> = {
  write(to, loc, objects) {
    objects.writeInode(to, loc.inode);
    objects.writeInode(to, loc.parent);
    to.writeU8(loc.name === null ? NULL : VALUE);
    if (loc.name !== null) to.writeText(loc.name);
    // Otherwise the inode has the gfid.
    to.writeU8(loc.inode === null ? VALUE : NULL);
    if (loc.inode === null) to.writeGfid(loc.gfid);
  },
  read(from, objects) {
    const inode = objects.readInode(from);
    const parent = objects.readInode(from);
    const name = from.readU8() === NULL ? null : readName(from);
    const gfid = from.readU8() === NULL ? undefined : from.readGfid();
    return new Loc(inode, parent, name, gfid);
  },
};

const entriesCodec: TypeCodec<readonly Dirent[]> = {
  write(to, entries, objects) {
    to.writeU32(entries.length);
    for (const { name, off, type, gfid, stat, dict, inode } of entries) {
      to.writeText(name).writeNumber(off).writeNumber(type).writeGfid(gfid);
      writeNullable(to, 'iatt', stat, objects);
      writeNullable(to, 'dict', dict, objects);
      objects.writeInode(to, inode);
    }
  },
  read(from, objects) {
    const entries: Dirent[] = [];
    for (let remaining = from.readCount(); remaining > 0; remaining--) {
      entries.push({
        name: readName(from),
        off: from.readInteger(),
        type: from.readInteger(),
        gfid: from.readGfid(),
        stat: readNullable(from, 'iatt', objects) as Iatt | null,
        dict: readNullable(from, 'dict', objects) as Dict | null,
        inode: objects.readInode(from),
      });
    }
    return entries;
  },
};

interface ValueTypes {
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

const codecs: { readonly [T in ArgType]: TypeCodec<ValueTypes[T]> } = {
  int: { write: (to, value) => void to.writeNumber(value), read: (from) => from.readInteger() },
  str: { write: (to, value) => void to.writeText(value), read: readText },
  data: { write: (to, value) => void to.writeData(value), read: (from) => from.readData() },
  inode: {
    write: (to, value, objects) => objects.writeInode(to, value),
    read: (from, objects) => objects.readInode(from),
  },
  fd: {
    write: (to, value, objects) => objects.writeFd(to, value),
    read: (from, objects) => objects.readFd(from),
  },
  loc: locCodec,
  iatt: { write: iattCodec.write, read: readIatt },
  dict: { write: writeDict, read: readDict },
  entries: entriesCodec,
  statvfs: makeStructCodec('statvfs'),
  flock: flockCodec,
  lease: makeStructCodec('lease'),
  locklist: {
    write(to, locks, objects) {
      to.writeU32(locks.length);
      for (const lock of locks) flockCodec.write(to, lock, objects);
    },
    read(from, objects) {
      const locks: Flock[] = [];
      for (let remaining = from.readCount(); remaining > 0; remaining--)
        locks.push(flockCodec.read(from, objects));
      return locks;
    },
  },
};

function writeValue(to: MessageWriter, type: ArgType, value: unknown, objects: ObjectCodec): void {
  (codecs[type] as TypeCodec<unknown>).write(to, value, objects);
}

/** Reads a value that is not null. @throws {MalformedMessageError} */
const readValue = (from: MessageReader, type: ArgType, objects: ObjectCodec): unknown =>
  codecs[type].read(from, objects);

function writeNullable(
  to: MessageWriter,
  type: ArgType,
  value: unknown,
  objects: ObjectCodec,
): void {
  to.writeU8(value === null ? NULL : VALUE);
  if (value !== null) writeValue(to, type, value, objects);
}

function readNullable(from: MessageReader, type: ArgType, objects: ObjectCodec): unknown {
  return from.readU8() === NULL ? null : readValue(from, type, objects);
}

// -- the values of a row ---------------------------------------------------------------------------

/** The first byte of an object that the other side has sent for this request. */
const RECEIVED = 2;

/** The values of a request that both sides have: its arguments, and replies to its winds. */
export interface ExchangedValues {
  readonly args: TypedValues;
  readonly replies: ReplyWindow;
}

/** Stands for a wind's number in a position among the request's arguments. */
const REQUEST_ARGS = 0xffffffff;

/**
 * Writes an object as its position (wind and index), if the other side sent it; else returns false.
 * @param argIndex the object's index in its own row, which is tried first
 */
function writePosition(
  to: MessageWriter,
  value: object,
  argIndex: number,
  sent: ExchangedValues | null,
): boolean {
  if (sent === null) return false;
  if (writePositionIfFound(to, REQUEST_ARGS, sent.args.values, value, argIndex)) return true;
  const { replies } = sent;
  for (let wind = replies.windCount - 1; wind >= replies.firstKeptWind; wind--) {
    const reply = replies.find(wind);
    if (reply !== undefined && writePositionIfFound(to, wind, reply.values, value, argIndex))
      return true;
  }
  return false;
}

/** Writes the position of a value in one list; returns false if the list does not have it. */
function writePositionIfFound(
  to: MessageWriter,
  wind: number,
  values: readonly unknown[],
  value: object,
  argIndex: number,
): boolean {
  const index = values[argIndex] === value ? argIndex : values.indexOf(value);
  if (index < 0) return false;
  to.writeU8(RECEIVED).writeU32(wind).writeU8(index);
  return true;
}

/**
 * Writes the values of a row.
 * @param sent values that the other side has sent for the request: written as their positions
 */
export function writeValues(
  to: MessageWriter,
  args: readonly Arg[],
  values: readonly unknown[],
  objects: ObjectCodec,
  sent: ExchangedValues | null,
): void {
  for (let index = 0; index < args.length; index++) {
    const value = values[index] ?? null;
    if (value === null) to.writeU8(NULL);
    else if (typeof value !== 'object' || !writePosition(to, value, index, sent)) {
      to.writeU8(VALUE);
      writeValue(to, args[index]!.type, value, objects);
    }
  }
}

/**
 * Reads the values of a row.
 * @param sent values that this side has sent for the request
 * @throws {MalformedMessageError}
 */
export function readValues(
  from: MessageReader,
  args: readonly Arg[],
  objects: ObjectCodec,
  sent: ExchangedValues | null,
): unknown[] {
  const values: unknown[] = [];
  for (const { type, nullable, name } of args) {
    const kind = from.readU8();
    if (kind === NULL) {
      if (!nullable) throw new MalformedMessageError(`${name} is missing`);
      values.push(null);
    } else if (kind === VALUE) values.push(readValue(from, type, objects));
    else values.push(readReceivedValue(from, type, sent));
  }
  return values;
}

/** Reads the position of a value that this side has sent, and finds it. */
function readReceivedValue(
  from: MessageReader,
  type: ArgType,
  sent: ExchangedValues | null,
): unknown {
  const wind = from.readU32();
  const index = from.readU8();
  const part = wind === REQUEST_ARGS ? sent?.args : sent?.replies.find(wind);
  const value = part?.values[index] ?? null;
  if (value === null || part?.args[index]?.type !== type) {
    throw new MalformedMessageError('a value is not of the request');
  }
  return value;
}
