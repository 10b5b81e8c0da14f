/** COPY_FILE_RANGE and COPY_FILE_RANGE_64, whose answers alone differ. */
import { type Cursor, putU64 } from './cursor.ts';

/** struct fuse_copy_file_range_in; the header's node is the source. */
export class CopyFileRangeIn {
  fhIn = 0;
  offIn = 0;
  nodeidOut = 0;
  fhOut = 0;
  offOut = 0;
  len = 0;
  flags = 0;
}

export function decodeCopyFileRangeIn(cursor: Cursor, out: CopyFileRangeIn): void {
  out.fhIn = cursor.u64();
  out.offIn = cursor.u64();
  out.nodeidOut = cursor.u64();
  out.fhOut = cursor.u64();
  out.offOut = cursor.u64();
  out.len = cursor.u64();
  out.flags = cursor.u64();
}

export const COPY_FILE_RANGE_OUT_SIZE = 8;

/** struct fuse_copy_file_range_out: bytes copied. COPY_FILE_RANGE has a fuse_write_out instead. */
export function encodeCopyFileRangeOut(view: DataView, at: number, bytes: number): void {
  putU64(view, at, bytes);
}
