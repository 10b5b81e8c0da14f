/**
 * Encodes arguments and replies by their types in the table of fops, and decodes them into plain
 * data by the tables of the recording; docs/write/recording.md has the format.
 */
import { type Dict, type DictType, type DictValue, dictTypes } from '../core/dict.ts';
import type { Fd } from '../core/fd.ts';
import type { ArgType } from '../core/fops.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import type { Loc } from '../core/loc.ts';
import type { StructType } from '../core/struct-types.ts';
import { type Input, type Output, RecordingError } from './bytes.ts';
import type { HiddenNames } from './hidden-names.ts';
import { writeFlock, writeIatt, writeLease, writeStatvfs } from './structs.gen.ts';
import type { Tables } from './tables.ts';

/** The length of data, and its first bytes as a name (`core/bytes.ts`). */
export interface DataSeen {
  readonly length: number;
  readonly head: string;
}

export interface LocSeen {
  /** The null gfid if unknown. */
  readonly gfid: Gfid;
  readonly pargfid: Gfid;
  readonly name: string | null;
  readonly path: string;
}

export interface FdSeen {
  readonly id: number;
  readonly flags: number;
  readonly isDir: boolean;
  readonly gfid: Gfid;
  readonly path: string;
}

/** The fields of a structure by their names in TypeScript. */
export type StructSeen = Readonly<Record<string, number | string>>;

export interface DictPair {
  readonly key: string;
  readonly type: DictType;
  readonly value: number | string | DataSeen | StructSeen | null;
}

/** The length of a list, and its first items. */
export interface ListSeen<T> {
  readonly count: number;
  readonly items: readonly T[];
}

export interface EntrySeen {
  readonly name: string;
  readonly off: number;
  readonly type: number;
  readonly gfid: Gfid;
  readonly stat: StructSeen | null;
  readonly dict: ListSeen<DictPair> | null;
}

/** A value in a recording. An inode is its gfid alone. */
export type ValueSeen =
  | number
  | string
  | null
  | { readonly gfid: Gfid }
  | LocSeen
  | FdSeen
  | DataSeen
  | StructSeen
  | ListSeen<DictPair>
  | ListSeen<EntrySeen>
  | ListSeen<StructSeen | null>;

export type ReadValue = (input: Input) => ValueSeen;

/** The default number of items kept of a list or dict. */
export const ITEMS_MAX = 64;

export interface Retention {
  /** The most bytes kept of data, and of values that are bytes. */
  readonly dataMax: number;
  /** The replacements of names in a redacted recording; null in any other. */
  readonly hidden: HiddenNames | null;
  /** The most items kept of a list or dict. */
  readonly itemsMax?: number;
}

export type WriteValue = (out: Output, value: unknown, kept: Retention) => void;

/** Flags of a loc. */
const LOC = { PRESENT: 1, GFID: 2, PARENT: 4, NAME: 8 } as const;

const name = (text: string, { hidden }: Retention): string =>
  hidden === null ? text : hidden.name(text);
const path = (text: string, { hidden }: Retention): string =>
  hidden === null ? text : hidden.path(text);
const dataMax = ({ dataMax, hidden }: Retention): number => (hidden === null ? dataMax : 0);

function writeLoc(out: Output, loc: Loc | null, kept: Retention): void {
  if (loc === null) {
    out.byte(0);
    return;
  }
  const { gfid, parent } = loc;
  const hasGfid = gfid !== NULL_GFID;
  out.byte(
    LOC.PRESENT |
      (hasGfid ? LOC.GFID : 0) |
      (parent === null ? 0 : LOC.PARENT) |
      (loc.name === null ? 0 : LOC.NAME),
  );
  if (hasGfid) out.gfid(gfid);
  if (parent !== null) out.gfid(parent.gfid);
  if (loc.name !== null) out.text(name(loc.name, kept));
  out.text(path(loc.path, kept));
}

function readLoc(input: Input): LocSeen | null {
  const flags = input.byte();
  if (flags === 0) return null;
  return {
    gfid: flags & LOC.GFID ? input.gfid() : NULL_GFID,
    pargfid: flags & LOC.PARENT ? input.gfid() : NULL_GFID,
    name: flags & LOC.NAME ? input.text() : null,
    path: input.text(),
  };
}

function writeInode(out: Output, inode: Inode | null): void {
  out.byte(inode === null ? 0 : 1);
  if (inode !== null) out.gfid(inode.gfid);
}

function writeFd(out: Output, fd: Fd | null, kept: Retention): void {
  out.byte(fd === null ? 0 : fd.isDir ? 2 : 1);
  if (fd === null) return;
  out.uint(fd.id);
  out.uint(fd.flags >>> 0);
  out.gfid(fd.inode.gfid);
  out.text(path(fd.inode.path, kept));
}

function readFd(input: Input): FdSeen | null {
  const kind = input.byte();
  if (kind === 0) return null;
  const [id, flags] = [input.uint(), input.uint()];
  return { id, flags, isDir: kind === 2, gfid: input.gfid(), path: input.text() };
}

function list<T>(item: (out: Output, value: T, kept: Retention) => void): WriteValue {
  return (out, value, kept) => {
    const items = value as readonly T[] | null;
    out.uint(items === null ? 0 : items.length + 1);
    if (items === null) return;
    const shown = Math.min(items.length, kept.itemsMax ?? ITEMS_MAX);
    out.uint(shown);
    for (let i = 0; i < shown; i++) item(out, items[i]!, kept);
  };
}

function listOf<T>(item: (input: Input) => T): (input: Input) => ListSeen<T> | null {
  return (input) => {
    const count = input.uint() - 1;
    if (count < 0) return null;
    const shown = input.uint();
    // An item takes at least one byte: a wrong count is refused before memory is allocated.
    if (shown > input.left) throw new RecordingError('a list in it has no end');
    return { count, items: Array.from({ length: shown }, () => item(input)) };
  };
}

function writeDict(out: Output, dict: Dict | null, kept: Retention): void {
  out.uint(dict === null ? 0 : dict.size + 1);
  if (dict === null) return;
  let left = Math.min(dict.size, kept.itemsMax ?? ITEMS_MAX);
  out.uint(left);
  dict.forEach((key, value, type) => {
    if (left === 0) return;
    left -= 1;
    out.text(kept.hidden === null ? key : kept.hidden.key(key));
    writeDictValue(out, value, type, kept);
  });
}

/** Writes a value by its own type instead of the dict's, so that it can be read. */
function writeDictValue(out: Output, value: DictValue, type: DictType, kept: Retention): void {
  const typed = (fitting: readonly DictType[]): void =>
    out.byte(dictTypes.indexOf(fitting.includes(type) ? type : fitting[0]!));
  if (typeof value === 'number') {
    typed(['double', 'int', 'uint']);
    out.number(value);
  } else if (typeof value === 'string') {
    typed(['str', 'gfuuid']);
    out.text(type === 'gfuuid' ? value : name(value, kept));
  } else if (value instanceof Uint8Array) {
    typed(['bin', 'mdata']);
    out.data(value, dataMax(kept));
  } else {
    typed(['iatt']);
    writeIatt(out, value);
  }
}

function writeEntry(out: Output, entry: Dirent, kept: Retention): void {
  out.text(entry.name === '.' || entry.name === '..' ? entry.name : name(entry.name, kept));
  out.number(entry.off);
  out.uint(entry.type);
  out.gfid(entry.gfid);
  writeIatt(out, entry.stat);
  writeDict(out, entry.dict, kept);
}

/** The writers of values, by type. */
export const writeValue: Readonly<Record<ArgType, WriteValue>> = {
  loc: writeLoc as WriteValue,
  inode: writeInode as WriteValue,
  fd: writeFd as WriteValue,
  iatt: writeIatt as WriteValue,
  statvfs: writeStatvfs as WriteValue,
  flock: writeFlock as WriteValue,
  lease: writeLease as WriteValue,
  dict: writeDict as WriteValue,
  int: (out, value) => out.number(value as number),
  str: (out, value, kept) => out.nullableText(value === null ? null : path(value as string, kept)),
  data(out, value, kept) {
    out.byte(value === null ? 0 : 1);
    if (value !== null) out.data(value as Uint8Array, dataMax(kept));
  },
  entries: list(writeEntry),
  locklist: list(writeFlock),
};

/** The readers of values by type, with a recording's own fields of structures. */
export function valueReaders({ structs }: Tables): Readonly<Record<ArgType, ReadValue>> {
  const struct = (structName: StructType) => {
    const fields = structs[structName];
    return (input: Input): StructSeen | null => {
      if (input.byte() === 0) return null;
      const mask = input.uint();
      const seen: Record<string, number | string> = {};
      fields.forEach(([name, initial], i) => {
        const isThere = Math.floor(mask / 2 ** i) % 2 === 1;
        if (!isThere) seen[name] = initial;
        // The initial value tells the type of a field.
        else if (typeof initial === 'number') seen[name] = input.number();
        else seen[name] = initial === NULL_GFID ? input.gfid() : input.text();
      });
      return seen;
    };
  };
  const iatt = struct('iatt');
  const flock = struct('flock');
  const dictValue = (input: Input, type: DictType): DictPair['value'] => {
    if (type === 'iatt') return iatt(input);
    if (type === 'bin' || type === 'mdata') return input.data();
    return type === 'str' || type === 'gfuuid' ? input.text() : input.number();
  };
  const dict = listOf((input): DictPair => {
    const key = input.text();
    const type = dictTypes[input.byte()];
    if (type === undefined) throw new RecordingError('a dict in it has a value of no known type');
    return { key, type, value: dictValue(input, type) };
  });
  const entry = (input: Input): EntrySeen => ({
    name: input.text(),
    off: input.number(),
    type: input.uint(),
    gfid: input.gfid(),
    stat: iatt(input),
    dict: dict(input),
  });
  return {
    loc: readLoc,
    inode: (input) => (input.byte() === 0 ? null : { gfid: input.gfid() }),
    fd: readFd,
    iatt,
    statvfs: struct('statvfs'),
    flock,
    lease: struct('lease'),
    dict,
    int: (input) => input.number(),
    str: (input) => input.nullableText(),
    data: (input) => (input.byte() === 0 ? null : input.data()),
    entries: listOf(entry),
    locklist: listOf(flock),
  };
}
