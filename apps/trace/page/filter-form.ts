/** Builds the form that filters the list of requests: by fop, volume, part of the path, failure. */
import { html } from './dom.ts';
import type { Model } from './model.ts';

export function makeFilterForm(model: Model): HTMLElement {
  const { outline, head } = model.data;
  const { hops } = outline;
  const usedFopNumbers = new Set(hops.fop.subarray(0, hops.length));
  const usedVolumeIds = new Set(hops.volume.subarray(0, hops.length));
  const fops = head.tables.fops
    .filter(({ number }) => usedFopNumbers.has(number))
    .map((fop) => fop.name);
  const fop = makeChoice('fop', 'Any fop', fops.sort());
  // The top of the graph, with the highest id, comes first.
  const volumes = new Set([...usedVolumeIds].sort((a, b) => b - a).map((id) => outline.volume(id)));
  const volume = makeChoice('volume', 'Any volume', [...volumes]);
  const path = html<HTMLInputElement>`<input type="search" id="path" placeholder="Part of a path"
    aria-label="Part of a path" spellcheck="false" autocomplete="off">`;
  const failed = html<HTMLInputElement>`<input type="checkbox" id="failed">`;
  const count = html`<p class="small" id="count" role="status"></p>`;
  const apply = (): void =>
    model.setFilter({
      fop: fop.value,
      volume: volume.value,
      path: path.value,
      failedOnly: failed.checked,
    });
  const showCount = (): void => {
    const totalText = formatRequestCount(outline.requests.length);
    const { length } = model.shownRequests;
    count.textContent =
      length === outline.requests.length
        ? totalText
        : `${length.toLocaleString('en')} of ${totalText}`;
  };
  model.on(['filter'], showCount);
  showCount();
  return html`<form class="filters" role="search" aria-label="Filter requests" @input="${apply}"
    @submit="${(event: Event) => event.preventDefault()}">
    ${path}${fop}${volume}<label>${failed} failed only</label>${count}
  </form>`;
}

export const formatRequestCount = (requests: number): string =>
  `${requests.toLocaleString('en')} request${requests === 1 ? '' : 's'}`;

const makeChoice = (id: string, anyLabel: string, words: readonly string[]): HTMLSelectElement =>
  html`<select id="${id}" aria-label="${id}">
    <option value="">${anyLabel}</option>${words.map((word) => html`<option>${word}</option>`)}
  </select>`;
