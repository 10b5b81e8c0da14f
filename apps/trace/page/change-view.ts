/** Shows what the volume of the current step changed, as a table of differences. */
import { type ChangeRow, describeChange } from '../differences.ts';
import { html } from './dom.ts';
import type { Model } from './model.ts';

/** Titles of a step without values to compare with, by its kind. */
const TITLES = { wind: 'What it was given', unwind: 'What it answered', note: 'What was noted' };

/** Makes the view, which follows the current step of the model. */
export function makeChangeView(model: Model): HTMLElement {
  const update = (): void => {
    const step = model.current?.steps[model.stepIndex];
    if (step === undefined) return;
    const { before, after, rows } = describeChange(step);
    const isAlone = before === null;
    title.textContent = isAlone ? TITLES[step.kind] : 'What it changed';
    showAllLabel.hidden = isAlone;
    const showsAll = isAlone || showAllBox.checked;
    const shownRows = showsAll ? rows : rows.filter((row) => row.before !== row.after);
    const sameText = `Nothing: all ${rows.length} values are the same.`;
    body.replaceChildren(
      shownRows.length === 0
        ? html`<p class="none">${rows.length === 0 ? 'No values.' : sameText}</p>`
        : html`<table class="${isAlone ? 'alone' : 'compared'}">
            <thead><tr><th scope="col">value</th>${!isAlone && html`<th scope="col">${before}</th>`}
            <th scope="col">${after}</th></tr></thead>
            <tbody>${shownRows.map((row) => makeRow(row, isAlone))}</tbody>
          </table>`,
    );
    const { inodeCtx, fdCtx } = step.hop.wind;
    context.textContent = [
      ...(inodeCtx === null ? [] : [`Kept with the inode: ${inodeCtx}`]),
      ...(fdCtx === null ? [] : [`Kept with the fd: ${fdCtx}`]),
    ].join(' · ');
  };
  const showAllBox = html<HTMLInputElement>`<input type="checkbox" id="all-values" @input="${update}">`;
  const showAllLabel = html`<label>${showAllBox} what is the same, too</label>`;
  const title = html`<h3></h3>`;
  const body = html`<div class="table"></div>`;
  const context = html`<p class="small"></p>`;
  model.on(['step'], update);
  return html`<section class="change" id="change" aria-label="Difference">
    <div class="bar">${title}${showAllLabel}</div>${body}${context}
  </section>`;
}

/** Makes the row of a value: one cell if there is nothing to compare with, else two. */
function makeRow({ name, before, after }: ChangeRow, isAlone: boolean): HTMLElement {
  const head = html`<th scope="row">${name}</th>`;
  if (isAlone) return html`<tr>${head}<td>${after}</td></tr>`;
  if (before === after)
    return html`<tr class="same">${head}<td>${before}</td><td>${after}</td></tr>`;
  return html`<tr class="differs">${head}
    <td class="gone">${before === null ? '—' : html`<del>${before}</del>`}</td>
    <td class="came">${after === null ? '—' : html`<ins>${after}</ins>`}</td>
  </tr>`;
}
