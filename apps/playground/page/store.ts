/**
 * Keeps what was typed in the browser: a word of it is lost neither by closing the page nor by a second
 * tab. Each tab writes to a place of its own, and begins with what was kept last in any of them; what a
 * link, a file or the example has taken the place of stays where it was kept.
 */
import type { FileTexts } from '../given.ts';

export interface Kept {
  readonly files: FileTexts;
  readonly open: string;
  /** The fragment of the lesson that they are of; '' for none. */
  readonly lesson: string;
  readonly distanceMs: number;
  /** Lines of the shell that made what the storage holds. */
  readonly journal: readonly string[];
}

/** One that was kept, and when it was last changed: milliseconds since 1970. */
export interface Earlier extends Kept {
  readonly at: number;
}

interface Place {
  readonly key: string;
  readonly text: string;
  readonly kept: Earlier;
  /** Of its lesson, or of no lesson. */
  readonly isLast: boolean;
}

const DEBOUNCE_MS = 300;
/** Places that are kept, of all tabs together, beside the last of each lesson; the oldest goes. */
const PLACES_MAX = 20;

/** Other playgrounds of the same server have their own. */
const START = `glossa playground ${location.pathname} `;
/** Where a tab remembers its place, also when it is loaded again. */
const OWN = `${START}own`;

/** @throws {Error} where the browser has none, or refuses it */
export function storage(): Storage {
  const found = globalThis.localStorage as Storage | null | undefined;
  if (!found) throw new Error('this browser lacks localStorage');
  return found;
}

export interface StoreSettings {
  current(): Kept;
  /** Nothing can be kept, and why; null when it can again. */
  failed(why: string | null): void;
}

export class Store {
  private readonly settings: StoreSettings;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The place of this tab; '' before anything was kept. */
  private key = '';
  /** What is there, as this tab has read or written it. */
  private seen = '';
  private last = '';
  /** Not the time of keeping: a browser lets the clocks of a tab that is not seen run late. */
  private changedAt = Date.now();
  private why: string | null = null;
  /** What should have been kept when something else took its place, and could not be. */
  private readonly unkept: Earlier[] = [];

  constructor(settings: StoreSettings) {
    this.settings = settings;
    addEventListener('pagehide', () => this.now());
  }

  /** What this tab begins with; null where nothing was ever kept. */
  load(): Kept | null {
    const places = this.places();
    return this.goOn(this.ownOf(places)) ?? places[0]?.kept ?? null;
  }

  /** What was kept last of a lesson ('' for none), which this tab goes on with; null where nothing was. */
  resume(lesson: string): Kept | null {
    const unkept = this.unkept.find((kept) => kept.lesson === lesson);
    const places = this.places().filter(({ kept }) => kept.lesson === lesson);
    const place = this.ownOf(places) ?? places[0];
    if (unkept !== undefined && unkept.at >= (place?.kept.at ?? 0)) return unkept;
    return this.goOn(place);
  }

  private ownOf(places: readonly Place[]): Place | undefined {
    // Where nothing is kept, there are no places, and `places` says why.
    return places.find(({ key }) => key === sessionStorage.getItem(OWN));
  }

  private goOn(place: Place | undefined): Kept | null {
    if (place === undefined) return null;
    this.key = place.key;
    this.seen = place.text;
    return place.kept;
  }

  /** Takes what is there as known: a page that is only looked at keeps nothing. */
  settle(): void {
    this.last = JSON.stringify(this.settings.current());
  }

  /** What was typed at other times, or is in other tabs, the newest first. */
  earlier(): readonly Earlier[] {
    const { files, lesson } = this.settings.current();
    const told = new Set([JSON.stringify(files)]);
    // A lesson finds by itself what was kept of it last.
    const others = this.places().filter(
      ({ key, kept, isLast }) =>
        key !== this.key && !(isLast && kept.lesson !== '' && kept.lesson !== lesson),
    );
    return [...this.unkept, ...others.map(({ kept }) => kept)].filter(({ files }) => {
      const text = JSON.stringify(files);
      return !told.has(text) && told.add(text);
    });
  }

  soon(): void {
    this.changedAt = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), DEBOUNCE_MS);
  }

  /** Leaves what is here as it is kept: what takes its place gets another. */
  leave(): void {
    if (!this.now()) {
      this.unkept.unshift({ ...this.settings.current(), at: this.changedAt });
      this.unkept.splice(PLACES_MAX);
    }
    this.key = '';
    this.last = '';
  }

  /** @returns whether all is kept */
  private now(): boolean {
    clearTimeout(this.timer);
    const kept = this.settings.current();
    const text = JSON.stringify(kept);
    if (text === this.last) return true;
    try {
      // A tab that was made as a copy of another has the same place: the second of them leaves it.
      const isOwn = this.key !== '' && storage().getItem(this.key) === this.seen;
      if (!isOwn) this.key = `${START}${Math.random().toString(36).slice(2)}`;
      this.seen = JSON.stringify({ ...kept, at: this.changedAt });
      storage().setItem(this.key, this.seen);
      this.last = text;
      sessionStorage.setItem(OWN, this.key);
      const others = this.places().filter(({ kept, isLast }) => !isLast || kept.lesson === '');
      for (const { key } of others.slice(PLACES_MAX)) storage().removeItem(key);
      this.tell(null);
      return true;
    } catch (error) {
      this.tell((error as Error).message);
      return false;
    }
  }

  /** Once, not again at each word. */
  private tell(why: string | null): void {
    if (why !== this.why) this.settings.failed(why);
    this.why = why;
  }

  /** The newest first. */
  private places(): Place[] {
    try {
      const keys = Object.keys(storage()).filter((key) => key.startsWith(START));
      const places = keys.flatMap((key) => {
        const text = storage().getItem(key) ?? '';
        const kept = read(text);
        return kept === null ? [] : [{ key, text, kept }];
      });
      places.sort((a, b) => b.kept.at - a.kept.at);
      const lessons = new Set<string>();
      return places.map((place) => {
        const isLast = !lessons.has(place.kept.lesson);
        lessons.add(place.kept.lesson);
        return { ...place, isLast };
      });
    } catch (error) {
      this.tell((error as Error).message);
      return [];
    }
  }
}

/** Null for what is not ours, or of another version. */
function read(text: string): Earlier | null {
  try {
    const kept = JSON.parse(text) as Partial<Earlier> | null;
    const files = Object.values(kept?.files ?? {});
    if (files.length === 0 || !files.every((it) => typeof it === 'string')) return null;
    const { open = '', lesson = '', distanceMs, journal, at } = kept!;
    const lines = Array.isArray(journal) ? journal.map(String) : [];
    const rest = { distanceMs: Number(distanceMs) || 0, journal: lines, at: Number(at) || 0 };
    return { files: kept!.files!, open, lesson: String(lesson), ...rest };
  } catch {
    // There is none, or it was cut.
    return null;
  }
}
