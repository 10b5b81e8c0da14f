/** Builds the panel beside the editor: a lesson's text, and the list of lessons. */
import { formatLessonFragment } from '../../../course/lesson-link.ts';
import type { LessonLanguage } from '../../../course/lessons/check.ts';
import { html, makeButton } from '../../../trace/page/dom.ts';
import type { LessonData } from '../../page-data.ts';
import { colourCode } from '../code-colours.ts';

const LANGUAGE_NAMES: Readonly<Record<LessonLanguage, string>> = {
  python: 'Python',
  javascript: 'JavaScript',
};

/** The actions of the panel, and the progress that it shows. */
export interface PanelSettings {
  /** Called when the learner closes the panel. */
  close(): void;
  /** Called when the learner chooses a language. */
  onChoose(language: LessonLanguage): void;
  /** Whether the lesson of a fragment is passed. */
  isPassed(fragment: string): boolean;
}

/** The content of the panel. */
export interface PanelState {
  readonly lessons: readonly LessonData[];
  readonly language: LessonLanguage;
  /** The open lesson; null: only the list. */
  readonly lesson: LessonData | null;
}

/** Whether a word names a language of the course. */
export const isLessonLanguage = (word: string): word is LessonLanguage =>
  Object.hasOwn(LANGUAGE_NAMES, word);

/** Makes the panel, hidden at first. */
export function makeLessonPanel(settings: PanelSettings) {
  const choose = (): void => settings.onChoose(language.value as LessonLanguage);
  const language = html<HTMLSelectElement>`<select id="lesson-language"
    aria-label="Language of the course" @change="${choose}">
    ${Object.entries(LANGUAGE_NAMES).map(([value, name]) => html`<option value="${value}">${name}</option>`)}
  </select>`;
  const summary = html`<summary id="lesson-list"></summary>`;
  const list = html`<ol class="lesson-list"></ol>`;
  const listDetails = html<HTMLDetailsElement>`<details open>${summary}${list}</details>`;
  const title = html`<h3 id="lesson-title" tabindex="-1"></h3>`;
  const text = html`<div class="lesson-text"></div>`;
  const element = html`<section class="lessons" id="lessons-panel" aria-label="Lessons" hidden>
    <div class="bar"><h2>Lessons</h2>
      <div class="acts">${language}${makeButton('×', 'Close the lessons', () => settings.close())}</div>
    </div>
    ${listDetails}<article aria-labelledby="lesson-title">${title}${text}</article>
  </section>`;

  const drawList = ({
    lessons,
    language: chosenLanguage,
    lesson: openLesson,
  }: PanelState): void => {
    let passedCount = 0;
    const items = lessons.map((lesson) => {
      const fragment = formatLessonFragment({ lesson: lesson.name, language: chosenLanguage });
      const isPassed = settings.isPassed(fragment);
      if (isPassed) passedCount += 1;
      const current = lesson === openLesson ? 'page' : 'false';
      return html`<li><a href="#${fragment}" aria-current="${current}">${lesson.title}</a>
        ${isPassed && html`<span class="passed">✓ passed</span>`}</li>`;
    });
    const positionText =
      openLesson === null ? '' : `Lesson ${lessons.indexOf(openLesson) + 1} of ${lessons.length}`;
    summary.textContent = `${positionText || `${lessons.length} lessons`}, ${passedCount} passed`;
    list.replaceChildren(...items);
  };

  return {
    element,
    /** Draws the list again, with newly passed lessons. */
    drawList,
    /** Shows the open lesson, or a welcome without one. */
    show(state: PanelState): void {
      const { lesson, language: chosenLanguage } = state;
      drawList(state);
      language.value = chosenLanguage;
      listDetails.open = lesson === null;
      title.hidden = lesson === null;
      title.textContent =
        lesson === null ? '' : `${Number.parseInt(lesson.name, 10)}. ${lesson.title}`;
      text.innerHTML = lesson === null ? WELCOME_HTML : lesson.variants[chosenLanguage].html;
      for (const code of text.querySelectorAll<HTMLElement>('pre.python code, pre.js code'))
        code.replaceChildren(colourCode(code.textContent!, code.closest('pre')!.className));
      element.scrollTop = 0;
    },
    /** Moves the focus to the title. */
    focus(): void {
      // Scrolls to the parent of the panel and the editor, so that both are visible.
      element.closest('.desk')?.scrollIntoView({ block: 'start' });
      title.focus({ preventScroll: true });
    },
  };
}

/** The text of the panel without a lesson. */
const WELCOME_HTML = `<p>At the end you have written a cache that makes searches several times quicker, and you know
why it is right. You need to know nothing about file systems. Any lesson can be your first.</p>
<p>A lesson has a text and a file for the editor. What you have there now is not lost: “Undo…” has it.</p>`;
