/**
 * Remembers which names listings returned as directories. The first lookup of such a name goes to all children at the
 * same time; that of another name goes to the child of its hash first. A name is forgotten when it is looked up.
 */
import { type Gfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Inode } from '../../../runtime/core/inode.ts';

/** The most names; when there are more, all are forgotten. */
const NAMES_MAX = 65_536;

export class ListedDirectories {
  private gfidsByParent = new WeakMap<Inode, Map<string, Gfid>>();
  private count = 0;

  /** Records a listed directory, unless its gfid is unknown. */
  add(parent: Inode, name: string, gfid: Gfid): void {
    if (gfid === NULL_GFID) return;
    if (this.count >= NAMES_MAX) {
      this.gfidsByParent = new WeakMap();
      this.count = 0;
    }
    let gfids = this.gfidsByParent.get(parent);
    if (gfids === undefined) {
      gfids = new Map();
      this.gfidsByParent.set(parent, gfids);
    }
    if (!gfids.has(name)) this.count += 1;
    gfids.set(name, gfid);
  }

  /** Returns and forgets the gfid of a listed directory; undefined for another name. */
  take(parent: Inode, name: string): Gfid | undefined {
    const gfids = this.gfidsByParent.get(parent);
    const gfid = gfids?.get(name);
    if (gfid !== undefined) {
      gfids!.delete(name);
      this.count -= 1;
    }
    return gfid;
  }
}
