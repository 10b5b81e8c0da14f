/**
 * Encodes struct fuse_dirent for READDIR. In a fuse_direntplus (READDIRPLUS) a fuse_entry_out precedes it;
 * handlers/dir.ts writes both.
 */
import { computeDirentSize } from '../../../core/iatt.ts';
import { ENTRY_OUT_SIZE, put64 } from './reply-structs.ts';

/** Bytes before the name in a fuse_dirent. */
export const NAME_OFFSET = 24;
/** Bytes before the name in a fuse_direntplus. */
export const NAME_OFFSET_PLUS = ENTRY_OUT_SIZE + NAME_OFFSET;

/**
 * Writes a fuse_dirent around a name that is already at `offset + NAME_OFFSET`, padded with NULs. Returns its size.
 * @param nextOffset the offset at which a READDIR continues after this entry @param type DT_…
 */
export function encodeDirent(
  view: DataView,
  offset: number,
  inoHi: number,
  inoLo: number,
  nextOffset: number,
  type: number,
  nameBytes: number,
): number {
  view.setUint32(offset, inoLo, true);
  view.setUint32(offset + 4, inoHi, true);
  put64(view, offset + 8, nextOffset);
  view.setUint32(offset + 16, nameBytes, true);
  view.setUint32(offset + 20, type, true);
  const size = computeDirentSize(nameBytes);
  for (let i = NAME_OFFSET + nameBytes; i < size; i++) view.setUint8(offset + i, 0);
  return size;
}
