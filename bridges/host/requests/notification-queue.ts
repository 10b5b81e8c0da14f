/**
 * Notifications that a guest gets and no request waits for: an inode or an fd is gone, a request answered.
 * Each is sent at once, for as long as that is short. A kernel takes back a hundred inodes by one message,
 * though, and a script may do much for the end of each: after one that took long, others come first.
 */
import type { Context } from '../../../runtime/core/context.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { isLong, PAUSE_MS } from './decision-queue.ts';

export class NotificationQueue {
  private readonly context: Context;
  private readonly waiting = new Set<() => void>();
  private cancelLater: (() => void) | null = null;

  constructor(context: Context) {
    this.context = context;
  }

  /** @param slow `turn.slow` when that began which the notification is about. */
  run(notification: () => void, slow = turn.slow): void {
    this.waiting.add(notification);
    if (this.cancelLater !== null) return;
    if (isLong(this.context, slow)) this.later();
    else this.goOn();
  }

  clear(): void {
    this.waiting.clear();
    this.cancelLater?.();
    this.cancelLater = null;
  }

  private goOn(): void {
    const { slow } = turn;
    for (const notification of this.waiting) {
      this.waiting.delete(notification);
      notification();
      if (!isLong(this.context, slow)) continue;
      this.later();
      return;
    }
  }

  private later(): void {
    this.cancelLater = this.context.after(PAUSE_MS, () => {
      this.cancelLater = null;
      this.goOn();
    });
  }
}
