/**
 * Changes the bytes of a WebAssembly module before it is compiled: its memory, its tables and its exports.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.5.
 */
import {
  BinaryReader,
  HAS_MAX,
  listSections,
  readKind,
  SECTIONS,
  type Section,
  type TableType,
} from './wasm-binary.ts';

/** Encodes an unsigned LEB128 number. */
export function encodeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Encodes a section. */
const encodeSection = (id: number, content: readonly number[]): number[] => [
  id,
  ...encodeUnsigned(content.length),
  ...content,
];

/** Returns the module with another content of a section. */
function replaceSection(
  bytes: Uint8Array,
  { id, headerStart, end }: Section,
  content: readonly number[],
): Uint8Array {
  const section = encodeSection(id, content);
  const replaced = new Uint8Array(bytes.length + section.length - (end - headerStart));
  replaced.set(bytes.subarray(0, headerStart));
  replaced.set(section, headerStart);
  replaced.set(bytes.subarray(end), headerStart + section.length);
  return replaced;
}

/**
 * Returns the module with a maximum for its only memory, so that it cannot grow beyond it.
 * @param section its memory section
 */
export const limitMemory = (
  bytes: Uint8Array,
  section: Section,
  minPages: number,
  maxPages: number,
): Uint8Array =>
  replaceSection(bytes, section, [
    ...[1, HAS_MAX],
    ...encodeUnsigned(minPages),
    ...encodeUnsigned(maxPages),
  ]);

/**
 * Returns the module with a maximum for each of its tables, so that all together never have more entries.
 * @param section its table section
 * @param maxEntries at least the number with which they begin
 */
export function limitTables(
  bytes: Uint8Array,
  section: Section,
  tables: readonly TableType[],
  maxEntries: number,
): Uint8Array {
  const initialCount = tables.reduce((sum, { minEntries }) => sum + minEntries, 0);
  const growth = Math.floor((maxEntries - initialCount) / tables.length);
  const rows = tables.map(({ elementType, minEntries, maxEntries: declared }) => [
    ...[elementType, HAS_MAX],
    ...encodeUnsigned(minEntries),
    ...encodeUnsigned(Math.min(declared ?? Number.POSITIVE_INFINITY, minEntries + growth)),
  ]);
  return replaceSection(bytes, section, [...encodeUnsigned(tables.length), ...rows.flat()]);
}

/** Bytes of a custom section without a name: its number, its length in five bytes, the length of its name. */
const FILLER_BYTES = 7;

/**
 * Removes all other exports, in place: V8 makes an object of each for every instance. A custom section takes their room.
 * @param isKept gets a name, which is ASCII for those to keep
 */
export function keepExports(bytes: Uint8Array, isKept: (name: string) => boolean): void {
  const section = listSections(bytes).find(({ id }) => id === SECTIONS.export);
  if (section === undefined) return;
  const reader = new BinaryReader(bytes, section.start, section.end);
  // Decoded at once, a character for each byte.
  const text = new TextDecoder('latin1').decode(bytes.subarray(section.start, section.end));
  const kept: number[] = [];
  let keptCount = 0;
  for (let count = reader.readCount(); count > 0; count -= 1) {
    const start = reader.offset;
    const nameLength = reader.readUnsigned();
    const nameStart = reader.offset - section.start;
    reader.readBytes(nameLength);
    readKind(reader);
    reader.readUnsigned();
    if (!isKept(text.slice(nameStart, nameStart + nameLength))) continue;
    keptCount += 1;
    kept.push(...bytes.subarray(start, reader.offset));
  }
  const content = [...encodeUnsigned(keptCount), ...kept];
  const newSection = encodeSection(SECTIONS.export, content);
  const fillerStart = section.headerStart + newSection.length;
  const fillerLength = section.end - fillerStart - FILLER_BYTES;
  if (fillerLength < 0) return;
  bytes.set(newSection, section.headerStart);
  bytes.fill(0, fillerStart, section.end);
  // Each of the five has seven bits of the number, and all but the last say that another follows.
  for (let i = 0; i < 5; i += 1)
    bytes[fillerStart + 1 + i] = (((fillerLength + 1) >>> (7 * i)) & 127) | (i < 4 ? 128 : 0);
}
