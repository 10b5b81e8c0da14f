/**
 * Stores the typed files in the browser's localStorage, so that neither closing the page nor a
 * second tab loses a word. Each tab writes to an entry of its own, its *slot*; a new tab begins
 * with the newest slot of all tabs. When a link, a file or the example replaces the files, they
 * stay in their slot, and the tab takes another one.
 */
import type { FileTexts } from '../page-data.ts';

/**
 * The files of the page, with the state that belongs to them. Stored entries have these names of
 * properties: a new name would lose the files of earlier visits.
 */
export interface PageFiles {
  readonly files: FileTexts;
  /** Path of the open file; '' for the first. */
  readonly open: string;
  /** The fragment of the files' lesson; '' if they belong to no lesson. */
  readonly lesson: string;
  /** Simulated round trip to the storage, in milliseconds. */
  readonly distanceMs: number;
  /** Shell lines that produced the content of the storage. */
  readonly journal: readonly string[];
}

/** Files as a slot has them. */
export interface TimedFiles extends PageFiles {
  /** Time of their last change, in milliseconds since 1970. */
  readonly at: number;
}

/** A slot: an entry of localStorage. */
interface Slot {
  readonly key: string;
  /** The value, as JSON. */
  readonly text: string;
  /** The parsed value. */
  readonly entry: TimedFiles;
  /** Whether no other slot of the same lesson is newer; '' counts as a lesson, too. */
  readonly isNewest: boolean;
}

/** The pause in typing before a write, in milliseconds. */
const DEBOUNCE_MS = 300;
/** Maximum number of slots of all tabs, without each lesson's newest; older ones are removed. */
const SLOTS_MAX = 20;

/** Prefix of keys, with the path, as a server may have several playgrounds. */
const KEY_PREFIX = `glossa playground ${location.pathname} `;
/** Key under which a tab remembers its slot across reloads. */
const OWN_SLOT_KEY = `${KEY_PREFIX}own`;

/** Returns the browser's storage. @throws {Error} if the browser lacks it or denies access */
export function openStorage(): Storage {
  const browserStorage = globalThis.localStorage as Storage | null | undefined;
  if (!browserStorage) throw new Error('this browser lacks localStorage');
  return browserStorage;
}

/** The functions of the page that the store calls. */
export interface StoreSettings {
  /** Returns the editor's files. */
  readFiles(): PageFiles;
  /** Receives why the files cannot be stored; null when they can again. */
  onError(reason: string | null): void;
}

/** The store of this tab. */
export class FileStore {
  private readonly settings: StoreSettings;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The slot of this tab; '' before the first write. */
  private slotKey = '';
  /** The slot's content as this tab last read or wrote it, to notice writes of a duplicated tab. */
  private slotText = '';
  /** JSON of the stored files without their time, to skip writes of equal files; '' forces a write. */
  private storedFilesText = '';
  /**
   * Time of the last change, in milliseconds since 1970. It is not the time of the write, because
   * browsers delay writes in hidden tabs.
   */
  private changedAtMs = Date.now();
  /** The last error that `onError` received; null after a success. */
  private lastError: string | null = null;
  /** Replaced files that could not be stored, the newest first; at most SLOTS_MAX. */
  private readonly unstored: TimedFiles[] = [];

  constructor(settings: StoreSettings) {
    this.settings = settings;
    addEventListener('pagehide', () => this.storeNow());
  }

  /** Returns the files that this tab begins with; null if none were ever stored. */
  load(): PageFiles | null {
    const slots = this.readSlots();
    return this.adoptSlot(this.findOwnSlot(slots)) ?? slots[0]?.entry ?? null;
  }

  /** Continues with the newest files of a lesson ('': of no lesson); null if none were stored. */
  resume(lesson: string): PageFiles | null {
    const unstored = this.unstored.find((entry) => entry.lesson === lesson);
    const slots = this.readSlots().filter(({ entry }) => entry.lesson === lesson);
    const slot = this.findOwnSlot(slots) ?? slots[0];
    if (unstored !== undefined && unstored.at >= (slot?.entry.at ?? 0)) return unstored;
    return this.adoptSlot(slot);
  }

  /** Finds the slot that this tab used before a reload; undefined without one. */
  private findOwnSlot(slots: readonly Slot[]): Slot | undefined {
    // If the browser denies storage, `sessionStorage` throws; but then `slots` is empty.
    return slots.find(({ key }) => key === sessionStorage.getItem(OWN_SLOT_KEY));
  }

  /** Makes a slot this tab's own. @returns its files */
  private adoptSlot(slot: Slot | undefined): PageFiles | null {
    if (slot === undefined) return null;
    this.slotKey = slot.key;
    this.slotText = slot.text;
    return slot.entry;
  }

  /** Treats the current files as stored, so that a page without edits writes nothing. */
  markStored(): void {
    this.storedFilesText = JSON.stringify(this.settings.readFiles());
  }

  /** Lists files of earlier visits and of other tabs, without equal ones, the newest first. */
  listEarlier(): readonly TimedFiles[] {
    const { files, lesson } = this.settings.readFiles();
    const listedTexts = new Set([JSON.stringify(files)]);
    // The newest files of another lesson are not listed: opening that lesson resumes them.
    const otherSlots = this.readSlots().filter(
      ({ key, entry, isNewest }) =>
        key !== this.slotKey && !(isNewest && entry.lesson !== '' && entry.lesson !== lesson),
    );
    return [...this.unstored, ...otherSlots.map(({ entry }) => entry)].filter(({ files }) => {
      const text = JSON.stringify(files);
      return !listedTexts.has(text) && listedTexts.add(text);
    });
  }

  /** Writes after a pause in typing. */
  storeSoon(): void {
    this.changedAtMs = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.storeNow(), DEBOUNCE_MS);
  }

  /** Stores the files a last time in this slot; the next write goes to a new one. */
  leaveSlot(): void {
    if (!this.storeNow()) {
      this.unstored.unshift({ ...this.settings.readFiles(), at: this.changedAtMs });
      this.unstored.splice(SLOTS_MAX);
    }
    this.slotKey = '';
    this.storedFilesText = '';
  }

  /** Writes now. @returns whether all is stored */
  private storeNow(): boolean {
    clearTimeout(this.timer);
    const entry = this.settings.readFiles();
    const text = JSON.stringify(entry);
    if (text === this.storedFilesText) return true;
    try {
      // A duplicate of a tab has the same slot. The second of them to write takes a new slot.
      const isOwn = this.slotKey !== '' && openStorage().getItem(this.slotKey) === this.slotText;
      if (!isOwn) this.slotKey = `${KEY_PREFIX}${Math.random().toString(36).slice(2)}`;
      this.slotText = JSON.stringify({ ...entry, at: this.changedAtMs });
      openStorage().setItem(this.slotKey, this.slotText);
      this.storedFilesText = text;
      sessionStorage.setItem(OWN_SLOT_KEY, this.slotKey);
      const removableSlots = this.readSlots().filter(
        ({ entry, isNewest }) => !isNewest || entry.lesson === '',
      );
      for (const { key } of removableSlots.slice(SLOTS_MAX)) openStorage().removeItem(key);
      this.reportError(null);
      return true;
    } catch (error) {
      this.reportError((error as Error).message);
      return false;
    }
  }

  /** Reports an error when it changes, not at each write. */
  private reportError(reason: string | null): void {
    if (reason !== this.lastError) this.settings.onError(reason);
    this.lastError = reason;
  }

  /** Reads the slots of all tabs, the newest first. */
  private readSlots(): Slot[] {
    try {
      const keys = Object.keys(openStorage()).filter((key) => key.startsWith(KEY_PREFIX));
      const slots = keys.flatMap((key) => {
        const text = openStorage().getItem(key) ?? '';
        const entry = parseEntry(text);
        return entry === null ? [] : [{ key, text, entry }];
      });
      slots.sort((a, b) => b.entry.at - a.entry.at);
      const lessons = new Set<string>();
      return slots.map((slot) => {
        const isNewest = !lessons.has(slot.entry.lesson);
        lessons.add(slot.entry.lesson);
        return { ...slot, isNewest };
      });
    } catch (error) {
      this.reportError((error as Error).message);
      return [];
    }
  }
}

/** Parses an entry; null for texts of other programs or versions. */
function parseEntry(text: string): TimedFiles | null {
  try {
    const entry = JSON.parse(text) as Partial<TimedFiles> | null;
    const files = Object.values(entry?.files ?? {});
    if (files.length === 0 || !files.every((text) => typeof text === 'string')) return null;
    const { open = '', lesson = '', distanceMs, journal, at } = entry!;
    const lines = Array.isArray(journal) ? journal.map(String) : [];
    const rest = { distanceMs: Number(distanceMs) || 0, journal: lines, at: Number(at) || 0 };
    return { files: entry!.files!, open, lesson: String(lesson), ...rest };
  } catch {
    // The text is absent or truncated.
    return null;
  }
}
