/**
 * Draws a run of two programs and the record of a lock between them. A row is a request, in the order of the recording;
 * the lane in the middle has the colour of the lock's holder.
 */
import { decodeLock, LOCK_XATTR, type LockRecord } from '../../../runtime/chunks/lock-record.ts';
import { encodeName } from '../../../runtime/core/bytes.ts';
import { ENODATA, errnoName } from '../../../runtime/core/errno.ts';
import { F_RDLCK, F_UNLCK, type Flock } from '../../../runtime/core/lock.ts';
import type { DictPair, RecordedData, RecordedList } from '../../../runtime/observe/codec.ts';
import { abbreviateValues } from '../../../runtime/observe/event-text.ts';
import type { Values } from '../../../runtime/observe/events.ts';
import {
  NOTIFY_XATTR,
  WATCH_XATTR,
  type WatchReply,
} from '../../../runtime/xlators/features/watch/notices.ts';
import { isMark, type Mark, type Request, type RunEvent } from './recorded-run.ts';
import {
  computeTextWidth,
  drawArrow,
  drawRect,
  drawText,
  FONT_SIZE,
  formatDrawing,
} from './svg.ts';

/** Describes the requests of locks (`runtime/chunks/lock-file.ts`) in some words, for pictures. */
const ATTRIBUTE_READS: ReadonlySet<string> = new Set(['getxattr', 'fgetxattr']);
const ATTRIBUTE_WRITES: ReadonlySet<string> = new Set(['setxattr', 'fsetxattr']);
const INODELKS: ReadonlySet<string> = new Set(['inodelk', 'finodelk']);
/** Domains of inodelks, as in `lock-file.ts` and `mailboxes.ts`. */
const [RECORD_DOMAIN, FENCE_DOMAIN, LIFE_DOMAIN] = [
  'glossa.lock',
  'glossa.fence',
  'glossa.waiting',
];
/** Words for requests of a lock's file or a chunk, and of a mailbox (`mailboxes.ts`). */
const WORDS_BY_FOP: Readonly<Record<string, readonly [file: string, mailbox: string]>> = {
  lookup: ['looks up its file', "looks up B's mailbox"],
  open: ['opens it', 'opens it'],
  create: ['makes its file', 'makes its mailbox'],
  writev: ['writes to the chunk', 'tells B'],
};

/** Finds a value in the dict of a request or a reply. */
function findAttribute({ dict }: Values, name: string): string | null {
  const pairs = (dict as RecordedList<DictPair> | null)?.items ?? [];
  const data = pairs.find(({ key }) => key === name)?.value as RecordedData | undefined;
  return data?.head ?? null;
}

/** Returns the record that a request writes; null for other requests. */
function findWrittenRecord({ wind }: Request): LockRecord | null {
  if (!ATTRIBUTE_WRITES.has(wind.fop)) return null;
  const text = findAttribute(wind.args, LOCK_XATTR);
  return text === null ? null : decodeLock(encodeName(text));
}

/** Whether a request begins (true) or ends (false) the time in which a program alone may change the record. */
function findExclusion({ wind: { fop, args } }: Request): boolean | null {
  if (!INODELKS.has(fop) || args.volume !== RECORD_DOMAIN) return null;
  return (args.flock as unknown as Flock).type !== F_UNLCK;
}

const formatHolder = ({ holder, fence }: LockRecord): string =>
  `${holder?.owner ?? 'free'}, fence ${fence}`;

/** Describes a request; one with an immediate reply with that. */
function describeRequest(request: Request): string {
  const { fop, args } = request.wind;
  const { name } = args;
  if (ATTRIBUTE_READS.has(fop) && name === LOCK_XATTR) return describeRead(request);
  if (ATTRIBUTE_READS.has(fop) && typeof name === 'string' && name.startsWith(WATCH_XATTR)) {
    if (name === WATCH_XATTR) return 'asks for a cursor';
    if (request.isLate) return 'waits for events';
    return `events? ${findEvents(args, request.unwind!.reply)}`;
  }
  if (findWrittenRecord(request) !== null) return 'writes the record';
  if (ATTRIBUTE_WRITES.has(fop) && findAttribute(args, NOTIFY_XATTR) !== null)
    return 'sends a notice';
  const exclusion = findExclusion(request);
  if (exclusion !== null) return exclusion ? 'begins a change' : 'ends the change';
  if (INODELKS.has(fop) && args.volume === FENCE_DOMAIN) return describeFence(request);
  if (INODELKS.has(fop) && args.volume === LIFE_DOMAIN) return describeLife(request);
  const isMailbox = abbreviateValues(args).includes('/.waiting/');
  return WORDS_BY_FOP[fop]?.[isMailbox ? 1 : 0] ?? abbreviateValues(args);
}

function describeRead({ wind, unwind }: Request): string {
  if (unwind === null) return 'reads the record';
  if (unwind.opRet < 0)
    return `reads: ${unwind.opErrno === ENODATA ? 'no record yet' : errnoName(unwind.opErrno)}`;
  const text = findAttribute(unwind.reply, wind.args.name as string);
  const record = text === null ? null : decodeLock(encodeName(text));
  return record === null ? 'reads the record' : `reads: ${formatHolder(record)}`;
}

function describeFence({ wind, unwind }: Request): string {
  const { type } = wind.args.flock as unknown as Flock;
  if (type === F_UNLCK) return 'unlocks';
  if (type === F_RDLCK) return 'begins a write';
  return `writes under way? ${unwind?.opRet === 0 ? 'no' : 'yes'}`;
}

function describeLife({ wind, unwind }: Request): string {
  const { type } = wind.args.flock as unknown as Flock;
  if (type === F_RDLCK) return `B there? ${unwind?.opRet === 0 ? 'no' : 'yes'}`;
  return type === F_UNLCK ? 'ends its wait' : 'shows that it waits';
}

/** Describes the reply of a request that has waited. */
function describeReply({ wind, unwind }: Request): string {
  const events = unwind === null ? null : findEvents(wind.args, unwind.reply);
  if (events !== null) return `event: ${events}`;
  return unwind === null || unwind.opRet >= 0 ? 'done' : errnoName(unwind.opErrno);
}

/** Lists the kinds of the events in the reply to a watcher; null for other replies. */
function findEvents({ name }: Values, reply: Values): string | null {
  const text = typeof name === 'string' ? findAttribute(reply, name) : null;
  if (text === null) return null;
  return (JSON.parse(text) as WatchReply).events.map(({ kind }) => kind).join(', ');
}

const WIDTH = 632;
const MIDDLE = WIDTH / 2;
const MARGIN = 12;
const ROW = 20;
/** Room above a call of a program. */
const CALL_GAP = 10;
const HEAD = 44;
const LANE_WIDTH = 10;
const BOX_WIDTH = 134;
const BOX_EDGE = BOX_WIDTH / 2;
/** Distance of a waiting request's line from the middle. */
const WAIT_LINE = BOX_EDGE + 6;
/** Columns of the text: the fop, and the words about it. */
const TEXT_X = [MARGIN + 2, MIDDLE + WAIT_LINE + 18] as const;
const WORDS_INDENT = computeTextWidth('fsetxattr ');
/** Distance of the bar of a change from the text. */
const BAR = { offset: 8, width: 3 };
/** Distance of B's arrows from its texts, with the bar between. */
const ARROW_GAP = 12;

/** The letter of a program, which is also its lock's owner. */
export const PROGRAMS = ['A', 'B'] as const;

const style = (a: string, b: string, aBox: string, bBox: string, free: string): string =>
  [
    ...Object.entries({ A: [a, aBox], B: [b, bBox], free: [free, free] }).map(
      ([name, [ink, box]]) =>
        `text.${name},.tip.${name},.lane.${name},.bar.${name}{fill:${ink}}` +
        `.arrow.${name}{stroke:${ink}}.record.${name}{fill:${box};stroke:${ink}}`,
    ),
    '.lane.free{opacity:.5}',
  ].join('');
const STYLE = [
  `${style('#0550ae', '#953800', '#ddeafc', '#fde8d3', '#8c959f')}.record.free{fill:#ffffff}`,
  `${style('#79b8ff', '#ffa657', '#14304f', '#47290a', '#6e7781')}.record.free{fill:#161b22}`,
] as const;

class LockPicture {
  private readonly texts: string[] = [];
  private readonly lanes: string[] = [];
  private readonly arrows: string[] = [];
  private readonly boxes: string[] = [];
  private readonly description: string[] = [];
  /** The middle of the current row. */
  private y = HEAD;
  private holder: string;
  private laneTop = HEAD - 6;
  /** The first rows of changes under way, and of waiting requests. */
  private readonly changeTops = new Map<number, number>();
  private readonly waitTops = new Map<Request, number>();

  /** @param holder of the lock at the start */
  constructor(holder: string) {
    this.holder = holder;
  }

  add(event: RunEvent): void {
    const { program } = event;
    const name = PROGRAMS[program - 1]!;
    if (isMark(event)) {
      this.addMark(event, name);
      return;
    }
    this.y += ROW;
    if (event.kind === 'reply') this.addReply(program, name, event.request);
    else this.addRequest(program, name, event);
  }

  private addMark({ kind, program, text }: Mark, name: string): void {
    this.y += ROW + (kind === 'result' ? 0 : CALL_GAP);
    if (kind === 'note') this.drawLine(program, `(${text})`, 'soft');
    else this.drawLine(program, kind === 'call' ? text : `→ ${text}`, `head ${name}`);
    const verb = { call: 'calls:', result: 'gets:', note: 'is' }[kind];
    this.description.push(`${name} ${verb} ${text}.`);
  }

  private addRequest(program: number, name: string, request: Request): void {
    const words = describeRequest(request);
    const { fop } = request.wind;
    this.description.push(`${name}: ${fop}, ${words}.`);
    const record = findWrittenRecord(request);
    const end = this.drawRequest(program, fop, words, name);
    const side = program === 1 ? -1 : 1;
    const edge = MIDDLE + side * (record === null ? LANE_WIDTH / 2 : BOX_EDGE);
    this.arrows.push(drawArrow(end, edge, this.y, name));
    const exclusion = findExclusion(request);
    if (exclusion === true) this.changeTops.set(program, this.y);
    if (exclusion === false) this.endChange(program, name);
    if (request.isLate) this.waitTops.set(request, this.y);
    if (record !== null) this.addRecord(record);
  }

  private addReply(program: number, name: string, request: Request): void {
    const words = describeReply(request);
    this.description.push(`${name}'s ${request.wind.fop} returns, ${words}.`);
    const end = this.drawRequest(program, request.wind.fop, words, name);
    const side = program === 1 ? -1 : 1;
    this.arrows.push(drawArrow(MIDDLE + (side * LANE_WIDTH) / 2, end, this.y, `${name} back`));
    const x = MIDDLE + side * WAIT_LINE;
    const top = this.waitTops.get(request);
    if (top !== undefined)
      this.arrows.push(`<path class="arrow back ${name}" d="M${x},${top} V${this.y}"/>`);
  }

  /** Draws the text of a request. @returns the end of its arrow at the text */
  private drawRequest(program: number, fop: string, words: string, name: string): number {
    const x = TEXT_X[program - 1]!;
    this.drawLine(program, fop, name);
    this.texts.push(drawText(x + WORDS_INDENT, this.y + FONT_SIZE / 3, words, ''));
    return program === 1 ? x + WORDS_INDENT + computeTextWidth(words) + 4 : x - ARROW_GAP;
  }

  private drawLine(program: number, text: string, classes: string): void {
    this.texts.push(drawText(TEXT_X[program - 1]!, this.y + FONT_SIZE / 3, text, classes));
  }

  private endChange(program: number, name: string): void {
    const top = this.changeTops.get(program);
    if (top === undefined) return;
    const x = TEXT_X[program - 1]! - BAR.offset;
    this.boxes.push(
      drawRect(`bar ${name}`, [x, top - ROW / 2 + 2], [BAR.width, this.y - top + ROW - 4], 1.5),
    );
  }

  /** Draws the record after a change. */
  private addRecord(record: LockRecord): void {
    this.endLane();
    this.holder = record.holder?.owner ?? 'free';
    const lines = [formatHolder(record)];
    if (record.waiters.length > 0)
      lines.push(`waits: ${record.waiters.map(({ owner }) => owner).join(', ')}`);
    if (record.needsBarrier) lines.push(`${record.lastBreak?.owner} may still write`);
    const top = this.y - ROW / 2 + 1;
    const height = lines.length * (ROW - 4) + 2;
    this.boxes.push(
      drawRect(`record ${this.holder}`, [MIDDLE - BOX_EDGE, top], [BOX_WIDTH, height], 4),
      ...lines.map((line, index) =>
        drawText(
          MIDDLE,
          top + 13 + index * (ROW - 5),
          line,
          index === 0 ? 'head middle' : 'middle',
        ),
      ),
    );
    this.description.push(`The record: ${lines.join(', ')}.`);
    this.y = Math.max(this.y, top + height - ROW / 2 + 2);
  }

  private endLane(): void {
    const left = MIDDLE - LANE_WIDTH / 2;
    const height = this.y - this.laneTop;
    this.lanes.push(drawRect(`lane ${this.holder}`, [left, this.laneTop], [LANE_WIDTH, height]));
    this.laneTop = this.y;
  }

  format(title: string): string {
    this.y += ROW;
    this.endLane();
    const heads = [
      drawText(TEXT_X[0], 26, 'process A', 'head A'),
      drawText(MIDDLE, 26, "the lock's record", 'head middle'),
      drawText(TEXT_X[1], 26, 'process B', 'head B'),
    ];
    return formatDrawing({
      width: WIDTH,
      height: this.y + MARGIN,
      title,
      description: this.description.join(' '),
      style: STYLE,
      parts: [...heads, ...this.lanes, ...this.arrows, ...this.boxes, ...this.texts],
    });
  }
}

/** Draws a run. @param holder of the lock at the start: `A`, `B` or `free` */
export function drawLockRun(title: string, holder: string, events: readonly RunEvent[]): string {
  const picture = new LockPicture(holder);
  for (const event of events) picture.add(event);
  return picture.format(title);
}
