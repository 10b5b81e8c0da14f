/** Builds the form that filters the list of requests: by fop, volume, part of the path, failure. */
import { html } from './dom.ts';
import type { Model } from './model.ts';

/** Makes the form, which sets the filter of the model. */
export function makeFilterForm(model: Model): HTMLElement {
  const { outline, head } = model.data;
  const { hops } = outline;
  const usedFopNumbers = new Set(hops.fop.subarray(0, hops.length));
  const usedVolumeIds = new Set(hops.volume.subarray(0, hops.length));
  const fops = head.tables.fops
    .filter(({ number }) => usedFopNumbers.has(number))
    .map((fop) => fop.name);
  const fopSelect = makeSelect('fop', 'Any fop', fops.sort());
  // The top of the graph, with the highest id, comes first.
  const volumes = new Set([...usedVolumeIds].sort((a, b) => b - a).map((id) => outline.volume(id)));
  const volumeSelect = makeSelect('volume', 'Any volume', [...volumes]);
  const pathInput = html<HTMLInputElement>`<input type="search" id="path" placeholder="Part of a path"
    aria-label="Part of a path" spellcheck="false" autocomplete="off">`;
  const failedBox = html<HTMLInputElement>`<input type="checkbox" id="failed">`;
  const countText = html`<p class="small" id="count" role="status"></p>`;
  const apply = (): void =>
    model.setFilter({
      fop: fopSelect.value,
      volume: volumeSelect.value,
      path: pathInput.value,
      failedOnly: failedBox.checked,
    });
  const showCount = (): void => {
    const totalText = formatRequestCount(outline.requests.length);
    const { length } = model.shownRequests;
    countText.textContent =
      length === outline.requests.length
        ? totalText
        : `${length.toLocaleString('en')} of ${totalText}`;
  };
  model.on(['filter'], showCount);
  showCount();
  return html`<form class="filters" role="search" aria-label="Filter requests" @input="${apply}"
    @submit="${(event: Event) => event.preventDefault()}">
    ${pathInput}${fopSelect}${volumeSelect}<label>${failedBox} failed only</label>${countText}
  </form>`;
}

/** Formats a number of requests: `1 request`, `1,234 requests`. */
export const formatRequestCount = (count: number): string =>
  `${count.toLocaleString('en')} request${count === 1 ? '' : 's'}`;

/** Makes a selection of one word, or of none by `anyLabel`. */
const makeSelect = (id: string, anyLabel: string, words: readonly string[]): HTMLSelectElement =>
  html`<select id="${id}" aria-label="${id}">
    <option value="">${anyLabel}</option>${words.map((word) => html`<option>${word}</option>`)}
  </select>`;
