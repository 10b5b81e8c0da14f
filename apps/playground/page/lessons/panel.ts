/** The text of a lesson, and the list of all of them: what stands beside the editor. */
import type { LessonLanguage } from '../../../course/lessons/check.ts';
import { fragmentOf } from '../../../course/link.ts';
import { button, el } from '../../../trace/page/dom.ts';
import type { GivenLesson } from '../../given.ts';
import { coloured } from '../code.ts';

const LANGUAGE_NAMES: Readonly<Record<LessonLanguage, string>> = {
  python: 'Python',
  javascript: 'JavaScript',
};

export interface PanelSettings {
  close(): void;
  chosen(language: LessonLanguage): void;
  /** Whether the lesson of a fragment is passed. */
  isPassed(fragment: string): boolean;
}

export interface PanelState {
  readonly lessons: readonly GivenLesson[];
  readonly language: LessonLanguage;
  /** The one that is open. */
  readonly lesson: GivenLesson | null;
}

export interface Panel {
  readonly element: HTMLElement;
  show(state: PanelState): void;
  /** The same, with what is passed by now. */
  list(state: PanelState): void;
  /** Where somebody begins to read. */
  focus(): void;
}

export const isLanguage = (word: string): word is LessonLanguage =>
  Object.hasOwn(LANGUAGE_NAMES, word);

const titleOf = ({ name, title }: GivenLesson): string => `${Number.parseInt(name, 10)}. ${title}`;

export function lessonPanel(settings: PanelSettings): Panel {
  const language = el('select', { id: 'lesson-language', 'aria-label': 'Language of the course' });
  for (const [value, name] of Object.entries(LANGUAGE_NAMES))
    language.append(el('option', { value }, name));
  language.addEventListener('change', () => settings.chosen(language.value as LessonLanguage));
  const summary = el('summary', { id: 'lesson-list' });
  const list = el('ol', { class: 'lesson-list' });
  const all = el('details', { open: true }, summary, list);
  const title = el('h3', { id: 'lesson-title', tabindex: -1 });
  const text = el('div', { class: 'lesson-text' });
  const head = el(
    'div',
    { class: 'bar' },
    el('h2', {}, 'Lessons'),
    el(
      'div',
      { class: 'acts' },
      language,
      button('×', 'Close the lessons', () => settings.close()),
    ),
  );
  const element = el(
    'section',
    { class: 'lessons', id: 'lessons-panel', 'aria-label': 'Lessons', hidden: true },
    ...[head, all, el('article', { 'aria-labelledby': 'lesson-title' }, title, text)],
  );

  const drawList = ({ lessons, language: chosen, lesson: open }: PanelState): void => {
    const passed = lessons.filter(({ name }) =>
      settings.isPassed(fragmentOf({ lesson: name, language: chosen })),
    );
    const where = open === null ? '' : `Lesson ${lessons.indexOf(open) + 1} of ${lessons.length}`;
    summary.textContent = `${where || `${lessons.length} lessons`}, ${passed.length} passed`;
    list.replaceChildren(
      ...lessons.map((lesson) => {
        const fragment = fragmentOf({ lesson: lesson.name, language: chosen });
        const current = lesson === open ? { 'aria-current': 'page' } : {};
        const link = el('a', { href: `#${fragment}`, ...current }, lesson.title);
        const mark = passed.includes(lesson) ? [el('span', { class: 'passed' }, '✓ passed')] : [];
        return el('li', {}, link, ...mark);
      }),
    );
  };

  const show = (state: PanelState): void => {
    const { lesson, language: chosen } = state;
    drawList(state);
    language.value = chosen;
    all.open = lesson === null;
    title.hidden = lesson === null;
    title.textContent = lesson === null ? '' : titleOf(lesson);
    text.innerHTML = lesson === null ? WELCOME : lesson.variants[chosen].html;
    for (const code of text.querySelectorAll<HTMLElement>('pre.python code, pre.js code'))
      code.replaceChildren(coloured(code.textContent!, code.closest('pre')!.className));
    element.scrollTop = 0;
  };
  const focus = (): void => {
    // Not of itself, which stays where it is: what stands beside it is to be seen as well.
    element.closest('.desk')?.scrollIntoView({ block: 'start' });
    title.focus({ preventScroll: true });
  };
  return { element, show, list: drawList, focus };
}

const WELCOME = `<p>At the end you have written a cache that makes searches several times quicker, and you know
why it is right. You need to know nothing about file systems. Any lesson can be your first.</p>
<p>A lesson has a text and a file for the editor. What you have there now is not lost: “Undo…” has it.</p>`;
