/**
 * Draws moving requests on their way through a stack: boxes from the top down, a token that goes from one to
 * the next, and a line for each step, lit while the token makes it. With reduced motion, lines and arrows
 * show the same. A page asks for this by `#still`, because some browsers do not pass the setting to an
 * image.
 */
import { type Step, stepsOf } from '../../../apps/trace/steps.ts';
import { answerInShort, duration, values } from '../../../apps/trace/words.ts';
import { answeredHere, tookNs } from '../../../runtime/observe/walk.ts';
import type { Chapter } from './sequence.ts';
import { arrow, drawn, LINE_HEIGHT, text } from './svg.ts';

const WIDTH = 390;
const MARGIN = 12;
const BOX = { x: MARGIN, width: 136, height: 46 };
/** Between two boxes. */
const GAP = 62;
const MIDDLE = BOX.x + BOX.width / 2;
/** The distance from the middle at which a request goes down and its reply comes up. */
const ASIDE = 22;
const LIST_X = BOX.x + BOX.width + 24;
const LIST_WIDTH = WIDTH - LIST_X - MARGIN;
const ROW = LINE_HEIGHT + 6;
const TOKEN_RADIUS = 7;

const STEP_SECONDS = 1.3;
/** Of a step, the part in which the token moves; then it stays to be seen. */
const MOVING = 0.6;
/** Steps that the end is shown for before all begins again. */
const REST = 1.5;

export interface StackBox {
  /** As the recording calls it; null for the program that asks. */
  readonly volume: string | null;
  readonly lines: readonly [name: string, what: string];
}

interface Move {
  readonly line: string;
  readonly said: string;
  readonly from: number;
  readonly to: number;
}

/** @param boxes from the top down */
export function stack(
  title: string,
  boxes: readonly StackBox[],
  chapters: readonly Chapter[],
): string {
  const top = (place: number): number => MARGIN + place * (BOX.height + GAP);
  const placeOf = (volume: string | null): number =>
    boxes.findIndex((one) => one.volume === volume);
  const moves: Move[] = [];
  const list: string[] = [];
  const lit: string[] = [];
  const said: string[] = [];
  let y = MARGIN;
  for (const { heading, walk } of chapters) {
    y += LINE_HEIGHT;
    list.push(text(LIST_X, y, heading, 'head'));
    said.push(`${heading}:`);
    for (const step of stepsOf(walk)) {
      if (step.kind === 'note') continue;
      const move = moveOf(step, placeOf, boxes);
      y += ROW;
      const lightY = y - LINE_HEIGHT + 2;
      lit.push(
        `<rect class="note light l${moves.length}" x="${LIST_X - 6}" y="${lightY}" width="${LIST_WIDTH + 6}" height="${ROW - 2}" rx="4"/>`,
      );
      list.push(text(LIST_X, y, move.line, step.kind === 'wind' ? 'down' : 'up'));
      moves.push(move);
      said.push(move.said);
    }
    y += LINE_HEIGHT;
  }
  const height = Math.max(top(boxes.length - 1) + BOX.height, y - LINE_HEIGHT) + MARGIN;
  const drawnBoxes = boxes.flatMap(({ lines: [name, what] }, place) => [
    `<rect class="box" x="${BOX.x}" y="${top(place)}" width="${BOX.width}" height="${BOX.height}" rx="6"/>`,
    text(MIDDLE, top(place) + 20, name, 'head middle'),
    text(MIDDLE, top(place) + 37, what, 'soft middle'),
  ]);
  const arrows = boxes.slice(1).flatMap((_, place) => {
    const [above, below] = [top(place) + BOX.height + 3, top(place + 1) - 3];
    return [
      ...arrow([MIDDLE - ASIDE, above], [MIDDLE - ASIDE, below], 'down'),
      ...arrow([MIDDLE + ASIDE, below], [MIDDLE + ASIDE, above], 'up'),
    ];
  });
  const edge = (place: number, isLower: boolean): number => top(place) + (isLower ? BOX.height : 0);
  const token = `<circle class="token tip up" r="${TOKEN_RADIUS}"/>`;
  const still = '<g id="still"/>';
  const parts = [still, ...lit, ...list, ...arrows, ...drawnBoxes, token];
  const description = said.join(' ');
  return drawn({ width: WIDTH, height, title, description, style: motion(moves, edge), parts });
}

function moveOf(
  { kind, hop, above }: Step,
  placeOf: (volume: string | null) => number,
  boxes: readonly StackBox[],
): Move {
  const upper = placeOf(above?.wind.volume ?? null);
  const lower = placeOf(hop.wind.volume);
  const [over, own] = [boxes[upper]!.lines[0], boxes[lower]!.lines[0]];
  if (kind === 'wind') {
    const asked = `${hop.wind.fop}(${values(hop.wind.args)})`;
    return { line: `↓ ${asked}`, said: `${over} asks ${own}: ${asked}.`, from: upper, to: lower };
  }
  const took = Math.round(tookNs(hop)!);
  const time = took === 0 ? 'at once' : duration(took);
  const answer = `${answerInShort(hop.unwind!)} (${time})`;
  const alone = answeredHere(hop) ? ', by itself' : '';
  return {
    line: `↑ ${answer}`,
    said: `${own} answers: ${answer}${alone}.`,
    from: lower,
    to: upper,
  };
}

/** The token's way, and which line is lit, as parts of one round. */
function motion(moves: readonly Move[], edge: (place: number, isLower: boolean) => number): string {
  const steps = moves.length + REST;
  const percent = (step: number): string => `${((100 * step) / steps).toFixed(2)}%`;
  const way: string[] = [];
  const lights: string[] = [];
  for (const [at, { from, to }] of moves.entries()) {
    const isDown = to > from;
    const x = MIDDLE + (isDown ? -ASIDE : ASIDE);
    const begin = `translate(${x}px,${edge(from, isDown)}px)`;
    const end = `translate(${x}px,${edge(to, !isDown)}px)`;
    way.push(
      `${percent(at)}{transform:${begin}}`,
      `${percent(at + MOVING)},${percent(at + 0.999)}{transform:${end}}`,
    );
    lights.push(
      `@keyframes l${at}{0%,${percent(at)}{opacity:0}${percent(at + 0.05)},${percent(at + 0.95)}{opacity:1}${percent(at + 1)},100%{opacity:0}}`,
      `.l${at}{animation-name:l${at}}`,
    );
  }
  const last = moves.at(-1)!;
  way.push(
    `${percent(moves.length)},100%{transform:translate(${MIDDLE + ASIDE}px,${edge(last.to, true)}px)}`,
  );
  const seconds = (steps * STEP_SECONDS).toFixed(1);
  return [
    '.light{opacity:0;stroke:none}.token{display:none}',
    '@media (prefers-reduced-motion:no-preference){',
    '.token{display:inline;animation:way linear infinite}',
    `.token,.light{animation-duration:${seconds}s;animation-iteration-count:infinite}`,
    `@keyframes way{${way.join('')}}`,
    ...lights,
    '}',
    '#still:target~*{animation:none}#still:target~.token{display:none}',
  ].join('');
}
