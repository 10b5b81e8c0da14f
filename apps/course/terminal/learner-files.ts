/**
 * Manages the learner's files of a lesson: writes missing ones, resets the module after saving a
 * copy, and compares it with the solution. `glossa learn` calls it.
 */
import {
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { Failure, formatReason } from '../../../terminal/exit.ts';
import { formatDifference } from '../difference.ts';
import { DEFAULT_LANGUAGE, type LessonLanguage, lessonLanguages } from '../lessons/check.ts';
import { type Lesson, makeModuleFileName, stripNumber } from './lessons.ts';

/**
 * Calls `write` for a new file, and removes the file if that fails: a later run would take a
 * partial file for the learner's own.
 */
function createFile(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isFileExistsError(error)) rmSync(path, { force: true });
    throw error;
  }
}

/** Whether a file could not be created because it exists. */
const isFileExistsError = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'EEXIST';

/** The files of a learner for one lesson, in one language. */
export class LearnerFiles {
  readonly lesson: Lesson;
  readonly language: LessonLanguage;
  /** The folder of this lesson in the learner's folder. */
  readonly folder: string;
  /** The module that the learner edits. */
  readonly path: string;

  /** @param folder the learner's folder, which has a subfolder for each lesson */
  constructor(lesson: Lesson, language: LessonLanguage, folder: string) {
    this.lesson = lesson;
    this.language = language;
    this.folder = join(folder, lesson.name);
    this.path = join(this.folder, makeModuleFileName(lesson.name, language));
  }

  /** Writes the files that are absent. @returns whether the module is new @throws {Failure} */
  writeMissing(): boolean {
    const { lesson, language } = this;
    const module = basename(this.path);
    const name = stripNumber(lesson.name);
    const { extension, volfileSuffix } = lessonLanguages[language];
    try {
      mkdirSync(join(this.folder, 'files'), { recursive: true });
      if (lesson.has(`${name}.vol`)) {
        const volfile = lesson
          .read(`${name}.vol`)
          .replace(makeModuleFileName(name, DEFAULT_LANGUAGE), module);
        this.writeIfAbsent(name + volfileSuffix, volfile);
      }
      if (lesson.check !== undefined) {
        const languageTests = lesson.tests.filter((test) => test.endsWith(extension));
        for (const test of languageTests)
          this.writeIfAbsent(basename(test), lesson.read(basename(test)));
      }
      return this.writeIfAbsent(module, this.readStarter());
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(
        `cannot write into ${this.folder}: ${formatReason(error)}; --dir names another folder`,
      );
    }
  }

  /**
   * Resets the module to the starter.
   * @returns the path of a copy of the old module; null if the folder had no module @throws {Failure}
   */
  reset(): string | null {
    let copyPath: string | null = null;
    try {
      for (let number = 1; copyPath === null; number++) {
        const candidate = `${this.path}.old${number}`;
        try {
          createFile(candidate, () => copyFileSync(this.path, candidate, constants.COPYFILE_EXCL));
          copyPath = candidate;
        } catch (error) {
          // There is no old module to copy.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') break;
          if (!isFileExistsError(error)) throw error;
        }
      }
      // The rename is atomic, so that editors and checks never see a partial file. The pid is for
      // another `glossa learn` that resets the same module at this moment.
      const temporaryPath = `${this.path}.new${process.pid}`;
      const starter = this.readStarter();
      createFile(temporaryPath, () => writeFileSync(temporaryPath, starter));
      renameSync(temporaryPath, this.path);
      return copyPath;
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`cannot reset ${this.path}: ${formatReason(error)}`);
    }
  }

  /** Returns the difference from the learner's module to the solution, as `diff -u` prints it. */
  compareWithSolution(): string {
    const { lesson, language, path } = this;
    const solution = lesson.read(`solution${lessonLanguages[language].extension}`);
    let learnerText: string;
    try {
      learnerText = readFileSync(path, 'utf8');
    } catch {
      // Without a module, the whole solution is new.
      learnerText = '';
    }
    return formatDifference(basename(path), learnerText, solution);
  }

  /** Reads the text with which the learner's module begins. */
  private readStarter(): string {
    return this.lesson.read(`starter${lessonLanguages[this.language].extension}`);
  }

  /** Writes a file unless it exists. @returns whether it was written */
  private writeIfAbsent(name: string, text: string): boolean {
    const path = join(this.folder, name);
    try {
      createFile(path, () => writeFileSync(path, text, { flag: 'wx' }));
      return true;
    } catch (error) {
      if (isFileExistsError(error)) return false;
      throw error;
    }
  }
}
