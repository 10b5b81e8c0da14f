/**
 * Converts the offsets of listings between this process and a brick. A brick of glossa has offsets that are exact
 * numbers. One of GlusterFS has the positions of its disk, of 63 bits (`core/listing-offset.ts`). Both are valid for
 * the directory, so a listing continues after the brick or this client was started again.
 */

import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import {
  bucketStart,
  isBeforeOffset,
  isListingOffset,
  makeListingOffset,
  readPositionHi,
  readPositionLo,
} from '../../../runtime/core/listing-offset.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import type { Wide, WireDirent } from '../../rpc/fields.ts';

const TWO_32 = 0x1_0000_0000;
/** More than GlusterFS's bricks count for the longest entry. */
const ENTRY_BYTES_MAX = 1024;

/** Whether a brick can list from this offset. */
export const isBrickOffset = (offset: number, isGlusterBrick: boolean): boolean =>
  isGlusterBrick ? isListingOffset(offset) : offset >= 0 && Number.isSafeInteger(offset);

/** Returns the position at which a brick continues, or starts to skip entries. */
export function toBrickPosition(offset: number, isGlusterBrick: boolean): Wide {
  return isGlusterBrick
    ? { hi: readPositionHi(offset), lo: readPositionLo(offset) }
    : { hi: Math.floor(offset / TWO_32), lo: offset >>> 0 };
}

/** Returns the size to request: with room for the entries that `makeDirents` skips. */
export const toBrickListingSize = (
  size: number,
  offset: number,
  isGlusterBrick: boolean,
): number => (isGlusterBrick ? size + (offset - bucketStart(offset)) * ENTRY_BYTES_MAX : size);

/** Converts the entries of a listing that was requested at `offset`. */
export function makeDirents(
  fd: Fd,
  offset: number,
  entries: readonly WireDirent[],
  isGlusterBrick: boolean,
): Dirent[] {
  const dirents: Dirent[] = [];
  const { table } = fd.inode;
  let off = isGlusterBrick ? bucketStart(offset) : offset;
  let isSkipping = off !== offset;
  for (const { name, type, stat, dict, offHi, offLo } of entries) {
    off = isGlusterBrick ? makeListingOffset(offHi, offLo, off) : offHi * TWO_32 + offLo;
    isSkipping &&= isBeforeOffset(off, offset);
    if (isSkipping) continue;
    const isKnown = stat !== null && stat.iaGfid !== NULL_GFID;
    const isDots = name === '.' || name === '..';
    // The order of fields matches all other dirents, so that V8 uses one hidden class.
    dirents.push({
      name,
      off,
      type,
      gfid: isKnown ? stat.iaGfid : NULL_GFID,
      stat: isKnown ? stat : null,
      dict,
      inode: isKnown && !isDots ? (table.find(stat.iaGfid) ?? table.newInode()) : null,
    });
  }
  return dirents;
}
