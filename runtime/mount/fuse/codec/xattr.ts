/** Extended attributes: SETXATTR, GETXATTR, LISTXATTR (REMOVEXATTR is a name: entry.ts). */
import { type Cursor, Span } from './cursor.ts';

/** struct fuse_setxattr_in (the short form: SETXATTR_EXT is not asked for), name and value. */
export class SetxattrIn {
  size = 0;
  /** XATTR_CREATE 1, XATTR_REPLACE 2. */
  flags = 0;
  readonly name = new Span();
  readonly value = new Span();
}

export function decodeSetxattrIn(cursor: Cursor, out: SetxattrIn): void {
  out.size = cursor.u32();
  out.flags = cursor.u32();
  cursor.name(out.name);
  cursor.data(out.size, out.value);
}

/** struct fuse_getxattr_in and, for GETXATTR, the name. A size of 0 asks for the length. */
export class GetxattrIn {
  size = 0;
  readonly name = new Span();
}

export function decodeGetxattrIn(cursor: Cursor, out: GetxattrIn): void {
  out.size = cursor.u32();
  cursor.skip(4);
  cursor.name(out.name);
}

export function decodeListxattrIn(cursor: Cursor, out: GetxattrIn): void {
  out.size = cursor.u32();
  cursor.skip(4);
  out.name.start = out.name.end = cursor.at;
}

export const GETXATTR_OUT_SIZE = 8;

/** struct fuse_getxattr_out: how long the value or list is. */
export function encodeGetxattrOut(view: DataView, at: number, size: number): void {
  view.setUint32(at, size, true);
  view.setUint32(at + 4, 0, true);
}
