/** The state of one volume of performance/write-behind: its queues, memory and counters. */
import { errnoName } from '../../../core/errno.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import type { OptionValues } from './options.ts';
import type { Write } from './write.ts';
import { WriteQueue } from './write-queue.ts';

/** Milliseconds that data may be held back: with trickling-writes, and without. */
const TRICKLE_MS = 10;
const HOLD_MS = 1000;
/** The limit of all files together, in `cache-size`s. */
const VOLUME_LIMIT_FACTOR = 64;

export type WriteBehindXlator = Xlator<WriteBehind>;

export class WriteBehind {
  values: OptionValues;
  /** Advances with every write that ends. */
  clock = 1;
  /** Writes requested, of these joined to another, and writes sent below. */
  writes = 0;
  joined = 0;
  sent = 0;
  /** Bytes of all writes that were answered early or are under way. */
  used = 0;
  failures = 0;
  /** Whether any write has failed since the start; a reset does not clear it. */
  hasFailed = false;
  /** Queues with a write held back. */
  private readonly held = new Set<WriteQueue>();
  private cancelTimer: (() => void) | null = null;
  /** Replaced when the graph is exchanged. */
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

  /** Whether a write of this cost may be answered early. */
  hasRoom(cost: number): boolean {
    return this.used + cost <= VOLUME_LIMIT_FACTOR * this.values['cache-size'];
  }

  /** Holds a queue's data back until one timer for all queues sends it. */
  holdBack(queue: WriteQueue): void {
    this.held.add(queue);
    const ms = this.values['trickling-writes'] ? TRICKLE_MS : HOLD_MS;
    this.cancelTimer ??= this.xl.context.after(ms, () => this.sendHeld());
  }

  /** Sends the data of all queues that hold some back. */
  sendHeld(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    const held = [...this.held];
    this.held.clear();
    for (const queue of held) queue.releaseJoinable();
  }

  noteFailure({ errno, fd }: Write): void {
    this.failures += 1;
    this.hasFailed = true;
    const loss = `${errnoName(errno)}: data of ${fd.inode.path} is lost`;
    this.xl.log.error(
      `${loss}; programs that have it open get the error at their next write, fsync or close`,
      {
        msgid: messages.writeBehindLost.id,
      },
    );
  }

  /** Returns what the end of this volume would lose, or null. */
  holds(): string | null {
    if (this.used > 0) return 'pending writes';
    if (!this.hasFailed) return null;
    for (const inode of this.xl.inodes?.all() ?? []) {
      if (this.findQueue(inode)?.hasUnreportedError(inode)) {
        return `write error of ${inode.path}`;
      }
    }
    return null;
  }

  dump(): Dump {
    const { writes, joined, sent, used: bytes, failures } = this;
    return { writes, joined, sent, bytes, failures };
  }
}
