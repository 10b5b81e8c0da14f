/** Which requests are listed: by fop, volume, a part of the path, and whether something failed. */
import { el } from './dom.ts';
import type { Model } from './model.ts';

export function filterForm(model: Model): HTMLElement {
  const { outline, head } = model.given;
  const { hops } = outline;
  const numbers = new Set(hops.fop.subarray(0, hops.length));
  const ids = new Set(hops.volume.subarray(0, hops.length));
  const fops = head.tables.fops.filter(({ number }) => numbers.has(number)).map((it) => it.name);
  const fop = choice('fop', 'Any fop', fops.sort());
  const volumes = new Set([...ids].sort((a, b) => b - a).map((id) => outline.volume(id)));
  const volume = choice('volume', 'Any volume', [...volumes]);
  const path = el('input', {
    type: 'search',
    id: 'path',
    placeholder: 'Part of a path',
    'aria-label': 'Part of a path',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const failed = el('input', { type: 'checkbox', id: 'failed' });
  const count = el('p', { class: 'small', id: 'count', role: 'status' });
  const apply = (): void =>
    model.setFilter({
      fop: fop.value,
      volume: volume.value,
      path: path.value,
      failed: failed.checked,
    });
  const say = (): void => {
    const all = outline.requests.length;
    const { length } = model.shown;
    count.textContent =
      length === all ? counted(all) : `${length.toLocaleString('en')} of ${counted(all)}`;
  };
  const form = el(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Filter requests' },
    path,
    fop,
    volume,
    el('label', { for: 'failed' }, failed, ' failed only'),
    count,
  );
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  model.on(['filter'], say);
  say();
  return form;
}

export const counted = (requests: number): string =>
  `${requests.toLocaleString('en')} request${requests === 1 ? '' : 's'}`;

function choice(id: string, any: string, words: readonly string[]): HTMLSelectElement {
  const options = words.map((word) => el('option', { value: word }, word));
  return el('select', { id, 'aria-label': id }, el('option', { value: '' }, any), ...options);
}
