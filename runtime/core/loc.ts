/**
 * Represents the target of a fop by name or gfid, not by an open file:
 *
 *   a new name        inode new and unlinked, parent and name set, gfid null
 *   a known name      inode linked, parent and name set
 *   by gfid           parent and name null; inode or at least gfid set
 *   the root          inode is the root, parent and name null
 *
 * Source: GlusterFS `loc_t`, `libglusterfs/src/xlator.c`.
 */
import { type Gfid, NULL_GFID } from './gfid.ts';
import type { Inode } from './inode.ts';

export class Loc {
  readonly inode: Inode | null;
  readonly parent: Inode | null;
  /** The last component; bytes that are not UTF-8 are escaped (`bytes.ts`). */
  readonly name: string | null;
  /** The target's gfid, for as long as its inode is not linked. */
  private readonly fallbackGfid: Gfid;

  constructor(
    inode: Inode | null,
    parent: Inode | null = null,
    name: string | null = null,
    gfid: Gfid = NULL_GFID,
  ) {
    this.inode = inode;
    this.parent = parent;
    this.name = name;
    this.fallbackGfid = gfid;
  }

  /** The target's gfid; the null gfid while it is unknown. */
  get gfid(): Gfid {
    return this.inode !== null && this.inode.gfid !== NULL_GFID
      ? this.inode.gfid
      : this.fallbackGfid;
  }

  /** The parent's gfid; the null gfid without a parent. */
  get pargfid(): Gfid {
    return this.parent === null ? NULL_GFID : this.parent.gfid;
  }

  /** Path from the root, for logs only: a rename above may outdate it. */
  get path(): string {
    if (this.parent !== null && this.name !== null) return joinPath(this.parent.path, this.name);
    if (this.inode !== null) return this.inode.path;
    return `<gfid:${this.fallbackGfid}>`;
  }
}

/** Appends a name to a directory's path; the root's path already ends with a slash. */
export function joinPath(parent: string, name: string): string {
  return parent.endsWith('/') ? parent + name : `${parent}/${name}`;
}
