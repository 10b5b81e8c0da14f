/** The shell: a line to type in, with those before it, and what each has written. */

import { el } from '../../trace/page/dom.ts';
import type { Written } from '../play/shell/index.ts';

/** Older lines of the output are taken away. */
const ENTRIES_MAX = 200;

export interface ShellSettings {
  /** Runs a line; returns its output. */
  run(line: string): Promise<readonly Written[]>;
  complete(line: string): Promise<readonly string[]>;
}

export interface Shell {
  readonly element: HTMLElement;
  /** Puts a line where one is typed, as if it were typed: it is replaced by what is typed next. */
  offer(line: string): void;
  /**
   * Carries out the line that is offered, with a remark below what it writes; not where something
   * else was typed or carried out meanwhile.
   */
  runOffered(remark: string): Promise<void>;
}

export function shellView(settings: ShellSettings): Shell {
  const output = el('div', {
    class: 'output',
    id: 'output',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': 'Output',
    tabindex: 0,
  });
  const input = el('input', {
    type: 'text',
    id: 'line',
    'aria-label': 'Shell',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: "type a line; 'help' lists the commands",
  });
  const form = el('form', { class: 'prompt' }, el('span', { 'aria-hidden': 'true' }, '$'), input);
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
    say(el('p', { class: 'typed' }, `$ ${line}`));
    const written = await settings.run(line);
    if (written.length > 0) say(el('pre', {}, ...written.flatMap(lineOf)));
    lines += 1;
    // For who waits for it.
    document.documentElement.dataset.lines = String(lines);
  };
  const recall = (step: number): void => {
    place = Math.max(0, Math.min(past.length, place + step));
    input.value = past[place] ?? '';
  };
  const complete = async (): Promise<void> => {
    const typed = input.value;
    const words = await settings.complete(typed);
    // Somebody typed on meanwhile.
    if (input.value !== typed || words.length === 0) return;
    const start = typed.slice(0, typed.length - (/\S*$/.exec(typed)?.[0].length ?? 0));
    if (words.length === 1)
      input.value = `${start}${words[0]}${words[0]!.endsWith('/') ? '' : ' '}`;
    else {
      input.value = start + commonStart(words);
      say(el('pre', {}, words.join('  ')));
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const line = input.value.trim();
    input.value = '';
    if (line !== '') void enter(line);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowUp') recall(-1);
    else if (event.key === 'ArrowDown') recall(1);
    // An empty line is left by it, as anywhere.
    else if (event.key === 'Tab' && !event.shiftKey && input.value !== '') void complete();
    else return;
    event.preventDefault();
  });
  const offer = (line: string): void => {
    if (input.value === offered) input.value = line;
    offered = line;
  };
  // A click into what is offered is the beginning of something else.
  input.addEventListener('focus', () => {
    if (input.value === offered) input.select();
  });
  const runOffered = async (remark: string): Promise<void> => {
    if (lines > 0 || past.length > 0 || input.value !== offered) return;
    await enter(offered);
    say(el('p', { class: 'remark' }, remark));
  };
  const element = el('section', { class: 'shell', 'aria-label': 'Shell' }, output, form);
  return { element, offer, runOffered };
}

/** Lines stand below one another; messages are coloured as such. */
const lineOf = ({ text, isError }: Written, at: number): (HTMLElement | string)[] => [
  ...(at === 0 ? [] : ['\n']),
  isError ? el('span', { class: 'failed' }, text) : text,
];

function commonStart(words: readonly string[]): string {
  const [first, ...others] = words as readonly [string, ...string[]];
  let length = first.length;
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
