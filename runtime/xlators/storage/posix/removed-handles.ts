/**
 * Closes the descriptors of removed files that no program has open, so that the disk frees their space. While a kernel
 * knows such a file, its descriptor stays for a moment: a call that has found the file before the removal succeeds, as on
 * a disk. It would fail with ESTALE otherwise.
 *
 * After ESTALE the kernel looks a path up again, once (LOOKUP_REVAL), for each call by path: open, stat, chmod, truncate,
 * getxattr and the like. It does so neither a second time, when the file was replaced again meanwhile, nor for a call by
 * descriptor. A mount cannot do it in the kernel's place, since its reply is for the inode that the kernel has named.
 */
import type { Context } from '../../../core/context.ts';
import type { InodeHandle } from './handles.ts';

/**
 * A client that forgets the file closes it at once. A kernel does so right after the removal, unless it takes the file
 * to have another name. So a descriptor is closed after one or two of these periods.
 */
const PERIOD_MS = 1000;
/** The most descriptors that stay; beyond, the oldest is closed. */
const COUNT_MAX = 512;

/** The removed files of one volume. */
export class RemovedHandles {
  private readonly context: Pick<Context, 'after'>;
  private readonly closeRemoved: (handle: InodeHandle) => void;
  /** Handles that stay, since the last period and from the one before. */
  private recent = new Set<InodeHandle>();
  private older = new Set<InodeHandle>();
  private stopTimer: (() => void) | null = null;

  /** @param closeRemoved closes a handle whose file no program has open */
  constructor(context: Pick<Context, 'after'>, closeRemoved: (handle: InodeHandle) => void) {
    this.context = context;
    this.closeRemoved = closeRemoved;
  }

  /** Closes the handle of a removed file after a while. */
  closeLater(handle: InodeHandle): void {
    this.recent.add(handle);
    if (this.recent.size > COUNT_MAX) {
      const [oldest] = this.recent;
      this.recent.delete(oldest!);
      this.closeRemoved(oldest!);
    }
    this.startTimer();
  }

  /** Stops the timer, at the end of the volume. */
  stop(): void {
    this.stopTimer?.();
    this.stopTimer = null;
  }

  private startTimer(): void {
    this.stopTimer ??= this.context.after(PERIOD_MS, () => this.endPeriod());
  }

  private endPeriod(): void {
    this.stopTimer = null;
    for (const handle of this.older) this.closeRemoved(handle);
    this.older = this.recent;
    this.recent = new Set();
    if (this.older.size > 0) this.startTimer();
  }
}
