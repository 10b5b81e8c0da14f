/**
 * Holds the requests that wait for an event of a file. After each change of a file its state is read once, for all
 * its watchers. A change that arrives during the read causes another read, so that none is missed. While requests
 * wait, the file's inode stays in the inode table.
 */

import { Dict } from '../../../core/dict.ts';
import { EBADMSG, EINTR, ENOENT, ESTALE } from '../../../core/errno.ts';
import { type Frame, Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { messages } from '../../../core/messages.ts';
import { Loc } from '../../../core/operands.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import {
  decodeNotices,
  type FileState,
  formatCursor,
  listEvents,
  makeFileState,
  NOTICES_XATTR,
  type NoticeRecord,
  REMOVED_REPLY,
  type WatchReply,
} from './notices.ts';

/** Milliseconds between two reads of each watched file, if bricks do not report changes. */
const POLL_MS = 1000;
/** The same if they do: bricks forget a client's interest in a file, by default 60 s after its last request. */
const RENEWAL_MS = 25_000;

/** Asks a lookup for the record of notices. */
const NOTICES_REQUEST = Dict.of({ [NOTICES_XATTR]: 0 });

/** A request that waits for an event. */
export interface Watcher {
  readonly frame: Frame;
  /** The state that it knows; null to get the present one at once. */
  readonly known: FileState | null;
  /** Number of the file's newest read when the watcher was added: the state of that read may be older than its own. */
  addedAtRead: number;
  reply(reply: WatchReply): void;
  fail(errno: number): void;
}

/** A file with a watcher, now or earlier. */
export class WatchedFile {
  readonly inode: Inode;
  readonly watchers = new Set<Watcher>();
  /** Those that were added since the last read: only they have to be compared with an unchanged state. */
  newWatchers: Watcher[] = [];
  /** The cursor of the last read state. */
  lastCursor = '';
  /** Number of the newest change that was seen. */
  changeNumber: number;
  isReading = false;
  /** Number of the newest read. */
  readNumber = 0;
  /** Whether a change arrived during the read. */
  mustReadAgain = false;

  constructor(inode: Inode, changeNumber: number) {
    this.inode = inode;
    this.changeNumber = changeNumber;
  }
}

export class WatchedFiles {
  /** Files that have a watcher now. */
  private readonly watched = new Map<Gfid, WatchedFile>();
  /** Counts the changes of all files, so that a file's number is never used twice. */
  private changeCount = 0;
  private readCount = 0;
  private eventCount = 0;
  /** Whether the bricks report changes by other clients; null while that is unknown. */
  private hasUpcalls: boolean | null = null;
  private hasWarned = false;
  private cancelTimer: (() => void) | null = null;
  /** The volume; after an exchange of the graph, the new graph's. */
  private xl: Xlator<WatchedFiles>;

  constructor(xl: Xlator<WatchedFiles>) {
    this.xl = xl;
  }

  // -- watchers --------------------------------------------------------------------------------

  /**
   * Lets a request wait until the file's state differs from the one that it knows.
   * @param xl the instance that got the request. If it is no longer in the graph, the request is to ask again there
   */
  add(xl: Xlator<WatchedFiles>, inode: Inode, watcher: Watcher): void {
    if (watcher.known !== null && xl.graph?.xlators.includes(xl) === false) {
      watcher.reply({ cursor: formatCursor(watcher.known), events: [] });
      return;
    }
    const file = this.findOrAddFile(inode);
    watcher.addedAtRead = file.readNumber;
    if (file.watchers.size === 0) {
      this.watched.set(file.inode.gfid, file);
      file.inode.table.holdForFd(file.inode);
    }
    file.watchers.add(watcher);
    file.newWatchers.push(watcher);
    const { root } = watcher.frame;
    root.rest();
    root.whenInterrupted(() => this.end(file, watcher, () => watcher.fail(EINTR)));
    this.read(file);
    this.startTimer();
  }

  private end(file: WatchedFile, watcher: Watcher, reply: () => void): void {
    if (!file.watchers.delete(watcher)) return;
    if (file.watchers.size === 0) {
      const { inode } = file;
      file.newWatchers = [];
      this.watched.delete(inode.gfid);
      if (this.watched.size === 0) this.stopTimer();
      inode.table.dropForFd(inode);
    }
    watcher.frame.root.goOn();
    reply();
  }

  private findFile(gfid: Gfid): WatchedFile | undefined {
    const inode = this.xl.inodes?.find(gfid);
    return this.watched.get(gfid) ?? (inode?.ctxGet(this.xl) as WatchedFile | undefined);
  }

  private findOrAddFile(inode: Inode): WatchedFile {
    const existing = this.findFile(inode.gfid);
    if (existing !== undefined) return existing;
    // The table may have evicted the caller's inode, and have another for the file.
    const listed = inode.table.find(inode.gfid) ?? inode;
    const file = new WatchedFile(listed, this.changeCount);
    listed.ctxSet(this.xl, file);
    return file;
  }

  /** Called when an inode is evicted. Changes are not counted then, so older cursors must differ from later ones. */
  noteForgottenFile(): void {
    this.changeCount += 1;
  }

  /** Continues with the volume of the new graph, and lets all waiting requests ask again there. */
  continueIn(xl: Xlator<WatchedFiles>): void {
    this.xl = xl;
    for (const file of [...this.watched.values()]) {
      for (const watcher of [...file.watchers]) {
        if (watcher.known !== null) this.endWithoutEvents(file, watcher, watcher.known);
      }
    }
  }

  private endWithoutEvents(file: WatchedFile, watcher: Watcher, known: FileState): void {
    this.end(file, watcher, () => watcher.reply({ cursor: formatCursor(known), events: [] }));
  }

  // -- changes ---------------------------------------------------------------------------------

  /** Called when a file may have changed. */
  noteChange(gfid: Gfid): void {
    const file = this.findFile(gfid);
    if (file === undefined) return;
    this.changeCount += 1;
    file.changeNumber = this.changeCount;
    if (file.watchers.size > 0) this.read(file);
  }

  /** Reads all watched files: any of them may have changed. */
  readAll(): void {
    for (const file of [...this.watched.values()]) this.read(file);
  }

  /** Reads the state of a file, and replies to the watchers for which there are events. */
  private read(file: WatchedFile): void {
    if (file.isReading) {
      file.mustReadAgain = true;
      return;
    }
    file.isReading = true;
    file.mustReadAgain = false;
    file.readNumber += 1;
    this.readCount += 1;
    const frame = this.xl.begin(new Stack(0, 0, 0, 'LOOKUP'));
    frame.local = file;
    wind.lookup(
      frame,
      file.changeNumber,
      lookupCbk,
      this.xl.children[0]!,
      new Loc(file.inode),
      NOTICES_REQUEST,
    );
  }

  /** Handles the reply of `read`. @param errno 0 after a success */
  handleState(
    file: WatchedFile,
    changeNumber: number,
    errno: number,
    buf: Iatt | null,
    xdata: Dict | null,
  ): void {
    file.isReading = false;
    if (errno === ENOENT || errno === ESTALE || buf?.iaNlink === 0)
      this.endAll(file, REMOVED_REPLY);
    else if (errno !== 0) this.failAll(file, errno);
    else {
      const record = decodeNotices(xdata?.bytes(NOTICES_XATTR));
      if (record === null) this.failDamaged(file);
      else this.replyWithEvents(file, record, makeFileState(record, changeNumber, buf!));
    }
    if (file.mustReadAgain && file.watchers.size > 0) this.read(file);
  }

  private replyWithEvents(file: WatchedFile, record: NoticeRecord, present: FileState): void {
    const cursor = formatCursor(present);
    const candidates = cursor === file.lastCursor ? file.newWatchers : [...file.watchers];
    const isTooNew = (watcher: Watcher): boolean => watcher.addedAtRead >= file.readNumber;
    file.newWatchers = file.newWatchers.filter(isTooNew);
    file.lastCursor = cursor;
    for (const watcher of candidates) {
      if (isTooNew(watcher)) continue;
      const events = watcher.known === null ? [] : listEvents(watcher.known, present, record);
      if (watcher.known !== null && events.length === 0) continue;
      this.eventCount += events.length;
      this.end(file, watcher, () => watcher.reply({ cursor, events }));
    }
  }

  private failDamaged(file: WatchedFile): void {
    this.xl.log.error(
      `the notices of ${file.inode.path} cannot be read: remove the extended attribute ${NOTICES_XATTR}`,
      { msgid: messages.noticesDamaged.id },
    );
    this.failAll(file, EBADMSG);
  }

  private failAll(file: WatchedFile, errno: number): void {
    for (const watcher of [...file.watchers]) this.end(file, watcher, () => watcher.fail(errno));
  }

  private endAll(file: WatchedFile, reply: WatchReply): void {
    for (const watcher of [...file.watchers]) this.end(file, watcher, () => watcher.reply(reply));
  }

  // -- bricks ----------------------------------------------------------------------------------

  /** Sets whether bricks report changes by other clients. Some may have been missed before. */
  setUpcalls(hasUpcalls: boolean): void {
    if (this.hasUpcalls !== hasUpcalls) {
      this.hasUpcalls = hasUpcalls;
      this.stopTimer();
    }
    this.readAll();
    this.startTimer();
  }

  private startTimer(): void {
    if (this.cancelTimer !== null || this.watched.size === 0) return;
    if (this.hasUpcalls === false) this.warnOfPolling();
    const ms = this.hasUpcalls === true ? RENEWAL_MS : POLL_MS;
    this.cancelTimer = this.xl.context.after(ms, () => {
      this.cancelTimer = null;
      this.readAll();
      this.startTimer();
    });
  }

  /** Warns once: not before a program watches a file. */
  private warnOfPolling(): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.xl.log.warning(
      'the storage does not report changes by others: watched files are read once a second',
      { msgid: messages.watchPolls.id },
    );
  }

  private stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  /** Fails all waiting requests, at the end of the volume. */
  clear(errno: number): void {
    this.stopTimer();
    for (const file of [...this.watched.values()]) this.failAll(file, errno);
  }

  dump(): Dump {
    let watcherCount = 0;
    for (const file of this.watched.values()) watcherCount += file.watchers.size;
    return {
      files: this.watched.size,
      watchers: watcherCount,
      events: this.eventCount,
      reads: this.readCount,
      upcalls: this.hasUpcalls === null ? 'unknown' : this.hasUpcalls ? 'on' : 'off',
    };
  }

  reset(): void {
    this.eventCount = 0;
    this.readCount = 0;
  }
}

const lookupCbk: Cbk<'lookup', unknown> = (
  frame,
  changeNumber,
  xl,
  opRet,
  opErrno,
  _inode,
  buf,
  xdata,
) => {
  const { priv } = xl as Xlator<WatchedFiles>;
  xl.end(frame.root);
  priv.handleState(frame.local as WatchedFile, changeNumber, opRet < 0 ? opErrno : 0, buf, xdata);
};
