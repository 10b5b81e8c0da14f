/** Counts requests, and those that a translator above the storage has answered. */

import { el } from '../../trace/page/dom.ts';
import type { Counters } from '../play/protocol.ts';

export interface CountersView {
  readonly element: HTMLElement;
  /** @param of which requests these are */
  show(counters: Counters, of: CountersOf): void;
}

/** Captions, by the source of the counted requests. */
const CAPTIONS = {
  graph: 'Since the graph was started',
  check: 'In the check of the lesson, whose storage is at no distance',
} as const;

export type CountersOf = keyof typeof CAPTIONS;

export const NO_REQUESTS: Counters = { asked: 0, arrived: 0, waitedMs: 0, byFop: {} };

const shown = (number: number): string => number.toLocaleString('en');

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;

export function countersView(): CountersView {
  const facts = ['asked', 'answered', 'passed', 'waited'].map((id) =>
    el('b', { id: `count-${id}` }, '0'),
  );
  const [asked, answered, passed, waited] = facts as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const names = ['requests', 'answered by your translator', 'reached the storage', 'time waited'];
  const caption = el('p', { id: 'counters-of' });
  const tiles = facts.map((fact, i) => el('p', {}, fact, el('span', {}, names[i]!)));
  const rows = el('tbody', {});
  const head = ['kind (fop)', 'requests', 'reached the storage'].map((it) =>
    el('th', { scope: 'col' }, it),
  );
  const element = el(
    'section',
    { class: 'counters', 'aria-label': 'Counters' },
    caption,
    el('div', { class: 'tiles' }, ...tiles),
    el(
      'details',
      {},
      el('summary', {}, 'By kind of request'),
      el('table', {}, el('thead', {}, el('tr', {}, ...head)), rows),
    ),
  );
  const show = (counters: Counters, of: CountersOf): void => {
    caption.textContent = CAPTIONS[of];
    const above = Math.max(0, counters.asked - counters.arrived);
    asked.textContent = shown(counters.asked);
    answered.textContent = `${shown(above)} (${percent(above, counters.asked)})`;
    passed.textContent = shown(counters.arrived);
    waited.textContent = `${counters.waitedMs.toFixed(1)} ms`;
    const byFop = Object.entries(counters.byFop).map(([name, [of, at]]) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row' }, name),
        el('td', {}, shown(of)),
        el('td', {}, shown(at)),
      ),
    );
    rows.replaceChildren(...byFop);
  };
  show(NO_REQUESTS, 'graph');
  return { element, show };
}
