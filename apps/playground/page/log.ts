/** The last lines of the graph's log. */
import { el } from '../../trace/page/dom.ts';

const LINES_MAX = 500;

export interface LogView {
  readonly element: HTMLElement;
  add(lines: readonly string[]): void;
}

export function logView(): LogView {
  const text = el('pre', { id: 'log', tabindex: 0, role: 'log', 'aria-label': 'Log' });
  const summary = el('summary', {}, 'Log of the graph');
  let kept: string[] = [];
  return {
    element: el('details', { class: 'log' }, summary, text),
    add(lines) {
      kept = [...kept, ...lines].slice(-LINES_MAX);
      text.textContent = kept.join('\n');
      text.scrollTop = text.scrollHeight;
    },
  };
}
