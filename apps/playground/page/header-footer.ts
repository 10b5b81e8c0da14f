/** Builds the header of the playground's page, with a button for each action, and its footer. */
import { html, makeButton } from '../../trace/page/dom.ts';
import { MOUNT_COMMAND } from '../play/share-fragment.ts';

/** Label and tooltip, by the id of the button. */
const BUTTONS = {
  start: ['Start', 'Start the graph with these files (Ctrl+Enter)'],
  lessons: ['Lessons', 'A course of ten lessons, beside the editor'],
  empty: ['Empty', 'Empty the storage, and set the counters to 0'],
  share: ['Share', 'Make a link to these files'],
  save: ['Save', 'Save each of these files'],
  open: ['Open', 'Open a volfile and modules, also compiled ones (.wasm)'],
  undo: ['Undo…', 'Take back files that were typed here before'],
  example: ['Example', 'Begin again with the example'],
} as const;

type ButtonId = keyof typeof BUTTONS;

/**
 * Builds the header.
 * @param status element with the page's status line
 * @param input the hidden file input, which the button “Open” clicks
 */
export function makeHeader(
  actions: Readonly<Record<ButtonId, () => void>>,
  status: Node,
  input: Node,
): Node {
  const buttonIds = Object.keys(BUTTONS) as ButtonId[];
  const buttons = buttonIds.map((id) => {
    const [label, title] = BUTTONS[id];
    return html`<button type="button" id="${id}" title="${title}" @click="${actions[id]}">${label}</button>`;
  });
  const startButton = buttons[buttonIds.indexOf('start')]!;
  startButton.className = 'main';
  const lessonsButton = buttons[buttonIds.indexOf('lessons')]!;
  lessonsButton.setAttribute('aria-controls', 'lessons-panel');
  lessonsButton.setAttribute('aria-expanded', 'false');
  return html`<header><h1>Playground for translators</h1>
    <div class="acts" role="toolbar" aria-label="Files and graph">${buttons}${input}</div>${status}
  </header>`;
}

/** Copies the command; if the browser refuses, the user can still select it. */
const copyCommand = (): void => void navigator.clipboard?.writeText(MOUNT_COMMAND).catch(() => {});

/** Builds the footer: how to run the same files on a mount, and the keys. */
export const makeFooter = (version: string): Node => html`<footer>
  <p>The same files run on a mount. Save them to a folder, and say there: <code id="command">${MOUNT_COMMAND}</code> ${makeButton('Copy', 'Copy the command', copyCommand)}</p>
  <p><kbd>Ctrl+Enter</kbd> start · <kbd>Ctrl+S</kbd> check, in a lesson · <kbd>←</kbd><kbd>→</kbd> a step, outside of texts · glossa ${version} · nothing leaves this page</p>
</footer>`;
