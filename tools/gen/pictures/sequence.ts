/** Requests as a sequence diagram: a line for each volume, an arrow for each wind and each reply. */
import { type Step, stepsOf } from '../../../apps/trace/steps.ts';
import { answerInShort, duration, values } from '../../../apps/trace/words.ts';
import { answeredHere, tookNs, type Walk } from '../../../runtime/observe/walk.ts';
import {
  arrow,
  box,
  drawn,
  heightOf,
  LINE_HEIGHT,
  lettersIn,
  short,
  text,
  widthOf,
} from './svg.ts';

export interface Chapter {
  /** What is said above a request. */
  readonly heading: string;
  readonly walk: Walk;
}

const ASKER = 'a program';
const MARGIN = 8;
/** From one line to the next: more of them stand closer, for small screens. */
const laneOf = (count: number): number => (count > 3 ? 122 : 152);
const HEAD = 40;
const ROW = 31;
/** Of a note, which may lie over the lines of other volumes. */
const NOTE_MAX = 250;

interface Drawing {
  readonly parts: string[];
  readonly said: string[];
  /** Where the next thing is drawn. */
  y: number;
}

/** @param volumes from the top down: the lines from left to right */
export function sequence(
  title: string,
  volumes: readonly string[],
  chapters: readonly Chapter[],
): string {
  const lanes = [ASKER, ...volumes];
  const apart = laneOf(lanes.length);
  const width = lanes.length * apart;
  const xOf = (lane: string): number => (lanes.indexOf(lane) + 0.5) * apart;
  const drawing: Drawing = { parts: [], said: [], y: HEAD + MARGIN };
  for (const { heading, walk } of chapters) {
    drawing.y += LINE_HEIGHT;
    drawing.parts.push(text(MARGIN, drawing.y, heading, 'head over'));
    drawing.said.push(`${heading}:`);
    for (const step of stepsOf(walk)) addStep(drawing, step, xOf, width);
    drawing.y += LINE_HEIGHT;
  }
  const height = drawing.y + MARGIN;
  const columns = lanes.flatMap((lane) => {
    const x = xOf(lane);
    const wide = widthOf(lane) + 24;
    return [
      `<path class="lane" d="M${x},${HEAD} V${height - MARGIN}"/>`,
      `<rect class="box" x="${x - wide / 2}" y="${MARGIN}" width="${wide}" height="26" rx="4"/>`,
      text(x, MARGIN + LINE_HEIGHT, lane, 'head middle'),
    ];
  });
  const parts = [...columns, ...drawing.parts];
  return drawn({ width, height, title, description: drawing.said.join(' '), parts });
}

function addStep(drawing: Drawing, step: Step, xOf: (lane: string) => number, width: number): void {
  const { hop, above } = step;
  const own = hop.wind.volume;
  if (step.kind === 'note') {
    addNote(drawing, step, xOf(own), width);
    return;
  }
  const from = above?.wind.volume ?? ASKER;
  const isWind = step.kind === 'wind';
  const letters = lettersIn(Math.abs(xOf(own) - xOf(from))) + 1;
  const said = short(isWind ? callOf(step) : answerOf(step), letters);
  drawing.y += ROW;
  const [left, right] = [xOf(from), xOf(own)];
  const ends = isWind ? ([left, right] as const) : ([right, left] as const);
  const way = isWind ? 'down' : 'up';
  drawing.parts.push(
    text((left + right) / 2, drawing.y - 6, said, `${way} middle over`),
    ...arrow([ends[0], drawing.y], [ends[1], drawing.y], way),
  );
  const here = !isWind && answeredHere(hop);
  drawing.said.push(
    isWind
      ? `${from} asks ${own}: ${said}.`
      : `${own} answers: ${said}${here ? ', by itself' : ''}.`,
  );
}

const callOf = ({ hop: { wind } }: Step): string => `${wind.fop}(${values(wind.args)})`;

const answerOf = ({ hop }: Step): string => {
  const took = Math.round(tookNs(hop)!);
  const time = took === 0 ? 'at once' : duration(took);
  return `${answerInShort(hop.unwind!)} (${time})`;
};

/** What a module did, in a box upon its line. */
function addNote(drawing: Drawing, step: Step, x: number, width: number): void {
  const lines = noteLines(step).map((line) => short(line, lettersIn(NOTE_MAX)));
  const wide = Math.max(...lines.map(widthOf)) + 2 * MARGIN + 2;
  const left = Math.max(MARGIN, Math.min(x - wide / 2, width - wide - MARGIN));
  drawing.y += LINE_HEIGHT / 2;
  drawing.parts.push(...box({ x: left, y: drawing.y, width: wide }, lines, NOTE));
  drawing.y += heightOf(lines);
  drawing.said.push(`In ${step.hop.wind.volume}: ${lines.join(', ')}.`);
}

const NOTE = { kind: 'note', heading: true } as const;

/** Of what a bridge notes: the method, the request's own state, and what changed in the translator. */
export function noteLines({ hop, notes }: Step): string[] {
  // Of a call that neither wound nor answered there is no name: a callback that waits for more.
  const { method = `${hop.wind.fop}_cbk`, local, changed } = notes!;
  return [
    method,
    ...(local === undefined || local === 'None' ? [] : [`frame.local = ${local}`]),
    ...(changed === undefined ? [] : [`self.${changed}`]),
  ];
}
