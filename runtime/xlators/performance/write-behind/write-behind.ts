/** The state of a volume of performance/write-behind. */
import { errnoName } from '../../../core/errno.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import type { Given } from './options.ts';
import { Queue } from './queue.ts';
import type { Write } from './write.ts';

/** Milliseconds after which data is sent that nothing has asked for; and without trickling-writes. */
const TRICKLE_MS = 10;
const HOLD_MS = 1000;
/** As much as so many files may have on their way is the most of all files together. */
const FILES = 64;

export type Behind = Xlator<WriteBehind>;

export class WriteBehind {
  given: Given;
  /** It moves on with every write that is over. */
  clock = 1;
  /** Writes that were asked for, those of them that joined another, and those that went down. */
  writes = 0;
  joined = 0;
  sent = 0;
  /** Bytes of all files that were answered for, or are on their way. */
  used = 0;
  failures = 0;
  /** One of them at least, since it began: that is not counted anew. */
  hasFailed = false;
  /** Files of which data is held back. */
  private readonly held = new Set<Queue>();
  private cancelTimer: (() => void) | null = null;
  /** Another one when the graph was exchanged. */
  xl: Xlator<WriteBehind>;

  constructor(xl: Xlator<WriteBehind>, given: Given) {
    this.xl = xl;
    this.given = given;
  }

  /** What is on its way to a file; undefined for one that nothing was written to. */
  queue(inode: Inode): Queue | undefined {
    return inode.ctxGet(this.xl) as Queue | undefined;
  }

  queueOf(inode: Inode): Queue {
    const known = this.queue(inode);
    if (known !== undefined) return known;
    const made = new Queue(this);
    inode.ctxSet(this.xl, made);
    return made;
  }

  /** Whether a write that takes so much may be answered before it is done. */
  hasRoom(cost: number): boolean {
    return this.used + cost <= FILES * this.given['cache-size'];
  }

  /** Data of a file waits for more; one timer sees to all that nothing comes for. */
  hold(queue: Queue): void {
    this.held.add(queue);
    const ms = this.given['trickling-writes'] ? TRICKLE_MS : HOLD_MS;
    this.cancelTimer ??= this.xl.context.after(ms, () => this.push());
  }

  /** Sends all that is held back. */
  push(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    const held = [...this.held];
    this.held.clear();
    for (const queue of held) queue.push();
  }

  failed({ errno, fd }: Write): void {
    this.failures += 1;
    this.hasFailed = true;
    const what = `${errnoName(errno)}: data of ${fd.inode.path} is lost`;
    this.xl.log.error(`${what}; who has it open is told at the next write, fsync or close`, {
      msgid: messages.writeBehindLost.id,
    });
  }

  /** What would be lost with it. */
  holds(): string | null {
    if (this.used > 0) return 'data that is on its way';
    if (!this.hasFailed) return null;
    for (const inode of this.xl.inodes?.all() ?? []) {
      if (this.queue(inode)?.owes(inode)) {
        return `that data of ${inode.path} is lost: not all who have it open were told`;
      }
    }
    return null;
  }

  dump(): Dump {
    const { writes, joined, sent, used: bytes, failures } = this;
    return { writes, joined, sent, bytes, failures };
  }
}
