/**
 * IOCTL. Its kind is the one of the kernel's "restricted" ioctls: the number says how much data goes
 * which way, and the kernel has copied it already.
 */
import { type Cursor, Span } from './cursor.ts';

/** struct fuse_ioctl_in and the data. */
export class IoctlIn {
  fh = 0;
  flags = 0;
  cmd = 0;
  inSize = 0;
  /** Room for what comes back. */
  outSize = 0;
  readonly data = new Span();
}

export function decodeIoctlIn(cursor: Cursor, out: IoctlIn): void {
  out.fh = cursor.u64();
  out.flags = cursor.u32();
  out.cmd = cursor.u32();
  cursor.skip(8);
  out.inSize = cursor.u32();
  out.outSize = cursor.u32();
  cursor.data(out.inSize, out.data);
}

export const IOCTL_OUT_SIZE = 16;

/** struct fuse_ioctl_out: what ioctl(2) returns. The data follows. */
export function encodeIoctlOut(view: DataView, at: number, result: number): void {
  view.setInt32(at, result, true);
  for (let i = 4; i < IOCTL_OUT_SIZE; i += 4) view.setUint32(at + i, 0, true);
}
