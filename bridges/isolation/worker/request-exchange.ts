/**
 * Exchanges requests between the main thread and the worker's graph, in the worker. The graph has
 * the module's volume. Above it, an initiator winds the main thread's requests; below it, stand-ins
 * for the children send the module's winds to the main thread.
 */
import type { Client } from '../../../runtime/core/client.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import { type FopRow, fops as fopTable } from '../../../runtime/core/fops.ts';
import { Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import {
  type AnyReply,
  collect,
  collectCbk,
  unwindArgs,
  windArgs,
} from '../../../runtime/core/gen/generic.gen.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Log } from '../../../runtime/core/log.ts';
import type { Observer } from '../../../runtime/core/observer.ts';
import type { Dump, Translator, Xlator } from '../../../runtime/core/xlator.ts';
import { isExposed, isTracked } from '../../host/crossing/exposed-inodes.ts';
import { MalformedMessageError, type MessageReader, type MessageWriter } from '../message-bytes.ts';
import {
  KNOWN_OBJECT,
  NEW_OBJECT,
  NO_OBJECT,
  OWN_OBJECT,
  QUERY,
  REQUEST_FLAGS,
  TO_MAIN,
} from '../message-kinds.ts';
import { ReplyWindow, type TypedValues } from '../reply-window.ts';
import {
  type ExchangedValues,
  type ObjectCodec,
  readNewFd,
  readValues,
  writeNewFd,
  writeValues,
} from '../values.ts';
import type { MainThreadLink } from './main-thread-link.ts';
import { FdMirror, type InodeMirror, type MirrorTable } from './mirrors.ts';

/** A request from the main thread. */
class ServedCall extends Stack implements ExchangedValues {
  readonly number: number;
  readonly row: FopRow;
  override readonly unique: number;
  args: TypedValues;
  readonly replies = new ReplyWindow();
  /** True if the main thread's observer follows it. */
  readonly isFollowed: boolean;
  /** Number of winds whose reply has not come. */
  owedReplyCount = 0;
  /** True once its reply was sent to the main thread. */
  isAnswered = false;
  /** The main thread's numbers of its inodes that are not linked. */
  readonly unlinkedInodes: number[] = [];

  constructor(
    number: number,
    row: FopRow,
    unique: number,
    ids: readonly [uid: number, gid: number, pid: number],
    op: string,
    isFollowed: boolean,
    findGroups: () => readonly number[],
  ) {
    super(...ids, op, findGroups);
    this.isFollowed = isFollowed;
    this.number = number;
    this.row = row;
    this.unique = unique;
    this.args = { args: row.args, values: [] };
  }
}

/** A wind whose reply the main thread has not sent yet. */
interface SentWind {
  readonly frame: Frame;
  readonly row: FopRow;
  /** Null for a request of the module's own. */
  readonly call: ServedCall | null;
  /** Its index among the call's winds. */
  readonly index: number;
}

/** Sends notes to the main thread, which observes the winds itself: other methods do nothing. */
class NoteSender implements Observer {
  private readonly link: MainThreadLink;

  constructor(link: MainThreadLink) {
    this.link = link;
  }

  wantsNotes({ root }: Frame): boolean {
    return root instanceof ServedCall && root.isFollowed && !root.isAnswered;
  }

  addNotes({ root }: Frame, notes: Readonly<Record<string, string>>): void {
    this.link
      .begin(TO_MAIN.NOTE)
      .writeU32((root as ServedCall).number)
      .writeText(JSON.stringify(notes));
    this.link.send(false);
  }

  wantsFop(): boolean {
    return false;
  }

  wantsRequest(): boolean {
    return false;
  }

  wind(): null {
    return null;
  }

  unwind(): void {}
  notify(): void {}
  noteLogLine(): void {}
}

/**
 * Makes the translator that stands for a child: each fop is sent to the main thread as a wind.
 * @param exchange returns the exchange, which exists only after the graph
 */
export const makeChildStandIn = (
  type: string,
  index: number,
  exchange: () => RequestExchange,
): Translator<unknown> => ({
  type,
  description: 'A volume of the main thread.',
  children: [0, 0],
  options: {},
  fops: Object.fromEntries(
    fopTable.map((row) => [
      row.name,
      collect[row.name as FopName]((frame, _, args) =>
        exchange().sendWind(frame, index, row, args),
      ),
    ]),
  ),
  init: () => null,
  // The main thread reports whether it is up.
  notify() {},
  release: (_, fd) => exchange().reportRelease(fd),
  releasedir: (_, fd) => exchange().reportRelease(fd),
});

/** Takes requests and replies from the main thread, and sends it replies and winds. */
export class RequestExchange implements ObjectCodec {
  readonly mirrors: MirrorTable;
  private readonly link: MainThreadLink;
  private readonly graph: Graph;
  private readonly initiator: Initiator;
  private readonly calls = new Map<number, ServedCall>();
  private readonly sentWinds = new Map<number, SentWind>();
  private readonly fds = new Map<number, FdMirror>();
  private readonly ownFds = new Map<number, Fd>();
  private readonly clients = new Map<number, Client>();
  private readonly replyCbks: Readonly<Record<string, unknown>>;
  private readonly collectedInodes = new FinalizationRegistry<number>((id) => {
    this.mirrors.dropOwnInode(id);
    this.link.begin(TO_MAIN.DROP_OWN_INODE).writeNumber(id);
    this.link.send(false);
  });
  private lastWindNumber = 0;
  /** The request whose values are being decoded. */
  private decodedCall: ServedCall | null = null;

  constructor(link: MainThreadLink, graph: Graph, log: Log) {
    this.link = link;
    this.graph = graph;
    this.mirrors = graph.inodes as MirrorTable;
    this.initiator = new Initiator(
      graph,
      'main',
      makeInitiatorTranslator('isolation/main', 'The main thread.'),
      log,
    );
    this.replyCbks = Object.fromEntries(
      fopTable.map((row) => {
        const cbk: AnyReply = (frame, _cookie, _xl, opRet, opErrno, values) =>
          this.sendReply(frame.root as ServedCall, opRet, opErrno, values);
        return [row.name, collectCbk[row.name as FopName](cbk)];
      }),
    );
  }

  private get moduleVolume(): Xlator {
    return this.graph.top;
  }

  // -- requests from the main thread ---------------------------------------------------------------

  /** Winds a request of the main thread to the module's volume. */
  receiveRequest(from: MessageReader): void {
    const number = from.readU32();
    const row = fopTable[from.readU8()]!;
    const unique = from.readNumber();
    const ids = [from.readU32(), from.readU32(), from.readNumber()] as const;
    const [clientId, flags] = [from.readNumber(), from.readU8()];
    const client = clientId === 0 ? null : this.findClient(clientId, from.readText());
    const [lkOwner, op] = [from.readText(), from.readText()];
    const isFollowed = (flags & REQUEST_FLAGS.FOLLOWED) !== 0;
    const call = new ServedCall(number, row, unique, ids, op, isFollowed, () =>
      this.queryGroups(number),
    );
    call.lkOwner = lkOwner;
    this.calls.set(number, call);
    this.decodedCall = call;
    const args = readValues(from, row.args, this, null);
    this.decodedCall = null;
    call.args = { args: row.args, values: args };
    const frame =
      client === null ? new Frame(call, null, this.initiator.xl, null, 0) : client.begin(call);
    if ((flags & REQUEST_FLAGS.INTERRUPTED) !== 0) call.interrupt();
    this.updateNoteSender((flags & REQUEST_FLAGS.OBSERVED) !== 0);
    const name = row.name as FopName;
    this.link.channel.servedCallNumber = number;
    windArgs[name](frame, 0, this.replyCbks[name] as never, this.graph.links, args);
    this.link.channel.servedCallNumber = 0;
  }

  /** Adds or removes the sender of notes, as the main thread's volume has an observer or not. */
  private updateNoteSender(isObserved: boolean): void {
    const { moduleVolume } = this;
    if (isObserved === (moduleVolume.observer !== null)) return;
    moduleVolume.observer = isObserved ? new NoteSender(this.link) : null;
    moduleVolume.translator.observed?.(moduleVolume);
  }

  /**
   * The number of the request that the module runs; 0 if it runs none. Always 0 without an
   * observer, as only with one the host sets `xl.frame`.
   */
  get servedCallNumber(): number {
    const root = this.moduleVolume.frame?.root;
    return root instanceof ServedCall && !root.isAnswered ? root.number : 0;
  }

  private findClient(id: number, uid: string): Client {
    let client = this.clients.get(id);
    if (client === undefined) {
      client = this.initiator.connect(uid);
      this.clients.set(id, client);
    }
    return client;
  }

  private sendReply(
    call: ServedCall,
    opRet: number,
    opErrno: number,
    values: readonly unknown[],
  ): void {
    if (opRet < 0) this.sendFailureSource(call, opErrno);
    const to = this.link
      .begin(TO_MAIN.REPLY)
      .writeU32(call.number)
      .writeNumber(opRet)
      .writeNumber(opErrno);
    writeValues(to, call.row.reply, values, this, call);
    const keptNumbers =
      call.unlinkedInodes.length === 0 ? call.unlinkedInodes : this.takeKeptInodes(call, opRet);
    to.writeU32(keptNumbers.length);
    for (const mainNumber of keptNumbers) to.writeNumber(mainNumber);
    call.isAnswered = true;
    this.link.send();
    call.client?.end(call);
    this.endIfDone(call);
  }

  /** Sends where the module fails the request, if it has chosen the errno itself. */
  private sendFailureSource(call: ServedCall, opErrno: number): void {
    const { failureErrno, failureSource } = call;
    if (failureSource === null || failureErrno !== opErrno) return;
    const { file, line, func } = failureSource;
    const to = this.link.begin(TO_MAIN.FAILURE).writeU32(call.number).writeNumber(opErrno);
    to.writeText(file).writeNumber(line).writeText(func);
    this.link.send(false);
  }

  /** Takes the request's unlinked inodes; returns the numbers of those that the module keeps. */
  private takeKeptInodes(call: ServedCall, opRet: number): number[] {
    const keptNumbers = call.unlinkedInodes.filter((mainNumber) => {
      const inode = this.mirrors.findMirror(mainNumber);
      if (inode === undefined) return false;
      return (
        isTracked(inode, this.moduleVolume) || (opRet >= 0 && isExposed(inode, this.moduleVolume))
      );
    });
    for (const mainNumber of call.unlinkedInodes)
      if (!keptNumbers.includes(mainNumber)) this.mirrors.dropUnlinked(mainNumber);
    call.unlinkedInodes.length = 0;
    return keptNumbers;
  }

  /** Drops a request that is answered and waits for no child. */
  private endIfDone(call: ServedCall): void {
    if (!call.isAnswered || call.owedReplyCount > 0) return;
    this.calls.delete(call.number);
    for (const mainNumber of call.unlinkedInodes) this.mirrors.dropUnlinked(mainNumber);
  }

  /** Returns the main thread's number of a request; 0 for the module's own. */
  findCallNumber(root: Stack): number {
    return root instanceof ServedCall ? root.number : 0;
  }

  interrupt(call: number): void {
    this.calls.get(call)?.interrupt();
  }

  /** Handles a client's end, also of a client without requests here: the hook reports every end. */
  handleDisconnect(id: number, uid: string): void {
    const client = this.findClient(id, uid);
    this.clients.delete(id);
    client.disconnect();
  }

  // -- winds to the main thread --------------------------------------------------------------------

  /** Sends a wind of the module to the main thread. @param child the child's index */
  sendWind(frame: Frame, child: number, row: FopRow, args: unknown[]): void {
    const { root } = frame;
    // The main thread may have dropped an answered request.
    const call = root instanceof ServedCall && !root.isAnswered ? root : null;
    this.lastWindNumber = (this.lastWindNumber + 1) >>> 0;
    const index = call === null ? 0 : call.replies.countWind();
    if (root instanceof ServedCall) root.owedReplyCount += 1;
    this.sentWinds.set(this.lastWindNumber, { frame, row, call, index });
    const to = this.link.begin(TO_MAIN.WIND).writeU32(this.lastWindNumber);
    to.writeU32(call === null ? 0 : call.number)
      .writeU8(child)
      .writeU8(fopTable.indexOf(row));
    if (call === null)
      to.writeU32(root.uid).writeU32(root.gid).writeNumber(root.pid).writeText(root.lkOwner);
    writeValues(to, row.args, args, this, call);
    this.link.send();
  }

  /** Unwinds a child's reply to the module's volume. */
  receiveReply(from: MessageReader): void {
    const number = from.readU32();
    const wind = this.sentWinds.get(number);
    if (wind === undefined) throw new MalformedMessageError('a reply to an unknown wind');
    this.sentWinds.delete(number);
    const { frame, row, call, index } = wind;
    const [opRet, opErrno] = [from.readNumber(), from.readNumber()];
    this.decodedCall = call;
    const values = readValues(from, row.reply, this, null);
    this.decodedCall = null;
    call?.replies.add(index, { args: row.reply, values });
    const { root } = frame;
    if (root instanceof ServedCall) root.owedReplyCount -= 1;
    this.link.channel.servedCallNumber = this.findCallNumber(root);
    unwindArgs[row.name as FopName](frame, opRet, opErrno, values);
    this.link.channel.servedCallNumber = 0;
    if (root instanceof ServedCall) this.endIfDone(root);
  }

  private queryGroups(call: number): readonly number[] {
    return this.link.query(
      (to) => to.begin(TO_MAIN.QUERY).writeU8(QUERY.GROUPS).writeU32(call),
      (from) => Array.from({ length: from.readCount() }, () => from.readNumber()),
    );
  }

  // -- inodes and files ----------------------------------------------------------------------------

  writeInode(to: MessageWriter, inode: Inode | null): void {
    if (inode === null) {
      to.writeU8(NO_OBJECT);
      return;
    }
    const mirror = inode as InodeMirror;
    // The root has the same number in both threads.
    const mainNumber = inode === this.mirrors.root ? inode.id : mirror.mainNumber;
    if (mainNumber !== 0) to.writeU8(KNOWN_OBJECT).writeNumber(mainNumber);
    else {
      to.writeU8(OWN_OBJECT).writeNumber(mirror.id);
      if (mirror.isReported) return;
      mirror.isReported = true;
      this.mirrors.addOwnInode(mirror);
      this.collectedInodes.register(mirror, mirror.id);
    }
  }

  readInode(from: MessageReader): Inode | null {
    const kind = from.readU8();
    if (kind === NO_OBJECT) return null;
    const number = from.readNumber();
    if (kind === NEW_OBJECT) {
      const inode = this.mirrors.addMirror(number, from.readGfid(), from.readU8());
      if (!inode.linked) this.decodedCall?.unlinkedInodes.push(number);
      return inode;
    }
    const inode =
      kind === OWN_OBJECT ? this.mirrors.findOwnInode(number) : this.mirrors.findMirror(number);
    // An inode made here may have been collected since: a new one replaces it.
    if (inode === undefined && kind === OWN_OBJECT) return this.mirrors.newInode();
    if (inode === undefined) throw new MalformedMessageError(`an unknown inode: ${number}`);
    return inode;
  }

  writeFd(to: MessageWriter, fd: Fd): void {
    if (fd instanceof FdMirror) {
      to.writeU8(KNOWN_OBJECT).writeNumber(fd.mainNumber);
      return;
    }
    const isNew = !this.ownFds.has(fd.id);
    to.writeU8(isNew ? NEW_OBJECT : OWN_OBJECT).writeNumber(fd.id);
    if (!isNew) return;
    this.ownFds.set(fd.id, fd);
    // The fd gets a context of the stand-in, so that the stand-in's `release` is called.
    fd.ctxSet(this.moduleVolume.below[0]!, true);
    writeNewFd(to, fd, this);
  }

  readFd(from: MessageReader): Fd {
    const kind = from.readU8();
    const number = from.readNumber();
    if (kind === NEW_OBJECT) {
      const { inode, flags, pid, isDir } = readNewFd(from, this);
      const fd = new FdMirror(number, inode, flags, pid, isDir);
      this.fds.set(number, fd);
      return fd;
    }
    const fd = kind === OWN_OBJECT ? this.ownFds.get(number) : this.fds.get(number);
    if (fd === undefined) throw new MalformedMessageError(`an unknown fd: ${number}`);
    return fd;
  }

  /** Notifies the main thread of the release of an fd that was made here. */
  reportRelease(fd: Fd): void {
    if (!this.ownFds.delete(fd.id)) return;
    this.link.begin(TO_MAIN.RELEASE_OWN_FD).writeNumber(fd.id);
    this.link.send(false);
  }

  /** Releases the mirror of an fd that the main thread has released. */
  releaseFd(number: number): void {
    const fd = this.fds.get(number);
    this.fds.delete(number);
    fd?.release();
  }

  /** Binds an inode made here to the main thread's inode of the same file. */
  bindSameInode(from: MessageReader): void {
    const ownInode = this.mirrors.findOwnInode(from.readNumber());
    const mainNumber = from.readNumber();
    if (ownInode !== undefined) this.mirrors.bindMainNumber(ownInode, mainNumber);
  }

  /** Returns counts for the statedump. */
  dump(): Dump {
    return {
      'requests-in-thread': this.calls.size,
      'winds-in-thread': this.sentWinds.size,
      'inodes-in-thread': this.mirrors.mirrorCount,
      'fds-in-thread': this.fds.size + this.ownFds.size,
    };
  }
}
