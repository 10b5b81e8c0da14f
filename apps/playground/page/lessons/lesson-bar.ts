/** Builds the bar below a lesson's text: the task, its buttons, and the verdict. */
import { html } from '../../../trace/page/dom.ts';

/** The actions of the bar's buttons. */
export interface BarActions {
  check(): void;
  showHint(): void;
  showSolution(): void;
  reset(): void;
}

/** Makes a button with a label. @param id without the prefix `lesson-` */
const makeButton = (id: string, label: string, title: string, onClick: () => void): HTMLElement =>
  html`<button type="button" id="lesson-${id}" title="${title}" @click="${onClick}">${label}</button>`;

/** Makes the bar, hidden at first. */
export function makeLessonBar(actions: BarActions) {
  const check = makeButton('check', 'Check', 'Check what is in the editor (Ctrl+S)', actions.check);
  check.classList.add('main');
  const next = html`<a class="next" id="lesson-next">Next lesson</a>`;
  const task = html`<div id="lesson-task" class="lesson-text"></div>`;
  const answer = html`<div id="lesson-answer" class="lesson-answer" role="status"></div>`;
  const hints = html`<ol id="lesson-hints" class="lesson-hints" aria-live="polite"></ol>`;
  const solution = html`<div id="lesson-diff"></div>`;
  const element = html`<section class="lesson-bar" aria-label="Check of the lesson" hidden>
    <h3>Your turn</h3>${task}
    <div class="acts" role="toolbar" aria-label="Lesson">
      ${check}
      ${makeButton('hint', 'Hint', 'A hint; again, another one', actions.showHint)}
      ${makeButton('solution', 'Solution', 'What is missing to the solution', actions.showSolution)}
      ${makeButton('reset', 'Begin anew', 'The file of this lesson as it was at first', actions.reset)}
      ${next}
    </div>
    ${answer}${hints}${solution}
  </section>`;
  return {
    element,
    /** Shows the learner's task. @param text in HTML */
    showTask(text: string): void {
      task.innerHTML = text;
    },
    /** Shows the bar without a verdict. @param fragment of the next lesson, null for the last */
    clear(fragment: string | null): void {
      next.hidden = fragment === null;
      next.setAttribute('href', `#${fragment}`);
      next.classList.remove('main');
      answer.removeAttribute('aria-busy');
      for (const part of [answer, hints, solution]) part.replaceChildren();
    },
    /** Shows that a check runs. */
    showChecking(): void {
      answer.setAttribute('aria-busy', 'true');
      answer.replaceChildren(html`<p>Checking…</p>`);
      solution.replaceChildren();
    },
    /**
     * Shows an answer.
     * @param text paragraphs between blank lines, with names between backticks
     * @param isPassed the verdict; absent: the answer is no verdict
     */
    showAnswer(text: string, isPassed?: boolean): void {
      const parts = text.split(/\n{2,}/).map(makeParagraph);
      if (isPassed === true) parts.unshift(html`<p class="result well">✓ right</p>`);
      if (isPassed === false) parts.unshift(html`<p class="result failed">✗ not yet</p>`);
      answer.removeAttribute('aria-busy');
      answer.replaceChildren(...parts);
      next.classList.toggle('main', isPassed === true);
      answer.scrollIntoView({ block: 'nearest' });
    },
    /** Shows a hint. @param text in HTML */
    addHint(text: string): void {
      const item = html`<li></li>`;
      item.innerHTML = text;
      hints.append(item);
    },
    /**
     * Shows the solution.
     * @param difference in the format of diff(1)
     * @param onTake called when the learner takes the solution
     */
    showSolution(difference: string, onTake: () => void): void {
      const [fromHeader, toHeader, ...rest] = difference.split('\n');
      solution.replaceChildren(
        html`<p>From your file (-) to the solution (+):</p>`,
        html`<pre class="diff">${[fromHeader, toHeader].map((line) => html`<span>${line}</span>`)}${rest.map(makeDiffLine)}</pre>`,
        makeButton('take', 'Take the solution', '“Undo…” has what you had', onTake),
      );
    },
  };
}

/** Makes a paragraph in which names between backticks are code. */
const makeParagraph = (text: string): HTMLElement =>
  html`<p>${text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}</p>`;

/** CSS classes by the first character of a line in a diff. */
const SIGN_CLASSES: Readonly<Record<string, string>> = { '+': 'came', '-': 'gone' };

/** Makes a line of a diff, coloured if it is added or removed. */
const makeDiffLine = (line: string): HTMLElement =>
  html`<span class="${SIGN_CLASSES[line[0] ?? '']}">${line}</span>`;
