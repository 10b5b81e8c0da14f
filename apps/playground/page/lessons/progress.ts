/**
 * Stores the lessons passed in this browser: a key for each, by its fragment
 * (apps/course/lesson-link.ts), so that two tabs at once keep each other's progress.
 */
import { storage } from '../store.ts';

/** Prefix of keys, with the path, as a server may have several playgrounds. */
const START = `glossa passed ${location.pathname} `;

export class Progress {
  /** Lessons passed in this tab, even if the browser cannot store them. */
  private readonly here = new Set<string>();

  /** @param changed called when another tab has passed a lesson */
  constructor(changed: () => void) {
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(START)) changed();
    });
  }

  has(fragment: string): boolean {
    if (this.here.has(fragment)) return true;
    try {
      return storage().getItem(START + fragment) !== null;
    } catch {
      // The browser has no storage; `keep` returns the reason.
      return false;
    }
  }

  /** Stores that a lesson is passed. @returns the error, or null */
  keep(fragment: string): string | null {
    this.here.add(fragment);
    try {
      storage().setItem(START + fragment, '');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
