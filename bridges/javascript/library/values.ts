/**
 * Defines the values of fops: attributes, directory entries, locks. A costly value stays with the
 * host until it is read, and lives as long as its request; the first read of a field after that
 * throws HandleExpired. `copy()` keeps a value. Passing one on unchanged costs nothing; to change
 * it, set fields (`buf.iaSize = 0`) or pass a copy (`buf.copy({...})`).
 */
import {
  NEW_FLOCK,
  NEW_IATT,
  NEW_LEASE,
  NEW_STATVFS,
} from '../../../runtime/core/gen/fields.gen.ts';
import { IA_INVAL, MODE_BITS } from '../../../runtime/core/ia-types.ts';
import { HandleExpired } from './errors.ts';
import { host, parse } from './host.ts';
import { decodeRequestId } from './origin.ts';

export const NULL_GFID = '00000000-0000-0000-0000-000000000000';
export const ROOT_GFID = '00000000-0000-0000-0000-000000000001';

export {
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  IA_INVAL,
} from '../../../runtime/core/ia-types.ts';

/** True once the module has changed any received value; until then no value is compared. */
export const changes = { haveOccurred: false };

// `_origin` of a value that the module has made or changed, and of a value inside another one.
export const OWN_VALUE = 0;
export const PART_OF_VALUE = 1;

/** A received value, whose original the host has. */
export interface HostValue {
  /** The value's position in the request (origin.ts), or OWN_VALUE or PART_OF_VALUE. */
  _origin: number;
  /** True if the value differs from its original. */
  _isChanged(): boolean;
  /** Makes the value independent of its request. */
  _detach(): void;
}

/** Fetches the value at an origin, as parsed JSON. */
export function fetchValue({ _origin }: HostValue): unknown {
  const text = host.fetch(_origin);
  if (text === undefined) {
    throw new HandleExpired('this belongs to a request that has ended; copy what you want to keep');
  }
  return parse(text);
}

/** The property that marks a received value, for `toHostValue`; a listing (an array) has it, too. */
export const HOST_VALUE = Symbol('host value');

/** Returns a received value as a HostValue; undefined for any other value. */
export const toHostValue = (value: unknown): HostValue | undefined =>
  value === null || typeof value !== 'object'
    ? undefined
    : (value as { [HOST_VALUE]?: HostValue })[HOST_VALUE];

/** True if any value differs from its original. */
export function haveChanged(values: readonly unknown[]): boolean {
  if (!changes.haveOccurred) return false;
  for (const value of values) if (toHostValue(value)?._isChanged() === true) return true;
  return false;
}

type Field = string | number;
type Replacements<T> = Partial<Omit<T, 'copy' | 'fields' | 'toJSON'>>;

/** A structure of numbers and texts, fetched as a whole on first read. */
export abstract class Fields implements HostValue {
  /** Names of the fields, in the host's order. */
  declare static fieldNames: readonly string[];
  /** Initial values of the fields, in the same order. */
  declare static defaults: readonly Field[];
  _origin: number;
  declare _values: Field[] | undefined;

  constructor(fields: object = {}) {
    this._origin = OWN_VALUE;
    const { defaults, name } = this.constructor as typeof Fields;
    this._values = [...defaults];
    for (const [key, value] of Object.entries(fields)) {
      if (!(key in this)) throw new TypeError(`${name} has no field ${key}`);
      (this as unknown as Record<string, unknown>)[key] = value;
    }
  }

  get [HOST_VALUE](): HostValue {
    return this;
  }

  /** Fetches the fields at the first read. */
  _load(): Field[] {
    this._values ??= fetchValue(this) as Field[];
    return this._values;
  }

  _isChanged(): boolean {
    return this._origin === OWN_VALUE;
  }

  _detach(): void {
    this._load();
    this._origin = OWN_VALUE;
  }

  /** Sets a field. @throws {TypeError} for a value of another type */
  _set(index: number, value: unknown): void {
    const { fieldNames, defaults, name } = this.constructor as typeof Fields;
    const kind = typeof defaults[index];
    if (typeof value !== kind) {
      throw new TypeError(`${name}.${fieldNames[index]} must be a ${kind}, not ${nameType(value)}`);
    }
    this._load()[index] = value as Field;
    this._origin = OWN_VALUE;
    changes.haveOccurred = true;
  }

  /** Returns all fields in order. */
  fields(): Field[] {
    return [...this._load()];
  }

  /** Returns an independent copy, with some fields replaced. */
  copy(replacements: Replacements<this> = {}): this {
    const copy = new (this.constructor as new (fields: object) => this)({});
    copy._values = this.fields();
    for (const [key, value] of Object.entries(replacements)) {
      if (!(key in copy)) throw new TypeError(`${this.constructor.name} has no field ${key}`);
      (copy as unknown as Record<string, unknown>)[key] = value;
    }
    return copy;
  }

  toJSON(): Record<string, Field> {
    const { fieldNames } = this.constructor as typeof Fields;
    const values = this._load();
    return Object.fromEntries(fieldNames.map((name, index) => [name, values[index]!]));
  }
}
(Fields.prototype as { _values?: unknown })._values = undefined;

/** Defines a class's fields; a field's type is that of its initial value. */
function defineFields(fieldsClass: typeof Fields, fields: object): void {
  fieldsClass.fieldNames = Object.keys(fields);
  fieldsClass.defaults = Object.values(fields);
  fieldsClass.fieldNames.forEach((name, index) => {
    Object.defineProperty(fieldsClass.prototype, name, {
      get(this: Fields) {
        return (this._values ?? this._load())[index];
      },
      set(this: Fields, value: unknown) {
        this._set(index, value);
      },
      enumerable: true,
      configurable: true,
    });
  });
}

/** Makes a structure inside another value, from its fields in order. */
export const makePartOfValue = <T extends Fields>(fieldsClass: new () => T, values: unknown): T =>
  ({ __proto__: fieldsClass.prototype, _origin: PART_OF_VALUE, _values: values }) as unknown as T;

/** The attributes of an inode, named as in GlusterFS's struct iatt. */
export class Iatt extends Fields {
  declare iaGfid: string;
  declare iaType: number;
  declare iaProt: number;
  declare iaNlink: number;

  /** The inode number that applications see: the low 63 bits of the gfid, as a bigint; never 0. */
  get iaIno(): bigint {
    // The last 16 hexadecimal digits are the low 64 bits.
    const low = BigInt(`0x${this.iaGfid.replaceAll('-', '').slice(16)}`);
    return BigInt.asUintN(63, low) || 0xffff_ffffn;
  }

  /** st_mode: type and permission in one. Setting it sets both. */
  get mode(): number {
    return MODE_BITS[this.iaType]! | this.iaProt;
  }

  set mode(value: number) {
    const bits = value & 0o170000;
    this.iaType = Math.max(IA_INVAL, MODE_BITS.indexOf(bits));
    this.iaProt = value & 0o7777;
  }

  /** True if the attributes are known. */
  get known(): boolean {
    return (this as unknown as { iaCtime: number }).iaCtime !== 0 || this.iaNlink !== 0;
  }
}
defineFields(Iatt, NEW_IATT);

/** A file system's statvfs(3). */
export class Statvfs extends Fields {}
defineFields(Statvfs, NEW_STATVFS);

/** A byte-range lock: type 0 read, 1 write, 2 unlock; owner, hexadecimal text. */
export class Flock extends Fields {}
defineFields(Flock, NEW_FLOCK);

/** A lease: cmd 1 get, 2 set, 3 unlock; type 0 none, 1 read, 2 read and write. */
export class Lease extends Fields {}
defineFields(Lease, NEW_LEASE);

/** An entry's origin: request, wind, index in the reply, index in the listing. */
export type EntryRef = readonly [number, number, number, number];

/** An entry of a directory listing. Entries are immutable: `replace` makes a copy. */
export class Dirent {
  readonly name: string;
  readonly off: number;
  readonly type: number;
  readonly gfid: string;
  readonly stat: Iatt | null;
  /** Null for an entry that the module made. */
  readonly ref: EntryRef | null;

  constructor(
    name: string,
    off: number,
    type: number,
    details: { gfid?: string; stat?: Iatt | null; ref?: EntryRef | null } = {},
  ) {
    this.name = name;
    this.off = off;
    this.type = type;
    this.gfid = details.gfid ?? NULL_GFID;
    this.stat = details.stat ?? null;
    this.ref = details.ref ?? null;
    Object.freeze(this);
  }

  /** Returns a copy with some parts replaced. */
  replace(replacements: Partial<Pick<Dirent, 'name' | 'off' | 'type' | 'gfid' | 'stat'>>): Dirent {
    const { name, off, type, ...details } = { ...this, ...replacements };
    return new Dirent(name, off, type, details);
  }
}

/** Name, offset, type, gfid, attributes, and the entry's origin without the request's number. */
type PackedEntry = [string, number, number, string, unknown, [number, number, number]];

/** A function that decodes the items of a listing. */
export type DecodeItems = (origin: HostValue, packed: unknown[]) => unknown[];

/** Decodes the entries of a directory listing. */
export const decodeDirents: DecodeItems = ({ _origin }, packed) =>
  (packed as PackedEntry[]).map(([name, off, type, gfid, stat, ref]) => {
    const iatt = stat === null ? null : makePartOfValue(Iatt, stat);
    return new Dirent(name, off, type, {
      gfid,
      stat: iatt,
      ref: [decodeRequestId(_origin), ...ref],
    });
  });

/** Decodes a list of locks. */
export const decodeFlocks: DecodeItems = (_, packed) =>
  packed.map((values) => makePartOfValue(Flock, values));

/** The origin of a listing, fetched into `items` on first read. */
class ListingOrigin implements HostValue {
  _origin: number;
  readonly #items: unknown[];
  readonly #decode: DecodeItems;
  #isLoaded = false;

  constructor(origin: number, items: unknown[], decode: DecodeItems) {
    this._origin = origin;
    this.#items = items;
    this.#decode = decode;
  }

  /** Fetches the items at the first read. */
  _load(): void {
    if (this.#isLoaded) return;
    const packed = fetchValue(this) as unknown[];
    this.#isLoaded = true;
    this.#items.push(...this.#decode(this, packed));
  }

  _markChanged(): void {
    this._load();
    this._origin = OWN_VALUE;
    changes.haveOccurred = true;
  }

  _isChanged(): boolean {
    if (this._origin === OWN_VALUE) return true;
    return this.#items.some((item) =>
      toHostValue(item instanceof Dirent ? item.stat : item)?._isChanged(),
    );
  }

  _detach(): void {
    this._load();
    this._origin = OWN_VALUE;
  }
}

/** Makes a listing: an array that fetches its items on first read. */
export function makeListing(origin: number, decode: DecodeItems): unknown[] {
  const items: unknown[] = [];
  const listingOrigin = new ListingOrigin(origin, items, decode);
  const makeTraps = (names: string, act: () => void) =>
    names.split(' ').map((name) => [
      name,
      (...args: never[]): unknown => {
        act();
        return (Reflect[name as 'get'] as (...args: never[]) => unknown)(...args);
      },
    ]);
  return new Proxy(items, {
    ...Object.fromEntries(
      makeTraps('has ownKeys getOwnPropertyDescriptor', () => listingOrigin._load()),
    ),
    ...Object.fromEntries(
      makeTraps('set defineProperty deleteProperty', () => listingOrigin._markChanged()),
    ),
    get(target, key) {
      if (key === HOST_VALUE) return listingOrigin;
      listingOrigin._load();
      return Reflect.get(target, key);
    },
  });
}

/** Names a value's type, for messages. */
export function nameType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return typeof value;
  return (value as object).constructor?.name ?? 'object';
}
