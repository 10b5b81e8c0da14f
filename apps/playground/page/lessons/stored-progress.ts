/**
 * Stores the lessons passed in this browser: a key for each, by its fragment
 * (apps/course/lesson-link.ts), so that two tabs at once keep each other's progress.
 */
import { openStorage } from '../file-store.ts';

/** Prefix of keys, with the path, as a server may have several playgrounds. */
const KEY_PREFIX = `glossa passed ${location.pathname} `;

/** The progress of the learner in this browser. */
export class StoredProgress {
  /** Lessons passed in this tab, even if the browser cannot store them. */
  private readonly passedInTab = new Set<string>();

  /** @param onChange called when another tab has passed a lesson */
  constructor(onChange: () => void) {
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(KEY_PREFIX)) onChange();
    });
  }

  /** Whether the lesson of a fragment is passed. */
  hasPassed(fragment: string): boolean {
    if (this.passedInTab.has(fragment)) return true;
    try {
      return openStorage().getItem(KEY_PREFIX + fragment) !== null;
    } catch {
      // The browser has no storage; `storePassed` returns the reason.
      return false;
    }
  }

  /** Stores that a lesson is passed. @returns the error's message, or null */
  storePassed(fragment: string): string | null {
    this.passedInTab.add(fragment);
    try {
      openStorage().setItem(KEY_PREFIX + fragment, '');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
