/** What is wrong with the files, as a list; each leads to its line. */

import { el } from '../../trace/page/dom.ts';
import type { Problem } from '../play/protocol.ts';

export interface ProblemList {
  readonly element: HTMLElement;
  show(problems: readonly Problem[]): void;
}

/** One that is of no file. */
export const problemOf = (message: string, severity: Problem['severity'] = 'error'): Problem => ({
  ...{ severity, file: null, line: 0, column: 0, message },
});

export function problemList(go: (file: string, line: number) => void): ProblemList {
  const list = el('ul', {});
  const element = el(
    'section',
    {
      class: 'problems',
      id: 'problems',
      'aria-label': 'Problems',
      'aria-live': 'polite',
      hidden: true,
    },
    list,
  );
  const show = (problems: readonly Problem[]): void => {
    element.hidden = problems.length === 0;
    list.replaceChildren(...problems.map((problem) => el('li', {}, itemOf(problem, go))));
  };
  return { element, show };
}

function itemOf(problem: Problem, go: (file: string, line: number) => void): HTMLElement {
  const { severity, file, line, column, message } = problem;
  const places = [file?.slice(1), line || null, (line && column) || null];
  const where = file === null ? '' : `${places.filter((it) => it !== null).join(':')}: `;
  const text = `${where}${severity}: ${message}`;
  if (file === null) return el('span', { class: severity }, text);
  const made = el('button', { type: 'button', class: severity }, text);
  made.addEventListener('click', () => go(file, line));
  return made;
}
