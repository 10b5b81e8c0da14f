/** What was typed, kept in the browser: a word of it is lost neither by closing the page nor by a second tab. */
import type { FileTexts } from '../given.ts';

export interface Kept {
  readonly files: FileTexts;
  readonly open: string;
  readonly distanceMs: number;
  /** Lines of the shell that made what the storage holds. */
  readonly journal: readonly string[];
}

interface Stamped extends Kept {
  /** Which tab wrote it. */
  readonly tab: string;
}

const DEBOUNCE_MS = 300;

/** Other playgrounds of the same server have their own. */
const KEY = `glossa playground ${location.pathname}`;
/** What was there before a link was opened, or another tab's was taken. */
const BEFORE = `${KEY} before`;

export interface StoreSettings {
  current(): Kept;
  /** Nothing can be kept, and why. */
  failed(why: string): void;
  /** Another tab has kept something else: nothing is kept here until somebody has decided. */
  changedElsewhere(theirs: Kept): void;
}

export class Store {
  private readonly settings: StoreSettings;
  private readonly tab = Math.random().toString(36).slice(2);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isHeld = false;
  private last = '';

  constructor(settings: StoreSettings) {
    this.settings = settings;
    addEventListener('storage', ({ key, newValue }) => {
      if (key !== KEY || newValue === null) return;
      const theirs = read(newValue);
      if (theirs === null || theirs.tab === this.tab || this.says(theirs)) return;
      this.isHeld = true;
      clearTimeout(this.timer);
      this.settings.changedElsewhere(theirs);
    });
    addEventListener('pagehide', () => this.now());
  }

  load(): Kept | null {
    return this.get(KEY);
  }

  /** What was kept before something else took its place. */
  before(): Kept | null {
    return this.get(BEFORE);
  }

  /** Puts aside what is kept now, for `before`. */
  putAside(kept: Kept): void {
    this.set(BEFORE, JSON.stringify({ ...kept, tab: this.tab }));
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), DEBOUNCE_MS);
  }

  /** Whoever decided wants what is in this tab kept. */
  release(): void {
    this.isHeld = false;
    this.now();
  }

  private now(): void {
    clearTimeout(this.timer);
    if (this.isHeld) return;
    const text = JSON.stringify(this.settings.current());
    if (text === this.last) return;
    this.last = text;
    this.set(KEY, JSON.stringify({ ...this.settings.current(), tab: this.tab }));
  }

  private says({ tab: _, ...theirs }: Stamped): boolean {
    return JSON.stringify(theirs.files) === JSON.stringify(this.settings.current().files);
  }

  private get(key: string): Kept | null {
    try {
      return read(localStorage.getItem(key) ?? '');
    } catch (error) {
      this.settings.failed((error as Error).message);
      return null;
    }
  }

  private set(key: string, text: string): void {
    try {
      localStorage.setItem(key, text);
    } catch (error) {
      this.settings.failed((error as Error).message);
    }
  }
}

/** Null for what is not ours, or of another version. */
function read(text: string): Stamped | null {
  try {
    const kept = JSON.parse(text) as Partial<Stamped> | null;
    const files = Object.entries(kept?.files ?? {});
    const isWhole = files.length > 0 && files.every(([, it]) => typeof it === 'string');
    if (!isWhole) return null;
    const { open = '', distanceMs = 0, tab = '', journal } = kept!;
    const lines = Array.isArray(journal) ? journal.map(String) : [];
    return { files: kept!.files!, open, distanceMs: Number(distanceMs) || 0, journal: lines, tab };
  } catch {
    // There is none, or it was cut.
    return null;
  }
}
