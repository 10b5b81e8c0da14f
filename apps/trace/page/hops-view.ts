/** Shows the hops of a request: a row for each, with the times in its volume and below it. */
import { printable } from '../../../runtime/core/log.ts';
import { formatResult } from '../../../runtime/observe/event-text.ts';
import {
  computeDurationNs,
  computeOwnNs,
  hasRepliedItself,
  type RecordedHop,
} from '../../../runtime/observe/walk.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import { formatWindRemark } from '../event-texts.ts';
import { html } from './dom.ts';
import type { CurrentRequest, Model } from './model.ts';

interface HopRow {
  readonly hop: RecordedHop;
  readonly row: HTMLElement;
}

/** Indentation per level in pixels, and the deepest indented level. */
const INDENT = 14;
const DEPTH_MAX = 12;

export function makeHopsView(model: Model): HTMLElement {
  const rows = html`<div class="rows"></div>`;
  let lines: readonly HopRow[] = [];
  model.on(['request'], () => {
    const { current } = model;
    lines = current === null ? [] : makeLines(model, current, current.walk.root, 0);
    rows.replaceChildren(...lines.map(({ row }) => row));
  });
  model.on(['step'], () => {
    const { current } = model;
    const step = current?.steps[model.step];
    if (current === null || step === undefined) return;
    rows.style.setProperty('--now', formatPercent(step.at, current));
    for (const { hop, row } of lines) {
      row.classList.toggle('now', hop === step.hop);
      row.classList.toggle('later', hop.wind.at > step.at);
      if (hop === step.hop) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    }
  });
  return html`<section class="way" aria-label="Way">
    <h3>Way, and time in each translator itself</h3>${rows}
  </section>`;
}

/** Formats a time as a percentage of the request's whole time. */
function formatPercent(at: number, { walk, steps }: CurrentRequest): string {
  const from = walk.root.wind.at;
  const length = Math.max(1, steps.at(-1)!.at - from);
  return `${Math.max(0, Math.min(100, (100 * (at - from)) / length))}%`;
}

/** Makes the rows of a hop and of all hops below it. */
function makeLines(
  model: Model,
  current: CurrentRequest,
  hop: RecordedHop,
  depth: number,
): HopRow[] {
  const { wind, unwind, below } = hop;
  const endAt = unwind?.at ?? Math.max(wind.at, current.steps.at(-1)!.at);
  const selfNs = computeOwnNs(hop);
  const hereText = model.data.head.seesAll && hasRepliedItself(hop) ? ' · here' : '';
  const failed = unwind !== null && unwind.opRet < 0 ? 'failed' : '';
  const goToWind = (): void =>
    model.goToStep(current.steps.findIndex((step) => step.hop === hop && step.kind === 'wind'));
  const label = html`<span class="who">
    <b>${printable(wind.volume)}</b> ${wind.fop}<i> ${formatWindRemark(wind)}</i>
  </span>`;
  label.style.paddingLeft = `${Math.min(depth, DEPTH_MAX) * INDENT}px`;
  const row = html`<button type="button" class="hop" @click="${goToWind}">
    ${label}
    <span class="answer ${failed}">
      ${unwind === null ? 'no answer yet' : formatResult(unwind)}${hereText}
    </span>
    <span class="track">
      ${makeBar('waiting', wind.at, endAt, current)}
      ${listOwnParts(hop, endAt).map(([from, to]) => makeBar('own', from, to, current))}
      <span class="cursor"></span>
    </span>
    <span class="small">${selfNs !== null && `${formatDuration(selfNs)} itself of ${formatDuration(computeDurationNs(hop)!)}`}</span>
  </button>`;
  return [{ hop, row }, ...below.flatMap((child) => makeLines(model, current, child, depth + 1))];
}

function makeBar(kind: string, from: number, to: number, current: CurrentRequest): HTMLElement {
  const element = html`<span class="${kind}"></span>`;
  element.style.left = formatPercent(from, current);
  element.style.width = formatPercent(current.walk.root.wind.at + to - from, current);
  return element;
}

/** Lists the intervals in which the hop's volume did not wait for one below it. */
function listOwnParts({ wind, below }: RecordedHop, endAt: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  let at = wind.at;
  for (const child of below) {
    if (child.wind.at > at) parts.push([at, Math.min(child.wind.at, endAt)]);
    at = Math.max(at, child.unwind?.at ?? endAt);
  }
  if (at < endAt) parts.push([at, endAt]);
  return parts;
}
