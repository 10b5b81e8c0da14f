/** The frames of one request at a few moments: one for each volume that it has come to, the newest on top. */
import { type Step, stepsOf } from '../../../apps/trace/steps.ts';
import { answerInShort, values } from '../../../apps/trace/words.ts';
import type { HopSeen, Walk } from '../../../runtime/observe/walk.ts';
import { noteLines } from './sequence.ts';
import { box, drawn, heightOf, LINE_HEIGHT, lettersIn, short, text } from './svg.ts';

const WIDTH = 456;
const MARGIN = 12;
const BOX = { x: MARGIN, width: WIDTH - 2 * MARGIN };
const GAP = 5;

export function frames(title: string, walk: Walk): string {
  const steps = stepsOf(walk);
  const parts: string[] = [];
  const said: string[] = [];
  let y = MARGIN;
  let number = 0;
  steps.forEach((step, i) => {
    // A wind or an answer whose note is the next step is seen there, with what it noted.
    if (step.kind !== 'note' && steps[i + 1]?.kind === 'note') return;
    // At the end there is no frame left.
    if (step.kind === 'unwind') return;
    number += 1;
    const { hop } = step;
    const doing = step.kind === 'note' ? `is in ${noteLines(step)[0]}` : 'has been asked';
    const what = `${hop.wind.volume} ${doing}`;
    const moment = `${number}. ${what}`;
    y += LINE_HEIGHT;
    parts.push(text(MARGIN, y, moment, 'head'));
    y += GAP + 2;
    said.push(`${moment}.`);
    const stack = pathTo(walk.root, hop)!.reverse();
    for (const one of stack) {
      const lines = linesOf(one, steps.slice(0, i + 1));
      parts.push(
        ...box({ ...BOX, y }, lines, { heading: true, kind: one === hop ? 'note' : 'box' }),
      );
      y += heightOf(lines) + GAP;
      said.push(`Frame ${lines.join('; ')}.`);
    }
    y += LINE_HEIGHT - GAP;
  });
  const { unwind } = walk.root;
  const end = `${number + 1}. the reply is up, ${answerInShort(unwind!)}: no frame is left`;
  parts.push(text(MARGIN, y + LINE_HEIGHT, end, 'head'));
  said.push(`${end}.`);
  const height = y + LINE_HEIGHT + MARGIN;
  return drawn({ width: WIDTH, height, title, description: said.join(' '), parts });
}

/** A frame after these steps. */
function linesOf(hop: HopSeen, steps: readonly Step[]): string[] {
  const newest = steps.findLast((step) => step.kind === 'note' && step.hop === hop);
  const { volume, fop, args } = hop.wind;
  const [, ...noted] = newest === undefined ? [''] : noteLines(newest);
  const letters = lettersIn(BOX.width);
  return [`${volume}: ${fop}(${values(args)})`, ...noted].map((line) => short(line, letters));
}

/** The hops that lead to one, the first of the request first. */
function pathTo(from: HopSeen, hop: HopSeen): HopSeen[] | null {
  if (from === hop) return [from];
  for (const child of from.below) {
    const rest = pathTo(child, hop);
    if (rest !== null) return [from, ...rest];
  }
  return null;
}
