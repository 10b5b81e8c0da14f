/** A request inside the host translator: what came, what the children answered, what is owed. */
import { Dict } from '../../../runtime/core/dict.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import type { ArgType } from '../../../runtime/core/fops.ts';
import { type Frame, newRequest, Stack } from '../../../runtime/core/frame.ts';
import { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Plan } from '../crossing/plan.ts';
import type { ChildReply } from '../crossing/success.ts';
import type { Deciding, Lane } from './decision-queue.ts';

/**
 * Replies that a request keeps for its module to look at, a power of two: one that winds without end
 * must not keep what it was answered without end.
 */
const KEPT_REPLIES = 4096;
/** Bytes of data and listings that they may hold together; the oldest go first. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Replies that do not count, the first of each request: most have one or two. */
const UNWEIGHED = 16;
/** What an entry of a listing takes, its iatt and its inode included. */
const ENTRY_BYTES = 512;

/** pid of requests that a module starts by itself: none of the numbers GlusterFS has given out. */
const OWN_PID = -100;

export class HostedRequest implements Deciding {
  /** The guest's number for it; negative for a request of the translator's own. */
  readonly id: number;
  /** What the host does with the fop; null for a request of the translator's own. */
  readonly plan: Plan | null;
  /** The frame to answer; for a request of the translator's own, the one it winds with. */
  readonly frame: Frame;
  readonly args: readonly unknown[];
  /** Children's latest answers; each has the place of its wind's number, modulo their number. */
  readonly replies: (ChildReply | undefined)[] = [];
  /** Fds that were made for winds, by their number: closed if the fop fails. */
  made: Map<number, Fd> | null = null;
  /** Names that the guest itself looks up or makes, by number of wind. */
  places: Map<number, Loc> | null = null;
  /** Arguments of winds that remove names other than the fop's own do, by their number. */
  moves: Map<number, readonly unknown[]> | null = null;
  /** How often a child was asked. */
  winds = 0;
  /** Whether the guest hears of it when the caller gives up. */
  watched = false;
  /** Answers owed by children, also for winds that are decided and not yet carried out. */
  owed = 0;
  answered = false;
  /** The guest has failed with it, or is gone: it is told nothing more about it. */
  abandoned = false;
  /** Whether a call into the guest has returned and left it unanswered. */
  kept = false;
  /** For how many seconds it has waited for the module, not a child; `winds` at the last look. */
  spent = 0;
  windsSeen = 0;
  /** Bytes of its replies, and which of them is dropped first. */
  private bytes = 0;
  private oldest = UNWEIGHED;
  /** Winds that are decided and not carried out yet, and the queue in which they wait. */
  decided = 0;
  lane: Lane | null = null;
  /** Decisions with a lower number than this are not carried out. */
  voidBefore = 0;

  constructor(id: number, plan: Plan | null, frame: Frame, args: readonly unknown[]) {
    this.id = id;
    this.plan = plan;
    this.frame = frame;
    this.args = args;
  }

  /** What a debugger shows of it: `local` of its frame is this, and not the script's. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { winds, owed, answered, spent } = this;
    return { winds, owed, answered, 'seconds-waited': spent };
  }

  get name(): string {
    return this.plan === null ? 'a request of its own' : this.plan.name;
  }

  keepReply(reply: ChildReply): void {
    const at = reply.wind & (KEPT_REPLIES - 1);
    if (reply.wind >= UNWEIGHED) this.makeRoom(reply, at);
    this.replies[at] = reply;
  }

  /** Lets go of earlier replies, the oldest first, where the next one makes them too many bytes. */
  private makeRoom(next: ChildReply, at: number): void {
    this.bytes += bytesOf(next) - bytesOf(this.replies[at]);
    this.replies[at] = undefined;
    for (let left = KEPT_REPLIES; left > 0 && this.bytes > KEPT_BYTES; left--) {
      this.bytes -= bytesOf(this.replies[this.oldest]);
      if (this.oldest < this.replies.length) this.replies[this.oldest] = undefined;
      this.oldest = (this.oldest + 1) & (KEPT_REPLIES - 1);
    }
  }

  /** A child's answer to wind number `wind`, when it is one of the latest. */
  reply(wind: number): ChildReply | undefined {
    const found = this.replies[wind & (KEPT_REPLIES - 1)];
    return found?.wind === wind ? found : undefined;
  }

  /** Argument `index` of the fop (wind -1), or of the reply to wind number `wind`. */
  value(wind: number, index: number): unknown {
    return wind === -1 ? this.args[index] : this.reply(wind)?.values[index];
  }

  type(wind: number, index: number): ArgType | undefined {
    const args = wind === -1 ? this.plan?.row.args : this.reply(wind)?.row.reply;
    return args?.[index]?.type;
  }

  /** Everything that came with it, its own arguments first. */
  *values(): Iterable<unknown> {
    yield* this.args;
    for (const reply of this.replies) if (reply !== undefined) yield* reply.values;
  }

  /** Those that came with it. */
  *inodes(): Iterable<Inode> {
    for (const value of this.values()) {
      if (value instanceof Inode) yield value;
      else if (value instanceof Fd) yield value.inode;
      else if (value instanceof Loc) {
        if (value.inode !== null) yield value.inode;
        if (value.parent !== null) yield value.parent;
      }
    }
  }

  inode(id: number): Inode | undefined {
    for (const inode of this.inodes()) if (inode.id === id) return inode;
    return undefined;
  }

  fd(id: number): Fd | undefined {
    for (const value of this.values()) if (value instanceof Fd && value.id === id) return value;
    return undefined;
  }
}

/** Only what may be large: data, listings, and the values of dicts. */
function bytesOf(reply: ChildReply | undefined): number {
  let bytes = 0;
  if (reply === undefined || reply.wind < UNWEIGHED) return bytes;
  for (const value of reply.values) {
    if (value instanceof Uint8Array) bytes += value.length;
    else if (Array.isArray(value)) bytes += value.length * ENTRY_BYTES;
    else if (value instanceof Dict) {
      value.forEach((_, each) => {
        bytes += typeof each === 'string' || each instanceof Uint8Array ? each.length : 0;
      });
    }
  }
  return bytes;
}

/** One that the module begins by itself. It is in the volume's pool while it is kept (`PendingRequests`). */
export const ownRequest = (id: number, xl: Xlator<unknown>): HostedRequest =>
  new HostedRequest(id, null, newRequest(new Stack(0, 0, OWN_PID, 'NULL'), xl), []);
