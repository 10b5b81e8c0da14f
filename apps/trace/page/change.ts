/** What a step changed, as a table of differences. */
import { changeAt, type Row } from '../differences.ts';
import { el } from './dom.ts';
import type { Model } from './model.ts';

export function changeView(model: Model): HTMLElement {
  const title = el('h3', {}, 'What it changed');
  const body = el('div', { class: 'table' });
  const all = el('input', { type: 'checkbox', id: 'all-values' });
  const label = el('label', { for: 'all-values' }, all, ' what is the same, too');
  const context = el('p', { class: 'small' });
  const update = (): void => {
    const step = model.current?.steps[model.step];
    if (step === undefined) return;
    const { before, after, rows } = changeAt(step);
    const isAlone = before === null;
    const changed = rows.filter((row) => row.before !== row.after);
    title.textContent = isAlone ? headings[step.kind] : 'What it changed';
    label.hidden = isAlone;
    const shown = isAlone || all.checked ? rows : changed;
    const { inodeCtx, fdCtx } = step.hop.wind;
    context.textContent = [
      ...(inodeCtx === null ? [] : [`Kept with the inode: ${inodeCtx}`]),
      ...(fdCtx === null ? [] : [`Kept with the fd: ${fdCtx}`]),
    ].join(' · ');
    if (shown.length === 0) {
      const same = `Nothing: all ${rows.length} values are the same.`;
      body.replaceChildren(el('p', { class: 'none' }, rows.length === 0 ? 'No values.' : same));
      return;
    }
    const columns = ['value', ...(isAlone ? [] : [before]), after];
    const head = el('tr', {}, ...columns.map((it) => el('th', { scope: 'col' }, it)));
    body.replaceChildren(
      el(
        'table',
        { class: isAlone ? 'alone' : 'compared' },
        el('thead', {}, head),
        el('tbody', {}, ...shown.map((row) => rowOf(row, isAlone))),
      ),
    );
  };
  all.addEventListener('input', update);
  model.on(['step'], update);
  return el(
    'section',
    { class: 'change', id: 'change', 'aria-label': 'Difference' },
    el('div', { class: 'bar' }, title, label),
    body,
    context,
  );
}

const headings = { wind: 'What it was given', unwind: 'What it answered', note: 'What was noted' };

function rowOf({ name, before, after }: Row, isAlone: boolean): HTMLElement {
  const head = el('th', { scope: 'row' }, name);
  if (isAlone) return el('tr', {}, head, el('td', {}, after ?? ''));
  if (before === after) {
    return el('tr', { class: 'same' }, head, el('td', {}, before ?? ''), el('td', {}, after ?? ''));
  }
  return el(
    'tr',
    { class: 'differs' },
    head,
    el('td', { class: 'gone' }, before === null ? '—' : el('del', {}, before)),
    el('td', { class: 'came' }, after === null ? '—' : el('ins', {}, after)),
  );
}
