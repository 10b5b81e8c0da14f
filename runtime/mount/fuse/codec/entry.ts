/** Operations on names: LOOKUP, FORGET, the makers and removers of entries, RENAME, LINK. */
import type { Iatt } from '../../../core/iatt.ts';
import { ATTR_SIZE, encodeAttr } from './attr.ts';
import { type Cursor, putU64, Span } from './cursor.ts';
import type { Validity } from './validity.ts';

/** LOOKUP, UNLINK, RMDIR (and REMOVEXATTR): a name in the directory `nodeid`. */
export class NameIn {
  readonly name = new Span();
}

export function decodeNameIn(cursor: Cursor, out: NameIn): void {
  cursor.name(out.name);
}

/** struct fuse_mknod_in and the name. `rdev` is in the kernel's encoding. */
export class MknodIn {
  mode = 0;
  rdev = 0;
  umask = 0;
  readonly name = new Span();
}

export function decodeMknodIn(cursor: Cursor, out: MknodIn): void {
  out.mode = cursor.u32();
  out.rdev = cursor.u32();
  out.umask = cursor.u32();
  cursor.skip(4);
  cursor.name(out.name);
}

/** struct fuse_mkdir_in and the name. */
export class MkdirIn {
  mode = 0;
  umask = 0;
  readonly name = new Span();
}

export function decodeMkdirIn(cursor: Cursor, out: MkdirIn): void {
  out.mode = cursor.u32();
  out.umask = cursor.u32();
  cursor.name(out.name);
}

export class SymlinkIn {
  readonly name = new Span();
  readonly target = new Span();
}

export function decodeSymlinkIn(cursor: Cursor, out: SymlinkIn): void {
  cursor.name(out.name);
  cursor.name(out.target);
}

/** struct fuse_rename_in or fuse_rename2_in, and the two names. */
export class RenameIn {
  newdir = 0;
  /** RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT. */
  flags = 0;
  readonly oldname = new Span();
  readonly newname = new Span();
}

export function decodeRenameIn(cursor: Cursor, out: RenameIn): void {
  out.newdir = cursor.u64();
  out.flags = 0;
  cursor.name(out.oldname);
  cursor.name(out.newname);
}

export function decodeRename2In(cursor: Cursor, out: RenameIn): void {
  out.newdir = cursor.u64();
  out.flags = cursor.u32();
  cursor.skip(4);
  cursor.name(out.oldname);
  cursor.name(out.newname);
}

/** struct fuse_link_in and the new name. */
export class LinkIn {
  oldnodeid = 0;
  readonly name = new Span();
}

export function decodeLinkIn(cursor: Cursor, out: LinkIn): void {
  out.oldnodeid = cursor.u64();
  cursor.name(out.name);
}

export class ForgetIn {
  nlookup = 0;
}

export function decodeForgetIn(cursor: Cursor, out: ForgetIn): void {
  out.nlookup = cursor.u64();
}

/** struct fuse_batch_forget_in; `items` is where its fuse_forget_one structs begin. */
export class BatchForgetIn {
  count = 0;
  items = 0;
}

export const FORGET_ONE_SIZE = 16;

export function decodeBatchForgetIn(cursor: Cursor, out: BatchForgetIn): void {
  out.count = cursor.u32();
  cursor.skip(4);
  out.items = cursor.at;
  cursor.skip(out.count * FORGET_ONE_SIZE);
}

export const ENTRY_OUT_SIZE = 40 + ATTR_SIZE;

/** struct fuse_entry_out. The inode number is given as halves, `iatt` says the rest. */
export function encodeEntryOut(
  view: DataView,
  at: number,
  nodeid: number,
  entry: Validity,
  attr: Validity,
  inoHi: number,
  inoLo: number,
  iatt: Iatt,
): void {
  putU64(view, at, nodeid);
  // Node ids are never used twice, so one generation is enough.
  putU64(view, at + 8, 0);
  encodeValidities(view, at, entry, attr);
  encodeAttr(view, at + 40, inoHi, inoLo, iatt);
}

/** "There is no such name": node id 0, cached for `entry`. */
export function encodeNegativeEntry(view: DataView, at: number, entry: Validity): void {
  for (let i = 0; i < ENTRY_OUT_SIZE; i += 4) view.setUint32(at + i, 0, true);
  encodeValidities(view, at, entry, entry);
}

function encodeValidities(view: DataView, at: number, entry: Validity, attr: Validity): void {
  putU64(view, at + 16, entry.sec);
  putU64(view, at + 24, attr.sec);
  view.setUint32(at + 32, entry.nsec, true);
  view.setUint32(at + 36, attr.nsec, true);
}
