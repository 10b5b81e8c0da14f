/**
 * Maps keys to typed values, for the xdata of requests and replies, and for extended attributes. A value has one of
 * GlusterFS's data types, so that a value from the wire or a module can go back unchanged. Iteration is in order of
 * insertion; callers must not rely on it, as GlusterFS iterates in another order.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/dict.h`.
 */
import type { Gfid } from './gfid.ts';
import { Iatt } from './iatt.ts';

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
/** By type: int, uint, double: number; str, gfuuid (a gfid): string; bin, mdata (file times): bytes; iatt: Iatt. */
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
  /** Number of pairs in the list. */
  private count = 0;
  /** Replaces the list once the dict has more than `LINEAR_MAX` pairs. */
  private byKey: Map<string, Pair> | null = null;

  /** Makes a dict of these pairs; types are inferred. */
  static of(pairs: Readonly<Record<string, DictValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(pairs)) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.byKey?.size ?? this.count;
  }

  private find(key: string): Pair | undefined {
    if (this.byKey !== null) return this.byKey.get(key);
    for (let each = this.first; each !== null; each = each.next) {
      if (each.key === key) return each;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.find(key) !== undefined;
  }

  get(key: string): DictValue | undefined {
    return this.find(key)?.value;
  }

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

  string(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === 'string' ? value : undefined;
  }

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
    if (this.byKey === null && this.count === LINEAR_MAX) this.buildIndex();
    if (this.byKey !== null) {
      this.byKey.set(pair.key, pair);
      return;
    }
    if (this.last === null) this.first = pair;
    else this.last.next = pair;
    this.last = pair;
    this.count += 1;
  }

  /** Moves the pairs from the list to a Map, because the list is full. */
  private buildIndex(): void {
    this.byKey = new Map();
    for (let each = this.first; each !== null; each = each.next) this.byKey.set(each.key, each);
    this.first = null;
    this.last = null;
  }

  setGfid(key: string, gfid: Gfid): this {
    return this.set(key, gfid, 'gfuuid');
  }

  delete(key: string): boolean {
    if (this.byKey !== null) return this.byKey.delete(key);
    let previous: Pair | null = null;
    for (let each = this.first; each !== null; each = each.next) {
      if (each.key === key) {
        if (previous === null) this.first = each.next;
        else previous.next = each.next;
        if (each.next === null) this.last = previous;
        this.count -= 1;
        return true;
      }
      previous = each;
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
    if (this.byKey !== null)
      for (const { key, value, type } of this.byKey.values()) visit(key, value, type);
    else
      for (let each = this.first; each !== null; each = each.next)
        visit(each.key, each.value, each.type);
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
