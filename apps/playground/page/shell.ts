/** The shell: an input line with history, and the output of each line. */
import { html } from '../../trace/page/dom.ts';
import type { Written } from '../play/shell/index.ts';

/** Most entries of the output; older ones are removed. */
const ENTRIES_MAX = 200;

export interface ShellSettings {
  /** Runs a line; returns its output. */
  run(line: string): Promise<readonly Written[]>;
  complete(line: string): Promise<readonly string[]>;
}

export function shellView(settings: ShellSettings) {
  const past: string[] = [];
  let place = 0;
  let lines = 0;
  let offered = '';
  const say = (entry: HTMLElement): void => {
    output.append(entry);
    while (output.childElementCount > ENTRIES_MAX) output.firstElementChild!.remove();
    output.scrollTop = output.scrollHeight;
  };
  const enter = async (line: string): Promise<void> => {
    if (past.at(-1) !== line) past.push(line);
    place = past.length;
    say(html`<p class="typed">$ ${line}</p>`);
    const written = await settings.run(line);
    if (written.length > 0) say(html`<pre>${written.map(lineOf)}</pre>`);
    lines += 1;
    // For tests, which wait for it.
    document.documentElement.dataset.lines = String(lines);
  };
  const recall = (step: number): void => {
    place = Math.max(0, Math.min(past.length, place + step));
    input.value = past[place] ?? '';
  };
  const complete = async (): Promise<void> => {
    const typed = input.value;
    const words = await settings.complete(typed);
    // The user has typed on.
    if (input.value !== typed || words.length === 0) return;
    const [first, ...others] = words as readonly [string, ...string[]];
    let end = first + (first.endsWith('/') ? '' : ' ');
    if (others.length > 0) {
      end = first;
      while (!others.every((word) => word.startsWith(end))) end = end.slice(0, -1);
      say(html`<pre>${words.join('  ')}</pre>`);
    }
    input.value = typed.replace(/\S*$/, '') + end;
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const line = input.value.trim();
    input.value = '';
    if (line !== '') void enter(line);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') recall(-1);
    else if (event.key === 'ArrowDown') recall(1);
    // On an empty line, Tab moves the focus.
    else if (event.key === 'Tab' && !event.shiftKey && input.value !== '') void complete();
    else return;
    event.preventDefault();
  };
  // A click into the offered line starts editing it.
  const mark = (): void => {
    if (input.value === offered) input.select();
  };
  const output = html`<div class="output" id="output" role="log" aria-live="polite"
    aria-label="Output" tabindex="0"></div>`;
  const input = html<HTMLInputElement>`<input type="text" id="line" aria-label="Shell"
    autocomplete="off" autocapitalize="off" spellcheck="false"
    placeholder="type a line; 'help' lists the commands" @keydown="${press}" @focus="${mark}">`;
  return {
    element: html`<section class="shell" aria-label="Shell">${output}
      <form class="prompt" @submit="${submit}"><span aria-hidden="true">$</span>${input}</form>
    </section>`,
    /** Offers a line in the input; the next typed character replaces it. */
    offer(line: string): void {
      if (input.value === offered) input.value = line;
      offered = line;
    },
    /**
     * Runs the offered line, with a remark below its output, unless the user has typed or run
     * another line.
     */
    async runOffered(remark: string): Promise<void> {
      if (lines > 0 || past.length > 0 || input.value !== offered) return;
      await enter(offered);
      say(html`<p class="remark">${remark}</p>`);
    },
  };
}

/** The elements of one output line; messages have their own colour. */
const lineOf = ({ text, isError }: Written, at: number) => [
  at === 0 ? '' : '\n',
  isError ? html`<span class="failed">${text}</span>` : text,
];
