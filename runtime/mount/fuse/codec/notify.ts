/**
 * Encodes notices, which invalidate the kernel's caches: replies with `unique` 0 and a code in place of the errno.
 * Each `encode…` returns the message's length.
 */
import {
  EXPIRE_ONLY,
  NOTIFY_DELETE,
  NOTIFY_INC_EPOCH,
  NOTIFY_INVAL_ENTRY,
  NOTIFY_INVAL_INODE,
  OUT_HEADER_SIZE,
} from '../protocol.ts';
import { put64 } from './reply-structs.ts';

/** Writes the header of a notice. Returns the length of the whole message. */
function encodeNotifyHeader(view: DataView, code: number, bodyBytes: number): number {
  const length = OUT_HEADER_SIZE + bodyBytes;
  view.setUint32(0, length, true);
  view.setInt32(4, code, true);
  put64(view, 8, 0);
  return length;
}

/** Bytes of the message of `encodeInvalInode`. */
export const INVAL_INODE_SIZE = OUT_HEADER_SIZE + 24;

/**
 * Invalidates an inode's attributes, and its data from `offset` for `length` bytes (0: to the end). A negative offset
 * keeps the data.
 */
export function encodeInvalInode(
  view: DataView,
  nodeid: number,
  offset: number,
  length: number,
): number {
  put64(view, OUT_HEADER_SIZE, nodeid);
  put64(view, OUT_HEADER_SIZE + 8, offset);
  put64(view, OUT_HEADER_SIZE + 16, length);
  return encodeNotifyHeader(view, NOTIFY_INVAL_INODE, 24);
}

/** Position of the name for `encodeInvalEntry`. */
export const INVAL_ENTRY_NAME_OFFSET = OUT_HEADER_SIZE + 16;

/**
 * Invalidates a name, existing or absent. With `expire` (since protocol 7.38) the kernel looks the name up again at its
 * next use; without it, it drops the name and all names below at once.
 */
export function encodeInvalEntry(
  view: DataView,
  parent: number,
  nameBytes: number,
  expire = false,
): number {
  put64(view, OUT_HEADER_SIZE, parent);
  view.setUint32(OUT_HEADER_SIZE + 8, nameBytes, true);
  view.setUint32(OUT_HEADER_SIZE + 12, expire ? EXPIRE_ONLY : 0, true);
  view.setUint8(INVAL_ENTRY_NAME_OFFSET + nameBytes, 0);
  return encodeNotifyHeader(view, NOTIFY_INVAL_ENTRY, 16 + nameBytes + 1);
}

/** Position of the name for `encodeDelete`. */
export const DELETE_NAME_OFFSET = OUT_HEADER_SIZE + 24;

/** Reports that the name of `child` in `parent` was removed. */
export function encodeDelete(
  view: DataView,
  parent: number,
  child: number,
  nameBytes: number,
): number {
  put64(view, OUT_HEADER_SIZE, parent);
  put64(view, OUT_HEADER_SIZE + 8, child);
  view.setUint32(OUT_HEADER_SIZE + 16, nameBytes, true);
  view.setUint32(OUT_HEADER_SIZE + 20, 0, true);
  view.setUint8(DELETE_NAME_OFFSET + nameBytes, 0);
  return encodeNotifyHeader(view, NOTIFY_DELETE, 24 + nameBytes + 1);
}

/** Makes the kernel look up every name again (since protocol 7.44). */
export const encodeIncEpoch = (view: DataView): number =>
  encodeNotifyHeader(view, NOTIFY_INC_EPOCH, 0);
