/**
 * All requests by when they began (across) and how long they took (upwards, each line ten times the one
 * below). Those that share a column of pixels are one bar, as high as the slowest of them; its lower
 * part is as large as the part of them that failed.
 */

import { duration } from '../../../terminal/quantities.ts';
import { clock } from '../words.ts';
import { button, colour, el } from './dom.ts';
import type { Model } from './model.ts';

/** Pixels: around the bars, and the least that a bar is wide and high. */
const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 18;
const BAR = 2;
/** Requests that take less are as high as the lowest line. */
const LEAST_NS = 1e3;
/** The part of what is seen that stays when it is shown nearer. */
const NEARER = 0.5;
/** No less than this is shown, in nanoseconds. */
const SPAN_MIN = 1e3;

interface Range {
  readonly from: number;
  readonly to: number;
}

export function timeline(model: Model): HTMLElement {
  const canvas = el('canvas', {
    id: 'timeline',
    tabindex: 0,
    role: 'slider',
    'aria-label': 'Requests by time',
    'aria-orientation': 'horizontal',
  });
  const whole = rangeOf(model);
  let range = whole;
  const startOf = (request: number): number => {
    const { hops, requests } = model.given.outline;
    return hops.start[requests[request]!]!;
  };
  const draw = (): void => drawTimeline(canvas, model, range);
  const zoom = (part: number): void => {
    const middle =
      model.place < 0 ? (range.from + range.to) / 2 : startOf(model.shown[model.place]!);
    const span = Math.max(
      SPAN_MIN,
      Math.min(whole.to - whole.from, (range.to - range.from) * part),
    );
    const from = Math.max(whole.from, Math.min(middle - span / 2, whole.to - span));
    range = { from, to: from + span };
    draw();
  };
  const all = (): void => {
    range = whole;
    draw();
  };
  canvas.addEventListener('click', ({ offsetX }) => {
    const width = canvas.clientWidth - LEFT - RIGHT;
    const at = range.from + ((offsetX - LEFT) / width) * (range.to - range.from);
    let [nearest, distance] = [-1, Number.POSITIVE_INFINITY];
    model.shown.forEach((request, place) => {
      const away = Math.abs(startOf(request) - at);
      if (away < distance) [nearest, distance] = [place, away];
    });
    if (nearest >= 0) model.select(nearest);
  });
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => model.select(model.place + 1),
    ArrowLeft: () => model.select(Math.max(0, model.place - 1)),
    Home: () => model.select(0),
    End: () => model.select(model.shown.length - 1),
    '+': () => zoom(NEARER),
    '-': () => zoom(1 / NEARER),
    '0': all,
  };
  canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined || model.shown.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  const follow = (): void => {
    if (model.place >= 0) {
      const at = startOf(model.shown[model.place]!);
      const span = range.to - range.from;
      if (at < range.from || at > range.to) range = { from: at - span / 2, to: at + span / 2 };
    }
    describe(canvas, model);
    draw();
  };
  new ResizeObserver(draw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  model.on(['filter', 'request'], follow);
  const legend = ['well', 'failed'].map((name) =>
    el('span', { class: `key ${name}` }, name === 'well' ? 'answered' : 'failed'),
  );
  return el(
    'section',
    { class: 'timeline', 'aria-label': 'Timeline' },
    el(
      'div',
      { class: 'bar' },
      el('h3', {}, 'When requests began, and how long they took'),
      el(
        'div',
        { class: 'zoom' },
        ...legend,
        button('+', 'Show a shorter time', () => zoom(NEARER)),
        button('−', 'Show a longer time', () => zoom(1 / NEARER)),
        button('all', 'Show all of the time', all),
      ),
    ),
    canvas,
  );
}

function rangeOf({ given: { outline } }: Model): Range {
  const { hops } = outline;
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const hop of outline.requests) {
    from = Math.min(from, hops.start[hop]!);
    to = Math.max(to, hops.end[hop]! || hops.start[hop]!);
  }
  return from > to ? { from: 0, to: SPAN_MIN } : { from, to: Math.max(to, from + SPAN_MIN) };
}

function describe(canvas: HTMLCanvasElement, model: Model): void {
  const last = Math.max(0, model.shown.length - 1);
  canvas.setAttribute('aria-valuemin', '0');
  canvas.setAttribute('aria-valuemax', String(last));
  canvas.setAttribute('aria-valuenow', String(Math.max(0, model.place)));
  const wind = model.current?.walk.root.wind;
  const said = wind === undefined ? 'none' : `request ${wind.request}, ${wind.fop}`;
  canvas.setAttribute('aria-valuetext', said);
}

function drawTimeline(canvas: HTMLCanvasElement, model: Model, range: Range): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  const pixels = devicePixelRatio;
  canvas.width = width * pixels;
  canvas.height = height * pixels;
  const context = canvas.getContext('2d')!;
  context.scale(pixels, pixels);
  context.font = '11px system-ui, sans-serif';
  const floor = height - BOTTOM;
  const columns = columnsOf(model, range, width - LEFT - RIGHT);
  const decades = Math.max(
    1,
    Math.ceil(Math.log10(Math.max(columns.slowest, 10 * LEAST_NS) / LEAST_NS)),
  );
  const heightOf = (ns: number): number =>
    (Math.log10(Math.max(ns, LEAST_NS) / LEAST_NS) / decades) * (floor - TOP);
  const colours = { well: colour('accent'), failed: colour('bad') };
  context.fillStyle = colour('soft');
  context.strokeStyle = colour('rule');
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let decade = 0; decade <= decades; decade++) {
    const y = Math.round(floor - (decade / decades) * (floor - TOP)) + 0.5;
    context.beginPath();
    context.moveTo(LEFT, y);
    context.lineTo(width - RIGHT, y);
    context.stroke();
    if (decades < 6 || decade % 2 === 0)
      context.fillText(unit(LEAST_NS * 10 ** decade), LEFT - 6, y);
  }
  columns.counts.forEach((count, x) => {
    if (count === 0) return;
    const bar = Math.max(BAR, heightOf(columns.took[x]!));
    const failed = Math.ceil((bar * columns.failures[x]!) / count);
    context.fillStyle = colours.well;
    context.fillRect(LEFT + x, floor - bar, BAR, bar - failed);
    context.fillStyle = colours.failed;
    context.fillRect(LEFT + x, floor - failed, BAR, failed);
  });
  drawCursor(context, model, range, width, floor);
  const { startedAt } = model.given.head;
  context.fillStyle = colour('soft');
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.fillText(clock(startedAt, range.from), LEFT, height - 4);
  context.textAlign = 'right';
  context.fillText(clock(startedAt, range.to), width - RIGHT, height - 4);
}

/** `10 µs`. */
const unit = (ns: number): string => duration(ns).replace(/\.0+ /, ' ');

function drawCursor(
  context: CanvasRenderingContext2D,
  { current }: Model,
  { from, to }: Range,
  width: number,
  floor: number,
): void {
  if (current === null) return;
  const at = current.walk.root.wind.at;
  if (at < from || at > to) return;
  const x = LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT - BAR) + BAR / 2;
  context.strokeStyle = colour('ink');
  context.fillStyle = colour('ink');
  context.beginPath();
  context.moveTo(x, TOP);
  context.lineTo(x, floor);
  context.stroke();
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, TOP);
  context.fill();
}

/** Of the requests in each column of pixels: how many, how many failed, and how long the slowest took. */
function columnsOf(model: Model, { from, to }: Range, width: number) {
  const { hops, requests } = model.given.outline;
  const size = Math.max(BAR, Math.floor(width));
  const counts = new Uint32Array(size);
  const failures = new Uint32Array(size);
  const took = new Float64Array(size);
  let slowest = 0;
  for (const request of model.shown) {
    const hop = requests[request]!;
    const start = hops.start[hop]!;
    if (start < from || start > to) continue;
    // Bars stand beside each other, not over each other.
    const place = ((start - from) / (to - from)) * (size - BAR);
    const x = BAR * Math.floor(place / BAR);
    counts[x]! += 1;
    if (hops.errno[hop] !== 0) failures[x]! += 1;
    took[x] = Math.max(took[x]!, hops.end[hop]! - start || 0);
    slowest = Math.max(slowest, took[x]!);
  }
  return { counts, failures, took, slowest };
}
