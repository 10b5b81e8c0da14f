/**
 * The main thread's end of one worker: sends it requests and takes the module's winds. After
 * sending, the main thread waits a moment for the reply, polling and then asleep, as long as that
 * pays (`BusyPoll`); later the worker wakes the event loop.
 *
 * The worker is untrusted: it may refer only to objects exposed to it, and a malformed message ends
 * it.
 */

import { BusyPoll } from '../../../runtime/core/busy-poll.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { ESTALE } from '../../../runtime/core/errno.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import { type FopRow, fops as table } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, unwindArgs, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { onTurnAbandoned } from '../../../runtime/core/turn.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { Malformed, type Reader, Writer } from '../bytes.ts';
import { Channel, newSharedMemory, type SharedMemory } from '../channel.ts';
import { ASKED, DOWN, UP } from '../message-kinds.ts';
import { readValues, writeValues } from '../values.ts';
import { Call } from './call.ts';
import { ExposedObjects, NotExposed } from './exposed-objects.ts';

/** Microseconds of polling, as in the pump. */
const POLL_US = 50;
/** Milliseconds asleep: other work waits for the main thread meanwhile. */
const SLEEP_MS = 1;
/** Milliseconds asleep under a test's clock, repeated until all replies have come. */
const SETTLE_MS = 250;
/** Milliseconds of messages before other work runs. */
const TURN_MS = 4;
/** Messages between two samples of the clock. */
const CHECK_EVERY = 64;
/** Notices that may collect before the worker is woken. */
const NOTICES = 64;
/** Backlog at which a worker that stopped reading is ended. */
const BACKLOG_BYTES = 64 * 1024 * 1024;
const LAST_CALL = 0x3fffffff;
const LAST_ERRNO = 4095;

/** The volume's handlers of a worker's messages. */
export interface WorkerLinkOwner {
  /** Handlers of messages that are not about requests, by kind. */
  readonly others: Readonly<Record<number, (from: Reader, link: WorkerLink) => void>>;
  /** The worker can no longer be used. */
  broken(why: string): void;
  /** All messages were taken; the main thread returns to its event loop. */
  left(): void;
  /** Checks under a test's clock whether the worker still runs. */
  checkAlive(): void;
  /** Fails a request whose module or thread went wrong. */
  failed(call: Call): void;
}

const links = new Set<WorkerLink>();
onTurnAbandoned(() => {
  for (const link of links) link.abandoned();
});

export class WorkerLink {
  readonly shared: SharedMemory = newSharedMemory();
  readonly channel: Channel;
  readonly exposed: ExposedObjects;
  readonly calls = new Map<number, Call>();
  private readonly xl: Xlator;
  private readonly owner: WorkerLinkOwner;
  private readonly writer = new Writer();
  private readonly settles: boolean;
  private readonly busy = new BusyPoll(POLL_US);
  private readonly patience = new BusyPoll(SLEEP_MS * 1000);
  private readonly cbks = new Map<FopRow, unknown>();
  private readonly ownCbks = new Map<FopRow, unknown>();
  private lastCall = 0;
  /** The time when this turn ends. */
  private until = 0;
  private notices = 0;
  private closed = false;
  /** True while messages are being taken. */
  private conversing = false;
  /** True while a debugger has stopped the module: waiting is pointless. */
  held = false;
  /** The request that the main thread waits for. */
  private focus: Call | null = null;

  /** @param call wakes the worker's event loop */
  constructor(xl: Xlator, owner: WorkerLinkOwner, mostFds: number, call: () => void) {
    this.xl = xl;
    this.owner = owner;
    this.channel = new Channel(this.shared, 0, call);
    this.exposed = new ExposedObjects(xl, mostFds, (inode) => this.forget(inode));
    this.settles = xl.context.soon === undefined;
    this.channel.level = xl.log.level;
    this.channel.leave(false);
    links.add(this);
  }

  /** The unanswered request that the worker claims to run. */
  get served(): Call | null {
    const call = this.calls.get(this.channel.served);
    return call === undefined || call.answered ? null : call;
  }

  get hasServed(): boolean {
    return this.lastCall > 0;
  }

  // -- sending -------------------------------------------------------------------------------------

  begin(kind: number): Writer {
    return this.writer.begin(kind);
  }

  /** Sends the message, and wakes the worker. */
  send(): void {
    const { channel, xl } = this;
    if (this.closed) return;
    this.notices = 0;
    if (xl.log.level !== channel.level) channel.level = xl.log.level;
    if (this.settles) channel.now = xl.context.now();
    if (!this.put()) return;
    channel.wake();
    if (channel.backlogBytes > BACKLOG_BYTES) this.break('it takes nothing any more');
  }

  /** Sends a notice without waking the worker, which reads it when it next wakes. */
  notice(): void {
    if (this.closed) return;
    if (this.settles || this.notices >= NOTICES) {
      this.send();
      this.converse(null);
      return;
    }
    this.notices += 1;
    this.put();
  }

  /** False when the worker's counter is impossible. */
  private put(): boolean {
    try {
      this.channel.put(this.writer);
      return true;
    } catch (error) {
      this.malformed(error);
      return false;
    }
  }

  forget(inode: number): void {
    this.begin(DOWN.FORGET).number(inode);
    this.notice();
  }

  release(fd: Fd): void {
    this.exposed.released(fd);
    this.begin(DOWN.RELEASE).number(fd.id);
    this.notice();
  }

  gone(client: Client): void {
    this.begin(DOWN.GONE).number(client.id).text(client.uid);
    this.send();
    this.converse(null);
  }

  // -- requests ------------------------------------------------------------------------------------

  ask(row: FopRow, fop: number, frame: Frame, args: readonly unknown[]): void {
    this.lastCall = this.lastCall === LAST_CALL ? 1 : this.lastCall + 1;
    const call = new Call(this.lastCall, row, frame, args);
    frame.local = call;
    this.calls.set(call.number, call);
    const { root } = frame;
    const to = this.begin(DOWN.ASK).u32(call.number).u8(fop).number(root.unique);
    to.u32(root.uid).u32(root.gid).number(root.pid);
    const { client } = root;
    to.number(client === null ? 0 : client.id).u8(this.flagsOf(frame));
    if (client !== null) to.text(client.uid);
    to.text(root.lkOwner).text(root.op);
    this.exposed.call = call;
    writeValues(to, row.args, args, this.exposed, null);
    this.exposed.call = null;
    this.focus = call;
    this.send();
    this.converse(call);
    if (call.answered || this.closed) return;
    root.whenInterrupted(() => this.interrupt(call));
  }

  private flagsOf(frame: Frame): number {
    const interrupted = frame.root.interrupted ? ASKED.INTERRUPTED : 0;
    const { observer } = this.xl;
    if (observer === null) return interrupted;
    const followed = observer.wantsNotes(frame) ? ASKED.FOLLOWED : 0;
    return interrupted | ASKED.OBSERVED | followed;
  }

  private interrupt(call: Call): void {
    if (call.answered || this.closed) return;
    this.begin(DOWN.INTERRUPT).u32(call.number);
    this.send();
    this.converse(null);
  }

  private answer(from: Reader): void {
    const call = this.calls.get(from.u32());
    if (call === undefined || call.answered) throw new Malformed('a reply to an unknown request');
    const opRet = from.integer();
    const opErrno = from.integer();
    if (opErrno < 0 || opErrno > LAST_ERRNO) throw new Malformed('an invalid errno');
    const { row, frame } = call;
    let values: unknown[];
    let kept: Inode[] = [];
    this.exposed.call = call;
    try {
      values = readValues(from, row.reply, this.exposed, call);
      if (call.hasLoose) kept = this.readKept(call, from);
    } catch (error) {
      if (!(error instanceof NotExposed)) throw error;
      this.xl.log.error(`${row.name}: refused: ${error.message}`, {
        msgid: messages.requestFailed.id,
      });
      this.end(call);
      this.owner.failed(call);
      return;
    } finally {
      this.exposed.call = null;
    }
    this.end(call);
    unwindArgs[row.name as FopName](frame, opRet, opErrno, values);
    for (const inode of kept) this.keep(inode);
  }

  private readKept(call: Call, from: Reader): Inode[] {
    return Array.from({ length: from.count() }, () => {
      const inode = call.inode(from.integer());
      if (inode === undefined) throw new NotExposed('an inode that is not of the request');
      return inode;
    });
  }

  /** Keeps an unlinked inode that the module still holds. */
  private keep(inode: Inode): void {
    if (!inode.linked) {
      this.exposed.keep(inode);
      return;
    }
    this.exposed.note(inode);
    this.begin(DOWN.LINKED).number(inode.id).gfid(inode.gfid).u8(inode.iaType);
    this.notice();
  }

  private end(call: Call): void {
    call.answered = true;
    if (call.owed === 0) this.calls.delete(call.number);
  }

  // -- what the module winds -----------------------------------------------------------------------

  private wind(from: Reader): void {
    const wind = from.u32();
    const number = from.u32();
    const child = this.xl.children[from.u8()];
    const row = table[from.u8()];
    if (child === undefined || row === undefined)
      throw new Malformed('a wind to an unknown child or fop');
    const call = number === 0 ? null : this.calls.get(number);
    if (call === undefined) throw new Malformed('a wind of an unknown request');
    if (call?.winds.has(wind)) throw new Malformed('the number of a pending wind');
    const root = call === null ? this.ownRoot(row, from) : null;
    if (call !== null) {
      call.winds.set(wind, call.replies.wind());
      call.owed += 1;
    }
    let args: unknown[];
    this.exposed.call = call;
    try {
      args = readValues(from, row.args, this.exposed, call);
    } catch (error) {
      if (!(error instanceof NotExposed)) throw error;
      this.refuse(wind, row, call);
      return;
    } finally {
      this.exposed.call = null;
    }
    const frame = call === null ? this.xl.begin(root!) : call.frame;
    if (call === null) frame.local = wind;
    const cbk = call === null ? this.ownCbkOf(row) : this.cbkOf(row);
    windArgs[row.name as FopName](frame, wind, cbk as never, child, args);
  }

  /** The stack of a request that the module began, or continues after its reply. */
  private ownRoot(row: FopRow, from: Reader): Stack {
    const [uid, gid, pid] = [from.u32(), from.u32(), from.integer()];
    const root = new Stack(uid, gid, pid, row.logName);
    root.lkOwner = from.text();
    return root;
  }

  private cbkOf(row: FopRow): unknown {
    let cbk = this.cbks.get(row);
    if (cbk === undefined) {
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        const call = frame.local as Call;
        call.owed -= 1;
        this.reply(wind, row, call, opRet, opErrno, values);
        if (call.answered) this.end(call);
      });
      this.cbks.set(row, cbk);
    }
    return cbk;
  }

  private ownCbkOf(row: FopRow): unknown {
    let cbk = this.ownCbks.get(row);
    if (cbk === undefined) {
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        this.xl.end(frame.root);
        this.reply(wind, row, null, opRet, opErrno, values);
      });
      this.ownCbks.set(row, cbk);
    }
    return cbk;
  }

  private reply(
    wind: number,
    row: FopRow,
    call: Call | null,
    opRet: number,
    opErrno: number,
    values: readonly unknown[],
  ): void {
    if (this.closed) return;
    if (call !== null) {
      call.replies.put(call.winds.get(wind)!, { args: row.reply, values });
      call.winds.delete(wind);
    }
    const to = this.begin(DOWN.REPLY).u32(wind).number(opRet).number(opErrno);
    this.exposed.call = call;
    writeValues(to, row.reply, values, this.exposed, null);
    this.exposed.call = null;
    this.send();
    this.converse(call !== null && !call.answered ? call : null);
  }

  /** Fails a wind that refers to an unexposed object with ESTALE, as for a forgotten inode. */
  private refuse(wind: number, row: FopRow, call: Call | null): void {
    if (call !== null) call.owed -= 1;
    const values = row.reply.map(({ type }) => (type === 'int' ? -1 : null));
    this.reply(wind, row, call, -1, ESTALE, values);
  }

  // -- waiting -------------------------------------------------------------------------------------

  /** Takes messages when the worker wakes the event loop. */
  called(): void {
    if (!this.closed) this.converse(null);
  }

  /** Takes messages, and waits for `call` as long as that pays. */
  converse(call: Call | null): void {
    if (call !== null) this.focus = call;
    if (this.conversing || this.closed) return;
    this.conversing = true;
    const { channel } = this;
    channel.awake();
    this.until = this.settles ? Number.POSITIVE_INFINITY : performance.now() + TURN_MS;
    try {
      do {
        this.takeAll();
        while (this.waits() && this.awaitNews()) this.takeAll();
      } while (!this.closed && !this.mustYield() && !channel.leave(false));
    } finally {
      this.conversing = false;
      this.focus = null;
    }
    this.owner.left();
  }

  /** True when the turn is used up; the rest is taken in another. */
  private mustYield(): boolean {
    if (!this.channel.hasNews || performance.now() < this.until) return false;
    this.xl.context.after(0, () => this.called());
    return true;
  }

  /** Recovers from an aborted turn; pending messages are taken later. */
  abandoned(): void {
    this.conversing = false;
    this.focus = null;
    this.exposed.call = null;
    if (!this.closed) this.xl.context.after(0, () => this.called());
  }

  private waits(): boolean {
    if (this.closed || this.held || performance.now() > this.until) return false;
    if (this.channel.isAtRest) return this.channel.hasNews;
    return this.settles || (this.focus !== null && !this.focus.answered);
  }

  /** Waits for a message. False after too long. */
  private awaitNews(): boolean {
    const { busy, channel, patience } = this;
    if (channel.waitAwake(busy)) return true;
    if (this.settles) {
      channel.sleep(SETTLE_MS, false);
      this.owner.checkAlive();
      return !this.closed;
    }
    if (!patience.due()) return false;
    channel.sleep(SLEEP_MS, false);
    if (!channel.hasNews && !channel.isAtRest) {
      patience.miss();
      return false;
    }
    patience.hit();
    return true;
  }

  /** Waits synchronously until `isDone`. False after `ms` milliseconds. */
  insist(isDone: () => boolean, ms: number): boolean {
    const { channel } = this;
    const until = performance.now() + ms;
    channel.awake();
    this.until = until;
    for (;;) {
      this.takeAll();
      if (isDone() || this.closed) break;
      const left = until - performance.now();
      if (left <= 0) break;
      channel.sleep(left, false);
    }
    if (!this.conversing) this.converse(null);
    return isDone();
  }

  private takeAll(): void {
    const { channel } = this;
    try {
      for (let taken = 1; !this.closed; taken++) {
        const message = channel.receive();
        if (message === null) break;
        this.take(message.u8(), message);
        if (taken % CHECK_EVERY === 0 && performance.now() > this.until) return;
      }
      if (channel.backlogBytes > 0) {
        channel.flush();
        channel.wake();
      }
    } catch (error) {
      this.malformed(error);
    }
  }

  private malformed(error: unknown): void {
    if (!(error instanceof Malformed)) throw error;
    this.break(`it sent a malformed message: ${error.message}`);
  }

  private take(kind: number, from: Reader): void {
    if (kind === UP.ANSWER) this.answer(from);
    else if (kind === UP.WIND) this.wind(from);
    else {
      const handle = this.owner.others[kind];
      if (handle === undefined) throw new Malformed('a message of unknown kind');
      handle(from, this);
    }
  }

  // -- the end -------------------------------------------------------------------------------------

  private break(why: string): void {
    if (this.closed) return;
    this.owner.broken(why);
  }

  /** Stops reading from the worker; returns its unanswered requests. */
  close(): Call[] {
    this.closed = true;
    links.delete(this);
    const owed = [...this.calls.values()].filter(({ answered }) => !answered);
    this.calls.clear();
    for (const call of owed) call.answered = true;
    this.exposed.close();
    return owed;
  }
}
