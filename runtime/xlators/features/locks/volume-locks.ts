/** Holds the state of one features/locks volume: the inodes that have locks or waiting requests. */
import type { Client } from '../../../core/client.ts';
import type { Inode } from '../../../core/inode.ts';
import { type Holder, InodeLocks } from './inode-locks.ts';
import { WaitGraph } from './record-locks.ts';

/** The locks and waiting requests of one volume, by inode. */
export class VolumeLocks {
  /** Whether requests are logged. */
  isTracing: boolean;
  private readonly inodes = new Map<Inode, InodeLocks>();
  private readonly waitGraph = new WaitGraph<Holder>();

  constructor(isTracing: boolean) {
    this.isTracing = isTracing;
  }

  [Symbol.iterator](): Iterator<InodeLocks> {
    return this.inodes.values();
  }

  /** Finds the locks of an inode; undefined without locks and waiting requests. */
  find(inode: Inode): InodeLocks | undefined {
    return this.inodes.get(inode);
  }

  /** Returns an inode's locks to change; the caller must call `updateHold` afterwards. */
  findOrMake(inode: Inode): InodeLocks {
    return this.inodes.get(inode) ?? new InodeLocks(inode, this.waitGraph);
  }

  /** Holds the inode in the inode table while it has locks or waiting requests; releases it after the last. */
  updateHold(inodeLocks: InodeLocks): void {
    const { inode } = inodeLocks;
    inodeLocks.dropEmptyDomains();
    const isHeld = this.inodes.has(inode);
    if (isHeld !== inodeLocks.isEmpty) return;
    if (isHeld) {
      this.inodes.delete(inode);
      inode.table.dropForFd(inode);
    } else {
      this.inodes.set(inode, inodeLocks);
      inode.table.holdForFd(inode);
    }
  }

  /** Drops the locks of a client that has disconnected, and grants waiting requests. */
  dropClient(client: Client, errno: number): void {
    // A copy: `updateHold` removes inodes without locks.
    for (const inodeLocks of [...this.inodes.values()]) {
      inodeLocks.dropClient(client, errno);
      this.updateHold(inodeLocks);
    }
  }

  /** Settles all waiting requests with an errno. */
  cancelAll(errno: number): void {
    for (const inodeLocks of this.inodes.values()) inodeLocks.cancelAll(errno);
  }
}
