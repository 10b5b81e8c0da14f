/** Writes the learner's files of a lesson once, and never overwrites them. */
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
import { Failure } from '../../../terminal/exit.ts';
import { reason } from '../../../terminal/reason.ts';
import { formatDifference } from '../difference.ts';
import { FIRST_LANGUAGE, type LessonLanguage, lessonLanguages } from '../lessons/check.ts';
import { bareName, type Lesson, moduleFileName } from './lessons.ts';

/** Writes a new file completely or not at all, as a partial one would pass for the learner's. */
function writeNew(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!existsAlready(error)) rmSync(path, { force: true });
    throw error;
  }
}

const existsAlready = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'EEXIST';

export class LearnerFiles {
  readonly lesson: Lesson;
  readonly language: LessonLanguage;
  /** The folder of this lesson. */
  readonly folder: string;
  /** The module that the learner edits. */
  readonly path: string;

  constructor(lesson: Lesson, language: LessonLanguage, folder: string) {
    this.lesson = lesson;
    this.language = language;
    this.folder = join(folder, lesson.name);
    this.path = join(this.folder, moduleFileName(lesson.name, language));
  }

  /** Writes missing files. @returns whether the module is new @throws {Failure} */
  writeMissing(): boolean {
    const { lesson, language } = this;
    const module = basename(this.path);
    const name = bareName(lesson.name);
    const { extension, volfileEnd } = lessonLanguages[language];
    try {
      mkdirSync(join(this.folder, 'files'), { recursive: true });
      if (lesson.has(`${name}.vol`)) {
        const volfile = lesson
          .read(`${name}.vol`)
          .replace(moduleFileName(name, FIRST_LANGUAGE), module);
        this.write(name + volfileEnd, volfile);
      }
      if (lesson.check !== undefined) {
        const languageTests = lesson.tests.filter((test) => test.endsWith(extension));
        for (const test of languageTests) this.write(basename(test), lesson.read(basename(test)));
      }
      return this.write(module, this.readStarter());
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(
        `cannot write into ${this.folder}: ${reason(error)}; --dir names another folder`,
      );
    }
  }

  /** Resets the module to the starter. @returns the path of the copy of the old module; null without one */
  reset(): string | null {
    let old: string | null = null;
    try {
      for (let number = 1; old === null; number++) {
        const path = `${this.path}.old${number}`;
        try {
          writeNew(path, () => copyFileSync(this.path, path, constants.COPYFILE_EXCL));
          old = path;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') break;
          if (!existsAlready(error)) throw error;
        }
      }
      // An atomic rename: editors and checks never see a partial file. Another `glossa learn` may do the
      // same at this moment.
      const temporary = `${this.path}.new${process.pid}`;
      const starter = this.readStarter();
      writeNew(temporary, () => writeFileSync(temporary, starter));
      renameSync(temporary, this.path);
      return old;
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`cannot reset ${this.path}: ${reason(error)}`);
    }
  }

  /** The difference from the learner's module to the solution, in the format of diff(1). */
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

  private readStarter(): string {
    return this.lesson.read(`starter${lessonLanguages[this.language].extension}`);
  }

  private write(name: string, text: string): boolean {
    const path = join(this.folder, name);
    try {
      writeNew(path, () => writeFileSync(path, text, { flag: 'wx' }));
      return true;
    } catch (error) {
      if (existsAlready(error)) return false;
      throw error;
    }
  }
}
