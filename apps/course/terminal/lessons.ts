/**
 * Finds lessons in the subfolders `1-name`, `2-name`, … of a folder. Each has `lesson.md`, and a
 * starter and a solution for each language. Lessons of the course have a check
 * (apps/course/lessons/index.ts); a teacher's own lessons have test files for `glossa test`. A
 * folder such as `de` beside them has translations; files that are absent there are read from the
 * original.
 */
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findTestLanguage } from '../../../bridges/languages.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { Failure, formatReason, UsageError } from '../../../terminal/exit.ts';
import { type Check, type LessonLanguage, lessonLanguages } from '../lessons/check.ts';
import { checks } from '../lessons/index.ts';

/** A lesson with its files. */
export interface Lesson {
  /** Name of the folder: `3-fop`. */
  readonly name: string;
  readonly title: string;
  /** The check of the lesson; undefined for a teacher's own lessons, which have tests. */
  readonly check: Check | undefined;
  /** Paths of test files. */
  readonly tests: readonly string[];
  /** Reads one of its files, translated if possible. @throws {Failure} */
  read(file: string): string;
  /** Whether the lesson has a file of this name. */
  has(file: string): boolean;
}

/** Returns a lesson's name without its number, as its files have it: `fop` for `3-fop`. */
export const stripNumber = (lesson: string): string => basename(lesson).replace(/^\d+-/, '');

/** Returns the file name of the learner's module: `fop.py` for `3-fop`. */
export const makeModuleFileName = (lesson: string, language: LessonLanguage): string =>
  stripNumber(lesson) + lessonLanguages[language].extension;

/** Matches the names of lessons' folders. */
const LESSON_NAME_PATTERN = /^\d+-[A-Za-z][A-Za-z0-9_-]*$/;

/** Returns the user's language from the environment, such as `de`; undefined without one. */
const findLocale = ({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): string | undefined =>
  /^[a-z]{2,3}(?=[_.@]|$)/.exec(LC_ALL || LC_MESSAGES || LANG || '')?.[0];

/** Lists lessons in order. @param ownFolder a teacher's own folder @throws {Failure} */
export function findLessons(
  ownFolder: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): readonly Lesson[] {
  const root =
    ownFolder === undefined ? join(packageRoot, 'apps/course/lessons') : resolve(ownFolder);
  const names = listFolders(root)
    .filter((name) => LESSON_NAME_PATTERN.test(name))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  if (names.length === 0) {
    throw new Failure(`${root} has no lessons: each is a folder such as 1-first, with a lesson.md`);
  }
  const locale = findLocale(env);
  const roots = [...(locale === undefined ? [] : [join(root, locale)]), root];
  return names.map((name, i) =>
    makeLesson(roots, name, names[i - 1], ownFolder === undefined ? checks[name] : undefined),
  );
}

/** Lists the names of subfolders. @throws {Failure} */
function listFolders(root: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(root, { withFileTypes: true });
  } catch (error) {
    throw new Failure(`cannot read the lessons in ${root}: ${formatReason(error)}`);
  }
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Makes a lesson. Without a starter, it begins with the solution of the lesson before.
 * @param roots folders that may have its files, the original last
 */
function makeLesson(
  roots: readonly string[],
  name: string,
  previousName: string | undefined,
  check: Check | undefined,
): Lesson {
  const folder = join(roots.at(-1)!, name);
  const findPath = (file: string, lesson = name): string => {
    const paths = roots.map((root) => join(root, lesson, file));
    return paths.find((path) => existsSync(path)) ?? paths.at(-1)!;
  };
  const read = (file: string): string => {
    const path = findPath(file);
    const continues = previousName !== undefined && file.startsWith('starter') && !existsSync(path);
    try {
      return readFileSync(
        continues ? findPath(file.replace('starter', 'solution'), previousName) : path,
        'utf8',
      );
    } catch (error) {
      throw new Failure(`lesson ${name} is not whole: ${file}: ${formatReason(error)}`);
    }
  };
  const files = readdirSync(folder).sort();
  const tests = files.filter((file) => findTestLanguage(file) !== undefined);
  return {
    name,
    get title() {
      // An error here would hide the other lessons of a list.
      if (!existsSync(findPath('lesson.md'))) return '(lesson.md is missing)';
      return /^# (?:\d+\. )?(.*)$/m.exec(read('lesson.md'))?.[1] ?? name;
    },
    check,
    tests: tests.map((file) => join(folder, file)),
    read,
    has: (file) => existsSync(findPath(file)),
  };
}

/** Finds the lesson that the learner names: `3-fop`, `3` or `fop`. @throws {UsageError} */
export function chooseLesson(lessons: readonly Lesson[], word: string): Lesson {
  const match = lessons.find(({ name }) => listLessonNames(name).includes(word.toLowerCase()));
  if (match !== undefined) return match;
  const names = lessons.map(({ name }) => name);
  const hint =
    formatSuggestion(word, names.flatMap(listLessonNames)) || `; there is ${names.join(', ')}`;
  throw new UsageError(`no lesson is called '${word}'${hint}`);
}

/** Lists the names by which a learner may call a lesson: `3-fop`, `3`, `fop`. */
const listLessonNames = (name: string): string[] => [name, ...name.split(/-(.*)/, 2)];
