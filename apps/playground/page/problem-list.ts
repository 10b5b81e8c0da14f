/** Lists the problems of the files; a click on one opens its line in the editor. */
import { html } from '../../trace/page/dom.ts';
import type { Problem } from '../play/protocol.ts';

/** Makes a problem that belongs to no file. */
export const makeProblem = (message: string, severity: Problem['severity'] = 'error'): Problem => ({
  severity,
  file: null,
  line: 0,
  column: 0,
  message,
});

/** Opens a line of a file. */
type ShowLine = (file: string, line: number) => void;

/** Makes the list, hidden while it is empty. */
export function makeProblemList(showLine: ShowLine) {
  const list = html`<ul></ul>`;
  const element = html`<section class="problems" id="problems" aria-label="Problems"
    aria-live="polite" hidden>${list}</section>`;
  const show = (problems: readonly Problem[]): void => {
    element.hidden = problems.length === 0;
    list.replaceChildren(
      ...problems.map((problem) => html`<li>${makeItem(problem, showLine)}</li>`),
    );
  };
  return { element, show };
}

/** Makes the item of a problem: a button if its file is known. */
function makeItem(
  { severity, file, line, column, message }: Problem,
  showLine: ShowLine,
): HTMLElement {
  if (file === null) return html`<span class="${severity}">${severity}: ${message}</span>`;
  const position = [file.slice(1), line || null, (line && column) || null];
  const positionText = position.filter((part) => part !== null).join(':');
  return html`<button type="button" class="${severity}" @click="${() => showLine(file, line)}">${positionText}: ${severity}: ${message}</button>`;
}
