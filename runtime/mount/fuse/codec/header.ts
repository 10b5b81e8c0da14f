/** What every request begins with, and every reply: struct fuse_in_header, fuse_out_header. */
import { IN_HEADER_SIZE, OUT_HEADER_SIZE } from '../protocol.ts';
import { type Cursor, putU64 } from './cursor.ts';

export class InHeader {
  /** Bytes of the whole message. */
  len = 0;
  opcode = 0;
  /** The kernel's number for the request; odd for none but INTERRUPT. */
  unique = 0;
  nodeid = 0;
  uid = 0;
  gid = 0;
  pid = 0;
}

const TWO_32 = 0x1_0000_0000;

/**
 * Reads the header of the message that fills `length` bytes from the start of the cursor's buffer,
 * and leaves the cursor on its arguments, without extensions that may follow them. The fields are
 * read by their places and not one by one: every request comes by here.
 */
export function decodeInHeader(cursor: Cursor, length: number, out: InHeader): void {
  cursor.reset(0, length);
  const { view } = cursor;
  cursor.skip(IN_HEADER_SIZE);
  if (cursor.short) return;
  out.len = view.getUint32(0, true);
  out.opcode = view.getUint32(4, true);
  out.unique = view.getUint32(8, true) + view.getUint32(12, true) * TWO_32;
  out.nodeid = view.getUint32(16, true) + view.getUint32(20, true) * TWO_32;
  out.uid = view.getUint32(24, true);
  out.gid = view.getUint32(28, true);
  out.pid = view.getUint32(32, true);
  const extensionBytes = view.getUint16(36, true) * 8;
  if (out.len !== length || extensionBytes > length - IN_HEADER_SIZE) cursor.short = true;
  else cursor.end = length - extensionBytes;
}

/** `errno` is positive, 0 for success; `bodyBytes` follow the header. Returns the whole length. */
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

/** The arguments of operations whose header says it all. */
export class NoArgs {}
export const decodeNothing = (): void => {};
