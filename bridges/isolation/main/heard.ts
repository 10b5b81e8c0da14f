/**
 * What a worker tells and asks besides requests, its thread's side of which is `worker/index.ts`: the
 * log, timers, events, what is out of date, and what the main thread knows of names. None of it is
 * trusted.
 */
import { eventName, events } from '../../../runtime/core/events.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { type Upcall, upcall } from '../../../runtime/core/upcall.ts';
import { isChange, sayUp, tellParents, type Xlator } from '../../../runtime/core/xlator.ts';
import { oneRecord } from '../../host/limits/log-record.ts';
import { readNotes } from '../../host/requests/notes.ts';
import { Malformed, type Reader } from '../bytes.ts';
import { DOWN, NONE, QUERY, UP } from '../kinds.ts';
import { readName } from '../values.ts';
import type { Call } from './call.ts';
import type { Link, LinkOwner } from './link.ts';
import { WorkerLog } from './worker-log.ts';

const MOST_TIMERS = 4096;

export class Heard {
  readonly log: WorkerLog;
  private readonly xl: Xlator;
  private readonly timers = new Map<number, () => void>();

  /** @param logLimit bytes a second; 0 for no limit */
  constructor(xl: Xlator, logLimit: number) {
    this.xl = xl;
    this.log = new WorkerLog(xl, logLimit);
  }

  /** The worker is gone. */
  close(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.log.limited.tell();
  }

  readonly handlers: LinkOwner['others'] = {
    [UP.LOG]: (from, { calls }) =>
      this.log.write(calls.get(from.u32())?.frame ?? null, from.text()),
    [UP.NOTE]: (from, { calls }) => this.note(calls.get(from.u32()), from.text()),
    [UP.WARN]: (from) => this.xl.context.warn?.(oneRecord(from.text())),
    [UP.EVENT]: (from) => this.event(from),
    [UP.UPCALL]: (from, link) => this.upcall(from, link),
    [UP.TIMER]: (from, link) => this.timer(from.number(), from.number(), link),
    [UP.CANCEL]: (from) => this.cancel(from.number()),
    [UP.RELEASE]: (from, { lent }) => lent.releaseOwn(from.number()),
    [UP.DROP]: (from, { lent }) => lent.dropOwn(from.number()),
    [UP.QUERY]: (from, link) => this.query(from, link),
    [UP.LINK]: (from, link) => this.link(from, link),
    [UP.UNLINK]: (from, link) => this.unlink(from, link),
    [UP.RENAME]: (from, link) => this.rename(from, link),
  };

  /** Of a request that was answered, nothing is noted any more. */
  private note(call: Call | undefined, json: string): void {
    let notes: Readonly<Record<string, string>>;
    try {
      notes = readNotes(json);
    } catch {
      throw new Malformed('notes that are none');
    }
    if (call !== undefined && !call.answered) this.xl.observer?.note(call.frame, notes);
  }

  private event(from: Reader): void {
    const event = eventName(from.u8());
    const xl = this.xl;
    if (event === undefined || events[event].direction === 'down') return;
    if (isChange(event)) sayUp(xl, event === 'CHILD_UP');
    else tellParents(xl, event, xl);
  }

  private upcall(from: Reader, link: Link): void {
    const told = this.readUpcall(from, link);
    // Of what is forgotten nobody above caches anything.
    if (told !== null) upcall(this.xl, told);
  }

  private readUpcall(from: Reader, link: Link): Upcall | null {
    const what = from.text();
    if (what === 'every-entry') return { what };
    const inode = this.lentInode(link, from);
    if (what === 'inode') {
      const data = from.u8() === 1;
      return inode && { what, inode, data };
    }
    const name = readName(from);
    if (what === 'entry') {
      const expire = from.u8() === 1;
      return inode && { what, parent: inode, name, expire };
    }
    if (what !== 'removed') throw new Malformed('an upcall of no kind');
    const child = this.lentInode(link, from);
    return inode && child && { what, parent: inode, name, inode: child };
  }

  private timer(timer: number, ms: number, link: Link): void {
    const { timers } = this;
    if (timers.size >= MOST_TIMERS || !(ms >= 0)) throw new Malformed('too many timers');
    const cancel = this.xl.context.after(ms, () => {
      timers.delete(timer);
      link.begin(DOWN.RING).number(timer);
      link.send();
      link.converse(null);
    });
    timers.set(timer, cancel);
  }

  private cancel(timer: number): void {
    this.timers.get(timer)?.();
    this.timers.delete(timer);
  }

  private query(from: Reader, link: Link): void {
    const what = from.u8();
    const { lent } = link;
    const { table: inodes } = lent;
    // Read whole before anything is written.
    let answer: () => void;
    if (what === QUERY.GROUPS) {
      const groups = link.calls.get(from.u32())?.frame.root.groups ?? [];
      answer = () => {
        to.u32(groups.length);
        for (const group of groups) to.number(group);
      };
    } else if (what === QUERY.FIND) {
      const inode = inodes.find(from.gfid()) ?? null;
      answer = () => lent.writeInode(to, inode);
    } else {
      const inode = this.lentInode(link, from);
      if (what === QUERY.PATH) answer = () => void to.text(inode?.path ?? '');
      else {
        const name = readName(from);
        const found = inode === null ? null : (inodes.grep(inode, name) ?? null);
        answer = () => lent.writeInode(to, found);
      }
    }
    const to = link.begin(DOWN.RESULT);
    answer();
    link.send();
  }

  /** The inode that is named, also one of any request that waits; null when it was not lent. */
  private lentInode({ lent, calls }: Link, from: Reader): Inode | null {
    return lent.readInodeOf(calls.values(), from);
  }

  private link(from: Reader, link: Link): void {
    const own = this.lentInode(link, from);
    const parent = this.lentInode(link, from);
    const name = from.u8() === NONE ? null : readName(from);
    const buf = new Iatt();
    buf.iaGfid = from.gfid();
    buf.iaType = from.u8();
    if (own === null) return;
    const { lent } = link;
    const linked = lent.table.link(own, parent, name, buf);
    const number = lent.ownNumberOf(own);
    if (linked === null || number === undefined) return;
    lent.setOwn(number, linked);
    const isNew = !lent.knows(linked);
    lent.note(linked);
    if (!isNew) return;
    link.begin(DOWN.SAME_INODE).number(number).number(linked.id);
    link.notice();
  }

  private unlink(from: Reader, link: Link): void {
    const parent = this.lentInode(link, from);
    const name = readName(from);
    if (parent !== null) link.lent.table.unlink(parent, name);
  }

  private rename(from: Reader, link: Link): void {
    const [parent, name] = [this.lentInode(link, from), readName(from)];
    const [into, newName] = [this.lentInode(link, from), readName(from)];
    if (parent !== null && into !== null) link.lent.table.rename(parent, name, into, newName);
  }
}
