/**
 * Reads and writes messages as rows of fields, each with a name and a kind. A row is written from, and read into, an
 * array with one value per named field. `fops4.ts` and `programs.ts` define the rows.
 *
 *   const row = parseFields('loc.gfid =0:u32 name:string xdata');
 *   writeFields(w, row, [gfid, 'x', null]);
 */

import type { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { readDict, writeDict } from './dict.ts';
import { IATT_BYTES, readIatt, writeIatt } from './iatt.ts';
import {
  type FieldKind,
  flock,
  gfid,
  i32,
  lease,
  readDirents,
  readLocks,
  readWide,
  statvfs,
  u32,
  u64,
  writeDirents,
  writeLocks,
  writeWide,
} from './structs.ts';

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
