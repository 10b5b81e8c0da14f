/**
 * dict: the open-ended map that rides along with requests and answers (xdata), and holds extended
 * attributes. Keys are exact strings; values keep GlusterFS's data type, because a value that
 * came from a wire or a script must go back as what it was.
 *
 * Iteration is in order of insertion. (GlusterFS iterates last-inserted-first; nothing may rely
 * on either.) Source: GlusterFS `libglusterfs/src/glusterfs/dict.h`.
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

interface Entry {
  type: DictType;
  value: DictValue;
}

function typeOf(value: DictValue): DictType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'string') return 'str';
  return value instanceof Iatt ? 'iatt' : 'bin';
}

export class Dict {
  private readonly entries = new Map<string, Entry>();

  /** A dict of the given pairs, types inferred. */
  static of(pairs: Readonly<Record<string, DictValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(pairs)) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): DictValue | undefined {
    return this.entries.get(key)?.value;
  }

  type(key: string): DictType | undefined {
    return this.entries.get(key)?.type;
  }

  /** The number under `key`; decimal text counts as one. Undefined when there is none. */
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
    this.entries.set(key, { type, value });
    return this;
  }

  setGfid(key: string, gfid: Gfid): this {
    return this.set(key, gfid, 'gfuuid');
  }

  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.entries.keys();
  }

  forEach(visit: (key: string, value: DictValue, type: DictType) => void): void {
    for (const [key, { type, value }] of this.entries) visit(key, value, type);
  }

  copy(): Dict {
    const dict = new Dict();
    this.forEach((key, value, type) => {
      dict.set(key, value, type);
    });
    return dict;
  }
}
