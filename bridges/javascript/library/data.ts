/** The bytes of a read or write, and the dicts that ride along with fops. */
import { HandleExpired } from './errors.ts';
import { host } from './host.ts';
import {
  changes,
  fetch,
  Iatt,
  indexOf,
  inside,
  LENT,
  type Lent,
  NULL_GFID,
  OWN,
  requestOf,
  typeOf,
  windOf,
} from './values.ts';

/**
 * The bytes of a read or write, which stay with the host until they are looked at. Handed on
 * untouched, they never enter the interpreter.
 */
export class Data implements Lent {
  _at: number;
  /** How many bytes there are. */
  readonly length: number;
  declare _bytes: Uint8Array | undefined;

  constructor(at: number, length: number) {
    this._at = at;
    this.length = length;
  }

  get [LENT](): Lent {
    return this;
  }

  /** The bytes: change them, and what you have changed is handed on. */
  get bytes(): Uint8Array {
    if (this._bytes === undefined) {
      this._bytes = this._read();
      this._at = OWN;
      changes.any = true;
    }
    return this._bytes;
  }

  /** The bytes as an array of your own. Looking at them in this way changes nothing. */
  copy(): Uint8Array {
    return this._bytes === undefined ? this._read() : this._bytes.slice();
  }

  _read(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    const at = this._at;
    if (host.data(requestOf(at), windOf(at), indexOf(at), bytes.buffer) !== this.length) {
      throw new HandleExpired('these bytes belong to a request that has ended');
    }
    return bytes;
  }

  _changed(): boolean {
    return this._at === OWN;
  }

  _take(): void {
    this._bytes ??= this._read();
    this._at = OWN;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.copy()[Symbol.iterator]();
  }

  /** The bytes as text: UTF-8. */
  toString(): string {
    return new TextDecoder().decode(this.copy());
  }
}
(Data.prototype as { _bytes?: unknown })._bytes = undefined;

export type Bytes = Uint8Array | Data;

/** The bytes of whatever holds some; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Data) return value._bytes ?? value.copy();
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return undefined;
}

/** Text of one character a byte, as bytes travel in JSON. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

export const fromLatin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

const isNumber = (value: unknown): boolean => typeof value === 'number';
const isWhole = (value: unknown): boolean =>
  Number.isSafeInteger(value) || typeof value === 'boolean';
const isText = (value: unknown): boolean => typeof value === 'string';
const isBytes = (value: unknown): boolean => bytesOf(value) !== undefined;

/** A dict's types and what their values are here. The first that fits a new value is its type. */
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  int: isWhole,
  double: isNumber,
  str: isText,
  bin: isBytes,
  iatt: (value) => value instanceof Iatt,
  uint: (value) => isWhole(value) && Number(value) >= 0,
  gfuuid: isText,
  mdata: isBytes,
};

/** A value's type. One that is replaced keeps its type where that fits. */
function kindOf(value: unknown, before: string | undefined): string {
  if (before !== undefined && KINDS[before]!(value)) {
    if (before !== 'gfuuid' || (value as string).length === NULL_GFID.length) return before;
  }
  for (const [kind, fits] of Object.entries(KINDS)) if (fits(value)) return kind;
  throw new TypeError(
    `a dict can hold numbers, strings, Uint8Array and Iatt, not ${typeOf(value)}`,
  );
}

function packValue(kind: string, value: unknown): unknown {
  if (kind === 'bin' || kind === 'mdata') return latin1(bytesOf(value)!);
  if (kind === 'iatt') return (value as Iatt).fields();
  if (kind === 'double') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? Number(value) : value;
}

function unpackValue(kind: string, value: unknown): unknown {
  if (kind === 'bin' || kind === 'mdata') return fromLatin1(value as string);
  if (kind === 'iatt') return inside(Iatt, value);
  return kind === 'double' ? Number(value) : value;
}

type Packed = [key: string, kind: string, value: unknown][];

/**
 * A GlusterFS dict, such as xdata and extended attributes: a Map of strings to numbers, strings,
 * Uint8Array or Iatt. `types` has each key's GlusterFS type.
 */
export class Dict implements Lent {
  _at: number;
  declare _pairs: Map<string, unknown> | undefined;
  declare _types: Map<string, string> | undefined;
  declare _packed: Packed | undefined;

  constructor(pairs: object | null = null) {
    this._at = OWN;
    this._pairs = new Map();
    this._types = new Map(pairs instanceof Dict ? pairs.types : []);
    for (const [key, value] of pairsOf(pairs)) this.set(key, value);
  }

  get [LENT](): Lent {
    return this;
  }

  _load(): Map<string, unknown> {
    if (this._pairs === undefined) {
      const packed = fetch(this) as Packed;
      this._types = new Map(packed.map(([key, kind]) => [key, kind]));
      this._pairs = new Map(packed.map(([key, kind, value]) => [key, unpackValue(kind, value)]));
      this._packed = packed;
      changes.any ||= packed.some(([, kind]) => kind === 'bin' || kind === 'mdata');
    }
    return this._pairs;
  }

  _changed(): boolean {
    if (this._at === OWN) return true;
    for (const value of this._pairs?.values() ?? []) {
      if (value instanceof Iatt && value._changed()) return true;
    }
    // Bytes may have been changed in place.
    return (
      this._packed?.some(
        ([key, kind, text]) =>
          (kind === 'bin' || kind === 'mdata') && latin1(bytesOf(this.get(key))!) !== text,
      ) === true
    );
  }

  _take(): void {
    this._load();
    this._at = OWN;
  }

  _note(): void {
    this._at = OWN;
    changes.any = true;
  }

  get types(): ReadonlyMap<string, string> {
    this._load();
    return this._types!;
  }

  get size(): number {
    return this._load().size;
  }

  has(key: string): boolean {
    return this._load().has(key);
  }

  get(key: string): unknown {
    return this._load().get(key);
  }

  /** Stores a value, as a GlusterFS type where one is given. */
  set(key: string, value: unknown, type?: string): this {
    if (typeof key !== 'string')
      throw new TypeError(`a dict's keys are strings, not ${typeOf(key)}`);
    const pairs = this._load();
    const kind = type ?? kindOf(value, this._types!.get(key));
    if (KINDS[kind]?.(value) !== true) {
      throw new TypeError(`${key}: ${typeOf(value)} cannot be a ${kind}`);
    }
    pairs.set(key, value);
    this._types!.set(key, kind);
    this._note();
    return this;
  }

  delete(key: string): boolean {
    const was = this._load().delete(key);
    if (was) {
      this._types!.delete(key);
      this._note();
    }
    return was;
  }

  clear(): void {
    this._load().clear();
    this._types!.clear();
    this._note();
  }

  keys(): IterableIterator<string> {
    return this._load().keys();
  }

  values(): IterableIterator<unknown> {
    return this._load().values();
  }

  entries(): IterableIterator<[string, unknown]> {
    return this._load().entries();
  }

  [Symbol.iterator](): IterableIterator<[string, unknown]> {
    return this.entries();
  }

  forEach(each: (value: unknown, key: string, dict: Dict) => void): void {
    for (const [key, value] of this) each(value, key, this);
  }

  /** An independent dict of the same pairs and types. */
  copy(): Dict {
    return new Dict(this);
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this);
  }

  /** The pairs as they travel: JSON has neither bytes nor typed values. */
  packed(): Packed {
    return [...this].map(([key, value]) => {
      const kind = this.types.get(key)!;
      return [key, kind, packValue(kind, value)];
    });
  }
}
Object.assign(Dict.prototype, { _pairs: undefined, _types: undefined, _packed: undefined });

/** Pairs of a Dict, a Map, or an object that is nothing but pairs. */
function pairsOf(value: object | null): Iterable<[string, unknown]> {
  if (value === null) return [];
  if (value instanceof Dict || value instanceof Map) return value;
  const plain = Object.getPrototypeOf(value);
  if (plain !== Object.prototype && plain !== null)
    throw new TypeError(`${typeOf(value)} has no pairs`);
  return Object.entries(value);
}
