/** Holds the state of one volume of performance/write-behind (`WriteBehind`): its queues, memory and counters. */
import { errnoName } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  collectCbk,
  type FopName,
  fopNames,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import { O_TRUNC } from '../../../core/open-flags.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';
import type { Write, WriteWaiter } from './write.ts';
import { WriteQueue } from './write-queue.ts';

/** A fop that waits for writes. */
export class WaitingFop implements WriteWaiter {
  blockerCount = 0;
  protected readonly frame: Frame;
  protected readonly xl: WriteBehindXlator;
  protected readonly name: FopName;
  protected readonly args: readonly unknown[];
  readonly queue: WriteQueue | undefined;

  /** @param queue the writes of its file, if `run` or a callback needs them */
  constructor(
    frame: Frame,
    xl: WriteBehindXlator,
    name: FopName,
    args: readonly unknown[],
    queue?: WriteQueue,
  ) {
    this.frame = frame;
    this.xl = xl;
    this.name = name;
    this.args = args;
    this.queue = queue;
  }

  run(): void {
    tailArgs[this.name](this.frame, this.xl.children[0]!, this.args);
  }
}

/** A fop that waits for writes, and changes a file itself. */
export class WaitingChange extends WaitingFop {
  override run(): void {
    this.xl.priv.changeCount += 1;
    windArgs[this.name](this.frame, 0, changeCbks[this.name], this.xl.children[0]!, this.args);
  }
}

const changeCbks = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collectCbk[name]((frame, _cookie, xl, opRet, opErrno, values) => {
      (xl as WriteBehindXlator).priv.changeCount -= 1;
      unwindArgs[name](frame, opRet, opErrno, values);
    }),
  ]),
) as Record<FopName, Cbk<never, unknown>>;

/**
 * Winds a fop after all writes so far in `queue` that overlap [start, end), by default all; at once without a queue.
 */
export function windAfterWrites(
  frame: Frame,
  xl: WriteBehindXlator,
  name: FopName,
  queue: WriteQueue | undefined,
  args: readonly unknown[],
  start?: number,
  end?: number,
): void {
  const isRead = name === 'readv' || (name === 'open' && ((args[1] as number) & O_TRUNC) === 0);
  const Waiting = isRead ? WaitingFop : WaitingChange;
  const waitingFop = new Waiting(frame, xl, name, args);
  if (queue === undefined) waitingFop.run();
  else queue.runAfterWrites(waitingFop, start, end);
}

/** The longest time for which data is held back: with option trickling-writes, and without it. */
const TRICKLE_MS = 10;
const HOLD_MS = 1000;
/** The limit for all files together is this many times option cache-size, the limit for one file. */
const VOLUME_LIMIT_FACTOR = 64;

export type WriteBehindXlator = Xlator<WriteBehind>;

/** The state of one volume of performance/write-behind. */
export class WriteBehind {
  values: OptionValues;
  /** Number of writes that have ended. A request records it at its wind, to detect a write that ended since then. */
  endedWriteCount = 0;
  /** Number of writes that callers have requested. */
  writeCount = 0;
  /** Number of requested writes that were joined to an earlier one. */
  joinedCount = 0;
  /** Number of writes sent below. */
  sentCount = 0;
  /** Number of requests under way below that change a file, other than the writes of a queue. */
  changeCount = 0;
  /** Bytes of all writes that were answered early or are under way. */
  usedBytes = 0;
  /** Number of writes that failed after they were answered. */
  failureCount = 0;
  /** Whether any such write has failed since the start; a reset does not clear this. */
  hasFailed = false;
  /** Queues that hold a write back. */
  private readonly heldQueues = new Set<WriteQueue>();
  private cancelTimer: (() => void) | null = null;
  /** The volume; after an exchange of the graph, the new graph's. */
  xl: Xlator<WriteBehind>;

  constructor(xl: Xlator<WriteBehind>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
  }

  /** Returns a file's queue; undefined if nothing was written to it. */
  findQueue(inode: Inode): WriteQueue | undefined {
    return inode.ctxGet(this.xl) as WriteQueue | undefined;
  }

  findOrAddQueue(inode: Inode): WriteQueue {
    const existing = this.findQueue(inode);
    if (existing !== undefined) return existing;
    const created = new WriteQueue(this);
    inode.ctxSet(this.xl, created);
    return created;
  }

  /** Whether a write of `costBytes` keeps within the limit for all files, so that it may be answered early. */
  hasRoom(costBytes: number): boolean {
    return this.usedBytes + costBytes <= VOLUME_LIMIT_FACTOR * this.values['cache-size'];
  }

  /** Holds a queue's data back until the timer, one for all queues, sends it. */
  holdBack(queue: WriteQueue): void {
    this.heldQueues.add(queue);
    const ms = this.values['trickling-writes'] ? TRICKLE_MS : HOLD_MS;
    this.cancelTimer ??= this.xl.context.after(ms, () => this.sendHeld());
  }

  /** Sends the data of all queues that hold some back. */
  sendHeld(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    const heldQueues = [...this.heldQueues];
    this.heldQueues.clear();
    for (const queue of heldQueues) queue.releaseJoinable();
  }

  /** Counts and logs the failure of a write that was answered early. */
  noteFailure({ errno, fd }: Write): void {
    this.failureCount += 1;
    this.hasFailed = true;
    const loss = `${errnoName(errno)}: data of ${fd.inode.path} is lost`;
    this.xl.log.error(
      `${loss}; programs that have it open get the error at their next write, fsync or close`,
      {
        msgid: messages.writeBehindLost.id,
      },
    );
  }

  /** Describes what would be lost if this volume ended now; null for nothing. */
  describeLoss(): string | null {
    if (this.usedBytes > 0) return 'pending writes';
    if (!this.hasFailed) return null;
    for (const inode of this.xl.inodes?.all() ?? []) {
      if (this.findQueue(inode)?.hasUnreportedError(inode)) {
        return `write error of ${inode.path}`;
      }
    }
    return null;
  }

  dump(): Dump {
    const {
      writeCount: writes,
      joinedCount: joined,
      sentCount: sent,
      usedBytes: bytes,
      failureCount: failures,
    } = this;
    return { writes, joined, sent, bytes, failures };
  }
}
