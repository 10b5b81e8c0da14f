/**
 * Encodes the arguments and replies of fops for a recording, and decodes them into plain data, for
 * events.ts. It encodes by the types in core/fops.ts, and decodes by the tables in the recording,
 * which may be older. docs/write/recording.md has the format.
 */
import { type Dict, type DictType, type DictValue, dictTypes } from '../core/dict.ts';
import type { ArgType } from '../core/fops.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import type { Fd, Loc } from '../core/operands.ts';
import type { StructType } from '../core/struct-types.ts';
import type { HiddenNames } from './hidden-names.ts';
import { RecordingError, type RecordingReader, type RecordingWriter } from './recording-bytes.ts';
import { writeFlock, writeIatt, writeLease, writeStatvfs } from './structs.gen.ts';
import type { Tables } from './tables.ts';

/** Recorded data: its length, and its first bytes as a string (by `decodeName`, core/bytes.ts). */
export interface RecordedData {
  readonly length: number;
  readonly head: string;
}

/** A recorded `Loc`. */
export interface RecordedLoc {
  /** The target's gfid; the null gfid if unknown. */
  readonly gfid: Gfid;
  readonly pargfid: Gfid;
  readonly name: string | null;
  readonly path: string;
}

/** A recorded `Fd`; `gfid` and `path` are its inode's. */
export interface RecordedFd {
  readonly id: number;
  readonly flags: number;
  readonly isDir: boolean;
  readonly gfid: Gfid;
  readonly path: string;
}

/** The fields of a structure by their names in TypeScript. */
export type RecordedStruct = Readonly<Record<string, number | string>>;

/** A recorded entry of a dict. */
export interface DictPair {
  readonly key: string;
  readonly type: DictType;
  readonly value: number | string | RecordedData | RecordedStruct | null;
}

/** A recorded list: its length, and its first items. */
export interface RecordedList<T> {
  readonly count: number;
  readonly items: readonly T[];
}

/** A recorded entry of a directory listing (`Dirent`). */
export interface RecordedEntry {
  readonly name: string;
  readonly off: number;
  readonly type: number;
  readonly gfid: Gfid;
  readonly stat: RecordedStruct | null;
  readonly dict: RecordedList<DictPair> | null;
}

/** A value in a recording. Of an inode, only the gfid is recorded. */
export type RecordedValue =
  | number
  | string
  | null
  | { readonly gfid: Gfid }
  | RecordedLoc
  | RecordedFd
  | RecordedData
  | RecordedStruct
  | RecordedList<DictPair>
  | RecordedList<RecordedEntry>
  | RecordedList<RecordedStruct | null>;

/** Reads a value of one type. */
export type ReadValue = (input: RecordingReader) => RecordedValue;

/** The most items written of a list or dict. */
export const ITEMS_MAX = 64;

/** Limits what a recording retains of each value. */
export interface Retention {
  /** The most bytes written of a `data` argument, and of a binary value in a dict. */
  readonly dataMax: number;
  /** The replacements of names in a redacted recording; null in any other. */
  readonly hidden: HiddenNames | null;
}

/** Writes a value of one type. */
export type WriteValue = (out: RecordingWriter, value: unknown, retention: Retention) => void;

/** The flags of a loc: whether it is not null, and which of its parts follow. */
const LOC_FLAGS = { PRESENT: 1, GFID: 2, PARENT: 4, NAME: 8 } as const;

/** Returns a name, or its replacement in a redacted recording. */
const redactName = (text: string, { hidden }: Retention): string =>
  hidden === null ? text : hidden.replaceName(text);
/** Returns a path, or its replacement in a redacted recording. */
const redactPath = (text: string, { hidden }: Retention): string =>
  hidden === null ? text : hidden.replacePath(text);
/** Returns the most bytes of data to write: none in a redacted recording. */
const findMaxDataBytes = ({ dataMax, hidden }: Retention): number =>
  hidden === null ? dataMax : 0;

/** Writes a loc after its flags; 0 stands for null. */
function writeLoc(out: RecordingWriter, loc: Loc | null, retention: Retention): void {
  if (loc === null) {
    out.writeByte(0);
    return;
  }
  const { gfid, parent } = loc;
  const hasGfid = gfid !== NULL_GFID;
  out.writeByte(
    LOC_FLAGS.PRESENT |
      (hasGfid ? LOC_FLAGS.GFID : 0) |
      (parent === null ? 0 : LOC_FLAGS.PARENT) |
      (loc.name === null ? 0 : LOC_FLAGS.NAME),
  );
  if (hasGfid) out.writeGfid(gfid);
  if (parent !== null) out.writeGfid(parent.gfid);
  if (loc.name !== null) out.writeText(redactName(loc.name, retention));
  out.writeText(redactPath(loc.path, retention));
}

function readLoc(input: RecordingReader): RecordedLoc | null {
  const flags = input.readByte();
  if (flags === 0) return null;
  return {
    gfid: flags & LOC_FLAGS.GFID ? input.readGfid() : NULL_GFID,
    pargfid: flags & LOC_FLAGS.PARENT ? input.readGfid() : NULL_GFID,
    name: flags & LOC_FLAGS.NAME ? input.readText() : null,
    path: input.readText(),
  };
}

function writeInode(out: RecordingWriter, inode: Inode | null): void {
  out.writeByte(inode === null ? 0 : 1);
  if (inode !== null) out.writeGfid(inode.gfid);
}

/** Writes an fd after a byte for its kind: 0 for null, 1 for a file, 2 for a directory. */
function writeFd(out: RecordingWriter, fd: Fd | null, retention: Retention): void {
  out.writeByte(fd === null ? 0 : fd.isDir ? 2 : 1);
  if (fd === null) return;
  out.writeUint(fd.id);
  out.writeUint(fd.flags >>> 0);
  out.writeGfid(fd.inode.gfid);
  out.writeText(redactPath(fd.inode.path, retention));
}

function readFd(input: RecordingReader): RecordedFd | null {
  const kind = input.readByte();
  if (kind === 0) return null;
  const [id, flags] = [input.readUint(), input.readUint()];
  return { id, flags, isDir: kind === 2, gfid: input.readGfid(), path: input.readText() };
}

/** Makes the writer of a list: its length plus 1 (0 for null), the number of written items, and these items. */
function makeListWriter<T>(
  writeItem: (out: RecordingWriter, value: T, retention: Retention) => void,
): WriteValue {
  return (out, value, retention) => {
    const items = value as readonly T[] | null;
    out.writeUint(items === null ? 0 : items.length + 1);
    if (items === null) return;
    const itemCount = Math.min(items.length, ITEMS_MAX);
    out.writeUint(itemCount);
    for (let i = 0; i < itemCount; i++) writeItem(out, items[i]!, retention);
  };
}

/** Makes the reader of a list that `makeListWriter` has written. */
function makeListReader<T>(
  readItem: (input: RecordingReader) => T,
): (input: RecordingReader) => RecordedList<T> | null {
  return (input) => {
    const count = input.readUint() - 1;
    if (count < 0) return null;
    const itemCount = input.readUint();
    // An item takes at least one byte: a wrong count is refused before memory is allocated.
    if (itemCount > input.remainingBytes)
      throw new RecordingError('a list in it is longer than the rest of the file');
    return { count, items: Array.from({ length: itemCount }, () => readItem(input)) };
  };
}

function writeDict(out: RecordingWriter, dict: Dict | null, retention: Retention): void {
  out.writeUint(dict === null ? 0 : dict.size + 1);
  if (dict === null) return;
  let remaining = Math.min(dict.size, ITEMS_MAX);
  out.writeUint(remaining);
  dict.forEach((key, value, type) => {
    if (remaining === 0) return;
    remaining -= 1;
    out.writeText(retention.hidden === null ? key : retention.hidden.replaceKey(key));
    writeDictValue(out, value, type, retention);
  });
}

/** Writes a value of a dict, with its type if that fits the value: a reader could not decode another one. */
function writeDictValue(
  out: RecordingWriter,
  value: DictValue,
  type: DictType,
  retention: Retention,
): void {
  const writeType = (fittingTypes: readonly DictType[]): void =>
    out.writeByte(dictTypes.indexOf(fittingTypes.includes(type) ? type : fittingTypes[0]!));
  if (typeof value === 'number') {
    writeType(['double', 'int', 'uint']);
    out.writeNumber(value);
  } else if (typeof value === 'string') {
    writeType(['str', 'gfuuid']);
    out.writeText(type === 'gfuuid' ? value : redactName(value, retention));
  } else if (value instanceof Uint8Array) {
    writeType(['bin', 'mdata']);
    out.writeData(value, findMaxDataBytes(retention));
  } else {
    writeType(['iatt']);
    writeIatt(out, value);
  }
}

/** Writes an entry of a listing. `.` and `..` are no secrets, so they stay readable. */
function writeEntry(out: RecordingWriter, entry: Dirent, retention: Retention): void {
  out.writeText(
    entry.name === '.' || entry.name === '..' ? entry.name : redactName(entry.name, retention),
  );
  out.writeNumber(entry.off);
  out.writeUint(entry.type);
  out.writeGfid(entry.gfid);
  writeIatt(out, entry.stat);
  writeDict(out, entry.dict, retention);
}

/** The writers of values, by type. */
export const valueWriters: Readonly<Record<ArgType, WriteValue>> = {
  loc: writeLoc as WriteValue,
  inode: writeInode as WriteValue,
  fd: writeFd as WriteValue,
  iatt: writeIatt as WriteValue,
  statvfs: writeStatvfs as WriteValue,
  flock: writeFlock as WriteValue,
  lease: writeLease as WriteValue,
  dict: writeDict as WriteValue,
  int: (out, value) => out.writeNumber(value as number),
  str: (out, value, retention) =>
    out.writeNullableText(value === null ? null : redactPath(value as string, retention)),
  data(out, value, retention) {
    out.writeByte(value === null ? 0 : 1);
    if (value !== null) out.writeData(value as Uint8Array, findMaxDataBytes(retention));
  },
  entries: makeListWriter(writeEntry),
  locklist: makeListWriter(writeFlock),
};

/** Makes the readers of values by type, for a recording with its own fields of structures. */
export function makeValueReaders({ structs }: Tables): Readonly<Record<ArgType, ReadValue>> {
  const makeStructReader = (structName: StructType) => {
    const fields = structs[structName];
    return (input: RecordingReader): RecordedStruct | null => {
      if (input.readByte() === 0) return null;
      // A field's bit is set if it is written. The mask may exceed 32 bits, hence the division.
      const mask = input.readUint();
      const values: Record<string, number | string> = {};
      fields.forEach(([name, initial], i) => {
        const isWritten = Math.floor(mask / 2 ** i) % 2 === 1;
        if (!isWritten) values[name] = initial;
        // A field has the type of its initial value.
        else if (typeof initial === 'number') values[name] = input.readNumber();
        else values[name] = initial === NULL_GFID ? input.readGfid() : input.readText();
      });
      return values;
    };
  };
  const readIatt = makeStructReader('iatt');
  const readFlock = makeStructReader('flock');
  const readDictValue = (input: RecordingReader, type: DictType): DictPair['value'] => {
    if (type === 'iatt') return readIatt(input);
    if (type === 'bin' || type === 'mdata') return input.readData();
    return type === 'str' || type === 'gfuuid' ? input.readText() : input.readNumber();
  };
  const readDict = makeListReader((input): DictPair => {
    const key = input.readText();
    const type = dictTypes[input.readByte()];
    if (type === undefined) throw new RecordingError('a dict in it has a value of no known type');
    return { key, type, value: readDictValue(input, type) };
  });
  const readEntry = (input: RecordingReader): RecordedEntry => ({
    name: input.readText(),
    off: input.readNumber(),
    type: input.readUint(),
    gfid: input.readGfid(),
    stat: readIatt(input),
    dict: readDict(input),
  });
  return {
    loc: readLoc,
    inode: (input) => (input.readByte() === 0 ? null : { gfid: input.readGfid() }),
    fd: readFd,
    iatt: readIatt,
    statvfs: makeStructReader('statvfs'),
    flock: readFlock,
    lease: makeStructReader('lease'),
    dict: readDict,
    int: (input) => input.readNumber(),
    str: (input) => input.readNullableText(),
    data: (input) => (input.readByte() === 0 ? null : input.readData()),
    entries: makeListReader(readEntry),
    locklist: makeListReader(readFlock),
  };
}
