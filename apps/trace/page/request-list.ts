/** Shows the list of requests; only visible rows have elements. */
import { errnoName } from '../../../runtime/core/errno.ts';
import { printable } from '../../../runtime/core/log.ts';
import { findPath, formatClock } from '../../../runtime/observe/event-text.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import { html } from './dom.ts';
import type { Model } from './model.ts';

/** Height of a row in pixels, as in the style sheet. */
const ROW_HEIGHT = 46;
/** Rows to draw above and below the visible ones. */
const EXTRA_ROWS = 6;
/**
 * Largest height of an element in browsers, in pixels. In a longer list, each scrolled pixel moves
 * the rows by several.
 */
const HEIGHT_MAX = 8_000_000;

export function makeRequestList(model: Model): HTMLElement {
  const rowContainer = html`<div class="space"></div>`;
  const list = html`<div class="list" id="requests" tabindex="0" role="listbox"
    aria-label="Requests">${rowContainer}</div>`;
  /**
   * Pixels of the whole list for each scrolled pixel: 1 unless the list is higher than HEIGHT_MAX.
   */
  const computeScale = (): number => {
    const height = model.shownRequests.length * ROW_HEIGHT;
    const viewHeight = list.clientHeight;
    return height <= HEIGHT_MAX ? 1 : (height - viewHeight) / (HEIGHT_MAX - viewHeight);
  };
  const draw = (): void => {
    const { length } = model.shownRequests;
    rowContainer.style.height = `${Math.min(length * ROW_HEIGHT, HEIGHT_MAX)}px`;
    const top = list.scrollTop * computeScale();
    const firstPosition = Math.max(0, Math.floor(top / ROW_HEIGHT) - EXTRA_ROWS);
    const rowCount = Math.ceil(list.clientHeight / ROW_HEIGHT) + 2 * EXTRA_ROWS;
    const positions = Array.from(
      { length: Math.min(length - firstPosition, rowCount) },
      (_, index) => firstPosition + index,
    );
    const rows = positions.map((position) => {
      const row = makeRow(model, position);
      // Relative to the scroll offset: the container may be lower than all rows together.
      row.style.transform = `translateY(${list.scrollTop + position * ROW_HEIGHT - top}px)`;
      return row;
    });
    rowContainer.replaceChildren(...rows);
    if (length === 0) rowContainer.append(html`<p class="none">No request fits.</p>`);
    if (positions.includes(model.selectedIndex))
      list.setAttribute('aria-activedescendant', `r${model.selectedIndex}`);
    else list.removeAttribute('aria-activedescendant');
  };
  /** Scrolls the selected request into view, and draws the list. */
  const reveal = (): void => {
    const rowTop = model.selectedIndex * ROW_HEIGHT;
    const top = list.scrollTop * computeScale();
    if (model.selectedIndex >= 0 && rowTop < top) list.scrollTop = rowTop / computeScale();
    else if (rowTop + ROW_HEIGHT > top + list.clientHeight) {
      list.scrollTop = (rowTop + ROW_HEIGHT - list.clientHeight) / computeScale();
    }
    draw();
  };
  list.addEventListener('scroll', draw, { passive: true });
  list.addEventListener('click', ({ target }) => {
    const row = (target as Element).closest<HTMLElement>('[role=option]');
    if (row !== null) model.select(Number(row.dataset.position));
  });
  list.addEventListener('keydown', (event) => {
    const rowsPerPage = Math.max(1, Math.floor(list.clientHeight / ROW_HEIGHT) - 1);
    const positions: Readonly<Record<string, number>> = {
      ArrowDown: model.selectedIndex + 1,
      ArrowUp: model.selectedIndex - 1,
      PageDown: model.selectedIndex + rowsPerPage,
      PageUp: model.selectedIndex - rowsPerPage,
      Home: 0,
      End: model.shownRequests.length - 1,
    };
    const position = positions[event.key];
    if (position === undefined || model.shownRequests.length === 0) return;
    event.preventDefault();
    model.select(Math.max(0, position));
  });
  new ResizeObserver(draw).observe(list);
  model.on(['filter', 'request'], reveal);
  return list;
}

/** Makes the row of a request. @param position its index in the model's `shownRequests` */
function makeRow(model: Model, position: number): HTMLElement {
  const { outline, head } = model.data;
  const requestIndex = model.shownRequests[position]!;
  const firstHop = outline.requests[requestIndex]!;
  const { fop, args, request: requestNumber, at: startNs } = outline.wind(firstHop);
  // A pending request has NaN as its end.
  const durationNs = outline.hops.end[firstHop]! - startNs;
  const errno = Number.isNaN(durationNs) ? null : outline.hops.errno[firstHop]!;
  return html`<div class="row" id="r${position}" role="option" data-position="${position}"
    aria-selected="${String(position === model.selectedIndex)}" aria-posinset="${position + 1}"
    aria-setsize="${model.shownRequests.length}">
    <b>${fop}</b>${makeResultMark(errno)}<span class="path">${printable(findPath(args) ?? '')}</span>
    <span class="small">
      #${requestNumber} · ${formatClock(head.startedAt, startNs)} · ${errno === null ? 'no answer yet' : formatDuration(durationNs)}
    </span>
  </div>`;
}

/** Makes the mark of a result: `ok`, or the errno. @param errno 0: success; null: no reply yet */
export const makeResultMark = (errno: number | null): HTMLElement =>
  errno === null
    ? html`<span class="result waits">…</span>`
    : html`<span class="result ${errno === 0 ? 'well' : 'failed'}">
        ${errno === 0 ? 'ok' : errnoName(errno)}
      </span>`;
