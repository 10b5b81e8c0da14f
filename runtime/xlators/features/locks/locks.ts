/** The state of an instance of features/locks: the inodes on which something is locked. */
import type { Client } from '../../../core/client.ts';
import type { Inode } from '../../../core/inode.ts';
import { type Holder, InodeLocks } from './inode-locks.ts';
import { Waits } from './records.ts';

export class Locks {
  /** Whether requests are logged. */
  trace: boolean;
  private readonly inodes = new Map<Inode, InodeLocks>();
  private readonly waits = new Waits<Holder>();

  constructor(trace: boolean) {
    this.trace = trace;
  }

  [Symbol.iterator](): Iterator<InodeLocks> {
    return this.inodes.values();
  }

  find(inode: Inode): InodeLocks | undefined {
    return this.inodes.get(inode);
  }

  /** The inode's locks, to be changed: `changed` must be called afterwards. */
  of(inode: Inode): InodeLocks {
    return this.inodes.get(inode) ?? new InodeLocks(inode, this.waits);
  }

  /** Keeps the inode, and its locks, just as long as there are any. */
  changed(locks: InodeLocks): void {
    const { inode } = locks;
    locks.trim();
    const isKept = this.inodes.has(inode);
    if (isKept !== locks.empty) return;
    if (isKept) {
      this.inodes.delete(inode);
      inode.table.dropForFd(inode);
    } else {
      this.inodes.set(inode, locks);
      inode.table.holdForFd(inode);
    }
  }

  /** A client is gone: others may have what it had locked. */
  left(client: Client, errno: number): void {
    // A copy: inodes on which nothing is locked any more leave.
    for (const locks of [...this.inodes.values()]) {
      locks.left(client, errno);
      this.changed(locks);
    }
  }

  /** Settles all that wait with an errno. */
  end(errno: number): void {
    for (const locks of this.inodes.values()) locks.end(errno);
  }
}
