/**
 * Runs lessons at a terminal: shows the text, writes the learner's file, checks it at each save.
 */
import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { watchFolder } from '../../../bridges/machine/node/folder-watcher.ts';
import { Failure } from '../../../terminal/exit.ts';
import { wrapLine } from '../../../terminal/layout.ts';
import { parseKeys } from '../../../terminal/screen.ts';
import { paint, printWarning, type Terminal } from '../../../terminal/terminal.ts';
import type { Verdict } from '../judge.ts';
import { type LessonLanguage, lessonLanguages } from '../lessons/check.ts';
import { checkFile } from './check-file.ts';
import { LearnerFiles } from './learner-files.ts';
import { formatLesson } from './lesson-layout.ts';
import type { LessonProgress } from './lesson-progress.ts';
import type { Lesson } from './lessons.ts';

/** The lessons, and how this learner takes them. */
export interface Course {
  readonly lessons: readonly Lesson[];
  readonly language: LessonLanguage;
  /** The learner's folder. */
  readonly folder: string;
  readonly progress: LessonProgress;
}

/** Reads single keys from a terminal. */
class KeyReader {
  private readonly keyStream = parseKeyStream(on(process.stdin, 'data', { close: ['end'] }));
  /** The next key; kept for the next call if a save came first. */
  private key: Promise<string | null> | null = null;

  constructor() {
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8').resume();
  }

  /**
   * Waits for the next key, or for one of the promises `saved`. A key that comes after a save is
   * returned by the next call.
   * @returns null when the terminal is closed
   */
  async readKey(saved: readonly Promise<'saved'>[] = []): Promise<string | null> {
    this.key ??= this.keyStream.next().then(
      ({ value }) => value ?? null,
      () => null,
    );
    const event = await Promise.race([this.key, ...saved]);
    if (event !== 'saved') this.key = null;
    return event;
  }

  /** Ends the reading of single keys, so that the terminal behaves as usual. */
  close(): void {
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

/** Splits what the terminal sends into single keys. */
async function* parseKeyStream(texts: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const [text] of texts) yield* parseKeys(text!);
}

const KEYS_HELP = 'n next lesson   h hint   s solution   r reset   q quit';
/** `\x04` is Ctrl-D; null stands for a closed terminal. */
const QUIT_KEYS: readonly (string | null)[] = ['q', 'Q', 'ctrl-c', '\x04', null];

/** Runs `first` and the lessons after it, until the learner quits. @throws {Failure} */
export async function runLessons(course: Course, first: Lesson, terminal: Terminal): Promise<void> {
  const keys = new KeyReader();
  try {
    let lesson: Lesson | undefined = first;
    while (lesson !== undefined) {
      const session: LessonSession = new LessonSession(course, lesson, keys, terminal);
      if (!(await session.run())) return;
      lesson = course.lessons[course.lessons.indexOf(lesson) + 1];
    }
    terminal.out('That was the last lesson.');
  } finally {
    keys.close();
  }
}

/** Formats a verdict as lines for a terminal. */
export function formatVerdict({ passed, answer }: Verdict, terminal: Terminal): string {
  const { colour, width } = terminal;
  const mark = passed
    ? paint('good', '✓ right', colour.out)
    : paint('error', '✗ not yet', colour.out);
  const lines = answer.split('\n').flatMap((line) => wrapLine(`  ${line}`, width));
  return [mark, ...lines].join('\n');
}

/** Stores that a lesson is passed; a failure is only a warning. */
export function storePassed(
  { progress, language }: Course,
  lesson: Lesson,
  terminal: Terminal,
): void {
  const failure = progress.storePassed(lesson.name, language);
  if (failure !== null)
    printWarning(`that this lesson is passed cannot be kept: ${failure}`, terminal);
}

/** One lesson at the terminal. */
class LessonSession {
  private readonly course: Course;
  private readonly lesson: Lesson;
  private readonly keys: KeyReader;
  private readonly terminal: Terminal;
  private readonly files: LearnerFiles;
  /** The lesson's hints; empty before `run`. */
  private hints: readonly string[] = [];
  private shownHintCount = 0;
  /** Whether a check of this session has passed. */
  private isPassed = false;
  /** Whether the module must be checked: at the start, after a save, and on request. */
  private mustCheck = true;
  /** Ends the wait for a key, so that a save is checked at once. */
  private wake = (): void => {};

  constructor(course: Course, lesson: Lesson, keys: KeyReader, terminal: Terminal) {
    this.course = course;
    this.lesson = lesson;
    this.keys = keys;
    this.terminal = terminal;
    this.files = new LearnerFiles(lesson, course.language, course.folder);
  }

  /** Runs the lesson. @returns whether to go on to the next one */
  async run(): Promise<boolean> {
    const { lesson, course, files, terminal } = this;
    const text = formatLesson(lesson.read('lesson.md'), course.language, terminal);
    this.hints = text.hints;
    const isNew = files.writeMissing();
    if (!(await this.showPaged(text.lines))) return false;
    const shownPath = relative('', files.path);
    terminal.out(isNew ? `Your file: ${shownPath}` : `Your file: ${shownPath} (as you left it)`);
    terminal.out('Edit it in another terminal, or in an editor. At each save it is checked here.');
    const unwatch = watchFolder(files.folder, [lessonLanguages[course.language].extension], {
      onChange: () => this.markSaved(),
      onFailure: (failure) => terminal.err(`glossa: the file is not watched any more: ${failure}`),
    });
    try {
      return await this.handleKeys();
    } finally {
      unwatch();
    }
  }

  /** Requests a check of the module. */
  private markSaved(): void {
    this.mustCheck = true;
    this.wake();
  }

  /** Checks saves and handles keys. @returns whether to go on to the next lesson */
  private async handleKeys(): Promise<boolean> {
    for (;;) {
      if (this.mustCheck) await this.checkModule();
      const saved = new Promise<'saved'>((resolve) => {
        this.wake = () => resolve('saved');
      });
      // The learner may have saved during the check, before `wake` was set.
      if (this.mustCheck) continue;
      const key = await this.keys.readKey([saved]);
      if (key === 'saved') continue;
      if (QUIT_KEYS.includes(key)) return false;
      if (key === 'n') return true;
      this.runAction(key!);
    }
  }

  private readonly actions: Readonly<Record<string, () => void>> = {
    h: () => this.showHint(),
    s: () => this.showSolution(),
    r: () => this.reset(),
    enter: () => this.markSaved(),
  };

  /** Acts on a key; errors are printed and do not end the lesson. */
  private runAction(key: string): void {
    try {
      this.actions[key]?.();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.terminal.err(`glossa: ${error.message}`);
    }
  }

  /** Checks the module, prints the verdict, and stores that the lesson is passed. */
  private async checkModule(): Promise<void> {
    const { lesson, course, files, terminal } = this;
    this.mustCheck = false;
    if (!existsSync(files.path)) {
      terminal.out(`\n${relative('', files.path)} is gone. r writes it again.`);
      return;
    }
    terminal.out('\nchecking …');
    const verdict = await checkFile(lesson, course.language, files.path);
    terminal.out(formatVerdict(verdict, terminal));
    if (verdict.passed && !this.isPassed) storePassed(course, lesson, terminal);
    this.isPassed ||= verdict.passed;
    terminal.out(paint('dim', KEYS_HELP, terminal.colour.out));
  }

  /** Prints the next hint, or that there are no more. */
  private showHint(): void {
    const { hints, terminal } = this;
    const hint = hints[this.shownHintCount] ?? 'There are no more hints. s shows what is missing.';
    this.shownHintCount = Math.min(this.shownHintCount + 1, hints.length);
    terminal.out(['', ...wrapLine(hint, terminal.width)].join('\n'));
  }

  /** Prints the difference to the solution. */
  private showSolution(): void {
    const { terminal, files } = this;
    const { colour } = terminal;
    const difference = files.compareWithSolution();
    if (difference === '') terminal.out('\nYour file is the solution.');
    else
      terminal.out(
        `\nFrom your file (-) to the solution (+):\n${colourDifference(difference, colour.out)}`,
      );
  }

  /** Resets the module to the starter, and requests a check. */
  private reset(): void {
    const { terminal, files } = this;
    const copyPath = files.reset();
    const backupText = copyPath === null ? '' : ` What you had is in ${relative('', copyPath)}.`;
    terminal.out(`\nThe file begins anew.${backupText}`);
    this.markSaved();
  }

  /** Shows lines, a screen at a time. @returns false when the learner quits */
  private async showPaged(lines: readonly string[]): Promise<boolean> {
    const { rows = 0 } = process.stdout;
    // A terminal of unknown or very small height gets all lines at once.
    const linesPerScreen = rows > 4 ? rows - 2 : lines.length;
    for (let firstLine = 0; firstLine < lines.length; firstLine += linesPerScreen) {
      if (firstLine > 0) {
        process.stdout.write(paint('dim', '-- any key: more --', this.terminal.colour.out));
        const key = await this.keys.readKey();
        process.stdout.write('\r\x1b[K');
        if (QUIT_KEYS.includes(key)) return false;
      }
      this.terminal.out(lines.slice(firstLine, firstLine + linesPerScreen).join('\n'));
    }
    this.terminal.out('');
    return true;
  }
}

/** Colours the added and the removed lines of a difference. */
const colourDifference = (difference: string, colour: boolean): string =>
  difference
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return paint('good', line, colour);
      return line.startsWith('-') ? paint('error', line, colour) : line;
    })
    .join('\n');
