/** The way of a request: a row for every arrival, with the time in the volume itself and below it. */
import { printable } from '../../../runtime/core/log.ts';
import { answeredHere, type HopSeen, ownNs, tookNs } from '../../../runtime/observe/walk.ts';
import { duration } from '../../../terminal/quantities.ts';
import { answerInShort } from '../words.ts';
import { el } from './dom.ts';
import type { Current, Model } from './model.ts';

interface Line {
  readonly hop: HopSeen;
  readonly row: HTMLElement;
}

export function wayView(model: Model): HTMLElement {
  const rows = el('div', { class: 'rows' });
  let lines: Line[] = [];
  let cursors: HTMLElement[] = [];
  const build = (): void => {
    lines = [];
    if (model.current !== null) addLines(model, model.current, model.current.walk.root, 0, lines);
    rows.replaceChildren(...lines.map(({ row }) => row));
    cursors = [...rows.querySelectorAll<HTMLElement>('.cursor')];
  };
  const update = (): void => {
    const { current } = model;
    const step = current?.steps[model.step];
    if (current === null || step === undefined) return;
    const left = percent(step.at, spanOf(current));
    for (const cursor of cursors) cursor.style.left = left;
    for (const { hop, row } of lines) {
      row.classList.toggle('now', hop === step.hop);
      row.classList.toggle('later', hop.wind.at > step.at);
      if (hop === step.hop) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    }
  };
  model.on(['request'], build);
  model.on(['step'], update);
  return el(
    'section',
    { class: 'way', 'aria-label': 'Way' },
    el('h3', {}, 'Way, and time in each translator itself'),
    rows,
  );
}

interface Span {
  readonly from: number;
  readonly length: number;
}

/** From the first to the last that was seen of it. */
function spanOf({ walk, steps }: Current): Span {
  const from = walk.root.wind.at;
  return { from, length: Math.max(1, steps.at(-1)!.at - from) };
}

const percent = (at: number, { from, length }: Span): string =>
  `${Math.max(0, Math.min(100, (100 * (at - from)) / length))}%`;

function addLines(
  model: Model,
  current: Current,
  hop: HopSeen,
  depth: number,
  lines: Line[],
): void {
  const { wind, unwind } = hop;
  const span = spanOf(current);
  const end = unwind?.at ?? span.from + span.length;
  const own = ownNs(hop);
  const took = tookNs(hop);
  const here = model.given.head.seesAll && answeredHere(hop);
  const track = el('span', { class: 'track' });
  track.append(bar('waiting', wind.at, end, span));
  for (const [from, to] of ownParts(hop, end)) track.append(bar('own', from, to, span));
  track.append(el('span', { class: 'cursor' }));
  const failed = unwind !== null && unwind.opRet < 0;
  const answer = unwind === null ? 'no answer yet' : answerInShort(unwind);
  const marks = [...(wind.tail ? ['tail'] : []), ...(wind.passes ? ['passes'] : [])];
  const row = el(
    'button',
    { type: 'button', class: 'hop' },
    named(hop, depth, marks),
    el('span', { class: `answer${failed ? ' failed' : ''}` }, `${answer}${here ? ' · here' : ''}`),
    track,
    el(
      'span',
      { class: 'small' },
      own === null ? '' : `${duration(own)} itself of ${duration(took!)}`,
    ),
  );
  row.addEventListener('click', () => {
    model.go(current.steps.findIndex((step) => step.hop === hop && step.kind === 'wind'));
  });
  lines.push({ hop, row });
  for (const child of hop.below) addLines(model, current, child, depth + 1, lines);
}

function named({ wind }: HopSeen, depth: number, marks: readonly string[]): HTMLElement {
  const name = el('span', { class: 'who' }, el('b', {}, printable(wind.volume)), ` ${wind.fop}`);
  if (marks.length > 0) name.append(el('i', {}, ` ${marks.join(', ')}`));
  name.style.paddingLeft = `${Math.min(depth, 12) * 14}px`;
  return name;
}

function bar(kind: string, from: number, to: number, span: Span): HTMLElement {
  const made = el('span', { class: kind });
  made.style.left = percent(from, span);
  made.style.width = percent(span.from + to - from, span);
  return made;
}

/** When it waited for nobody below. */
function ownParts({ wind, below }: HopSeen, end: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  let at = wind.at;
  for (const child of below) {
    if (child.wind.at > at) parts.push([at, Math.min(child.wind.at, end)]);
    at = Math.max(at, child.unwind?.at ?? end);
  }
  if (at < end) parts.push([at, end]);
  return parts;
}
