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
const MARGIN_LEFT = 52;
const MARGIN_RIGHT = 8;
const MARGIN_TOP = 8;
const MARGIN_BOTTOM = 18;
/** Width and least height of a bar, in pixels. */
const BAR_WIDTH = 2;
/** The duration at the bottom of the scale; shorter requests are drawn as if they took as long. */
const DURATION_MIN_NS = 1e3;
/** Shortest time span to show. */
const SPAN_MIN_NS = 1e3;

/** The shown time, in nanoseconds since the recording began. */
interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

export function makeTimeline(model: Model): HTMLElement {
  const range = findRange(model);
  const { hops, requests } = model.data.outline;
  /** Selects the request whose start is nearest to the click. */
  const selectNearest = ({ offsetX }: MouseEvent): void => {
    const width = canvas.clientWidth - MARGIN_LEFT - MARGIN_RIGHT;
    const clickedAt =
      range.fromNs + ((offsetX - MARGIN_LEFT) / width) * (range.toNs - range.fromNs);
    let [nearestPosition, nearestNs] = [-1, Number.POSITIVE_INFINITY];
    model.shownRequests.forEach((request, position) => {
      const distanceNs = Math.abs(hops.start[requests[request]!]! - clickedAt);
      if (distanceNs < nearestNs) [nearestPosition, nearestNs] = [position, distanceNs];
    });
    if (nearestPosition >= 0) model.select(nearestPosition);
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
  let [fromNs, to] = [Number.POSITIVE_INFINITY, 0];
  for (const hop of outline.requests) {
    fromNs = Math.min(fromNs, hops.start[hop]!);
    // The end of a pending request is NaN.
    to = Math.max(to, hops.end[hop]! || hops.start[hop]!);
  }
  return fromNs > to
    ? { fromNs: 0, toNs: SPAN_MIN_NS }
    : { fromNs, toNs: Math.max(to, fromNs + SPAN_MIN_NS) };
}

function drawTimeline(canvas: HTMLCanvasElement, model: Model, range: TimeRange): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d')!;
  context.scale(devicePixelRatio, devicePixelRatio);
  context.font = '11px system-ui, sans-serif';
  const baselineY = height - MARGIN_BOTTOM;
  const columns = countColumns(model, range, width - MARGIN_LEFT - MARGIN_RIGHT);
  const slowestNs = Math.max(columns.slowestNs, 10 * DURATION_MIN_NS);
  const decadeCount = Math.max(1, Math.ceil(Math.log10(slowestNs / DURATION_MIN_NS)));
  const computeBarHeight = (ns: number): number =>
    (Math.log10(Math.max(ns, DURATION_MIN_NS) / DURATION_MIN_NS) / decadeCount) *
    (baselineY - MARGIN_TOP);
  const [softColour, goodColour, badColour] = [
    readColour('soft'),
    readColour('accent'),
    readColour('bad'),
  ];
  context.fillStyle = softColour;
  context.strokeStyle = readColour('rule');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let decade = 0; decade <= decadeCount; decade++) {
    // Half a pixel off, a line of one pixel is sharp.
    const y = Math.round(baselineY - (decade / decadeCount) * (baselineY - MARGIN_TOP)) + 0.5;
    strokeLine(context, MARGIN_LEFT, y, width - MARGIN_RIGHT, y);
    const label = formatDuration(DURATION_MIN_NS * 10 ** decade).replace(/\.0+ /, ' ');
    // On a long scale, only every second line has room for a label.
    if (decadeCount < 6 || decade % 2 === 0) context.fillText(label, MARGIN_LEFT - 6, y);
  }
  columns.counts.forEach((count, x) => {
    if (count === 0) return;
    const barHeight = Math.max(BAR_WIDTH, computeBarHeight(columns.longestNs[x]!));
    const failedHeight = Math.ceil((barHeight * columns.failures[x]!) / count);
    context.fillStyle = goodColour;
    context.fillRect(MARGIN_LEFT + x, baselineY - barHeight, BAR_WIDTH, barHeight - failedHeight);
    context.fillStyle = badColour;
    context.fillRect(MARGIN_LEFT + x, baselineY - failedHeight, BAR_WIDTH, failedHeight);
  });
  const { startedAt } = model.data.head;
  context.fillStyle = softColour;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.fillText(formatClock(startedAt, range.fromNs), MARGIN_LEFT, height - 4);
  context.textAlign = 'right';
  context.fillText(formatClock(startedAt, range.toNs), width - MARGIN_RIGHT, height - 4);
  if (model.current === null) return;
  const fraction = (model.current.walk.root.wind.at - range.fromNs) / (range.toNs - range.fromNs);
  const x =
    MARGIN_LEFT + fraction * (width - MARGIN_LEFT - MARGIN_RIGHT - BAR_WIDTH) + BAR_WIDTH / 2;
  context.strokeStyle = readColour('ink');
  context.fillStyle = readColour('ink');
  strokeLine(context, x, MARGIN_TOP, x, baselineY);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, MARGIN_TOP);
  context.fill();
}

/** Draws a line from (x, y) to (toX, toY). */
function strokeLine(
  context: CanvasRenderingContext2D,
  ...[x, y, toX, toY]: readonly [number, number, number, number]
): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/**
 * Counts the requests and failures of each pixel column, and finds its longest duration
 * (`longestNs`) and the longest of all (`slowestNs`).
 */
function countColumns(model: Model, { fromNs, toNs }: TimeRange, width: number) {
  const { hops, requests } = model.data.outline;
  const columnCount = Math.max(BAR_WIDTH, Math.floor(width));
  const counts = new Uint32Array(columnCount);
  const failures = new Uint32Array(columnCount);
  const longestNs = new Float64Array(columnCount);
  let slowestNs = 0;
  for (const request of model.shownRequests) {
    const hop = requests[request]!;
    const startNs = hops.start[hop]!;
    // Only every BAR_WIDTH-th column gets a bar, so that bars do not overlap.
    const offset = ((startNs - fromNs) / (toNs - fromNs)) * (columnCount - BAR_WIDTH);
    const x = BAR_WIDTH * Math.floor(offset / BAR_WIDTH);
    counts[x]! += 1;
    if (hops.errno[hop] !== 0) failures[x]! += 1;
    // The end of a pending request is NaN.
    longestNs[x] = Math.max(longestNs[x]!, hops.end[hop]! - startNs || 0);
    slowestNs = Math.max(slowestNs, longestNs[x]!);
  }
  return { counts, failures, longestNs, slowestNs };
}
