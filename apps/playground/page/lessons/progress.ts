/**
 * Keeps the lessons that were passed in this browser: a key for each, by its fragment (apps/course/link.ts). So two tabs
 * that learn at once take nothing from each other.
 */
import { storage } from '../store.ts';

/** Other playgrounds of the same server have their own. */
const START = `glossa passed ${location.pathname} `;

export class Progress {
  /** Passed here, whether or not the browser keeps it. */
  private readonly here = new Set<string>();

  /** @param changed is called when another tab has passed one */
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
      // Who keeps nothing remembers nothing; `keep` says why.
      return false;
    }
  }

  /** @returns why it could not be kept; null when it was */
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
