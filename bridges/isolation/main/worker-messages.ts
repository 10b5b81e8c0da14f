/**
 * Handles a worker's messages other than replies and winds: log lines, timers, events,
 * invalidations and queries for names. All are untrusted. The worker's side is `worker/index.ts`.
 */
import { events, findEventName } from '../../../runtime/core/events.ts';
import { type Frame, recordFailure } from '../../../runtime/core/frame.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { type LogLevel, type LogSource, WARNING } from '../../../runtime/core/log.ts';
import { sendUpcall, type Upcall } from '../../../runtime/core/upcall.ts';
import { isChange, notifyParents, sayUp, type Xlator } from '../../../runtime/core/xlator.ts';
import { formatAsOneRecord, LimitedLog, shortenSource } from '../../host/limits/limited-log.ts';
import { readNotes } from '../../host/requests/notes.ts';
import { MalformedMessageError, type MessageReader, type MessageWriter } from '../message-bytes.ts';
import { NO_OBJECT, QUERY, TO_MAIN, TO_WORKER } from '../message-kinds.ts';
import { readName } from '../values.ts';
import type { WorkerLink, WorkerLinkOwner } from './worker-link.ts';

/** Maximum number of pending timers of one worker. */
const MAX_TIMERS = 4096;

/** The handlers of one worker's messages, with the worker's timers and log. */
export class WorkerMessages {
  readonly log: WorkerLog;
  private readonly xl: Xlator;
  /** Functions that cancel the worker's timers, by its numbers. */
  private readonly timers = new Map<number, () => void>();

  /** @param logBytesPerSecond bytes a second; 0 for no limit */
  constructor(xl: Xlator, logBytesPerSecond: number) {
    this.xl = xl;
    this.log = new WorkerLog(xl, logBytesPerSecond);
  }

  /** Cancels the timers, and reports omitted log lines. */
  close(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.log.limitedLog.reportOmissions();
  }

  /** Handlers by kind of message; the comments of TO_MAIN list the contents. */
  readonly handlers: WorkerLinkOwner['handlers'] = {
    [TO_MAIN.LOG]: (from, { calls }) =>
      this.log.write(calls.get(from.readU32())?.frame ?? null, from.readText()),
    [TO_MAIN.NOTE]: (from, { calls }) => {
      const call = calls.get(from.readU32());
      let notes: Readonly<Record<string, string>>;
      try {
        notes = readNotes(from.readText());
      } catch {
        throw new MalformedMessageError('malformed notes');
      }
      // Notes of an answered request are dropped.
      if (call !== undefined && !call.isAnswered) this.xl.observer?.addNotes(call.frame, notes);
    },
    [TO_MAIN.FAILURE]: (from, { calls }) => {
      const call = calls.get(from.readU32());
      const opErrno = from.readInteger();
      const [file, line, func] = [from.readText(), from.readInteger(), from.readText()];
      if (call === undefined || call.isAnswered) return;
      recordFailure(call.frame, opErrno, shortenSource({ file, line, func }));
    },
    [TO_MAIN.WARN]: (from) => this.xl.context.warn?.(formatAsOneRecord(from.readText())),
    [TO_MAIN.EVENT]: (from) => {
      const event = findEventName(from.readU8());
      const { xl } = this;
      if (event === undefined || events[event].direction === 'down') return;
      if (isChange(event)) sayUp(xl, event === 'CHILD_UP');
      else notifyParents(xl, event, xl);
    },
    [TO_MAIN.UPCALL]: (from, link) => {
      const event = readUpcall(from, link);
      // Null for a forgotten inode: caches above have no data of it.
      if (event !== null) sendUpcall(this.xl, event);
    },
    [TO_MAIN.SET_TIMER]: (from, link) => {
      const [timer, ms] = [from.readNumber(), from.readNumber()];
      const { timers } = this;
      if (timers.size >= MAX_TIMERS || !(ms >= 0))
        throw new MalformedMessageError('too many timers');
      const cancel = this.xl.context.after(ms, () => {
        timers.delete(timer);
        link.begin(TO_WORKER.TIMER_DUE).writeNumber(timer);
        link.send();
        link.takeMessages();
      });
      timers.set(timer, cancel);
    },
    [TO_MAIN.CANCEL_TIMER]: (from) => {
      const timer = from.readNumber();
      this.timers.get(timer)?.();
      this.timers.delete(timer);
    },
    [TO_MAIN.RELEASE_OWN_FD]: (from, { exposed }) => exposed.releaseOwnFd(from.readNumber()),
    [TO_MAIN.DROP_OWN_INODE]: (from, { exposed }) => exposed.dropOwnInode(from.readNumber()),
    [TO_MAIN.QUERY]: handleQuery,
    [TO_MAIN.LINK]: linkInode,
    [TO_MAIN.UNLINK]: (from, link) => {
      const parent = readExposedInode(link, from);
      const name = readName(from);
      if (parent !== null) link.exposed.table.unlink(parent, name);
    },
    [TO_MAIN.RENAME]: (from, link) => {
      const [parent, name] = [readExposedInode(link, from), readName(from)];
      const [newParent, newName] = [readExposedInode(link, from), readName(from)];
      if (parent === null || newParent === null) return;
      link.exposed.table.rename(parent, name, newParent, newName);
    },
  };
}

/** Reads an inode, exposed or of a pending request; null for any other. */
const readExposedInode = ({ exposed, calls }: WorkerLink, from: MessageReader): Inode | null =>
  exposed.readInodeOfAnyCall(calls.values(), from);

/** Reads an invalidation; null for an inode that the volume has forgotten. */
function readUpcall(from: MessageReader, link: WorkerLink): Upcall | null {
  const kind = from.readText();
  if (kind === 'every-entry') return { kind };
  const inode = readExposedInode(link, from);
  if (kind === 'inode') {
    const data = from.readU8() === 1;
    return inode && { kind, inode, data };
  }
  const name = readName(from);
  if (kind === 'entry') {
    const expire = from.readU8() === 1;
    return inode && { kind, parent: inode, name, expire };
  }
  if (kind !== 'removed') throw new MalformedMessageError('an upcall of unknown kind');
  const child = readExposedInode(link, from);
  return inode && child && { kind, parent: inode, name, inode: child };
}

/** Sends the result of a worker's query, for which the worker waits. */
function handleQuery(from: MessageReader, link: WorkerLink): void {
  const kind = from.readU8();
  const { exposed } = link;
  // Each branch reads the whole message: `link.begin` may be called only after that.
  let writeResult: (to: MessageWriter) => void;
  if (kind === QUERY.GROUPS) {
    const groups = link.calls.get(from.readU32())?.frame.root.groups ?? [];
    writeResult = (to) => {
      to.writeU32(groups.length);
      for (const group of groups) to.writeNumber(group);
    };
  } else if (kind === QUERY.FIND) {
    const inode = exposed.table.find(from.readGfid()) ?? null;
    writeResult = (to) => exposed.writeInode(to, inode);
  } else {
    const inode = readExposedInode(link, from);
    if (kind === QUERY.PATH) writeResult = (to) => void to.writeText(inode?.path ?? '');
    else {
      const name = readName(from);
      const child = inode === null ? null : (exposed.table.grep(inode, name) ?? null);
      writeResult = (to) => exposed.writeInode(to, child);
    }
  }
  writeResult(link.begin(TO_WORKER.QUERY_RESULT));
  link.send();
}

/** Links an inode that the module has looked up itself, in the main thread's table. */
function linkInode(from: MessageReader, link: WorkerLink): void {
  const inode = readExposedInode(link, from);
  const parent = readExposedInode(link, from);
  const name = from.readU8() === NO_OBJECT ? null : readName(from);
  const buf = new Iatt();
  buf.iaGfid = from.readGfid();
  buf.iaType = from.readU8();
  if (inode === null) return;
  const { exposed } = link;
  const linked = exposed.table.link(inode, parent, name, buf);
  const number = exposed.findOwnNumber(inode);
  if (linked === null || number === undefined) return;
  exposed.bindOwnNumber(number, linked);
  const isNew = !exposed.isExposed(linked);
  exposed.expose(linked);
  if (!isNew) return;
  link.begin(TO_WORKER.SAME_INODE).writeNumber(number).writeNumber(linked.id);
  link.sendWithoutWake();
}

/** Letters of log levels; index: the level. */
const LOG_LEVEL_LETTERS = ' MACEWNIDT';
/** The head of a log line in GlusterFS's format. */
const LOG_LINE_HEAD =
  /^\[[^\]]*\] ([MACEWNIDT]) (?:\[MSGID: (\d{6})\] )?\[([^\]]*):(\d+):([^\]]*)\] \d+-[^:]*: /;

/** Writes a worker's log lines to the volume's log: parses each, and limits their rate. */
export class WorkerLog {
  readonly limitedLog: LimitedLog;
  private readonly xl: Xlator;

  /** @param bytesPerSecond bytes a second; 0 for no limit */
  constructor(xl: Xlator, bytesPerSecond: number) {
    this.xl = xl;
    this.limitedLog = new LimitedLog(xl, bytesPerSecond);
  }

  /** Writes a line. @param frame the request that the line is about, if known */
  write(frame: Frame | null, line: string): void {
    const head = LOG_LINE_HEAD.exec(line);
    const level = head === null ? WARNING : (LOG_LEVEL_LETTERS.indexOf(head[1]!) as LogLevel);
    const source: LogSource =
      head === null
        ? { file: '-', line: 0, func: '-' }
        : { file: head[3]!, line: Number(head[4]), func: head[5]! };
    const msgid = head?.[2] === undefined ? undefined : Number(head[2]);
    // The worker has indented further lines already, and `formatAsOneRecord` indents them again.
    const text = line.slice(head?.[0].length ?? 0).replaceAll('\n    ', '\n');
    const place = shortenSource(source);
    const record = this.limitedLog.admit(level, text, place);
    if (record === null) return;
    const { frame: previousFrame } = this.xl;
    this.xl.frame = frame;
    this.xl.log.log(level, record, { source: place, msgid });
    this.xl.frame = previousFrame;
  }
}
