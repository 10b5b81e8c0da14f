/**
 * Reads and writes messages as rows of fields, each with a name and a kind. A row is written from, and read into, an
 * array with one value per named field. `fops4.ts` and `programs.ts` define the rows.
 *
 *   const row = parseFields('loc.gfid =0:u32 name:string xdata');
 *   writeFields(w, row, [gfid, 'x', null]);
 */

import type { Dict } from '../../runtime/core/dict.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import type { Flock } from '../../runtime/core/lock.ts';
import { type StructType, type StructTypes, structTypes } from '../../runtime/core/struct-types.ts';
import type { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { readDict, writeDict } from './dict.ts';
import { IATT_BYTES, readIatt, writeIatt } from './iatt.ts';
import { parseHex, toHex } from './message.ts';

/** The encoding of one kind of value. */
interface FieldKind {
  write(w: XdrWriter, value: never): void;
  read(r: XdrReader): unknown;
}

const u32: FieldKind = { write: (w, value: number) => w.u32(value), read: (r) => r.u32() };
const i32: FieldKind = { write: (w, value: number) => w.i32(value), read: (r) => r.i32() };
const u64: FieldKind = { write: (w, value: number) => w.u64(value), read: (r) => r.u64() };
const gfid: FieldKind = {
  write: (w, value: string) => w.gfid(value),
  read: (r) => r.gfid(),
};
/** The kind of bytes that are hexadecimal text in the runtime, such as lock owners. */
const hex: FieldKind = {
  write: (w, text: string) => w.opaque(parseHex(text)),
  read: (r) => toHex(r.opaque()),
};

/** The largest offset: offsets on the wire are signed. Larger numbers are sent as this one. */
const MAX_OFFSET: Wide = { hi: 0x7fff_ffff, lo: 0xffff_ffff };
const offset: FieldKind = {
  write: (w, value: number) => (value < 2 ** 63 ? w.u64(value) : writeWide(w, MAX_OFFSET)),
  read: (r) => r.u64(),
};

/** Makes the kind of a structure, with the fields of `core/struct-types.ts`. Null is written as `size` zeros. */
function makeStructKind<T extends StructType>(type: T, size: number, kinds: readonly FieldKind[]) {
  const { names, make } = structTypes[type];
  return {
    write(w: XdrWriter, struct: StructTypes[T] | null): void {
      if (struct === null) w.zeros(size);
      else for (let i = 0; i < kinds.length; i++) kinds[i]!.write(w, struct[names[i]!] as never);
    },
    read(r: XdrReader): StructTypes[T] {
      const struct = make();
      for (let i = 0; i < kinds.length; i++) struct[names[i]!] = kinds[i]!.read(r) as never;
      return struct;
    },
  };
}

const flock = makeStructKind('flock', 32, [u32, u32, offset, offset, i32, hex]);
const lease = makeStructKind('lease', 28, [u32, u32, gfid, u32]);
const statvfs = makeStructKind('statvfs', 88, new Array<FieldKind>(11).fill(u64));

/** One client's lock in the list of all locks of a file. */
interface WireLock {
  readonly flock: Flock;
  /** `process-uuid` of the client that holds it. */
  readonly client: string;
  /** GlusterFS's `lk_flags`. */
  readonly flags: number;
}

/** Writes a list as a flag before each item, and a 0 at its end. */
function writeList<T>(w: XdrWriter, list: readonly T[] | null, write: (item: T) => void): void {
  for (const item of list ?? []) {
    w.u32(1);
    write(item);
  }
  w.u32(0);
}

/** Reads a list of `writeList`, or its items before a malformed one. */
function readList<T>(r: XdrReader, read: () => T): T[] {
  const list: T[] = [];
  for (;;) {
    const hasItem = r.u32() !== 0;
    if (!hasItem) return list;
    const item = read();
    if (r.isMalformed) return list;
    list.push(item);
  }
}

const writeLocks = (w: XdrWriter, locks: readonly WireLock[] | null): void =>
  writeList(w, locks, ({ flock: lock, client, flags }) => {
    flock.write(w, lock);
    w.string(client);
    w.u32(flags);
  });

const readLocks = (r: XdrReader): WireLock[] =>
  readList(r, () => ({ flock: flock.read(r), client: r.string(), flags: r.u32() }));

/** A number of 64 bits in two halves, each unsigned. */
export interface Wide {
  readonly hi: number;
  readonly lo: number;
}

function writeWide(w: XdrWriter, { hi, lo }: Wide): void {
  w.u32(hi);
  w.u32(lo);
}

const readWide = (r: XdrReader): Wide => ({ hi: r.u32(), lo: r.u32() });

/** One entry of a listing. Positions and inode numbers have 64 bits: two halves each. */
export interface WireDirent {
  readonly inoHi: number;
  readonly inoLo: number;
  readonly offHi: number;
  readonly offLo: number;
  /** One of `DT_*`. */
  readonly type: number;
  readonly name: string;
  /** Sent by readdirp alone. */
  readonly stat: Iatt | null;
  readonly dict: Dict | null;
}

/** Writes the entries of a listing. @param withAttributes true for readdirp */
const writeDirents = (
  w: XdrWriter,
  entries: readonly WireDirent[] | null,
  withAttributes: boolean,
): void =>
  writeList(w, entries, (entry) => {
    for (const half of [entry.inoHi, entry.inoLo, entry.offHi, entry.offLo]) w.u32(half);
    const lengthPosition = w.position;
    // The name's length is sent twice: here, and before the name, 8 bytes on. `patch` below copies it from there.
    w.u32(0);
    w.u32(entry.type);
    w.string(entry.name);
    w.patch(lengthPosition, w.view.getUint32(lengthPosition + 8));
    if (!withAttributes) return;
    writeIatt(w, entry.stat);
    writeDict(w, entry.dict);
  });

const readDirents = (r: XdrReader, withAttributes: boolean): WireDirent[] =>
  readList(r, () => {
    const inoHi = r.u32();
    const inoLo = r.u32();
    const offHi = r.u32();
    const offLo = r.u32();
    r.skip(4);
    const type = r.u32();
    const name = r.string();
    const stat = withAttributes ? readIatt(r) : null;
    const dict = withAttributes ? readDict(r) : null;
    return { inoHi, inoLo, offHi, offLo, type, name, stat, dict };
  });

const kinds = {
  u32,
  i32,
  u64,
  wide: { write: writeWide, read: readWide },
  i64: { write: (w, value: number) => w.i64(value), read: (r) => r.i64() },
  gfid,
  string: { write: (w, value: string) => w.string(value), read: (r) => r.string() },
  opaque: { write: (w, value: Uint8Array) => w.opaque(value), read: (r) => r.opaque() },
  dict: { write: writeDict, read: readDict },
  iatt: { write: writeIatt, read: readIatt },
  flock,
  lease,
  statvfs,
  locks: { write: writeLocks, read: readLocks },
  dirents: {
    write: (w, list: never) => writeDirents(w, list, false),
    read: (r) => readDirents(r, false),
  },
  direntsplus: {
    write: (w, list: never) => writeDirents(w, list, true),
    read: (r) => readDirents(r, true),
  },
} as const satisfies Readonly<Record<string, FieldKind>>;

export type KindName = keyof typeof kinds;

/** Kinds that a field's name implies. */
const KIND_BY_NAME: readonly (readonly [RegExp, KindName])[] = [
  [/\.(par)?gfid$/, 'gfid'],
  [/\.name$/, 'string'],
  [/^(xdata|dict)$/, 'dict'],
  [/^flock$/, 'flock'],
  [/^lease$/, 'lease'],
];

/** A named field of a message. */
export interface Field {
  readonly name: string;
  readonly kind: KindName;
}

/** One value of a message on the wire: a named field, or a constant. */
interface WireField {
  readonly kind: FieldKind;
  /** The value's index in the array; -1 for a constant. */
  readonly index: number;
  readonly constant: unknown;
}

/** A parsed row: the fields of a message, and all its values in the order of the wire. */
export interface Fields {
  readonly namedFields: readonly Field[];
  readonly wireFields: readonly WireField[];
}

/**
 * Parses a row. A field is `name:kind`; the kind may be omitted where the name implies it. `=0:u32`
 * is the constant 0, `_` an ignored iatt; readers skip both.
 */
export function parseFields(text: string): Fields {
  const namedFields: Field[] = [];
  const wireFields: WireField[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const [name, kindName] = word.split(':') as [string, KindName | undefined];
    const kind = kindName ?? KIND_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'iatt';
    const isConstant = name.startsWith('=') || name === '_';
    const constant = name === '_' ? null : Number(name.slice(1));
    wireFields.push({
      kind: kinds[kind],
      index: isConstant ? -1 : namedFields.length,
      constant,
    });
    if (!isConstant) namedFields.push({ name, kind });
  }
  return { namedFields, wireFields };
}

/** A kind for attributes whose reader skips them and returns null. */
const skippedIatt: FieldKind = {
  write: writeIatt,
  read(r) {
    r.skip(IATT_BYTES);
    return null;
  },
};

/** Derives a row whose reader skips the named attributes: they become null. */
export const skipIatts = (fields: Fields, names: ReadonlySet<string>): Fields => ({
  ...fields,
  wireFields: fields.wireFields.map((wireField) => {
    const name = fields.namedFields[wireField.index]?.name;
    const isSkipped = name !== undefined && names.has(name);
    return isSkipped ? { ...wireField, kind: skippedIatt } : wireField;
  }),
});

/** Writes a row. @param values one for each named field */
export function writeFields(
  w: XdrWriter,
  { wireFields }: Fields,
  values: readonly unknown[],
): void {
  for (let i = 0; i < wireFields.length; i++) {
    const { kind, index, constant } = wireFields[i]!;
    kind.write(w, (index < 0 ? constant : values[index]) as never);
  }
}

/** Reads a row. Returns one value for each named field; malformed input sets `isMalformed` on the reader. */
export function readFields(r: XdrReader, { wireFields, namedFields }: Fields): unknown[] {
  const values = new Array<unknown>(namedFields.length);
  for (let i = 0; i < wireFields.length; i++) {
    const { kind, index } = wireFields[i]!;
    const value = kind.read(r);
    if (index >= 0) values[index] = value;
  }
  return values;
}
