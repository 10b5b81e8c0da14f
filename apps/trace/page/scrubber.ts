/** Steps forwards and backwards through a request. */
import { printable } from '../../../runtime/core/log.ts';
import { duration } from '../../../terminal/quantities.ts';
import type { Step } from '../steps.ts';
import { answerInShort, inShort, pathOf } from '../words.ts';
import { button, el } from './dom.ts';
import type { Model } from './model.ts';

export function scrubber(model: Model): HTMLElement {
  const range = el('input', { type: 'range', id: 'step', min: 0, value: 0, 'aria-label': 'Step' });
  const said = el('p', { class: 'said', id: 'said', 'aria-live': 'polite' });
  const where = el('span', { class: 'small', id: 'where' });
  range.addEventListener('input', () => model.go(Number(range.value)));
  const update = (): void => {
    const { current, step: at } = model;
    const step = current?.steps[at];
    if (current === null || step === undefined) return;
    range.max = String(current.steps.length - 1);
    range.value = String(at);
    const text = inWords(step);
    range.setAttribute('aria-valuetext', `${at + 1} of ${current.steps.length}: ${text}`);
    where.textContent = `${at + 1} of ${current.steps.length} · +${duration(step.at - current.walk.root.wind.at)}`;
    said.dataset.kind = step.kind;
    said.textContent = text;
  };
  model.on(['step'], update);
  const last = (): number => (model.current?.steps.length ?? 1) - 1;
  return el(
    'section',
    { class: 'scrubber', 'aria-label': 'Steps' },
    el(
      'div',
      { class: 'buttons' },
      button('|◀', 'First step', () => model.go(0)),
      button('◀', 'Step backwards', () => model.go(model.step - 1)),
      button('▶', 'Step forwards', () => model.go(model.step + 1)),
      button('▶|', 'Last step', () => model.go(last())),
      range,
      where,
    ),
    said,
  );
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
    const to = over === null ? '' : ` ${over}`;
    return `${own} answers${to}: ${answerInShort(unwind!)}`;
  }
  const path = pathOf(wind.args);
  const what = `${wind.fop}${path === null ? '' : ` ${inShort({ path } as never)}`}`;
  if (over === null) return `${what} arrives at ${own}`;
  return wind.tail ? `${over} hands ${what} on to ${own}` : `${over} winds ${what} to ${own}`;
}
