/**
 * Stores the typed files in the browser, so that neither closing the page nor a second tab loses a
 * word. Each tab writes to a slot of its own, and begins with the newest slot of all tabs. Files
 * that a link, a file or the example has replaced stay in their slot.
 */
import type { FileTexts } from '../page-data.ts';

export interface StoredFiles {
  readonly files: FileTexts;
  readonly open: string;
  /** The fragment of the files' lesson; '' for none. */
  readonly lesson: string;
  readonly distanceMs: number;
  /** Shell lines that produced the content of the storage. */
  readonly journal: readonly string[];
}

/** A stored entry, with the time of its last change in milliseconds since 1970. */
export interface EarlierFiles extends StoredFiles {
  readonly at: number;
}

interface Slot {
  readonly key: string;
  readonly text: string;
  readonly kept: EarlierFiles;
  /** Whether it is the newest of its lesson, or of those without a lesson. */
  readonly isLast: boolean;
}

const DEBOUNCE_MS = 300;
/** Most slots of all tabs together, without the newest of each lesson; the oldest is removed. */
const PLACES_MAX = 20;

/** Prefix of keys, with the path, as a server may have several playgrounds. */
const START = `glossa playground ${location.pathname} `;
/** Key under which a tab remembers its slot across reloads. */
const OWN = `${START}own`;

/** Returns the browser's storage. @throws {Error} if the browser lacks it or denies access */
export function storage(): Storage {
  const found = globalThis.localStorage as Storage | null | undefined;
  if (!found) throw new Error('this browser lacks localStorage');
  return found;
}

export interface StoreSettings {
  current(): StoredFiles;
  /** Receives why the files cannot be stored; null when they can again. */
  failed(why: string | null): void;
}

export class Store {
  private readonly settings: StoreSettings;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The slot of this tab; '' before the first write. */
  private key = '';
  /** The content of the slot, as this tab has read or written it. */
  private seen = '';
  private last = '';
  /** Time of the last change, not of the write, as browsers delay timers of hidden tabs. */
  private changedAt = Date.now();
  private why: string | null = null;
  /** Replaced files that could not be stored. */
  private readonly unkept: EarlierFiles[] = [];

  constructor(settings: StoreSettings) {
    this.settings = settings;
    addEventListener('pagehide', () => this.now());
  }

  /** The files that this tab begins with; null if none were ever stored. */
  load(): StoredFiles | null {
    const places = this.places();
    return this.goOn(this.ownOf(places)) ?? places[0]?.kept ?? null;
  }

  /** Continues with the newest files of a lesson ('' for none); null if none were stored. */
  resume(lesson: string): StoredFiles | null {
    const unkept = this.unkept.find((kept) => kept.lesson === lesson);
    const places = this.places().filter(({ kept }) => kept.lesson === lesson);
    const place = this.ownOf(places) ?? places[0];
    if (unkept !== undefined && unkept.at >= (place?.kept.at ?? 0)) return unkept;
    return this.goOn(place);
  }

  private ownOf(places: readonly Slot[]): Slot | undefined {
    // Without storage there are no slots, and `places` reports the reason.
    return places.find(({ key }) => key === sessionStorage.getItem(OWN));
  }

  private goOn(place: Slot | undefined): StoredFiles | null {
    if (place === undefined) return null;
    this.key = place.key;
    this.seen = place.text;
    return place.kept;
  }

  /** Takes the current files as stored: a page without edits writes nothing. */
  settle(): void {
    this.last = JSON.stringify(this.settings.current());
  }

  /** Files of earlier visits and of other tabs, the newest first. */
  earlier(): readonly EarlierFiles[] {
    const { files, lesson } = this.settings.current();
    const told = new Set([JSON.stringify(files)]);
    // `resume` finds the newest files of a lesson.
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

  /** Leaves the slot as it is; the next write takes a new one. */
  leave(): void {
    if (!this.now()) {
      this.unkept.unshift({ ...this.settings.current(), at: this.changedAt });
      this.unkept.splice(PLACES_MAX);
    }
    this.key = '';
    this.last = '';
  }

  /** Writes now. @returns whether all is stored */
  private now(): boolean {
    clearTimeout(this.timer);
    const kept = this.settings.current();
    const text = JSON.stringify(kept);
    if (text === this.last) return true;
    try {
      // A duplicated tab has the same slot; the second one to write takes a new slot.
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

  /** Reports a change of the error once, not at each word. */
  private tell(why: string | null): void {
    if (why !== this.why) this.settings.failed(why);
    this.why = why;
  }

  /** All slots, the newest first. */
  private places(): Slot[] {
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

/** Parses an entry; null for foreign ones or other versions. */
function read(text: string): EarlierFiles | null {
  try {
    const kept = JSON.parse(text) as Partial<EarlierFiles> | null;
    const files = Object.values(kept?.files ?? {});
    if (files.length === 0 || !files.every((it) => typeof it === 'string')) return null;
    const { open = '', lesson = '', distanceMs, journal, at } = kept!;
    const lines = Array.isArray(journal) ? journal.map(String) : [];
    const rest = { distanceMs: Number(distanceMs) || 0, journal: lines, at: Number(at) || 0 };
    return { files: kept!.files!, open, lesson: String(lesson), ...rest };
  } catch {
    // Absent or truncated.
    return null;
  }
}
