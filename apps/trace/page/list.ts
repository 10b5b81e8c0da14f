/** The requests, one below the other. Only those rows are there that can be seen. */
import { errnoName } from '../../../runtime/core/errno.ts';
import { printable } from '../../../runtime/core/log.ts';
import { duration } from '../../../terminal/quantities.ts';
import { clock, pathOf } from '../words.ts';
import { el } from './dom.ts';
import type { Model } from './model.ts';

/** Pixels, as in the style. */
const ROW = 46;
/** Rows that are drawn beyond what can be seen. */
const BEYOND = 6;
/** Browsers know no higher elements: of more rows than fit, the scroll bar moves several at once. */
const HEIGHT_MAX = 8_000_000;

export function requestList(model: Model): HTMLElement {
  const space = el('div', { class: 'space' });
  const list = el(
    'div',
    { class: 'list', id: 'requests', tabindex: 0, role: 'listbox', 'aria-label': 'Requests' },
    space,
  );
  /** Rows to the pixel of the scroll bar, in relation to those that are seen. */
  const scale = (): number => {
    const height = model.shown.length * ROW;
    const view = list.clientHeight;
    return height <= HEIGHT_MAX ? 1 : (height - view) / (HEIGHT_MAX - view);
  };
  const draw = (): void => {
    const height = model.shown.length * ROW;
    space.style.height = `${Math.min(height, HEIGHT_MAX)}px`;
    const top = list.scrollTop * scale();
    const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
    const seen = Math.ceil(list.clientHeight / ROW) + 2 * BEYOND;
    const last = Math.min(model.shown.length, first + seen);
    const rows: HTMLElement[] = [];
    for (let place = first; place < last; place++) {
      const row = rowOf(model, place);
      row.style.transform = `translateY(${list.scrollTop + place * ROW - top}px)`;
      rows.push(row);
    }
    space.replaceChildren(...rows);
    if (model.shown.length === 0) space.append(el('p', { class: 'none' }, 'No request fits.'));
    const active = model.place >= first && model.place < last ? `r${model.place}` : '';
    if (active === '') list.removeAttribute('aria-activedescendant');
    else list.setAttribute('aria-activedescendant', active);
  };
  const reveal = (): void => {
    const at = model.place * ROW;
    const top = list.scrollTop * scale();
    if (model.place >= 0 && at < top) list.scrollTop = at / scale();
    else if (at + ROW > top + list.clientHeight) {
      list.scrollTop = (at + ROW - list.clientHeight) / scale();
    }
    draw();
  };
  list.addEventListener('scroll', draw, { passive: true });
  list.addEventListener('click', ({ target }) => {
    const row = (target as Element).closest<HTMLElement>('[role=option]');
    if (row !== null) model.select(Number(row.dataset.place));
  });
  list.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const places: Readonly<Record<string, number>> = {
      ArrowDown: model.place + 1,
      ArrowUp: model.place - 1,
      PageDown: model.place + page,
      PageUp: model.place - page,
      Home: 0,
      End: model.shown.length - 1,
    };
    const place = places[event.key];
    if (place === undefined || model.shown.length === 0) return;
    event.preventDefault();
    model.select(Math.max(0, place));
  });
  new ResizeObserver(draw).observe(list);
  model.on(['filter', 'request'], reveal);
  return list;
}

function rowOf(model: Model, place: number): HTMLElement {
  const { outline, head } = model.given;
  const request = model.shown[place]!;
  const hop = outline.requests[request]!;
  const wind = outline.wind(hop);
  const took = outline.hops.end[hop]! - wind.at;
  const errno = model.errnoOf(request);
  const path = pathOf(wind.args);
  const result = Number.isNaN(took) ? '…' : errno === 0 ? 'ok' : errnoName(errno);
  const state = Number.isNaN(took) ? 'waits' : errno === 0 ? 'well' : 'failed';
  return el(
    'div',
    {
      class: 'row',
      id: `r${place}`,
      role: 'option',
      'data-place': place,
      'aria-selected': String(place === model.place),
      'aria-posinset': place + 1,
      'aria-setsize': model.shown.length,
    },
    el('b', {}, wind.fop),
    el('span', { class: `result ${state}` }, result),
    el('span', { class: 'path' }, path === null ? '' : printable(path)),
    el(
      'span',
      { class: 'small' },
      `#${wind.request} · ${clock(head.startedAt, wind.at)} · `,
      Number.isNaN(took) ? 'no answer yet' : duration(took),
    ),
  );
}
