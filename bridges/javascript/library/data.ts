/** Exposes the data of reads and writes, and the dicts (xdata, xattrs) of fops, to modules. */
import { HandleExpired } from './errors.ts';
import { host } from './host.ts';
import {
  changes,
  fetchValue,
  HOST_VALUE,
  type HostValue,
  Iatt,
  makePartOfValue,
  NULL_GFID,
  nameType,
  OWN_VALUE,
} from './values.ts';

/**
 * The bytes of a read or write. They stay with the host until read: passed on unchanged, they never
 * enter the interpreter.
 */
export class Data implements HostValue {
  _origin: number;
  /** The number of bytes. */
  readonly length: number;
  declare _bytes: Uint8Array | undefined;

  constructor(origin: number, length: number) {
    this._origin = origin;
    this.length = length;
  }

  get [HOST_VALUE](): HostValue {
    return this;
  }

  /** The bytes; changes to them are passed on. */
  get bytes(): Uint8Array {
    if (this._bytes === undefined) {
      this._bytes = this._read();
      this._origin = OWN_VALUE;
      changes.haveOccurred = true;
    }
    return this._bytes;
  }

  /** Returns a copy of the bytes. */
  copy(): Uint8Array {
    return this._bytes === undefined ? this._read() : this._bytes.slice();
  }

  /** Copies the bytes from the host. */
  _read(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    if (host.data(this._origin, bytes.buffer) !== this.length) {
      throw new HandleExpired('these bytes belong to a request that has ended');
    }
    return bytes;
  }

  _isChanged(): boolean {
    return this._origin === OWN_VALUE;
  }

  _detach(): void {
    this._bytes ??= this._read();
    this._origin = OWN_VALUE;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.copy()[Symbol.iterator]();
  }

  /** Decodes the bytes as UTF-8. */
  toString(): string {
    return new TextDecoder().decode(this.copy());
  }
}
(Data.prototype as { _bytes?: unknown })._bytes = undefined;

export type Bytes = Uint8Array | Data;

/** Returns the bytes of a buffer, view or Data; undefined for any other value. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Data) return value._bytes ?? value.copy();
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return undefined;
}

/** Number of bytes converted to text at a time: each is an argument, which needs stack. */
const CHUNK_BYTES = 4096;

/** Converts bytes to text of one character a byte, as JSON carries them. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return text;
}

/** Converts such a text back to bytes. */
export const encodeLatin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

const isNumber = (value: unknown): boolean => typeof value === 'number';
const isIntegral = (value: unknown): boolean =>
  Number.isSafeInteger(value) || typeof value === 'boolean';
const isText = (value: unknown): boolean => typeof value === 'string';
const isBytes = (value: unknown): boolean => toBytes(value) !== undefined;

/** A dict's types, each with the check of a value. A new value gets the first type that fits. */
const TYPE_CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  int: isIntegral,
  double: isNumber,
  str: isText,
  bin: isBytes,
  iatt: (value) => value instanceof Iatt,
  uint: (value) => isIntegral(value) && Number(value) >= 0,
  gfuuid: isText,
  mdata: isBytes,
};

/** Chooses a value's type; a replaced value keeps its type if that fits. */
function chooseType(value: unknown, previous: string | undefined): string {
  if (previous !== undefined && TYPE_CHECKS[previous]!(value)) {
    if (previous !== 'gfuuid' || (value as string).length === NULL_GFID.length) return previous;
  }
  for (const [kind, fits] of Object.entries(TYPE_CHECKS)) if (fits(value)) return kind;
  throw new TypeError(
    `a dict can hold numbers, strings, Uint8Array and Iatt, not ${nameType(value)}`,
  );
}

/** Encodes a value for JSON, by its GlusterFS type. */
function packValue(kind: string, value: unknown): unknown {
  if (kind === 'bin' || kind === 'mdata') return decodeLatin1(toBytes(value)!);
  if (kind === 'iatt') return (value as Iatt).fields();
  if (kind === 'double') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Decodes a value of a kind that JSON cannot represent. */
function unpackValue(kind: string, value: unknown): unknown {
  if (kind === 'double') return Number(value);
  return kind === 'iatt' ? makePartOfValue(Iatt, value) : encodeLatin1(value as string);
}

/**
 * A dict as the host encodes it (bridges/host/crossing/message.ts): the types, separated by blanks;
 * the indices of values that JSON cannot represent; the keys; the values.
 */
type FetchedDict = readonly [string, readonly number[], readonly string[], unknown[]];

/** Maximum number of keys for which a linear search costs less than making a Map. */
const MAX_KEYS_FOR_LINEAR_SEARCH = 24;

/**
 * A GlusterFS dict, such as xdata and extended attributes: a Map of strings to numbers, strings,
 * Uint8Array or Iatt. `types` has each key's GlusterFS type.
 */
export class Dict implements HostValue {
  _origin: number;
  declare _pairs: Map<string, unknown> | undefined;
  declare _types: Map<string, string> | undefined;
  /**
   * The dict as received, with converted values; `_texts` has the texts of these by index.
   */
  declare _fetched: FetchedDict | undefined;
  declare _texts: ReadonlyMap<number, unknown> | undefined;

  constructor(pairs: object | null = null) {
    this._origin = OWN_VALUE;
    this._pairs = new Map();
    this._types = new Map(pairs instanceof Dict ? pairs.types : []);
    for (const [key, value] of readPairs(pairs)) this.set(key, value);
  }

  get [HOST_VALUE](): HostValue {
    return this;
  }

  /** Fetches the dict at the first read. */
  _fetch(): FetchedDict {
    if (this._fetched === undefined) {
      const fetched = fetchValue(this) as FetchedDict;
      // Reads by index, because destructuring costs more than the rest of this method.
      if (fetched[1].length > 0) this._unpack(fetched);
      this._fetched = fetched;
    }
    return this._fetched;
  }

  /** Converts the values that JSON cannot represent. */
  _unpack([types, convertedIndexes, , values]: FetchedDict): void {
    const kinds = types.split(' ');
    this._texts = new Map(convertedIndexes.map((index) => [index, values[index]]));
    for (const index of convertedIndexes) {
      values[index] = unpackValue(kinds[index]!, values[index]);
      // The library cannot detect changes of bytes in place.
      if (values[index] instanceof Uint8Array) changes.haveOccurred = true;
    }
  }

  /** Makes the Map of the pairs, which all methods need except `get`. */
  _load(): Map<string, unknown> {
    if (this._pairs === undefined) {
      const fetched = this._fetch();
      const keys = fetched[2];
      const values = fetched[3];
      const pairs = new Map<string, unknown>();
      for (let index = 0; index < keys.length; index++) pairs.set(keys[index]!, values[index]);
      this._pairs = pairs;
    }
    return this._pairs;
  }

  _isChanged(): boolean {
    if (this._origin === OWN_VALUE) return true;
    if (this._fetched === undefined) return false;
    const [, convertedIndexes, , values] = this._fetched;
    return convertedIndexes.some((index) => {
      const value = values[index];
      if (value instanceof Iatt) return value._isChanged();
      return value instanceof Uint8Array && decodeLatin1(value) !== this._texts!.get(index);
    });
  }

  _detach(): void {
    this._load();
    this._origin = OWN_VALUE;
  }

  _markChanged(): void {
    this._origin = OWN_VALUE;
    changes.haveOccurred = true;
  }

  get types(): ReadonlyMap<string, string> {
    return this._loadTypes();
  }

  _loadTypes(): Map<string, string> {
    if (this._types === undefined) {
      const [types, , keys] = this._fetch();
      const kinds = types.split(' ');
      this._types = new Map(keys.map((key, index) => [key, kinds[index]!]));
    }
    return this._types;
  }

  get size(): number {
    return this._load().size;
  }

  has(key: string): boolean {
    return this._load().has(key);
  }

  get(key: string): unknown {
    if (this._pairs !== undefined) return this._pairs.get(key);
    const fetched = this._fetch();
    const keys = fetched[2];
    if (keys.length > MAX_KEYS_FOR_LINEAR_SEARCH) return this._load().get(key);
    const index = keys.indexOf(key);
    return index < 0 ? undefined : fetched[3][index];
  }

  /** Stores a value, with its GlusterFS type if `type` names one. */
  set(key: string, value: unknown, type?: string): this {
    if (typeof key !== 'string')
      throw new TypeError(`a dict's keys are strings, not ${nameType(key)}`);
    const kinds = this._loadTypes();
    const kind = type ?? chooseType(value, kinds.get(key));
    if (TYPE_CHECKS[kind]?.(value) !== true) {
      throw new TypeError(`${key}: ${nameType(value)} cannot be a ${kind}`);
    }
    this._load().set(key, value);
    kinds.set(key, kind);
    this._markChanged();
    return this;
  }

  delete(key: string): boolean {
    const kinds = this._loadTypes();
    const isRemoved = this._load().delete(key);
    if (isRemoved) {
      kinds.delete(key);
      this._markChanged();
    }
    return isRemoved;
  }

  clear(): void {
    this._loadTypes().clear();
    this._load().clear();
    this._markChanged();
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

  /** Returns an independent dict of the same pairs and types. */
  copy(): Dict {
    return new Dict(this);
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this);
  }

  /** Encodes the pairs for JSON, which has neither bytes nor typed values. */
  packed(): [key: string, kind: string, value: unknown][] {
    return [...this].map(([key, value]) => {
      const kind = this.types.get(key)!;
      return [key, kind, packValue(kind, value)];
    });
  }
}
// On the prototype, because entry.ts makes dicts as literals without these properties.
Object.assign(Dict.prototype, {
  _pairs: undefined,
  _types: undefined,
  _fetched: undefined,
  _texts: undefined,
});

/** Reads the pairs of a Dict, a Map or a plain object. */
function readPairs(value: object | null): Iterable<[string, unknown]> {
  if (value === null) return [];
  if (value instanceof Dict || value instanceof Map) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${nameType(value)} has no pairs`);
  return Object.entries(value);
}
