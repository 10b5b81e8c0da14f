/** The controls that step forwards and backwards through a request. */
import { printable } from '../../../runtime/core/log.ts';
import { findPath, formatResult } from '../../../runtime/observe/event-text.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import type { Step } from '../steps.ts';
import { button, html } from './dom.ts';
import type { Model } from './model.ts';

export function scrubber(model: Model): HTMLElement {
  const move = (): void => model.go(Number(range.value));
  const range = html<HTMLInputElement>`<input type="range" id="step" min="0" value="0"
    aria-label="Step" @input="${move}">`;
  const said = html`<p class="said" id="said" aria-live="polite"></p>`;
  const where = html`<span class="small" id="where"></span>`;
  model.on(['step'], () => {
    const { current, step: at } = model;
    const step = current?.steps[at];
    if (current === null || step === undefined) return;
    const { length } = current.steps;
    range.max = String(length - 1);
    range.value = String(at);
    const text = inWords(step);
    range.setAttribute('aria-valuetext', `${at + 1} of ${length}: ${text}`);
    where.textContent = `${at + 1} of ${length} · +${formatDuration(step.at - current.walk.root.wind.at)}`;
    said.dataset.kind = step.kind;
    said.textContent = text;
  });
  return html`<section class="scrubber" aria-label="Steps">
    <div class="buttons">
      ${button('|◀', 'First step', () => model.go(0))}
      ${button('◀', 'Step backwards', () => model.go(model.step - 1))}
      ${button('▶', 'Step forwards', () => model.go(model.step + 1))}
      ${button('▶|', 'Last step', () => model.go(Number.POSITIVE_INFINITY))}
      ${range}${where}
    </div>
    ${said}
  </section>`;
}

/** `cache winds lookup /nope to storage`. */
function inWords({ kind, hop, above, notes }: Step): string {
  const { wind, unwind } = hop;
  const own = printable(wind.volume);
  const over = above === null ? null : printable(above.wind.volume);
  if (kind === 'note') {
    const { method, line } = notes!;
    return `${own} is in ${printable(method ?? 'its script')}${line === undefined ? '' : ` at ${printable(line)}`}`;
  }
  if (kind === 'unwind') {
    return `${own} answers${over === null ? '' : ` ${over}`}: ${formatResult(unwind!)}`;
  }
  const path = findPath(wind.args);
  const what = `${wind.fop}${path === null ? '' : ` ${printable(path)}`}`;
  if (over === null) return `${what} arrives at ${own}`;
  return wind.tail ? `${over} hands ${what} on to ${own}` : `${over} winds ${what} to ${own}`;
}
