/**
 * Maps keys to typed values, for the xdata of requests and replies, and for extended attributes. A value has one of
 * GlusterFS's data types, so that a value from the wire or a module can go back unchanged. Iteration is in order of
 * insertion; callers must not rely on it, as GlusterFS iterates in another order.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/dict.h`.
 */
import type { Gfid } from './gfid.ts';
import { Iatt } from './iatt.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from './xdata.ts';

/** Timeouts in seconds; the mount's options apply to absent ones. */
export interface Timeouts {
  readonly entry?: number | undefined;
  readonly attribute?: number | undefined;
  readonly negative?: number | undefined;
}

/** Returns a copy of a reply's `xdata`, or new xdata, with the timeouts. */
export function withTimeouts(timeouts: Timeouts, xdata: Dict | null = null): Dict {
  const copy = xdata === null ? new Dict() : xdata.copy();
  const { entry, attribute, negative } = timeouts;
  if (entry !== undefined) copy.set(ENTRY_TIMEOUT, entry);
  if (attribute !== undefined) copy.set(ATTRIBUTE_TIMEOUT, attribute);
  if (negative !== undefined) copy.set(NEGATIVE_TIMEOUT, negative);
  return copy;
}

/** Whether a dict has the timeouts of an entry or of attributes. */
export const hasTimeouts = (dict: Dict | null): boolean =>
  dict !== null && (dict.has(ENTRY_TIMEOUT) || dict.has(ATTRIBUTE_TIMEOUT));

/** Returns the timeouts in a reply's xdata; undefined for absent ones. */
export function timeoutsOf(xdata: Dict | null): Timeouts {
  return {
    entry: xdata?.number(ENTRY_TIMEOUT),
    attribute: xdata?.number(ATTRIBUTE_TIMEOUT),
    negative: xdata?.number(NEGATIVE_TIMEOUT),
  };
}

/** GlusterFS's data types. Recordings store a type's index, so new ones go to the end. */
export const dictTypes = [
  'int',
  'uint',
  'double',
  'str',
  'bin',
  'gfuuid',
  'iatt',
  'mdata',
] as const;
export type DictType = (typeof dictTypes)[number];
/** A number for int, uint, double; a string for str, gfuuid; bytes for bin, mdata (file times); an Iatt for iatt. */
export type DictValue = number | string | Uint8Array | Iatt;

/** A pair, linked to the pair inserted next. */
interface Pair {
  readonly key: string;
  type: DictType;
  value: DictValue;
  next: Pair | null;
}

/** The most pairs that are searched linearly, which is fastest for a few. A larger dict has a Map. */
const LINEAR_MAX = 16;

/** Returns the type of a value that was set without one. */
function inferType(value: DictValue): DictType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'string') return 'str';
  return value instanceof Iatt ? 'iatt' : 'bin';
}

/** A dict of up to `LINEAR_MAX` pairs is a linked list, a larger one a Map. */
export class Dict {
  /** Head and end of the list of pairs; null in a dict with a Map. */
  private first: Pair | null = null;
  private last: Pair | null = null;
  /** The number of pairs in the list. */
  private listedCount = 0;
  /** Replaces the list once the dict has more than `LINEAR_MAX` pairs. */
  private pairsByKey: Map<string, Pair> | null = null;

  /** Makes a dict of these pairs; types are inferred. */
  static of(pairs: Readonly<Record<string, DictValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(pairs)) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.pairsByKey?.size ?? this.listedCount;
  }

  private find(key: string): Pair | undefined {
    if (this.pairsByKey !== null) return this.pairsByKey.get(key);
    for (let pair = this.first; pair !== null; pair = pair.next) {
      if (pair.key === key) return pair;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  get(key: string): DictValue | undefined {
    return this.find(key)?.value;
  }

  /** Returns the type of a value; undefined for an absent key. */
  type(key: string): DictType | undefined {
    return this.find(key)?.type;
  }

  /** Returns the number under `key`, which may be stored as decimal text; undefined for any other value. */
  number(key: string): number | undefined {
    const value = this.get(key);
    if (typeof value === 'number') return value;
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    const parsed = Number(value);
    return Number.isFinite(parsed) ? parsed : undefined;
  }

  /** Returns the string under `key`; undefined for any other value. */
  string(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === 'string' ? value : undefined;
  }

  /** Returns the bytes under `key`; undefined for any other value. */
  bytes(key: string): Uint8Array | undefined {
    const value = this.get(key);
    return value instanceof Uint8Array ? value : undefined;
  }

  set(key: string, value: DictValue, type: DictType = inferType(value)): this {
    const pair = this.find(key);
    if (pair === undefined) this.add({ key, type, value, next: null });
    else {
      pair.type = type;
      pair.value = value;
    }
    return this;
  }

  /** Appends a pair whose key the dict lacks. */
  private add(pair: Pair): void {
    if (this.pairsByKey === null && this.listedCount === LINEAR_MAX) this.buildIndex();
    if (this.pairsByKey !== null) {
      this.pairsByKey.set(pair.key, pair);
      return;
    }
    if (this.last === null) this.first = pair;
    else this.last.next = pair;
    this.last = pair;
    this.listedCount += 1;
  }

  /** Moves the pairs from the list to a Map, because the list is full. */
  private buildIndex(): void {
    this.pairsByKey = new Map();
    for (let pair = this.first; pair !== null; pair = pair.next)
      this.pairsByKey.set(pair.key, pair);
    this.first = null;
    this.last = null;
  }

  setGfid(key: string, gfid: Gfid): this {
    return this.set(key, gfid, 'gfuuid');
  }

  /** Removes a pair. Returns false for an absent key. */
  delete(key: string): boolean {
    if (this.pairsByKey !== null) return this.pairsByKey.delete(key);
    let previous: Pair | null = null;
    for (let pair = this.first; pair !== null; pair = pair.next) {
      if (pair.key === key) {
        if (previous === null) this.first = pair.next;
        else previous.next = pair.next;
        if (pair.next === null) this.last = previous;
        this.listedCount -= 1;
        return true;
      }
      previous = pair;
    }
    return false;
  }

  /** Iterates over a copy of the keys, so that the caller may change the dict meanwhile. */
  keys(): IterableIterator<string> {
    const keys: string[] = [];
    this.forEach((key) => {
      keys.push(key);
    });
    return keys.values();
  }

  /** Visits all pairs in order of insertion; `visit` may delete the visited pair. */
  forEach(visit: (key: string, value: DictValue, type: DictType) => void): void {
    if (this.pairsByKey !== null)
      for (const { key, value, type } of this.pairsByKey.values()) visit(key, value, type);
    else
      for (let pair = this.first; pair !== null; pair = pair.next)
        visit(pair.key, pair.value, pair.type);
  }

  copy(): Dict {
    return new Dict().setAll(this);
  }

  /** Copies all pairs of `other`. */
  setAll(other: Dict): this {
    other.forEach((key, value, type) => {
      this.set(key, value, type);
    });
    return this;
  }
}
