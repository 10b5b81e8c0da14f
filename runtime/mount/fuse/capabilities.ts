/**
 * Answers what the kernel asks before its first write to a file: whether it has capabilities (`security.capability`),
 * which a write removes. A file that this mount has just created has none, and on a disk the disk's kernel would remove
 * them itself. Known as long as attributes are, while the file is open. Source: Linux fs/inode.c (file_remove_privs).
 */
import type { Inode } from '../../core/inode.ts';
import type { Child } from '../../core/xlator.ts';
import type { Validity } from './codec/reply-structs.ts';

export class Capabilities {
  private readonly validMs: number;
  /** The open files that are new, with the time (performance.now) until which they are. */
  private readonly newUntil = new Map<Inode, number>();

  /** @param attrValid how long attributes are valid */
  constructor({ sec, nsec }: Validity) {
    this.validMs = sec * 1000 + nsec / 1e6;
  }

  /** Number of new files. */
  get size(): number {
    return this.newUntil.size;
  }

  /** Notes that a file was created, and is open. */
  noteNew(links: Child, inode: Inode): void {
    if (this.validMs > 0 && isOfDisk(links))
      this.newUntil.set(inode, performance.now() + this.validMs);
  }

  /** Whether a file is known to have none. It is asked once: the kernel remembers the answer. */
  areAbsent(links: Child, inode: Inode): boolean {
    const until = this.newUntil.get(inode);
    this.newUntil.delete(inode);
    return until !== undefined && performance.now() < until && isOfDisk(links);
  }

  /** Forgets a file that was closed or changed. */
  forget(inode: Inode): void {
    this.newUntil.delete(inode);
  }
}

/** Whether getxattr winds straight to a storage with files of a disk. */
const isOfDisk = ({ getxattr: { xl, isObserved } }: Child): boolean =>
  isObserved !== true && xl.translator.dataPath?.backing !== undefined;
