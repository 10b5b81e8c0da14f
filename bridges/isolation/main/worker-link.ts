/**
 * Exchanges messages with one worker, in the main thread: sends requests, takes replies and the
 * module's winds. After a request, the main thread first polls for the reply and then sleeps, both
 * briefly and only if earlier replies came in that time (`BusyPoll`). A later reply wakes its event
 * loop.
 *
 * The worker is untrusted: it may refer only to objects exposed to it, and a malformed message ends
 * it.
 */

import { BusyPoll } from '../../../runtime/core/busy-poll.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { ESTALE } from '../../../runtime/core/errno.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import { type FopRow, fops as fopTable } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, unwindArgs, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import { onTurnAbandoned } from '../../../runtime/core/turn.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { Channel, makeSharedMemory, type SharedMemory } from '../channel.ts';
import { MalformedMessageError, type MessageReader, MessageWriter } from '../message-bytes.ts';
import { REQUEST_FLAGS, TO_MAIN, TO_WORKER } from '../message-kinds.ts';
import { readValues, writeValues } from '../values.ts';
import { ExposedObjects, NotExposedError } from './exposed-objects.ts';
import { PendingCall } from './pending-call.ts';

/** Microseconds of polling for a reply; the pump polls as long. */
const MAX_POLL_US = 50;
/** Milliseconds of sleep; short, as other work waits for the main thread meanwhile. */
const MAX_SLEEP_MS = 1;
/** Milliseconds of sleep under a test's clock, repeated until all replies have come. */
const MANUAL_CLOCK_SLEEP_MS = 250;
/** Milliseconds for which messages are handled before other work runs. */
const MAX_TURN_MS = 4;
/** Number of messages between two samples of the clock. */
const MESSAGES_PER_CLOCK_SAMPLE = 64;
/** Maximum number of notices sent without waking the worker. */
const MAX_UNWOKEN_NOTICES = 64;
/** Backlog at which a worker that stopped reading is ended. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;
/** The highest number of a call, a small integer in V8; the next is 1 again. */
const MAX_CALL_NUMBER = 0x3fffffff;
const MAX_ERRNO = 4095;

/** The volume's handlers of a worker's messages. */
export interface WorkerLinkOwner {
  /** Handlers of messages other than replies and winds, by kind. */
  readonly handlers: Readonly<Record<number, (from: MessageReader, link: WorkerLink) => void>>;
  /** Called when the worker can no longer be used. */
  handleBrokenWorker(reason: string): void;
  /** Called when all messages are handled: updates whether the thread keeps the process alive. */
  updateKeepsProcess(): void;
  /** Checks under a test's clock whether the worker still runs. */
  checkAlive(): void;
  /** Fails a request whose reply was refused. */
  failCall(call: PendingCall): void;
}

const links = new Set<WorkerLink>();
onTurnAbandoned(() => {
  for (const link of links) link.recover();
});

export class WorkerLink {
  readonly shared: SharedMemory = makeSharedMemory();
  readonly channel: Channel;
  readonly exposed: ExposedObjects;
  readonly calls = new Map<number, PendingCall>();
  private readonly xl: Xlator;
  private readonly owner: WorkerLinkOwner;
  private readonly writer = new MessageWriter();
  /** True under a test's clock: every message is awaited. */
  private readonly hasManualClock: boolean;
  private readonly busyPoll = new BusyPoll(MAX_POLL_US);
  private readonly sleepPoll = new BusyPoll(MAX_SLEEP_MS * 1000);
  /** Callbacks of winds for requests of the graph, and for those that the module began. */
  private readonly requestCbks = new Map<FopRow, unknown>();
  private readonly ownRequestCbks = new Map<FopRow, unknown>();
  private lastCallNumber = 0;
  /** When this turn ends, by `performance.now`. */
  private turnEndMs = 0;
  /** The number of notices sent without waking the worker. */
  private unwokenNoticeCount = 0;
  private isClosed = false;
  /** True while messages are being taken. */
  private isTakingMessages = false;
  /** True while a debugger has stopped the module: then no reply comes, so it is not awaited. */
  isStopped = false;
  /** The request that the main thread waits for. */
  private awaitedCall: PendingCall | null = null;

  /** @param wakeWorker wakes the worker's event loop */
  constructor(xl: Xlator, owner: WorkerLinkOwner, maxFds: number, wakeWorker: () => void) {
    this.xl = xl;
    this.owner = owner;
    this.channel = new Channel(this.shared, 0, wakeWorker);
    this.exposed = new ExposedObjects(xl, maxFds, (inode) => this.sendForget(inode));
    this.hasManualClock = xl.context.soon === undefined;
    this.channel.logLevel = xl.log.level;
    this.channel.setAway(false);
    links.add(this);
  }

  /** The unanswered request that the worker claims to run. */
  get servedCall(): PendingCall | null {
    const call = this.calls.get(this.channel.servedCallNumber);
    return call === undefined || call.isAnswered ? null : call;
  }

  get hasServed(): boolean {
    return this.lastCallNumber > 0;
  }

  begin(kind: number): MessageWriter {
    return this.writer.begin(kind);
  }

  /** Sends the message, and wakes the worker. */
  send(): void {
    const { channel, xl } = this;
    if (this.isClosed) return;
    this.unwokenNoticeCount = 0;
    if (xl.log.level !== channel.logLevel) channel.logLevel = xl.log.level;
    if (this.hasManualClock) channel.testClockMs = xl.context.now();
    if (!this.putMessage()) return;
    channel.wake();
    if (channel.backlogBytes > MAX_BACKLOG_BYTES) this.reportBroken('it stopped reading');
  }

  /** Sends a notice that is not urgent: the worker reads it when it next wakes. */
  sendWithoutWake(): void {
    if (this.isClosed) return;
    if (this.hasManualClock || this.unwokenNoticeCount >= MAX_UNWOKEN_NOTICES) {
      this.send();
      this.takeMessages();
      return;
    }
    this.unwokenNoticeCount += 1;
    this.putMessage();
  }

  /** Puts the message into the channel; returns false when the worker's counter is impossible. */
  private putMessage(): boolean {
    try {
      this.channel.put(this.writer);
      return true;
    } catch (error) {
      this.handleError(error);
      return false;
    }
  }

  sendForget(inode: number): void {
    this.begin(TO_WORKER.FORGET).writeNumber(inode);
    this.sendWithoutWake();
  }

  sendRelease(fd: Fd): void {
    this.exposed.forgetFd(fd);
    this.begin(TO_WORKER.RELEASE).writeNumber(fd.id);
    this.sendWithoutWake();
  }

  sendDisconnect(client: Client): void {
    this.begin(TO_WORKER.CLIENT_GONE).writeNumber(client.id).writeText(client.uid);
    this.send();
    this.takeMessages();
  }

  sendRequest(row: FopRow, fopIndex: number, frame: Frame, args: readonly unknown[]): void {
    this.lastCallNumber = this.lastCallNumber === MAX_CALL_NUMBER ? 1 : this.lastCallNumber + 1;
    const call = new PendingCall(this.lastCallNumber, row, frame, args);
    frame.local = call;
    this.calls.set(call.number, call);
    const { root } = frame;
    const to = this.begin(TO_WORKER.REQUEST)
      .writeU32(call.number)
      .writeU8(fopIndex)
      .writeNumber(root.unique);
    to.writeU32(root.uid).writeU32(root.gid).writeNumber(root.pid);
    const { client } = root;
    to.writeNumber(client === null ? 0 : client.id).writeU8(this.readRequestFlags(frame));
    if (client !== null) to.writeText(client.uid);
    to.writeText(root.lkOwner).writeText(root.op);
    this.exposed.currentCall = call;
    writeValues(to, row.args, args, this.exposed, null);
    this.exposed.currentCall = null;
    this.awaitedCall = call;
    this.send();
    this.takeMessagesAndAwait(call);
    if (call.isAnswered || this.isClosed) return;
    root.whenInterrupted(() => this.sendInterrupt(call));
  }

  private readRequestFlags(frame: Frame): number {
    const interruptedFlag = frame.root.interrupted ? REQUEST_FLAGS.INTERRUPTED : 0;
    const { observer } = this.xl;
    if (observer === null) return interruptedFlag;
    const followedFlag = observer.wantsNotes(frame) ? REQUEST_FLAGS.FOLLOWED : 0;
    return interruptedFlag | REQUEST_FLAGS.OBSERVED | followedFlag;
  }

  private sendInterrupt(call: PendingCall): void {
    if (call.isAnswered || this.isClosed) return;
    this.begin(TO_WORKER.INTERRUPT).writeU32(call.number);
    this.send();
    this.takeMessages();
  }

  /** Unwinds a request with the worker's reply. @throws {MalformedMessageError} */
  private receiveReply(from: MessageReader): void {
    const call = this.calls.get(from.readU32());
    if (call === undefined || call.isAnswered)
      throw new MalformedMessageError('a reply to an unknown request');
    const opRet = from.readInteger();
    const opErrno = from.readInteger();
    if (opErrno < 0 || opErrno > MAX_ERRNO) throw new MalformedMessageError('an invalid errno');
    const { row, frame } = call;
    let values: unknown[];
    let keptInodes: Inode[] = [];
    this.exposed.currentCall = call;
    try {
      values = readValues(from, row.reply, this.exposed, call);
      if (call.hasUnlinkedInodes) keptInodes = this.readKeptInodes(call, from);
    } catch (error) {
      if (!(error instanceof NotExposedError)) throw error;
      this.xl.log.error(`${row.name}: refused: ${error.message}`, {
        msgid: messages.requestFailed.id,
      });
      this.markAnswered(call);
      this.owner.failCall(call);
      return;
    } finally {
      this.exposed.currentCall = null;
    }
    this.markAnswered(call);
    unwindArgs[row.name as FopName](frame, opRet, opErrno, values);
    for (const inode of keptInodes) this.exposeKeptInode(inode);
  }

  /** Reads the inodes of the request that the module still holds after its reply. */
  private readKeptInodes(call: PendingCall, from: MessageReader): Inode[] {
    return Array.from({ length: from.readCount() }, () => {
      const inode = call.findInode(from.readInteger());
      if (inode === undefined)
        throw new NotExposedError('the module keeps an inode that the request does not have');
      return inode;
    });
  }

  /** Exposes an inode of an answered request that the module still holds. */
  private exposeKeptInode(inode: Inode): void {
    if (!inode.linked) {
      this.exposed.exposeUnlinked(inode);
      return;
    }
    this.exposed.expose(inode);
    this.begin(TO_WORKER.LINKED).writeNumber(inode.id).writeGfid(inode.gfid).writeU8(inode.iaType);
    this.sendWithoutWake();
  }

  private markAnswered(call: PendingCall): void {
    call.isAnswered = true;
    if (call.owedReplyCount === 0) this.calls.delete(call.number);
  }

  /** Winds a request for the module. @throws {MalformedMessageError} */
  private receiveWind(from: MessageReader): void {
    const wind = from.readU32();
    const number = from.readU32();
    const child = this.xl.children[from.readU8()];
    const row = fopTable[from.readU8()];
    if (child === undefined || row === undefined)
      throw new MalformedMessageError('a wind to an unknown child or fop');
    const call = number === 0 ? null : this.calls.get(number);
    if (call === undefined) throw new MalformedMessageError('a wind of an unknown request');
    if (call?.windIndexes.has(wind))
      throw new MalformedMessageError('the number of a pending wind');
    const root = call === null ? this.readOwnRoot(row, from) : null;
    if (call !== null) {
      call.windIndexes.set(wind, call.replies.countWind());
      call.owedReplyCount += 1;
    }
    let args: unknown[];
    this.exposed.currentCall = call;
    try {
      args = readValues(from, row.args, this.exposed, call);
    } catch (error) {
      if (!(error instanceof NotExposedError)) throw error;
      this.refuseWind(wind, row, call);
      return;
    } finally {
      this.exposed.currentCall = null;
    }
    const frame = call === null ? this.xl.begin(root!) : call.frame;
    if (call === null) frame.local = wind;
    const cbk = call === null ? this.findOwnRequestCbk(row) : this.findRequestCbk(row);
    windArgs[row.name as FopName](frame, wind, cbk as never, child, args);
  }

  /** Reads the call stack of a request that the module began, or continues after its reply. */
  private readOwnRoot(row: FopRow, from: MessageReader): Stack {
    const [uid, gid, pid] = [from.readU32(), from.readU32(), from.readInteger()];
    const root = new Stack(uid, gid, pid, row.logName);
    root.lkOwner = from.readText();
    return root;
  }

  private findRequestCbk(row: FopRow): unknown {
    let cbk = this.requestCbks.get(row);
    if (cbk === undefined) {
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        const call = frame.local as PendingCall;
        call.owedReplyCount -= 1;
        this.sendReply(wind, row, call, opRet, opErrno, values);
        if (call.isAnswered) this.markAnswered(call);
      });
      this.requestCbks.set(row, cbk);
    }
    return cbk;
  }

  private findOwnRequestCbk(row: FopRow): unknown {
    let cbk = this.ownRequestCbks.get(row);
    if (cbk === undefined) {
      cbk = collectCbk[row.name as FopName]((frame, wind, _, opRet, opErrno, values) => {
        this.xl.end(frame.root);
        this.sendReply(wind, row, null, opRet, opErrno, values);
      });
      this.ownRequestCbks.set(row, cbk);
    }
    return cbk;
  }

  /** Sends a child's reply to the worker. @param call null for a request that the module began */
  private sendReply(
    wind: number,
    row: FopRow,
    call: PendingCall | null,
    opRet: number,
    opErrno: number,
    values: readonly unknown[],
  ): void {
    if (this.isClosed) return;
    if (call !== null) {
      call.replies.add(call.windIndexes.get(wind)!, { args: row.reply, values });
      call.windIndexes.delete(wind);
    }
    const to = this.begin(TO_WORKER.REPLY).writeU32(wind).writeNumber(opRet).writeNumber(opErrno);
    this.exposed.currentCall = call;
    writeValues(to, row.reply, values, this.exposed, null);
    this.exposed.currentCall = null;
    this.send();
    this.takeMessagesAndAwait(call !== null && !call.isAnswered ? call : null);
  }

  /** Fails a wind that refers to an unexposed object with ESTALE, as for a forgotten inode. */
  private refuseWind(wind: number, row: FopRow, call: PendingCall | null): void {
    if (call !== null) call.owedReplyCount -= 1;
    const values = row.reply.map(({ type }) => (type === 'int' ? -1 : null));
    this.sendReply(wind, row, call, -1, ESTALE, values);
  }

  /** Takes messages when the worker wakes the event loop. */
  takeMessages(): void {
    if (!this.isClosed) this.takeMessagesAndAwait(null);
  }

  /** Takes messages, and waits for the reply to `call` as long as that is worthwhile. */
  takeMessagesAndAwait(call: PendingCall | null): void {
    if (call !== null) this.awaitedCall = call;
    if (this.isTakingMessages || this.isClosed) return;
    this.isTakingMessages = true;
    const { channel } = this;
    channel.setAwake();
    this.turnEndMs = this.hasManualClock
      ? Number.POSITIVE_INFINITY
      : performance.now() + MAX_TURN_MS;
    try {
      do {
        this.takeArrivedMessages();
        while (this.canWait() && this.waitForMessage()) this.takeArrivedMessages();
      } while (!this.isClosed && !this.yieldIfTurnOver() && !channel.setAway(false));
    } finally {
      this.isTakingMessages = false;
      this.awaitedCall = null;
    }
    this.owner.updateKeepsProcess();
  }

  /** True when the turn is over while messages remain: they are taken in another turn. */
  private yieldIfTurnOver(): boolean {
    if (!this.channel.hasMessage || performance.now() < this.turnEndMs) return false;
    this.xl.context.after(0, () => this.takeMessages());
    return true;
  }

  /** Recovers from an aborted turn; pending messages are taken later. */
  recover(): void {
    this.isTakingMessages = false;
    this.awaitedCall = null;
    this.exposed.currentCall = null;
    if (!this.isClosed) this.xl.context.after(0, () => this.takeMessages());
  }

  private canWait(): boolean {
    if (this.isClosed || this.isStopped || performance.now() > this.turnEndMs) return false;
    if (this.channel.isOtherSideIdle) return this.channel.hasMessage;
    return this.hasManualClock || (this.awaitedCall !== null && !this.awaitedCall.isAnswered);
  }

  /** Waits for a message. Returns false if none came in time. */
  private waitForMessage(): boolean {
    const { busyPoll, channel, sleepPoll } = this;
    if (channel.pollWhileBusy(busyPoll)) return true;
    if (this.hasManualClock) {
      channel.sleep(MANUAL_CLOCK_SLEEP_MS, false);
      this.owner.checkAlive();
      return !this.isClosed;
    }
    if (!sleepPoll.shouldPoll()) return false;
    channel.sleep(MAX_SLEEP_MS, false);
    if (!channel.hasMessage && !channel.isOtherSideIdle) {
      sleepPoll.noteMiss();
      return false;
    }
    sleepPoll.noteHit();
    return true;
  }

  /** Waits synchronously until `isDone`, for at most `ms` milliseconds; returns `isDone()`. */
  waitUntil(isDone: () => boolean, ms: number): boolean {
    const { channel } = this;
    const deadlineMs = performance.now() + ms;
    channel.setAwake();
    this.turnEndMs = deadlineMs;
    for (;;) {
      this.takeArrivedMessages();
      if (isDone() || this.isClosed) break;
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) break;
      channel.sleep(remainingMs, false);
    }
    if (!this.isTakingMessages) this.takeMessages();
    return isDone();
  }

  /** Handles the messages that have arrived, until the turn is over. */
  private takeArrivedMessages(): void {
    const { channel } = this;
    try {
      for (let count = 1; !this.isClosed; count++) {
        const message = channel.receive();
        if (message === null) break;
        this.handleMessage(message.readU8(), message);
        if (count % MESSAGES_PER_CLOCK_SAMPLE === 0 && performance.now() > this.turnEndMs) return;
      }
      if (channel.backlogBytes > 0) {
        channel.flush();
        channel.wake();
      }
    } catch (error) {
      this.handleError(error);
    }
  }

  private handleError(error: unknown): void {
    if (!(error instanceof MalformedMessageError)) throw error;
    this.reportBroken(`it sent a malformed message: ${error.message}`);
  }

  private handleMessage(kind: number, from: MessageReader): void {
    if (kind === TO_MAIN.REPLY) this.receiveReply(from);
    else if (kind === TO_MAIN.WIND) this.receiveWind(from);
    else {
      const handle = this.owner.handlers[kind];
      if (handle === undefined) throw new MalformedMessageError('a message of unknown kind');
      handle(from, this);
    }
  }

  private reportBroken(reason: string): void {
    if (this.isClosed) return;
    this.owner.handleBrokenWorker(reason);
  }

  /** Stops reading from the worker; returns its unanswered requests. */
  close(): PendingCall[] {
    this.isClosed = true;
    links.delete(this);
    const unanswered = [...this.calls.values()].filter(({ isAnswered }) => !isAnswered);
    this.calls.clear();
    for (const call of unanswered) call.isAnswered = true;
    this.exposed.close();
    return unanswered;
  }
}
