/**
 * Draws a run of two programs and the record of a lock between them. A row is a request, in the order of the recording;
 * the lane in the middle has the colour of the lock's holder.
 */
import type { LockRecord } from '../../../runtime/chunks/lock-record.ts';
import {
  describeReply,
  describeRequest,
  findExclusion,
  findWrittenRecord,
  formatHolder,
} from './lock-requests.ts';
import { isMark, type Mark, type Request, type RunEvent } from './recorded-run.ts';
import {
  computeTextWidth,
  drawArrow,
  drawRect,
  drawText,
  FONT_SIZE,
  formatDrawing,
} from './svg.ts';

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
