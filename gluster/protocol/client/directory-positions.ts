/**
 * Replaces a brick's positions in a directory, which have 64 bits, by small offsets. An offset is an index, counted
 * from 1, into the positions that this open directory has returned. `marshal.ts` converts listings with it.
 */
import type { Fd } from '../../../runtime/core/fd.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import type { Wide, WireDirent } from '../../rpc/structs.ts';

/** The position at which a listing starts. */
const START_POSITION: Wide = { hi: 0, lo: 0 };

/** The most stored positions; a program that seeks further back must start over. */
const MAX_POSITIONS = 65_536;

/** The positions that one open directory has returned. */
export class DirectoryPositions {
  private readonly positions = new Map<number, Wide>();
  /** The last assigned index. */
  private lastIndex = 0;

  /** Finds the brick's position for an index; undefined for an unknown or forgotten index. */
  find(index: number): Wide | undefined {
    return index === 0 ? START_POSITION : this.positions.get(index);
  }

  /** Assigns an index to the position of an entry. @param index the index of the entry before; 0 for the first */
  assignIndex(index: number, position: Wide): number {
    const following = this.positions.get(index + 1);
    // The same entry was returned before, to another request.
    if (following?.hi === position.hi && following.lo === position.lo) return index + 1;
    this.lastIndex += 1;
    this.positions.set(this.lastIndex, position);
    this.positions.delete(this.lastIndex - MAX_POSITIONS);
    return this.lastIndex;
  }
}

/** Converts the entries of a listing that was requested at `offset`. */
export function makeDirents(
  fd: Fd,
  positions: DirectoryPositions,
  offset: number,
  entries: readonly WireDirent[],
): Dirent[] {
  let index = offset;
  const { table } = fd.inode;
  return entries.map(({ name, type, stat, dict, offHi, offLo }) => {
    index = positions.assignIndex(index, { hi: offHi, lo: offLo });
    const isKnown = stat !== null && stat.iaGfid !== NULL_GFID;
    const isDots = name === '.' || name === '..';
    // The order of fields matches all other dirents, so that V8 uses one hidden class.
    return {
      name,
      off: index,
      type,
      gfid: isKnown ? stat.iaGfid : NULL_GFID,
      stat: isKnown ? stat : null,
      dict,
      inode: isKnown && !isDots ? (table.find(stat.iaGfid) ?? table.newInode()) : null,
    };
  });
}
