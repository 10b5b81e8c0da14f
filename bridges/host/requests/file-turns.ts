/**
 * Orders requests about the data of a file: a change runs alone, reads run together, and each waits for those before it.
 * A read so sees all of a change or nothing of it, and no request waits forever.
 */
import type { Stack } from '../../../runtime/core/frame.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { makeLoop } from '../../../runtime/core/turn.ts';

/** A request about a file. */
interface Turn {
  readonly root: Stack;
  readonly isRead: boolean;
  /** Begins it; `end` must be called once. */
  readonly run: (end: () => void) => void;
}

/** The requests about one file. */
interface FileQueue {
  readonly waiting: Turn[];
  runningCount: number;
  isChanging: boolean;
  /** Runs all that may run now. */
  readonly advance: () => void;
}

export class FileTurns {
  private readonly queues = new Map<Inode, FileQueue>();

  /** Runs a request now, or after those before it. */
  add(inode: Inode, turn: Turn): void {
    let queue = this.queues.get(inode);
    if (queue === undefined) {
      const advance = makeLoop(() => this.advance(inode, made));
      const made: FileQueue = { waiting: [], runningCount: 0, isChanging: false, advance };
      this.queues.set(inode, made);
      queue = made;
    }
    turn.root.rest();
    queue.waiting.push(turn);
    queue.advance();
  }

  /** A module that is ended in it leaves the queue as it is: its request ends later. */
  private advance(inode: Inode, queue: FileQueue): void {
    const { waiting } = queue;
    while (waiting[0] !== undefined) {
      const { root, isRead, run } = waiting[0];
      if (queue.runningCount > 0 && (queue.isChanging || !isRead)) return;
      waiting.shift();
      queue.runningCount += 1;
      queue.isChanging = !isRead;
      root.goOn();
      run(() => {
        queue.runningCount -= 1;
        queue.advance();
      });
    }
    if (queue.runningCount === 0 && this.queues.get(inode) === queue) this.queues.delete(inode);
  }
}
