/**
 * Draws all requests by start (across) and duration (upwards, logarithmic). Requests in one pixel
 * column share a bar, which is as high as the slowest of them; its lower part is the share that
 * failed.
 */
import { formatClock } from '../../../runtime/observe/event-text.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import { html, readColour } from './dom.ts';
import type { Model } from './model.ts';

/** Margins around the bars, in pixels. */
const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 18;
/** Width and least height of a bar, in pixels. */
const BAR_WIDTH = 2;
/** The duration at the bottom of the scale; shorter requests are drawn like this one. */
const DURATION_MIN_NS = 1e3;
/** Shortest time span to show. */
const SPAN_MIN_NS = 1e3;

/** The shown time, in nanoseconds since the recording began. */
interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export function makeTimeline(model: Model): HTMLElement {
  const range = findRange(model);
  const { hops, requests } = model.data.outline;
  /** Selects the request whose start is nearest to the click. */
  const selectNearest = ({ offsetX }: MouseEvent): void => {
    const width = canvas.clientWidth - LEFT - RIGHT;
    const clickedAt = range.from + ((offsetX - LEFT) / width) * (range.to - range.from);
    let [nearest, distance] = [-1, Number.POSITIVE_INFINITY];
    model.shownRequests.forEach((request, position) => {
      const distanceNs = Math.abs(hops.start[requests[request]!]! - clickedAt);
      if (distanceNs < distance) [nearest, distance] = [position, distanceNs];
    });
    if (nearest >= 0) model.select(nearest);
  };
  const canvas = html<HTMLCanvasElement>`<canvas id="timeline" role="img"
    aria-label="Requests by time" @click="${selectNearest}"></canvas>`;
  const draw = (): void => drawTimeline(canvas, model, range);
  new ResizeObserver(draw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  model.on(['filter', 'request'], draw);
  return html`<section class="timeline" aria-label="Timeline">
    <div class="bar">
      <h3>When requests began, and how long they took</h3>
      <div><span class="key well">answered</span><span class="key failed">failed</span></div>
    </div>
    ${canvas}
  </section>`;
}

/** Finds the time from the first request's start to the last one's end. */
function findRange({ data: { outline } }: Model): TimeRange {
  const { hops } = outline;
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const hop of outline.requests) {
    from = Math.min(from, hops.start[hop]!);
    to = Math.max(to, hops.end[hop]! || hops.start[hop]!);
  }
  return from > to ? { from: 0, to: SPAN_MIN_NS } : { from, to: Math.max(to, from + SPAN_MIN_NS) };
}

function drawTimeline(canvas: HTMLCanvasElement, model: Model, range: TimeRange): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d')!;
  context.scale(devicePixelRatio, devicePixelRatio);
  context.font = '11px system-ui, sans-serif';
  const baselineY = height - BOTTOM;
  const columns = countColumns(model, range, width - LEFT - RIGHT);
  const slowest = Math.max(columns.slowest, 10 * DURATION_MIN_NS);
  const decades = Math.max(1, Math.ceil(Math.log10(slowest / DURATION_MIN_NS)));
  const computeBarHeight = (ns: number): number =>
    (Math.log10(Math.max(ns, DURATION_MIN_NS) / DURATION_MIN_NS) / decades) * (baselineY - TOP);
  const [soft, well, bad] = [readColour('soft'), readColour('accent'), readColour('bad')];
  context.fillStyle = soft;
  context.strokeStyle = readColour('rule');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let decade = 0; decade <= decades; decade++) {
    const y = Math.round(baselineY - (decade / decades) * (baselineY - TOP)) + 0.5;
    strokeLine(context, LEFT, y, width - RIGHT, y);
    const label = formatDuration(DURATION_MIN_NS * 10 ** decade).replace(/\.0+ /, ' ');
    if (decades < 6 || decade % 2 === 0) context.fillText(label, LEFT - 6, y);
  }
  columns.counts.forEach((count, x) => {
    if (count === 0) return;
    const bar = Math.max(BAR_WIDTH, computeBarHeight(columns.durations[x]!));
    const failed = Math.ceil((bar * columns.failures[x]!) / count);
    context.fillStyle = well;
    context.fillRect(LEFT + x, baselineY - bar, BAR_WIDTH, bar - failed);
    context.fillStyle = bad;
    context.fillRect(LEFT + x, baselineY - failed, BAR_WIDTH, failed);
  });
  const { startedAt } = model.data.head;
  context.fillStyle = soft;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.fillText(formatClock(startedAt, range.from), LEFT, height - 4);
  context.textAlign = 'right';
  context.fillText(formatClock(startedAt, range.to), width - RIGHT, height - 4);
  if (model.current === null) return;
  const part = (model.current.walk.root.wind.at - range.from) / (range.to - range.from);
  const x = LEFT + part * (width - LEFT - RIGHT - BAR_WIDTH) + BAR_WIDTH / 2;
  context.strokeStyle = readColour('ink');
  context.fillStyle = readColour('ink');
  strokeLine(context, x, TOP, x, baselineY);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, TOP);
  context.fill();
}

function strokeLine(
  context: CanvasRenderingContext2D,
  ...[x, y, toX, toY]: readonly [number, number, number, number]
): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/** Counts, for each pixel column, the requests and failures, and finds the longest duration. */
function countColumns(model: Model, { from, to }: TimeRange, width: number) {
  const { hops, requests } = model.data.outline;
  const size = Math.max(BAR_WIDTH, Math.floor(width));
  const counts = new Uint32Array(size);
  const failures = new Uint32Array(size);
  const durations = new Float64Array(size);
  let slowest = 0;
  for (const request of model.shownRequests) {
    const hop = requests[request]!;
    const start = hops.start[hop]!;
    // Only every BAR-th column gets a bar, so that bars do not overlap.
    const offset = ((start - from) / (to - from)) * (size - BAR_WIDTH);
    const x = BAR_WIDTH * Math.floor(offset / BAR_WIDTH);
    counts[x]! += 1;
    if (hops.errno[hop] !== 0) failures[x]! += 1;
    durations[x] = Math.max(durations[x]!, hops.end[hop]! - start || 0);
    slowest = Math.max(slowest, durations[x]!);
  }
  return { counts, failures, durations, slowest };
}
