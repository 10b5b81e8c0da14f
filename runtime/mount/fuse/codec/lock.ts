/** GETLK, SETLK and SETLKW: locks of applications, those of flock(2) among them. */
import { type Cursor, putU64 } from './cursor.ts';

/**
 * struct fuse_lk_in. `end` is the last byte of the range, and above 2^53 for a range without an end;
 * the owner stands for a process's table of descriptors, or for an open file.
 */
export class LkIn {
  fh = 0;
  ownerLo = 0;
  ownerHi = 0;
  start = 0;
  end = 0;
  type = 0;
  pid = 0;
  /** LK_FLOCK */
  lkFlags = 0;
}

export function decodeLkIn(cursor: Cursor, out: LkIn): void {
  out.fh = cursor.u64();
  out.ownerLo = cursor.u32();
  out.ownerHi = cursor.u32();
  out.start = cursor.u64();
  out.end = cursor.u64();
  out.type = cursor.u32();
  out.pid = cursor.u32();
  out.lkFlags = cursor.u32();
  cursor.skip(4);
}

export const LK_OUT_SIZE = 24;

/** struct fuse_lk_out: a lock of `len` bytes; 0 for one without an end. */
export function encodeLkOut(
  view: DataView,
  at: number,
  { type, start, len, pid }: { type: number; start: number; len: number; pid: number },
): void {
  putU64(view, at, start);
  if (len > 0) putU64(view, at + 8, start + len - 1);
  else {
    // OFFSET_MAX of the kernel: the largest signed number.
    view.setUint32(at + 8, 0xffff_ffff, true);
    view.setUint32(at + 12, 0x7fff_ffff, true);
  }
  view.setUint32(at + 16, type, true);
  view.setInt32(at + 20, pid, true);
}
