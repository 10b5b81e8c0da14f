/**
 * Arguments and replies as bytes, by their types in the table of fops. The other half is
 * `read-values.ts`; docs/write/recording.md has the form.
 */
import { type Dict, type DictType, type DictValue, dictTypes } from '../core/dict.ts';
import type { Fd } from '../core/fd.ts';
import type { ArgType } from '../core/fops.ts';
import { NULL_GFID } from '../core/gfid.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import type { Loc } from '../core/loc.ts';
import type { Flock } from '../core/lock.ts';
import type { Output } from './bytes.ts';
import type { HiddenNames } from './names.ts';
import { writeFlock, writeIatt, writeLease, writeStatvfs } from './structs.gen.ts';

/** Items that are kept of a list or dict, unless told. */
export const ITEMS_MAX = 64;

export interface Kept {
  /** Bytes that are kept of data, and of values that are bytes. */
  readonly dataMax: number;
  /** Present if names and contents are to be hidden. */
  readonly hidden: HiddenNames | null;
  /** Items that are kept of a list or dict. */
  readonly itemsMax?: number;
}

export type WriteValue = (out: Output, value: unknown, kept: Kept) => void;

/** Flags of a loc. */
export const LOC = { PRESENT: 1, GFID: 2, PARENT: 4, NAME: 8 } as const;

const name = (text: string, { hidden }: Kept): string =>
  hidden === null ? text : hidden.name(text);
const path = (text: string, { hidden }: Kept): string =>
  hidden === null ? text : hidden.path(text);
const dataMax = ({ dataMax, hidden }: Kept): number => (hidden === null ? dataMax : 0);

function writeLoc(out: Output, loc: Loc | null, kept: Kept): void {
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

function writeInode(out: Output, inode: Inode | null): void {
  out.byte(inode === null ? 0 : 1);
  if (inode !== null) out.gfid(inode.gfid);
}

function writeFd(out: Output, fd: Fd | null, kept: Kept): void {
  out.byte(fd === null ? 0 : fd.isDir ? 2 : 1);
  if (fd === null) return;
  out.uint(fd.id);
  out.uint(fd.flags >>> 0);
  out.gfid(fd.inode.gfid);
  out.text(path(fd.inode.path, kept));
}

function writeDict(out: Output, dict: Dict | null, kept: Kept): void {
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

/** A value goes by what it is, whatever type it was set with: so it can be read in any case. */
function writeDictValue(out: Output, value: DictValue, type: DictType, kept: Kept): void {
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

function list<T>(item: (out: Output, value: T, kept: Kept) => void): WriteValue {
  return (out, value, kept) => {
    const items = value as readonly T[] | null;
    out.uint(items === null ? 0 : items.length + 1);
    if (items === null) return;
    const shown = Math.min(items.length, kept.itemsMax ?? ITEMS_MAX);
    out.uint(shown);
    for (let i = 0; i < shown; i++) item(out, items[i]!, kept);
  };
}

function writeEntry(out: Output, entry: Dirent, kept: Kept): void {
  out.text(entry.name === '.' || entry.name === '..' ? entry.name : name(entry.name, kept));
  out.number(entry.off);
  out.uint(entry.type);
  out.gfid(entry.gfid);
  writeIatt(out, entry.stat);
  writeDict(out, entry.dict, kept);
}

/** How a value of each type is written. */
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
  locklist: list((out, lock: Flock) => writeFlock(out, lock)),
};
