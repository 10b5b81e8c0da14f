/**
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * Writes structures field by field into a record for C, and reads them from its messages. Fields are
 * accessed by name, as a loop over names is slower. `size…` returns the most doubles of a structure.
 * `put…` writes it within reserved room, and returns the index after it. `write…` reserves room, and
 * writes 0 for null, otherwise 1 and the structure.
 */
import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';

/** The memory to write into: area.ts. */
export interface WritableArea {
  readonly f64: Float64Array;
  /** The index of the next write. */
  nextIndex: number;
  /** Reserves room for `count` doubles; may replace `f64`. */
  reserve(count: number): void;
  writeNumber(value: number): void;
  /** Writes at `index`, within reserved room; returns the index after it. */
  putGfid(index: number, gfid: Gfid): number;
  putText(index: number, text: string): number;
  /** Returns the most doubles that a text may take. */
  countTextDoubles(text: string): number;
}

/** The doubles of a message from C: messages.ts. */
interface Doubles {
  readNumber(): number;
  readNumbers(count: number): number[];
  readText(): string;
}

export function sizeIatt(): number {
  return 27;
}

export function putIatt(to: WritableArea, start: number, from: Iatt): number {
  const { f64 } = to;
  let at = start;
  at = to.putGfid(at, from.iaGfid);
  f64[at++] = from.iaType;
  f64[at++] = from.iaProt;
  f64[at++] = from.iaNlink;
  f64[at++] = from.iaUid;
  f64[at++] = from.iaGid;
  f64[at++] = from.iaSize;
  f64[at++] = from.iaBlocks;
  f64[at++] = from.iaBlksize;
  f64[at++] = from.iaDev;
  f64[at++] = from.iaRdev;
  f64[at++] = from.iaAtime;
  f64[at++] = from.iaAtimeNsec;
  f64[at++] = from.iaMtime;
  f64[at++] = from.iaMtimeNsec;
  f64[at++] = from.iaCtime;
  f64[at++] = from.iaCtimeNsec;
  f64[at++] = from.iaBtime;
  f64[at++] = from.iaBtimeNsec;
  f64[at++] = from.iaFlags;
  f64[at++] = from.iaAttributes;
  f64[at++] = from.iaAttributesMask;
  return at;
}

export function writeIatt(to: WritableArea, from: Iatt | null): void {
  if (from === null) {
    to.writeNumber(0);
    return;
  }
  to.reserve(1 + sizeIatt());
  to.f64[to.nextIndex] = 1;
  to.nextIndex = putIatt(to, to.nextIndex + 1, from);
}

export function sizeStatvfs(): number {
  return 11;
}

export function putStatvfs(to: WritableArea, start: number, from: Statvfs): number {
  const { f64 } = to;
  let at = start;
  f64[at++] = from.bsize;
  f64[at++] = from.frsize;
  f64[at++] = from.blocks;
  f64[at++] = from.bfree;
  f64[at++] = from.bavail;
  f64[at++] = from.files;
  f64[at++] = from.ffree;
  f64[at++] = from.favail;
  f64[at++] = from.fsid;
  f64[at++] = from.flag;
  f64[at++] = from.namemax;
  return at;
}

export function writeStatvfs(to: WritableArea, from: Statvfs | null): void {
  if (from === null) {
    to.writeNumber(0);
    return;
  }
  to.reserve(1 + sizeStatvfs());
  to.f64[to.nextIndex] = 1;
  to.nextIndex = putStatvfs(to, to.nextIndex + 1, from);
}

export function sizeFlock(to: WritableArea, from: Flock): number {
  return 5 + to.countTextDoubles(from.owner);
}

export function putFlock(to: WritableArea, start: number, from: Flock): number {
  const { f64 } = to;
  let at = start;
  f64[at++] = from.type;
  f64[at++] = from.whence;
  f64[at++] = from.start;
  f64[at++] = from.len;
  f64[at++] = from.pid;
  at = to.putText(at, from.owner);
  return at;
}

export function writeFlock(to: WritableArea, from: Flock | null): void {
  if (from === null) {
    to.writeNumber(0);
    return;
  }
  to.reserve(1 + sizeFlock(to, from));
  to.f64[to.nextIndex] = 1;
  to.nextIndex = putFlock(to, to.nextIndex + 1, from);
}

export function sizeLease(): number {
  return 9;
}

export function putLease(to: WritableArea, start: number, from: Lease): number {
  const { f64 } = to;
  let at = start;
  f64[at++] = from.cmd;
  f64[at++] = from.type;
  at = to.putGfid(at, from.id);
  f64[at++] = from.flags;
  return at;
}

export function writeLease(to: WritableArea, from: Lease | null): void {
  if (from === null) {
    to.writeNumber(0);
    return;
  }
  to.reserve(1 + sizeLease());
  to.f64[to.nextIndex] = 1;
  to.nextIndex = putLease(to, to.nextIndex + 1, from);
}

/** Reads the values of all fields in the order of a message (host/crossing/message.ts). */
export const readIatt = (from: Doubles): unknown[] => [from.readText(), ...from.readNumbers(21)];
export const readStatvfs = (from: Doubles): unknown[] => from.readNumbers(11);
export const readFlock = (from: Doubles): unknown[] => [...from.readNumbers(5), from.readText()];
export const readLease = (from: Doubles): unknown[] => [
  ...from.readNumbers(2),
  from.readText(),
  from.readNumber(),
];
