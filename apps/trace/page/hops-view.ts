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
  readonly element: HTMLElement;
}

/** Indentation per level in pixels, and the deepest indented level. */
const INDENT_PX = 14;
const INDENTED_DEPTH_MAX = 12;

export function makeHopsView(model: Model): HTMLElement {
  const container = html`<div class="rows"></div>`;
  let hopRows: readonly HopRow[] = [];
  model.on(['request'], () => {
    const { current } = model;
    hopRows = current === null ? [] : makeHopRows(model, current, current.walk.root, 0);
    container.replaceChildren(...hopRows.map(({ element }) => element));
  });
  model.on(['step'], () => {
    const { current } = model;
    const step = current?.steps[model.stepIndex];
    if (current === null || step === undefined) return;
    container.style.setProperty('--now', formatPercent(step.atNs, current));
    for (const { hop, element } of hopRows) {
      element.classList.toggle('now', hop === step.hop);
      element.classList.toggle('later', hop.wind.at > step.atNs);
      if (hop === step.hop) element.setAttribute('aria-current', 'step');
      else element.removeAttribute('aria-current');
    }
  });
  return html`<section class="way" aria-label="Way">
    <h3>Way, and time in each translator itself</h3>${container}
  </section>`;
}

/** Formats a time as a percentage of the request's whole time. */
function formatPercent(atNs: number, { walk, steps }: CurrentRequest): string {
  const startNs = walk.root.wind.at;
  const durationNs = Math.max(1, steps.at(-1)!.atNs - startNs);
  return `${Math.max(0, Math.min(100, (100 * (atNs - startNs)) / durationNs))}%`;
}

/** Makes the rows of a hop and of all hops below it. */
function makeHopRows(
  model: Model,
  current: CurrentRequest,
  hop: RecordedHop,
  depth: number,
): HopRow[] {
  const { wind, unwind, below } = hop;
  const endNs = unwind?.at ?? Math.max(wind.at, current.steps.at(-1)!.atNs);
  const selfNs = computeOwnNs(hop);
  const ownReplyText = model.data.head.seesAll && hasRepliedItself(hop) ? ' · here' : '';
  const failed = unwind !== null && unwind.opRet < 0 ? 'failed' : '';
  const goToWind = (): void =>
    model.goToStep(current.steps.findIndex((step) => step.hop === hop && step.kind === 'wind'));
  const label = html`<span class="who">
    <b>${printable(wind.volume)}</b> ${wind.fop}<i> ${formatWindRemark(wind)}</i>
  </span>`;
  label.style.paddingLeft = `${Math.min(depth, INDENTED_DEPTH_MAX) * INDENT_PX}px`;
  const element = html`<button type="button" class="hop" @click="${goToWind}">
    ${label}
    <span class="answer ${failed}">
      ${unwind === null ? 'no answer yet' : formatResult(unwind)}${ownReplyText}
    </span>
    <span class="track">
      ${makeBar('waiting', wind.at, endNs, current)}
      ${listOwnParts(hop, endNs).map(([from, to]) => makeBar('own', from, to, current))}
      <span class="cursor"></span>
    </span>
    <span class="small">${selfNs !== null && `${formatDuration(selfNs)} itself of ${formatDuration(computeDurationNs(hop)!)}`}</span>
  </button>`;
  return [
    { hop, element },
    ...below.flatMap((child) => makeHopRows(model, current, child, depth + 1)),
  ];
}

/** Makes a bar of a hop's track. Its CSS class is `waiting` (the whole stay) or `own` (a part). */
function makeBar(kind: string, from: number, to: number, current: CurrentRequest): HTMLElement {
  const element = html`<span class="${kind}"></span>`;
  element.style.left = formatPercent(from, current);
  element.style.width = formatPercent(current.walk.root.wind.at + to - from, current);
  return element;
}

/** Lists the intervals in which the hop's volume did not wait for one below it. */
function listOwnParts({ wind, below }: RecordedHop, endNs: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  let ownSinceNs = wind.at;
  for (const child of below) {
    if (child.wind.at > ownSinceNs) parts.push([ownSinceNs, Math.min(child.wind.at, endNs)]);
    ownSinceNs = Math.max(ownSinceNs, child.unwind?.at ?? endNs);
  }
  if (ownSinceNs < endNs) parts.push([ownSinceNs, endNs]);
  return parts;
}
