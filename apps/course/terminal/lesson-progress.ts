/**
 * Stores the lessons that a learner has passed: an empty file for each language in the lesson's own
 * folder, beside the module that passed. So a copied folder has its progress, and two folders of one
 * user do not share it. No file can be partially written, and two `glossa learn` at once keep each
 * other's progress.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatReason } from '../../../terminal/exit.ts';
import type { LessonLanguage } from '../lessons/check.ts';

/** The lessons that were passed in a learner's folder, in all languages. */
export class LessonProgress {
  private readonly folder: string;

  /** @param folder the learner's folder, which has a subfolder for each lesson */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether a lesson is passed in a language. */
  isPassed(lesson: string, language: LessonLanguage): boolean {
    return existsSync(this.findMark(lesson, language));
  }

  /** Stores that a lesson is passed. @returns the error's message, or null */
  storePassed(lesson: string, language: LessonLanguage): string | null {
    const mark = this.findMark(lesson, language);
    try {
      mkdirSync(dirname(mark), { recursive: true });
      writeFileSync(mark, '');
      return null;
    } catch (error) {
      // Another user, who may only read the folder, passes what is passed already.
      return this.isPassed(lesson, language) ? null : formatReason(error);
    }
  }

  private findMark(lesson: string, language: LessonLanguage): string {
    return join(this.folder, lesson, `.passed-${language}`);
  }
}
