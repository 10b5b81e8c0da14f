/** Reads lines for `glossa repl` and `glossa debug`: from a terminal with history, or a pipe. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { findExposure } from '../../runtime/sys/exposure.ts';
import { findStateFolder } from '../../server/state-folder.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { CANCELLED, type Prompt } from './repl-loop.ts';

/** The settings of a `ConsolePrompt`. */
export interface PromptSettings {
  /** The prompts for the first line of a statement, and for its further lines. */
  readonly prompts: readonly [first: string, more: string];
  /** The name of the file with its history, in the state folder. */
  readonly historyName: string;
  /** Returns the completions of a line's last word, and that word. */
  readonly complete?: (line: string) => readonly [candidates: string[], word: string];
}

/** The most lines that a history keeps. */
const HISTORY_MAX = 500;

const makeHistoryPath = (name: string): string => join(findStateFolder(), name);

/**
 * Whether only this user can replace the history. After `sudo -E`, HOME is another user's folder.
 */
const isPrivate = (path: string): boolean => findExposure(path) === null;

/** Reads the history, the latest line first, as readline has it; the file has it last. */
function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean).reverse();
  } catch {
    // There is no history at the first use.
    return [];
  }
}

/** Writes the history, unless another user could replace the file. */
function writeHistory(path: string, history: readonly string[]): void {
  try {
    if (!isPrivate(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${[...history].reverse().join('\n')}\n`, { mode: 0o600 });
  } catch {
    // The prompt works without a history.
  }
}

/** A line; null at the end of the input; CANCELLED at Ctrl-C. */
type PromptInput = string | null | typeof CANCELLED;

/** Reads lines from a terminal, with a history and completion. */
export class ConsolePrompt implements Prompt {
  readonly isPipe = false;
  private readonly prompts: readonly [string, string];
  /** The file with the history. */
  private readonly historyPath: string;
  private readonly lineReader: Interface;
  private history: string[];
  /** Input that was typed before `readLine` asked for it, the end of the input included. */
  private readonly inputQueue: PromptInput[] = [];
  /** Resolves the pending `readLine`; null while none is pending. */
  private acceptInput: ((input: PromptInput) => void) | null = null;

  constructor({ prompts, historyName, complete }: PromptSettings) {
    this.prompts = prompts;
    this.historyPath = makeHistoryPath(historyName);
    this.history = readHistory(this.historyPath);
    this.lineReader = createInterface({
      input: process.stdin,
      output: process.stdout,
      history: [...this.history],
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
      ...(complete !== undefined && { completer: complete }),
    });
    this.lineReader.on('history', (history) => {
      this.history = history;
    });
    this.lineReader.on('line', (line) => this.deliverInput(line));
    this.lineReader.on('close', () => {
      process.stdout.write('\n');
      this.deliverInput(null);
    });
    this.lineReader.on('SIGINT', () => {
      process.stdout.write('\n');
      // Ctrl-C discards what was typed: Ctrl-E goes to the end of the line, Ctrl-U deletes it.
      this.lineReader.write(null, { ctrl: true, name: 'e' });
      this.lineReader.write(null, { ctrl: true, name: 'u' });
      this.deliverInput(CANCELLED);
    });
  }

  /** Prints a text, above the line that the user is typing. */
  print(text: string): void {
    if (this.acceptInput === null) {
      process.stdout.write(`${text}\n`);
      return;
    }
    process.stdout.write(`\r\x1b[K${text}\n`);
    this.lineReader.prompt(true);
  }

  readLine(isContinuation: boolean): Promise<PromptInput> {
    const queued = this.inputQueue.shift();
    if (queued !== undefined) return Promise.resolve(queued);
    return new Promise((resolve) => {
      this.acceptInput = resolve;
      this.lineReader.setPrompt(this.prompts[isContinuation ? 1 : 0]);
      this.lineReader.resume();
      this.lineReader.prompt();
    });
  }

  private deliverInput(input: PromptInput): void {
    const { acceptInput } = this;
    this.acceptInput = null;
    if (acceptInput === null) this.inputQueue.push(input);
    else {
      // During an evaluation the terminal is not read: it keeps what is typed.
      if (input !== null) this.lineReader.pause();
      acceptInput(input);
    }
  }

  /**
   * Catches Ctrl-C during an evaluation. Readline does not read the terminal meanwhile, so raw mode
   * is switched off: then the terminal turns Ctrl-C into SIGINT.
   */
  readonly listenForInterrupt = () => {
    let resolveInterrupt = (): void => {};
    const whenInterrupted = new Promise<void>((resolve) => {
      resolveInterrupt = () => resolve();
    });
    const isRaw = process.stdin.isTTY && process.stdin.isRaw;
    if (isRaw) process.stdin.setRawMode(false);
    process.on('SIGINT', resolveInterrupt);
    return {
      whenInterrupted,
      stopListening: () => {
        process.off('SIGINT', resolveInterrupt);
        if (isRaw) process.stdin.setRawMode(true);
      },
    };
  };

  close(): void {
    this.lineReader.close();
    writeHistory(this.historyPath, this.history);
  }
}

/** Reads lines from a pipe, which has neither prompts nor Ctrl-C. */
export class PipedPrompt implements Prompt {
  readonly isPipe = true;
  private readonly lineReader = createInterface({
    input: process.stdin,
    // A carriage return and a line feed end one line, even if they come separately.
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  private readonly lines = this.lineReader[Symbol.asyncIterator]();
  private readonly terminal: Terminal;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  async readLine(): Promise<string | null> {
    const { done, value } = await this.lines.next();
    return done === true ? null : value;
  }

  print(text: string): void {
    this.terminal.out(text);
  }

  /** Returns a promise that never resolves: Ctrl-C ends the process, as usual. */
  readonly listenForInterrupt = () => ({
    whenInterrupted: new Promise<void>(() => {}),
    stopListening() {},
  });

  close(): void {
    this.lineReader.close();
  }
}
