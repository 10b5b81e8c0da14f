/**
 * Stores the lessons that a learner has passed: an empty file for each, below XDG_STATE_HOME. No
 * file can be partially written, and two `glossa learn` at once keep each other's progress.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findStateFolder } from '../../../server/state-folder.ts';
import { formatReason } from '../../../terminal/reason.ts';
import type { LessonLanguage } from '../lessons/check.ts';

/** The lessons that the learner has passed, in all languages. */
export class LessonProgress {
  private readonly folder: string;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.folder = join(findStateFolder(env), 'learn');
  }

  /** Lists the names of the lessons passed in a language. */
  listPassed(language: LessonLanguage): ReadonlySet<string> {
    const suffix = `.${language}`;
    try {
      const names = readdirSync(this.folder).filter((name) => name.endsWith(suffix));
      return new Set(names.map((name) => name.slice(0, -suffix.length)));
    } catch {
      // Before the first passed lesson, the folder is absent.
      return new Set();
    }
  }

  /** Stores that a lesson is passed. @returns the error's message, or null */
  storePassed(lesson: string, language: LessonLanguage): string | null {
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(join(this.folder, `${lesson}.${language}`), '');
      return null;
    } catch (error) {
      return formatReason(error);
    }
  }
}
