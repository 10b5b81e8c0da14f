/**
 * A dict maps keys to typed values: the xdata of requests and replies, and extended attributes. A value keeps
 * GlusterFS's data type, so that a value from the wire or a module goes back unchanged. Iteration is in order
 * of insertion (in GlusterFS last inserted first); callers must not rely on it.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/dict.h`.
 */
import type { Gfid } from './gfid.ts';
import { Iatt } from './iatt.ts';

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
/** int, uint, double: number; str, gfuuid: string; bin, mdata: bytes; iatt: Iatt. */
export type DictValue = number | string | Uint8Array | Iatt;

/** A pair, linked to the pair inserted next. */
interface Entry {
  readonly key: string;
  type: DictType;
  value: DictValue;
  next: Entry | null;
}

/** Up to this size a dict is searched linearly, which is fastest for a few pairs; above it has a map. */
const FEW = 16;

function typeOf(value: DictValue): DictType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'string') return 'str';
  return value instanceof Iatt ? 'iatt' : 'bin';
}

export class Dict {
  /** Head of the list, for up to `FEW` pairs. */
  private first: Entry | null = null;
  private last: Entry | null = null;
  private count = 0;
  /** Replaces the list once there were more than `FEW` pairs. */
  private many: Map<string, Entry> | null = null;

  /** Makes a dict of the given pairs; types are inferred. */
  static of(pairs: Readonly<Record<string, DictValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(pairs)) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.many?.size ?? this.count;
  }

  private find(key: string): Entry | undefined {
    if (this.many !== null) return this.many.get(key);
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

  set(key: string, value: DictValue, type: DictType = typeOf(value)): this {
    const known = this.find(key);
    if (known === undefined) this.add({ key, type, value, next: null });
    else {
      known.type = type;
      known.value = value;
    }
    return this;
  }

  private add(entry: Entry): void {
    if (this.many === null && this.count === FEW) this.index();
    if (this.many !== null) {
      this.many.set(entry.key, entry);
      return;
    }
    if (this.last === null) this.first = entry;
    else this.last.next = entry;
    this.last = entry;
    this.count += 1;
  }

  private index(): void {
    this.many = new Map();
    for (let each = this.first; each !== null; each = each.next) this.many.set(each.key, each);
    this.first = null;
    this.last = null;
  }

  setGfid(key: string, gfid: Gfid): this {
    return this.set(key, gfid, 'gfuuid');
  }

  delete(key: string): boolean {
    if (this.many !== null) return this.many.delete(key);
    let before: Entry | null = null;
    for (let each = this.first; each !== null; each = each.next) {
      if (each.key === key) {
        if (before === null) this.first = each.next;
        else before.next = each.next;
        if (each.next === null) this.last = before;
        this.count -= 1;
        return true;
      }
      before = each;
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
    if (this.many !== null)
      for (const { key, value, type } of this.many.values()) visit(key, value, type);
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
