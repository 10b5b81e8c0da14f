/** `glossa learn`, the course: shows a lesson, writes the learner's file, and checks each save. */
import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import {
  DEFAULT_LANGUAGE,
  type LessonLanguage,
  lessonLanguageNames,
  lessonLanguages,
} from '../apps/course/lessons/check.ts';
import { checkFile } from '../apps/course/terminal/check-file.ts';
import { LearnerFiles } from '../apps/course/terminal/learner-files.ts';
import { formatLesson } from '../apps/course/terminal/lesson-layout.ts';
import { LessonProgress } from '../apps/course/terminal/lesson-progress.ts';
import {
  type Course,
  formatVerdict,
  runLessons,
  storePassed,
} from '../apps/course/terminal/lesson-session.ts';
import { chooseLesson, findLessons, type Lesson } from '../apps/course/terminal/lessons.ts';
import { findLanguage } from '../bridges/languages.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { choiceFlag, listFlag, takeOperands, textFlag, toggleFlag } from '../terminal/flags.ts';
import { formatTable } from '../terminal/layout.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';

/** The default folder for the learner's files. */
const DEFAULT_FOLDER = 'glossa-lessons';

export default defineCommand({
  usage: [
    'glossa learn',
    'glossa learn LESSON [options]',
    'glossa learn --check FILE [LESSON] [options]',
  ],
  description:
    'A course: ten lessons, from what a stack is to a cache that you have written, measured and ' +
    'proved right, and to a storage of your own. Without LESSON it lists them, and what you have ' +
    'passed. LESSON is a number or a name; any can be the first. It shows the text, writes a file ' +
    'for you to edit, and at each save sends real requests through it and shows the result. ' +
    'Nothing is mounted, and nothing of yours is overwritten. With --check it checks files of others, for teachers; the exit ' +
    'status is 1 when one is not right. With --lessons the lessons are your own.',
  flags: {
    language: choiceFlag({
      placeholder: 'LANGUAGE',
      values: lessonLanguageNames,
      help: `what you write: ${lessonLanguageNames.join(' or ')} (${DEFAULT_LANGUAGE})`,
    }),
    dir: textFlag({ placeholder: 'DIR', help: `the folder for your files (./${DEFAULT_FOLDER})` }),
    lessons: textFlag({
      placeholder: 'DIR',
      help: 'the lessons of this folder, instead of the course',
    }),
    check: listFlag({ placeholder: 'FILE', help: 'check this file; may be repeated' }),
    json: toggleFlag({
      help: 'with --check: print {results: [{file, lesson, language, passed, answer}]}',
    }),
  },
  placeholderKinds: { LESSON: 'free', LANGUAGE: { words: lessonLanguageNames } },
  async run({ flags, operands }, terminal) {
    const [lessonOperand] = takeOperands(operands, ['[LESSON]']);
    const paths = [flags.dir, flags.lessons, ...flags.check].filter((path) => path !== undefined);
    await refuseStuck(...paths);
    const lessons = findLessons(flags.lessons);
    const chosenLesson =
      lessonOperand === undefined ? undefined : chooseLesson(lessons, lessonOperand);
    if (flags.check.length > 0) {
      return checkFiles(
        { files: flags.check, lessons, chosenLesson, printsJson: flags.json },
        terminal,
      );
    }
    if (flags.json) throw new UsageError('--json goes with --check');
    const folder = flags.dir ?? DEFAULT_FOLDER;
    const course: Course = {
      lessons,
      language: flags.language ?? DEFAULT_LANGUAGE,
      folder,
      progress: new LessonProgress(folder),
    };
    if (chosenLesson === undefined) {
      terminal.out(formatContents(course, terminal));
      return EXIT_OK;
    }
    if (process.stdin.isTTY !== true || !terminal.isInteractive)
      return checkOnce(course, chosenLesson, terminal);
    await runLessons(course, chosenLesson, terminal);
    return EXIT_OK;
  },
});

/** Formats the list of lessons, with a mark at each that was passed. */
function formatContents({ lessons, progress, language }: Course, { colour }: Terminal): string {
  const passed = new Set(
    lessons.map(({ name }) => name).filter((name) => progress.isPassed(name, language)),
  );
  const rows = lessons.map(({ name, title }) => {
    const mark = passed.has(name) ? paint('good', '✓', colour.out) : ' ';
    return [`${mark} ${name}`, title];
  });
  const nextLesson = lessons.find(({ name }) => !passed.has(name));
  const lastLine =
    nextLesson === undefined
      ? 'You have passed all lessons.'
      : `'glossa learn ${Number.parseInt(nextLesson.name, 10)}' ${passed.size > 0 ? 'goes on' : 'begins'}.`;
  return [...formatTable(rows, { indent: '  ' }), '', lastLine].join('\n');
}

/**
 * Prints the lesson and the file's path, and checks the file once. Used if input or output is no
 * terminal. Resolves to the exit status.
 */
async function checkOnce(course: Course, lesson: Lesson, terminal: Terminal): Promise<number> {
  const { language } = course;
  const learnerFiles = new LearnerFiles(lesson, language, course.folder);
  learnerFiles.writeMissing();
  terminal.out(formatLesson(lesson.read('lesson.md'), language, terminal).lines.join('\n'));
  terminal.out(`\nYour file: ${relative('', learnerFiles.path)}\n`);
  const verdict = await checkFile(lesson, language, learnerFiles.path);
  terminal.out(formatVerdict(verdict, terminal));
  if (!verdict.passed) return EXIT_FAILURE;
  storePassed(course, lesson, terminal);
  return EXIT_OK;
}

/** The settings of `glossa learn --check`. */
interface CheckSettings {
  readonly files: readonly string[];
  readonly lessons: readonly Lesson[];
  /** The lesson of all files; undefined if the name of each file tells its lesson. */
  readonly chosenLesson: Lesson | undefined;
  /** Whether the results are printed as JSON. */
  readonly printsJson: boolean;
}

/** Checks files for a teacher; resolves to the exit status. */
async function checkFiles(
  { files, lessons, chosenLesson, printsJson }: CheckSettings,
  terminal: Terminal,
): Promise<number> {
  const checks = files.map((file) => ({
    file,
    lesson: chosenLesson ?? findLesson(file, lessons),
    language: requireLanguage(file),
  }));
  const results: object[] = [];
  let status = EXIT_OK;
  for (const { file, lesson, language } of checks) {
    const verdict = await checkFile(lesson, language, file);
    if (!verdict.passed) status = EXIT_FAILURE;
    results.push({ file, lesson: lesson.name, language, ...verdict });
    if (!printsJson)
      terminal.out(`${file}, lesson ${lesson.name}: ${formatVerdict(verdict, terminal)}`);
  }
  if (printsJson) terminal.out(JSON.stringify({ results }, null, 2));
  return status;
}

/** Finds a file's language. @throws {Failure} */
function requireLanguage(file: string): LessonLanguage {
  if (!existsSync(file)) throw new Failure(`${file} is not there`);
  const match = lessonLanguageNames.find((language) =>
    findLanguage(file)?.extensions.includes(lessonLanguages[language].extension),
  );
  if (match !== undefined) return match;
  throw new Failure(`${file} is no module in ${lessonLanguageNames.join(' or ')}`);
}

/** Finds the lesson after which a file or its folder is named. @throws {UsageError} */
function findLesson(file: string, lessons: readonly Lesson[]): Lesson {
  const path = resolve(file);
  const name = basename(path).replace(/\.[^.]*$/, '');
  const folder = basename(dirname(path));
  const match = lessons.find(
    (lesson) => lesson.name === folder || lesson.name.replace(/^\d+-/, '') === name,
  );
  if (match !== undefined) return match;
  throw new UsageError(`for which lesson is ${file}? Name it: glossa learn --check ${file} LESSON`);
}
