/** Shows how many requests a graph had, and how many of them reached its storage. */
import { html } from '../../trace/page/dom.ts';
import type { Counters } from '../play/protocol.ts';

/** Captions, by the source of the counted requests. */
const CAPTIONS = {
  graph: 'Since the graph was started',
  check: 'In the check of the lesson, whose storage is at no distance',
} as const;

/** The counters of a graph without requests. */
export const ZERO_COUNTERS: Counters = { requestCount: 0, storageCount: 0, waitedMs: 0, byFop: {} };

const formatNumber = (number: number): string => number.toLocaleString('en');

/** Formats a share in percent; a dash if `whole` is 0. */
const formatPercent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;

/** Makes the view, with all counters at 0. */
export function makeCountersView() {
  const caption = html`<p id="counters-of"></p>`;
  const tiles = html`<div class="tiles"></div>`;
  const rows = html`<tbody></tbody>`;
  const element = html`<section class="counters" aria-label="Counters">
    ${caption}${tiles}
    <details><summary>By kind of request</summary><table>
      <thead><tr><th scope="col">kind (fop)</th><th scope="col">requests</th><th scope="col">reached the storage</th></tr></thead>
      ${rows}
    </table></details>
  </section>`;
  /** Shows counters. @param source of the counted requests */
  const show = (
    { requestCount, storageCount, waitedMs, byFop }: Counters,
    source: keyof typeof CAPTIONS,
  ): void => {
    const answered = Math.max(0, requestCount - storageCount);
    /** The id, value and label of each tile. */
    const tileTexts = [
      ['asked', formatNumber(requestCount), 'requests'],
      [
        'answered',
        `${formatNumber(answered)} (${formatPercent(answered, requestCount)})`,
        'answered by your translator',
      ],
      ['passed', formatNumber(storageCount), 'reached the storage'],
      ['waited', `${waitedMs.toFixed(1)} ms`, 'time waited'],
    ];
    caption.textContent = CAPTIONS[source];
    tiles.replaceChildren(
      ...tileTexts.map(
        ([id, value, label]) => html`<p><b id="count-${id}">${value}</b><span>${label}</span></p>`,
      ),
    );
    rows.replaceChildren(
      ...Object.entries(byFop).map(
        ([fop, [fopRequests, fopStorageRequests]]) =>
          html`<tr><th scope="row">${fop}</th><td>${formatNumber(fopRequests)}</td><td>${formatNumber(fopStorageRequests)}</td></tr>`,
      ),
    );
  };
  show(ZERO_COUNTERS, 'graph');
  return { element, show };
}
