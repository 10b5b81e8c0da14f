/** The buttons at the head of the page: a row of the table for each. */
import { el } from '../../trace/page/dom.ts';

/** By the id of the button. */
const BUTTONS = {
  start: ['Start', 'Start the graph with these files (Ctrl+Enter)'],
  lessons: ['Lessons', 'A course of nine lessons, beside the editor'],
  empty: ['Empty', 'Empty the storage, and set the counters to 0'],
  share: ['Share', 'Make a link to these files'],
  save: ['Save', 'Save files and storage as one file'],
  open: ['Open', 'Open what was saved, or a volfile and modules'],
  undo: ['Undo…', 'Take back files that were typed here before'],
  example: ['Example', 'Begin again with the example'],
} as const;

type Act = keyof typeof BUTTONS;

export function toolbar(acts: Readonly<Record<Act, () => void>>): HTMLElement {
  const buttons = (Object.keys(BUTTONS) as Act[]).map((id) => {
    const [label, title] = BUTTONS[id];
    const made = el('button', { type: 'button', id, title }, label);
    made.addEventListener('click', acts[id]);
    if (id === 'start') made.classList.add('main');
    if (id === 'lessons') {
      made.setAttribute('aria-controls', 'lessons-panel');
      made.setAttribute('aria-expanded', 'false');
    }
    return made;
  });
  const labels = { class: 'acts', role: 'toolbar', 'aria-label': 'Files and graph' };
  return el('div', labels, ...buttons);
}
