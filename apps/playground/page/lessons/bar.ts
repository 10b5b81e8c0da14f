/** The task of a lesson, what a learner does with it, and what came of it: below the text. */
import { el } from '../../../trace/page/dom.ts';

export interface BarActs {
  check(): void;
  hint(): void;
  solution(): void;
  reset(): void;
}

/** What the answer begins with. */
export type Mark = 'right' | 'not yet';

const MARKS: Readonly<Record<Mark, readonly [sign: string, className: string]>> = {
  right: ['✓ right', 'well'],
  'not yet': ['✗ not yet', 'failed'],
};

export interface Bar {
  readonly element: HTMLElement;
  /** Shows it without an answer. @param next the fragment of the next lesson, null for the last */
  begin(next: string | null): void;
  /** @param task the learner's task, in HTML */
  ask(task: string): void;
  checking(): void;
  /** Says an answer: paragraphs between blank lines, with names between backticks. */
  say(answer: string, mark?: Mark): void;
  /** @param html of one; what is not is said */
  hint(html: string): void;
  /** @param difference as diff(1) says it */
  solve(difference: string, take: () => void): void;
}

export function lessonBar(acts: BarActs): Bar {
  const act = (id: string, label: string, title: string, does: () => void): HTMLElement => {
    const made = el('button', { type: 'button', id: `lesson-${id}`, title }, label);
    made.addEventListener('click', does);
    return made;
  };
  const check = act('check', 'Check', 'Check what is in the editor (Ctrl+S)', acts.check);
  check.classList.add('main');
  const next = el('a', { class: 'next', id: 'lesson-next' }, 'Next lesson');
  const buttons = el(
    'div',
    { class: 'acts', role: 'toolbar', 'aria-label': 'Lesson' },
    check,
    act('hint', 'Hint', 'A hint; again, another one', acts.hint),
    act('solution', 'Solution', 'What is missing to the solution', acts.solution),
    act('reset', 'Begin anew', 'The file of this lesson as it was at first', acts.reset),
    next,
  );
  const task = el('div', { id: 'lesson-task', class: 'lesson-text' });
  const answer = el('div', { id: 'lesson-answer', class: 'lesson-answer', role: 'status' });
  const hints = el('ol', { id: 'lesson-hints', class: 'lesson-hints', 'aria-live': 'polite' });
  const solution = el('div', { id: 'lesson-diff' });
  const element = el(
    'section',
    { class: 'lesson-bar', 'aria-label': 'Check of the lesson', hidden: true },
    el('h3', {}, 'Your turn'),
    ...[task, buttons, answer, hints, solution],
  );

  const say = (text: string, mark?: Mark): void => {
    const [sign, className] = mark === undefined ? [] : MARKS[mark];
    const marked = sign === undefined ? [] : [el('p', { class: `result ${className}` }, sign)];
    answer.removeAttribute('aria-busy');
    answer.replaceChildren(...marked, ...text.split(/\n{2,}/).map(paragraph));
    next.classList.toggle('main', mark === 'right');
    answer.scrollIntoView({ block: 'nearest' });
  };
  return {
    element,
    say,
    ask(html) {
      task.innerHTML = html;
    },
    begin(fragment) {
      next.hidden = fragment === null;
      next.setAttribute('href', `#${fragment}`);
      next.classList.remove('main');
      answer.removeAttribute('aria-busy');
      for (const part of [answer, hints, solution]) part.replaceChildren();
    },
    checking() {
      answer.setAttribute('aria-busy', 'true');
      answer.replaceChildren(el('p', {}, 'Checking…'));
      solution.replaceChildren();
    },
    hint(html) {
      const item = el('li', {});
      item.innerHTML = html;
      hints.append(item);
    },
    solve(difference, take) {
      const taking = act('take', 'Take the solution', '“Undo…” has what you had', take);
      const [from, to, ...rest] = difference.split('\n');
      const names = [from!, to!].map((line) => el('span', {}, `${line}\n`));
      solution.replaceChildren(
        el('p', {}, 'From your file (-) to the solution (+):'),
        el('pre', { class: 'diff' }, ...names, ...rest.map(differing)),
        taking,
      );
    },
  };
}

/** With its names between backticks as code. */
function paragraph(text: string): HTMLElement {
  const parts = text.split(/`([^`\n]+)`/);
  return el('p', {}, ...parts.map((part, at) => (at % 2 === 1 ? el('code', {}, part) : part)));
}

const SIGNS: Readonly<Record<string, string>> = { '+': 'came', '-': 'gone' };

const differing = (line: string): HTMLElement =>
  el('span', { class: SIGNS[line[0] ?? ''] ?? '' }, `${line}\n`);
