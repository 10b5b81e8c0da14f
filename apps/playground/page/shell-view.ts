/** Builds the shell's view: an input line with history, and the output of each line. */
import { html } from '../../trace/page/dom.ts';
import type { OutputPiece } from '../play/protocol.ts';

/** Maximum number of entries in the output; older ones are removed. */
const ENTRIES_MAX = 200;

/** The functions that run and complete lines. */
export interface ShellSettings {
  /** Runs a line; returns its output. */
  run(line: string): Promise<readonly OutputPiece[]>;
  /** Returns the completions of the line's last word. */
  complete(line: string): Promise<readonly string[]>;
}

/** Makes the view. */
export function makeShellView(settings: ShellSettings) {
  const history: string[] = [];
  /** Index of the line that the arrow keys have recalled; `history.length` for a new line. */
  let historyIndex = 0;
  /** Number of lines that have run to their end. */
  let lineCount = 0;
  /** The line that was last offered; '' without one. */
  let offeredLine = '';
  /** Adds an entry to the output, and removes the oldest ones above ENTRIES_MAX. */
  const addEntry = (entry: HTMLElement): void => {
    output.append(entry);
    while (output.childElementCount > ENTRIES_MAX) output.firstElementChild!.remove();
    output.scrollTop = output.scrollHeight;
  };
  const runLine = async (line: string): Promise<void> => {
    if (history.at(-1) !== line) history.push(line);
    historyIndex = history.length;
    addEntry(html`<p class="typed">$ ${line}</p>`);
    const pieces = await settings.run(line);
    if (pieces.length > 0) addEntry(html`<pre>${pieces.map(renderPiece)}</pre>`);
    lineCount += 1;
    // Tests wait for this attribute.
    document.documentElement.dataset.lines = String(lineCount);
  };
  /** Shows an earlier (-1) or later (1) line of the history in the input. */
  const recallLine = (step: number): void => {
    historyIndex = Math.max(0, Math.min(history.length, historyIndex + step));
    input.value = history[historyIndex] ?? '';
  };
  /** Completes the last word of the input, and lists several possible words. */
  const complete = async (): Promise<void> => {
    const inputText = input.value;
    const words = await settings.complete(inputText);
    // The user has gone on typing meanwhile, or nothing fits.
    if (input.value !== inputText || words.length === 0) return;
    const [first, ...others] = words as readonly [string, ...string[]];
    // A folder may be completed further; other words end with a space.
    let completedWord = first + (first.endsWith('/') ? '' : ' ');
    if (others.length > 0) {
      // The longest common beginning of all words.
      completedWord = first;
      while (!others.every((word) => word.startsWith(completedWord)))
        completedWord = completedWord.slice(0, -1);
      addEntry(html`<pre>${words.join('  ')}</pre>`);
    }
    input.value = inputText.replace(/\S*$/, '') + completedWord;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const line = input.value.trim();
    input.value = '';
    if (line !== '') void runLine(line);
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') recallLine(-1);
    else if (event.key === 'ArrowDown') recallLine(1);
    // On an empty line, Tab moves the focus.
    else if (event.key === 'Tab' && !event.shiftKey && input.value !== '') void complete();
    else return;
    event.preventDefault();
  };
  // The next typed character then replaces the offered line.
  const selectOffered = (): void => {
    if (input.value === offeredLine) input.select();
  };
  const output = html`<div class="output" id="output" role="log" aria-live="polite"
    aria-label="Output" tabindex="0"></div>`;
  const input = html<HTMLInputElement>`<input type="text" id="line" aria-label="Shell"
    autocomplete="off" autocapitalize="off" spellcheck="false"
    placeholder="type a line; 'help' lists the commands" @keydown="${handleKey}" @focus="${selectOffered}">`;
  return {
    element: html`<section class="shell" aria-label="Shell">${output}
      <form class="prompt" @submit="${submit}"><span aria-hidden="true">$</span>${input}</form>
    </section>`,
    /** Offers a line in the input; the next typed character replaces it. */
    offer(line: string): void {
      if (input.value === offeredLine) input.value = line;
      offeredLine = line;
    },
    /**
     * Runs the offered line, with a remark below its output, unless the user has typed or run
     * another line.
     */
    async runOffered(remark: string): Promise<void> {
      if (lineCount > 0 || history.length > 0 || input.value !== offeredLine) return;
      await runLine(offeredLine);
      addEntry(html`<p class="remark">${remark}</p>`);
    },
  };
}

/** Makes the elements of a piece of output; standard error has its own colour. */
const renderPiece = ({ text, isError }: OutputPiece, index: number) => [
  index === 0 ? '' : '\n',
  isError ? html`<span class="failed">${text}</span>` : text,
];
