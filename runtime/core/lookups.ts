/**
 * Counts a client's lookups of inodes. While an inode has lookups it stays in the inode table, and a removed file keeps
 * its data in the storage. Usually one client has made all lookups of an inode (`Inode.soleOwner`): then the inode's
 * own count is the client's. `Lookups` stores counts only for inodes that several clients have looked up.
 */
import type { Inode, InodeTable } from './inode.ts';

export class Lookups {
  private readonly table: InodeTable;
  /** Number of inodes that only this client has looked up. */
  private exclusiveCount = 0;
  /** Number of lookups by inode, for inodes that other clients have looked up, too. */
  private readonly sharedCounts = new Map<Inode, number>();

  constructor(table: InodeTable) {
    this.table = table;
  }

  /** Returns the number of the client's lookups of an inode. */
  count(inode: Inode): number {
    return inode.soleOwner === this ? inode.nlookup : (this.sharedCounts.get(inode) ?? 0);
  }

  /** Counts one lookup. */
  add(inode: Inode): void {
    if (inode.nlookup === 0) {
      inode.soleOwner = this;
      this.exclusiveCount += 1;
    } else if (inode.soleOwner !== this) this.addShared(inode);
    this.table.lookup(inode);
  }

  /** Forgets `count` lookups, at most as many as there are. */
  remove(inode: Inode, count: number): void {
    const current = this.count(inode);
    const removed = Math.min(count, current);
    // The table's `forget` takes 0 for all lookups.
    if (removed <= 0) return;
    if (inode.soleOwner === this) {
      if (removed === current) this.exclusiveCount -= 1;
    } else if (removed === current) this.sharedCounts.delete(inode);
    else this.sharedCounts.set(inode, current - removed);
    this.table.forget(inode, removed);
  }

  /** Forgets all lookups of the client. */
  clear(): void {
    for (const inode of [...this.sharedCounts.keys()]) this.remove(inode, Infinity);
    if (this.exclusiveCount === 0) return;
    for (const inode of [...this.table.all()])
      if (inode.soleOwner === this) this.remove(inode, Infinity);
  }

  /** Counts a lookup of an inode that other clients have looked up, too: from now on each client has a count. */
  private addShared(inode: Inode): void {
    const { soleOwner, nlookup } = inode;
    if (soleOwner !== null) {
      soleOwner.exclusiveCount -= 1;
      soleOwner.sharedCounts.set(inode, nlookup);
      inode.soleOwner = null;
    }
    this.sharedCounts.set(inode, (this.sharedCounts.get(inode) ?? 0) + 1);
  }
}
