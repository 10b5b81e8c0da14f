/**
 * Encodes and decodes dictionaries for the wire: with types in fops (`gfx_dict`, since GlusterFS 4), as untyped texts
 * in the handshake and in calls of the server (the older layout).
 * Source: GlusterFS 10 `rpc/xdr/src/glusterfs3.h`, `libglusterfs/src/dict.c`.
 */
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { Dict, type DictType, type DictValue } from '../../runtime/core/dict.ts';
import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import { XdrReader, type XdrWriter } from '../../runtime/wire/xdr.ts';
import { readIatt, writeIatt } from './iatt.ts';

/** The bytes of an mdata value: three timestamps with nanoseconds. */
const MDATA_BYTES = 36;
/** The bytes before the pairs, not counted in the size: the size, and the number of pairs twice (null: -1 and 0). */
const HEADER_BYTES = 12;
/** The least bytes of a pair: the key's length, the type, and a value. */
const MIN_PAIR_BYTES = 12;

/** The encoding of one type of value. */
interface DictValueKind {
  readonly type: DictType;
  write(w: XdrWriter, value: never): void;
  read(r: XdrReader): DictValue;
}

const binary: DictValueKind = {
  type: 'bin',
  write: (w, value: Uint8Array) => w.opaque(value),
  read: (r) => r.opaqueCopy(),
};

/** Kinds by their type number on the wire. */
const kinds: readonly (DictValueKind | undefined)[] = [
  undefined,
  // Peers send 0 for a value of unknown type.
  binary,
  { type: 'int', write: (w, value: number) => w.i64(value), read: (r) => r.i64() },
  { type: 'uint', write: (w, value: number) => w.u64(value), read: (r) => r.u64() },
  { type: 'double', write: (w, value: number) => w.double(value), read: (r) => r.double() },
  { type: 'str', write: (w, value: string) => w.cString(value), read: (r) => r.cString() },
  binary,
  { type: 'gfuuid', write: (w, value: Gfid) => w.gfid(value), read: (r) => r.gfid() },
  { type: 'iatt', write: (w, value: Iatt) => writeIatt(w, value), read: (r) => readIatt(r) },
  {
    type: 'mdata',
    write: (w, value: Uint8Array) => w.fixed(value),
    read: (r) => r.fixed(MDATA_BYTES).slice(),
  },
];

const kindNumbers = Object.fromEntries(
  kinds.flatMap((kind, number) => (kind === undefined ? [] : [[kind.type, number]])),
) as Readonly<Record<DictType, number>>;

/** A key with its bytes on the wire, length included. */
interface CachedKey {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * The slots of two caches, one for written and one for read keys: the last key of each length. Few different keys are
 * in use, and a cached key is not encoded or decoded again.
 */
const CACHED_LENGTHS = 64;
const writtenKeys = new Array<CachedKey | null>(CACHED_LENGTHS).fill(null);
const readKeys = new Array<CachedKey | null>(CACHED_LENGTHS).fill(null);

function writeKey(w: XdrWriter, key: string): void {
  const slot = key.length & (CACHED_LENGTHS - 1);
  const cached = writtenKeys[slot]!;
  if (cached !== null && cached.key === key) {
    w.fixed(cached.bytes);
    return;
  }
  const start = w.position;
  w.cString(key);
  writtenKeys[slot] = { key, bytes: w.bytes.slice(start, w.position) };
}

function readKey(r: XdrReader): string {
  const start = r.position;
  const slot = r.u32() & (CACHED_LENGTHS - 1);
  r.position = start;
  const cached = readKeys[slot]!;
  if (cached !== null && r.skipSame(cached.bytes)) return cached.key;
  const key = r.cString();
  if (!r.isMalformed) readKeys[slot] = { key, bytes: r.bytes.slice(start, r.position) };
  return key;
}

/** Writes a typed dictionary. Null and an empty one differ, so that `readDict` tells them apart. */
export function writeDict(w: XdrWriter, dict: Dict | null): void {
  const sizePosition = w.position;
  w.u32(0);
  w.i32(dict?.size ?? -1);
  w.u32(dict?.size ?? 0);
  if (dict === null) return;
  dict.forEach((key, value, type) => {
    const number = kindNumbers[type];
    writeKey(w, key);
    w.i32(number);
    kinds[number]!.write(w, value as never);
  });
  w.patch(sizePosition, w.position - sizePosition - HEADER_BYTES);
}

/** Reads a typed dictionary; null if the sender wrote null, or if it is malformed. */
export function readDict(r: XdrReader): Dict | null {
  // The size, which the number of pairs makes needless.
  r.skip(4);
  const size = r.i32();
  const pairCount = r.u32();
  if (size < 0) {
    if (pairCount > 0) r.markMalformed();
    return null;
  }
  if (pairCount !== size || pairCount * MIN_PAIR_BYTES > r.remaining) {
    r.markMalformed();
    return null;
  }
  const dict = new Dict();
  for (let pair = 0; pair < pairCount; pair++) {
    const key = readKey(r);
    const kind = kinds[r.u32()];
    if (kind === undefined || r.isMalformed) {
      r.markMalformed();
      return dict;
    }
    dict.set(key, kind.read(r), kind.type);
  }
  return dict;
}

// -- the older layout ------------------------------------------------------------------------------

/** Writes a dictionary as an `opaque<>`. */
export function writeValues(w: XdrWriter, values: ReadonlyMap<string, Uint8Array>): void {
  const lengthPosition = w.position;
  w.u32(0);
  w.u32(values.size);
  for (const [key, value] of values) {
    const keyBytes = encodeName(key);
    w.u32(keyBytes.length);
    w.u32(value.length);
    w.fixed(keyBytes);
    w.zeros(1);
    w.fixed(value);
  }
  // The length does not count its own 4 bytes; the padding below fills the last word.
  const length = w.position - lengthPosition - 4;
  w.patch(lengthPosition, length);
  w.zeros(-length & 3);
}

/**
 * Reads a dictionary from an `opaque<>`, without a copy of the values. Returns an empty map for no bytes, null if it is
 * malformed.
 */
export function readValues(r: XdrReader): Map<string, Uint8Array> | null {
  const bytes = r.opaque();
  const values = new Map<string, Uint8Array>();
  if (bytes.length === 0) return r.isMalformed ? null : values;
  const content = new XdrReader(bytes);
  const count = content.u32();
  for (let pair = 0; pair < count; pair++) {
    const keyLength = content.u32();
    const valueLength = content.u32();
    const key = content.fixed(keyLength);
    // The key's NUL, which its length does not count.
    content.skip(1);
    const value = content.fixed(valueLength);
    if (content.isMalformed) return null;
    values.set(decodeName(key), value);
  }
  return values;
}

/** Writes a dictionary of texts as an `opaque<>`; the length of each value includes its NUL. */
export function writeTexts(w: XdrWriter, texts: ReadonlyMap<string, string>): void {
  writeValues(w, new Map(Array.from(texts, ([key, text]) => [key, encodeName(`${text}\0`)])));
}

/** Reads a dictionary of texts from an `opaque<>`. Returns an empty map for no bytes, null if it is malformed. */
export function readTexts(r: XdrReader): Map<string, string> | null {
  const values = readValues(r);
  if (values === null) return null;
  const texts = new Map<string, string>();
  for (const [key, value] of values) {
    const end = value.at(-1) === 0 ? value.length - 1 : value.length;
    texts.set(key, decodeName(value, 0, end));
  }
  return texts;
}
