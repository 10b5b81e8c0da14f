/**
 * Maps keys to typed values: the xdata of requests and replies, and extended attributes. A value keeps
 * GlusterFS's data type, so that a value from the wire or a module goes back unchanged. Iteration is in order
 * of insertion (in GlusterFS last inserted first); callers must not rely on it.
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
interface Entry {
  readonly key: string;
  type: DictType;
  value: DictValue;
  next: Entry | null;
}

/** The most pairs of a dict that is searched linearly, which is fastest for a few; a larger one has a map. */
const LIST_MAX = 16;

function inferType(value: DictValue): DictType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'string') return 'str';
  return value instanceof Iatt ? 'iatt' : 'bin';
}

export class Dict {
  /** Head of the list, for up to `LIST_MAX` pairs. */
  private first: Entry | null = null;
  private last: Entry | null = null;
  private count = 0;
  /** Replaces the list once there were more than `LIST_MAX` pairs. */
  private byKey: Map<string, Entry> | null = null;

  /** Makes a dict of the given pairs; types are inferred. */
  static of(pairs: Readonly<Record<string, DictValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(pairs)) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.byKey?.size ?? this.count;
  }

  private find(key: string): Entry | undefined {
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

  /** The number under `key`, also from decimal text; otherwise undefined. */
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
    const entry = this.find(key);
    if (entry === undefined) this.add({ key, type, value, next: null });
    else {
      entry.type = type;
      entry.value = value;
    }
    return this;
  }

  private add(entry: Entry): void {
    if (this.byKey === null && this.count === LIST_MAX) this.buildIndex();
    if (this.byKey !== null) {
      this.byKey.set(entry.key, entry);
      return;
    }
    if (this.last === null) this.first = entry;
    else this.last.next = entry;
    this.last = entry;
    this.count += 1;
  }

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
    let previous: Entry | null = null;
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

  /** A snapshot of the keys. */
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
