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

/**
 * Reads the header of the message that fills `length` bytes from the start of the cursor's buffer,
 * and leaves the cursor on its arguments, without extensions that may follow them.
 */
export function decodeInHeader(cursor: Cursor, length: number, out: InHeader): void {
  cursor.reset(0, length);
  out.len = cursor.u32();
  out.opcode = cursor.u32();
  out.unique = cursor.u64();
  out.nodeid = cursor.u64();
  out.uid = cursor.u32();
  out.gid = cursor.u32();
  out.pid = cursor.u32();
  const extensionBytes = cursor.u16() * 8;
  cursor.skip(2);
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
