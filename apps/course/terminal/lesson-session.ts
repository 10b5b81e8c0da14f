/** Runs lessons at a terminal: shows the text, writes the learner's file, checks each save. */
import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { watchFolder } from '../../../bridges/machine/node/folder-watcher.ts';
import { Failure } from '../../../terminal/exit.ts';
import { wrap } from '../../../terminal/layout.ts';
import { parseKeys } from '../../../terminal/screen.ts';
import { paint, printWarning, type Terminal } from '../../../terminal/terminal.ts';
import type { Verdict } from '../judge.ts';
import { type LessonLanguage, lessonLanguages } from '../lessons/check.ts';
import { checkFile } from './check-file.ts';
import { LearnerFiles } from './learner-files.ts';
import type { Lesson } from './lessons.ts';
import type { Progress } from './progress.ts';
import { readLesson } from './terminal-text.ts';

export interface Course {
  readonly lessons: readonly Lesson[];
  readonly language: LessonLanguage;
  /** The learner's folder. */
  readonly folder: string;
  readonly progress: Progress;
}

/** Reads single keys from a terminal. */
class Keys {
  private readonly typed = keysOf(on(process.stdin, 'data', { close: ['end'] }));
  private key: Promise<string | null> | null = null;

  constructor() {
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8').resume();
  }

  /** The next key, or 'saved' if the file was saved first; null when the terminal is closed. */
  async next(saved: readonly Promise<'saved'>[] = []): Promise<string | null> {
    this.key ??= this.typed.next().then(
      ({ value }) => value ?? null,
      () => null,
    );
    const came = await Promise.race([this.key, ...saved]);
    if (came !== 'saved') this.key = null;
    return came;
  }

  close(): void {
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

async function* keysOf(texts: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const [text] of texts) yield* parseKeys(text!);
}

const KEYS = 'n next lesson   h hint   s solution   r reset   q quit';
const QUITS: readonly (string | null)[] = ['q', 'Q', 'ctrl-c', '\x04', null];

/** Runs lessons from this one on until the learner quits. @throws {Failure} */
export async function runLessons(course: Course, first: Lesson, terminal: Terminal): Promise<void> {
  const keys = new Keys();
  try {
    let lesson: Lesson | undefined = first;
    while (lesson !== undefined) {
      const session: Session = new Session(course, lesson, keys, terminal);
      if (!(await session.run())) return;
      lesson = course.lessons[course.lessons.indexOf(lesson) + 1];
    }
    terminal.out('That was the last lesson.');
  } finally {
    keys.close();
  }
}

/** A verdict as lines for a terminal. */
export function formatVerdict({ passed, answer }: Verdict, terminal: Terminal): string {
  const { colour, width } = terminal;
  const mark = passed
    ? paint('good', '✓ right', colour.out)
    : paint('error', '✗ not yet', colour.out);
  const lines = answer.split('\n').flatMap((line) => wrap(`  ${line}`, width));
  return [mark, ...lines].join('\n');
}

/** Stores that a lesson is passed, or prints why that failed. */
export function storePassed(
  { progress, language }: Course,
  lesson: Lesson,
  terminal: Terminal,
): void {
  const why = progress.keep(lesson.name, language);
  if (why !== null) printWarning(`that this lesson is passed cannot be kept: ${why}`, terminal);
}

class Session {
  private readonly course: Course;
  private readonly lesson: Lesson;
  private readonly keys: Keys;
  private readonly terminal: Terminal;
  private readonly place: LearnerFiles;
  private hints: readonly string[] = [];
  private hintsGiven = 0;
  private isPassed = false;
  /** Whether a save has not been checked yet. */
  private isSaved = true;
  private wake = (): void => {};

  constructor(course: Course, lesson: Lesson, keys: Keys, terminal: Terminal) {
    this.course = course;
    this.lesson = lesson;
    this.keys = keys;
    this.terminal = terminal;
    this.place = new LearnerFiles(lesson, course.language, course.folder);
  }

  /** Runs the lesson. @returns whether to go on to the next one */
  async run(): Promise<boolean> {
    const { lesson, course, place, terminal } = this;
    const text = readLesson(lesson.read('lesson.md'), course.language, terminal);
    this.hints = text.hints;
    const isNew = place.give();
    if (!(await this.page(text.lines))) return false;
    const shown = relative('', place.path);
    terminal.out(isNew ? `Your file: ${shown}` : `Your file: ${shown} (as you left it)`);
    terminal.out('Edit it in another terminal, or in an editor. At each save it is checked here.');
    const unwatch = watchFolder(place.folder, [lessonLanguages[course.language].extension], {
      onChange: () => this.saved(),
      onFailure: (why) => terminal.err(`glossa: the file is not watched any more: ${why}`),
    });
    try {
      return await this.serve();
    } finally {
      unwatch();
    }
  }

  private saved(): void {
    this.isSaved = true;
    this.wake();
  }

  private async serve(): Promise<boolean> {
    for (;;) {
      if (this.isSaved) await this.check();
      const saved = new Promise<'saved'>((resolve) => {
        this.wake = () => resolve('saved');
      });
      if (this.isSaved) continue;
      const key = await this.keys.next([saved]);
      if (key === 'saved') continue;
      if (QUITS.includes(key)) return false;
      if (key === 'n') return true;
      this.act(key!);
    }
  }

  private readonly actions: Readonly<Record<string, () => void>> = {
    h: () => this.hint(),
    s: () => this.solution(),
    r: () => this.reset(),
    enter: () => this.saved(),
  };

  /** Acts on a key; errors are printed and do not end the lesson. */
  private act(key: string): void {
    try {
      this.actions[key]?.();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.terminal.err(`glossa: ${error.message}`);
    }
  }

  private async check(): Promise<void> {
    const { lesson, course, place, terminal } = this;
    this.isSaved = false;
    if (!existsSync(place.path)) {
      terminal.out(`\n${relative('', place.path)} is gone. r gives it anew.`);
      return;
    }
    terminal.out('\nchecking …');
    const verdict = await checkFile(lesson, course.language, place.path);
    terminal.out(formatVerdict(verdict, terminal));
    if (verdict.passed && !this.isPassed) storePassed(course, lesson, terminal);
    this.isPassed ||= verdict.passed;
    terminal.out(paint('dim', KEYS, terminal.colour.out));
  }

  private hint(): void {
    const { hints, terminal } = this;
    const hint = hints[this.hintsGiven] ?? 'There are no more hints. s shows what is missing.';
    this.hintsGiven = Math.min(this.hintsGiven + 1, hints.length);
    terminal.out(['', ...wrap(hint, terminal.width)].join('\n'));
  }

  private solution(): void {
    const { terminal, place } = this;
    const { colour } = terminal;
    const difference = place.difference();
    if (difference === '') terminal.out('\nYour file is the solution.');
    else
      terminal.out(
        `\nFrom your file (-) to the solution (+):\n${coloured(difference, colour.out)}`,
      );
  }

  private reset(): void {
    const { terminal, place } = this;
    const old = place.reset();
    const kept = old === null ? '' : ` What you had is in ${relative('', old)}.`;
    terminal.out(`\nThe file begins anew.${kept}`);
    this.saved();
  }

  /** Shows lines, a screen at a time. @returns false when the learner quits */
  private async page(lines: readonly string[]): Promise<boolean> {
    const { rows = 0 } = process.stdout;
    const size = rows > 4 ? rows - 2 : lines.length;
    for (let at = 0; at < lines.length; at += size) {
      if (at > 0) {
        process.stdout.write(paint('dim', '-- any key: more --', this.terminal.colour.out));
        const key = await this.keys.next();
        process.stdout.write('\r\x1b[K');
        if (QUITS.includes(key)) return false;
      }
      this.terminal.out(lines.slice(at, at + size).join('\n'));
    }
    this.terminal.out('');
    return true;
  }
}

const coloured = (difference: string, colour: boolean): string =>
  difference
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return paint('good', line, colour);
      return line.startsWith('-') ? paint('error', line, colour) : line;
    })
    .join('\n');
