/** What was asked, and by whom it was answered. */
import type { Counters } from '../../../play/protocol.ts';
import { el } from '../../trace/page/dom.ts';

export interface CountersView {
  readonly element: HTMLElement;
  show(counters: Counters): void;
}

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
  const names = ['asked', 'answered above the storage', 'passed on to it', 'waited for'];
  const tiles = facts.map((fact, i) => el('p', {}, fact, el('span', {}, names[i]!)));
  const rows = el('tbody', {});
  const head = ['fop', 'asked', 'storage'].map((it) => el('th', { scope: 'col' }, it));
  const element = el(
    'section',
    { class: 'counters', 'aria-label': 'Counters' },
    el('div', { class: 'tiles' }, ...tiles),
    el(
      'details',
      {},
      el('summary', {}, 'By fop'),
      el('table', {}, el('thead', {}, el('tr', {}, ...head)), rows),
    ),
  );
  const show = (counters: Counters): void => {
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
  return { element, show };
}
