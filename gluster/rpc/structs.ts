/** Structures of the fops on the wire: locks, leases, file systems, listings. */
import type { Dict } from '../../runtime/core/dict.ts';
import { STATVFS_FIELDS } from '../../runtime/core/gen/fields.gen.ts';
import { type Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';
import { readDict, writeDict } from './dict.ts';
import { readIatt, writeIatt } from './iatt.ts';
import { bytesOfHex, hexOf } from './message.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

const NO_LOCK: Flock = { type: 0, whence: 0, start: 0, len: 0, pid: 0, owner: '' };

/** The end of the longest file: what lies beyond it would come to be negative. */
const LAST_BYTE: Wide = { hi: 0x7fff_ffff, lo: 0xffff_ffff };

function writeOffset(w: XdrWriter, offset: number): void {
  if (offset < 2 ** 63) w.u64(offset);
  else writeWide(w, LAST_BYTE);
}

export function writeFlock(w: XdrWriter, lock: Flock | null): void {
  const { type, whence, start, len, pid, owner } = lock ?? NO_LOCK;
  w.u32(type);
  w.u32(whence);
  writeOffset(w, start);
  writeOffset(w, len);
  w.u32(pid);
  w.opaque(bytesOfHex(owner));
}

export function readFlock(r: XdrReader): Flock {
  const type = r.u32();
  const whence = r.u32();
  const start = r.u64();
  const len = r.u64();
  const pid = r.i32();
  return { type, whence, start, len, pid, owner: hexOf(r.opaque()) };
}

export function writeLease(w: XdrWriter, lease: Lease | null): void {
  if (lease === null) {
    w.zeros(28);
    return;
  }
  w.u32(lease.cmd);
  w.u32(lease.type);
  w.gfid(lease.id);
  w.u32(lease.flags);
}

export const readLease = (r: XdrReader): Lease => ({
  cmd: r.u32(),
  type: r.u32(),
  id: r.gfid(),
  flags: r.u32(),
});

export function writeStatvfs(w: XdrWriter, stat: Statvfs | null): void {
  for (const field of STATVFS_FIELDS) w.u64(stat?.[field] ?? 0);
}

export function readStatvfs(r: XdrReader): Statvfs {
  const stat = new Statvfs();
  for (const field of STATVFS_FIELDS) stat[field] = r.u64();
  return stat;
}

/** Somebody's lock, in the list of all on a file. */
export interface WireLock {
  readonly flock: Flock;
  /** `process-uuid` of whose it is. */
  readonly client: string;
  readonly flags: number;
}

/** A list is written as whether one more follows, and that. */
function writeList<T>(w: XdrWriter, list: readonly T[] | null, write: (item: T) => void): void {
  for (const item of list ?? []) {
    w.u32(1);
    write(item);
  }
  w.u32(0);
}

function readList<T>(r: XdrReader, read: () => T): T[] {
  const list: T[] = [];
  for (;;) {
    const more = r.u32();
    if (more === 0) return list;
    const item = read();
    if (r.short) return list;
    list.push(item);
  }
}

export const writeLocks = (w: XdrWriter, locks: readonly WireLock[] | null): void =>
  writeList(w, locks, ({ flock, client, flags }) => {
    writeFlock(w, flock);
    w.string(client);
    w.u32(flags);
  });

export const readLocks = (r: XdrReader): WireLock[] =>
  readList(r, () => ({ flock: readFlock(r), client: r.string(), flags: r.u32() }));

/** A number that takes all of 64 bits: two halves. */
export interface Wide {
  readonly hi: number;
  readonly lo: number;
}

export function writeWide(w: XdrWriter, { hi, lo }: Wide): void {
  w.u32(hi);
  w.u32(lo);
}

export const readWide = (r: XdrReader): Wide => ({ hi: r.u32(), lo: r.u32() });

/** One entry of a listing. Positions and inode numbers take all of 64 bits: two halves each. */
export interface WireDirent {
  readonly inoHi: number;
  readonly inoLo: number;
  readonly offHi: number;
  readonly offLo: number;
  readonly type: number;
  readonly name: string;
  /** Of readdirp alone. */
  readonly stat: Iatt | null;
  readonly dict: Dict | null;
}

export const writeDirents = (
  w: XdrWriter,
  entries: readonly WireDirent[] | null,
  plus: boolean,
): void =>
  writeList(w, entries, (entry) => {
    for (const half of [entry.inoHi, entry.inoLo, entry.offHi, entry.offLo]) w.u32(half);
    const length = w.at;
    w.u32(0);
    w.u32(entry.type);
    w.string(entry.name);
    w.patch(length, w.view.getUint32(length + 8));
    if (!plus) return;
    writeIatt(w, entry.stat);
    writeDict(w, entry.dict);
  });

export const readDirents = (r: XdrReader, plus: boolean): WireDirent[] =>
  readList(r, () => {
    const inoHi = r.u32();
    const inoLo = r.u32();
    const offHi = r.u32();
    const offLo = r.u32();
    r.skip(4);
    const type = r.u32();
    const name = r.string();
    const stat = plus ? readIatt(r) : null;
    const dict = plus ? readDict(r) : null;
    return { inoHi, inoLo, offHi, offLo, type, name, stat, dict };
  });
