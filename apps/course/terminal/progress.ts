/**
 * Keeps the lessons that a learner has passed: an empty file for each, below XDG_STATE_HOME. So nothing can be
 * half written, and two that learn at once do not take anything from each other.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../../server/state-folder.ts';
import { reason } from '../../../terminal/reason.ts';
import type { LessonLanguage } from '../lessons/check.ts';

export class Progress {
  private readonly folder: string;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.folder = join(stateFolder(env), 'learn');
  }

  /** The lessons passed in a language. */
  passed(language: LessonLanguage): ReadonlySet<string> {
    const end = `.${language}`;
    try {
      const names = readdirSync(this.folder).filter((name) => name.endsWith(end));
      return new Set(names.map((name) => name.slice(0, -end.length)));
    } catch {
      // The first time there is no folder.
      return new Set();
    }
  }

  /** @returns why it could not be kept; null when it was */
  keep(lesson: string, language: LessonLanguage): string | null {
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(join(this.folder, `${lesson}.${language}`), '');
      return null;
    } catch (error) {
      return reason(error);
    }
  }
}
