/**
 * Decodes request headers (struct fuse_in_header), and encodes reply headers (fuse_out_header). Also decodes INIT and
 * BATCH_FORGET, whose length varies; `structs.ts` describes the other requests.
 */
import { IN_HEADER_SIZE, OUT_HEADER_SIZE } from '../protocol.ts';
import { type Cursor, putU64 } from './cursor.ts';

/** struct fuse_in_header. */
export class InHeader {
  /** Bytes of the whole message. */
  len = 0;
  opcode = 0;
  /** The kernel's number of the request; odd for INTERRUPT only. */
  unique = 0;
  nodeid = 0;
  uid = 0;
  gid = 0;
  pid = 0;
}

const TWO_32 = 0x1_0000_0000;

/**
 * Reads the header of a message of `length` bytes at the start of the cursor's buffer. Then the cursor stands at the
 * arguments, and ends before the extensions that may follow them. Fields are read by position, which is fastest: every
 * request is decoded here.
 */
export function decodeInHeader(cursor: Cursor, length: number, out: InHeader): void {
  cursor.reset(0, length);
  const { view } = cursor;
  cursor.skip(IN_HEADER_SIZE);
  if (cursor.isShort) return;
  out.len = view.getUint32(0, true);
  out.opcode = view.getUint32(4, true);
  out.unique = view.getUint32(8, true) + view.getUint32(12, true) * TWO_32;
  out.nodeid = view.getUint32(16, true) + view.getUint32(20, true) * TWO_32;
  out.uid = view.getUint32(24, true);
  out.gid = view.getUint32(28, true);
  out.pid = view.getUint32(32, true);
  const extensionBytes = view.getUint16(36, true) * 8;
  if (out.len !== length || extensionBytes > length - IN_HEADER_SIZE) cursor.isShort = true;
  else cursor.end = length - extensionBytes;
}

/** Writes a reply's header. `errno` is positive, 0 for success. Returns the length with `bodyBytes`. */
export function encodeOutHeader(
  view: DataView,
  unique: number,
  errno: number,
  bodyBytes: number,
): number {
  const length = OUT_HEADER_SIZE + bodyBytes;
  view.setUint32(0, length, true);
  view.setInt32(4, -errno, true);
  putU64(view, 8, unique);
  return length;
}

/** struct fuse_init_in; the second flag word came with 7.36. */
export class InitIn {
  major = 0;
  minor = 0;
  maxReadahead = 0;
  flags = 0;
  flags2 = 0;
}

/** Decodes INIT; a kernel before 7.36 sends no second flag word, which is then 0. */
export function decodeInitIn(cursor: Cursor, out: InitIn): void {
  out.major = cursor.readU32();
  out.minor = cursor.readU32();
  out.maxReadahead = cursor.readU32();
  // `| 0`: bitwise operators give signed numbers, with which the handler compares.
  out.flags = cursor.readU32() | 0;
  out.flags2 = cursor.position < cursor.end ? cursor.readU32() | 0 : 0;
}

/** struct fuse_batch_forget_in. */
export class BatchForgetIn {
  count = 0;
  /** Position of the first fuse_forget_one in the message. */
  itemsOffset = 0;
}

/** Bytes of a struct fuse_forget_one. */
export const FORGET_ONE_SIZE = 16;

/** Decodes the count of a BATCH_FORGET; its handler reads the structs themselves. */
export function decodeBatchForgetIn(cursor: Cursor, out: BatchForgetIn): void {
  out.count = cursor.readU32();
  cursor.skip(4);
  out.itemsOffset = cursor.position;
  cursor.skip(out.count * FORGET_ONE_SIZE);
}
