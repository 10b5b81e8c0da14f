/** Builds the controls that step forwards and backwards through a request. */
import { printable } from '../../../runtime/core/log.ts';
import { findPath, formatResult } from '../../../runtime/observe/event-text.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import type { Step } from '../steps.ts';
import { html, makeButton } from './dom.ts';
import type { Model } from './model.ts';

export function makeScrubber(model: Model): HTMLElement {
  const goToInput = (): void => model.goToStep(Number(range.value));
  const range = html<HTMLInputElement>`<input type="range" id="step" min="0" value="0"
    aria-label="Step" @input="${goToInput}">`;
  const caption = html`<p class="said" id="said" aria-live="polite"></p>`;
  const positionText = html`<span class="small" id="where"></span>`;
  model.on(['step'], () => {
    const { current, stepIndex } = model;
    const step = current?.steps[stepIndex];
    if (current === null || step === undefined) return;
    const { length } = current.steps;
    range.max = String(length - 1);
    range.value = String(stepIndex);
    const text = describeStep(step);
    range.setAttribute('aria-valuetext', `${stepIndex + 1} of ${length}: ${text}`);
    positionText.textContent = `${stepIndex + 1} of ${length} · +${formatDuration(step.atNs - current.walk.root.wind.at)}`;
    caption.dataset.kind = step.kind;
    caption.textContent = text;
  });
  return html`<section class="scrubber" aria-label="Steps">
    <div class="buttons">
      ${makeButton('|◀', 'First step', () => model.goToStep(0))}
      ${makeButton('◀', 'Step backwards', () => model.goToStep(model.stepIndex - 1))}
      ${makeButton('▶', 'Step forwards', () => model.goToStep(model.stepIndex + 1))}
      ${makeButton('▶|', 'Last step', () => model.goToStep(Number.POSITIVE_INFINITY))}
      ${range}${positionText}
    </div>
    ${caption}
  </section>`;
}

/** Describes a step: `cache winds lookup /nope to storage`. */
function describeStep({ kind, hop, parentHop, notes }: Step): string {
  const { wind, unwind } = hop;
  const volume = printable(wind.volume);
  const parent = parentHop === null ? null : printable(parentHop.wind.volume);
  if (kind === 'note') {
    const { method, line } = notes!;
    return `${volume} is in ${printable(method ?? 'its script')}${line === undefined ? '' : ` at ${printable(line)}`}`;
  }
  if (kind === 'unwind') {
    return `${volume} answers${parent === null ? '' : ` ${parent}`}: ${formatResult(unwind!)}`;
  }
  const path = findPath(wind.args);
  const request = `${wind.fop}${path === null ? '' : ` ${printable(path)}`}`;
  if (parent === null) return `${request} arrives at ${volume}`;
  return wind.tail
    ? `${parent} hands ${request} on to ${volume}`
    : `${parent} winds ${request} to ${volume}`;
}
