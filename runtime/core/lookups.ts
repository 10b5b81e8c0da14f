/**
 * The inodes that a client was told of, and how often: as long as it has not taken that back, an
 * inode stays in the table, and the storage keeps what no name leads to any more.
 *
 * Mostly just one client knows an inode. Then all of `Inode.nlookup` is its own, and nothing else is
 * kept; only what several know is counted for each.
 */
import type { Inode, InodeTable } from './inode.ts';

export class Lookups {
  private readonly table: InodeTable;
  private exclusiveCount = 0;
  private readonly shared = new Map<Inode, number>();

  constructor(table: InodeTable) {
    this.table = table;
  }

  /** How often the client was told of it. */
  of(inode: Inode): number {
    return inode.soleOwner === this ? inode.nlookup : (this.shared.get(inode) ?? 0);
  }

  /** Once more. */
  add(inode: Inode): void {
    if (inode.nlookup === 0) {
      inode.soleOwner = this;
      this.exclusiveCount += 1;
    } else if (inode.soleOwner !== this) this.share(inode);
    this.table.lookup(inode);
  }

  /** Takes back `count` of them; of more than there are, as many as there are. */
  remove(inode: Inode, count: number): void {
    const own = this.of(inode);
    const taken = Math.min(count, own);
    // To the table, 0 means all.
    if (taken <= 0) return;
    if (inode.soleOwner === this) {
      if (taken === own) this.exclusiveCount -= 1;
    } else if (taken === own) this.shared.delete(inode);
    else this.shared.set(inode, own - taken);
    this.table.forget(inode, taken);
  }

  /** Takes back all of them. */
  clear(): void {
    for (const inode of [...this.shared.keys()]) this.remove(inode, Infinity);
    if (this.exclusiveCount === 0) return;
    for (const inode of [...this.table.all()])
      if (inode.soleOwner === this) this.remove(inode, Infinity);
  }

  private share(inode: Inode): void {
    const { soleOwner: knower, nlookup } = inode;
    if (knower !== null) {
      knower.exclusiveCount -= 1;
      knower.shared.set(inode, nlookup);
      inode.soleOwner = null;
    }
    this.shared.set(inode, (this.shared.get(inode) ?? 0) + 1);
  }
}
