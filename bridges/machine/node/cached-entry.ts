/**
 * The format of the files in the user's cache folder: four little-endian u32 words (magic, format,
 * length of the table, crc32 of table and content); the sha256 of the inputs that the content was
 * made from; the table as JSON; the content, from a multiple of 4096 bytes on, so that it can be
 * mapped as memory.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CacheLogs } from '../../host/machine.ts';
import { openCached, writeCached } from './cached-files.ts';

/** The second word; a change of the format needs another number. */
const FORMAT_VERSION = 4;
/** Bytes of the four words. */
const WORDS_BYTES = 16;
/** Bytes of the words and the sha256. */
const HEADER_BYTES = WORDS_BYTES + 32;
/** The content begins at a multiple of this. */
export const PAGE_BYTES = 4096;

/** Returns the sha256 of an entry's inputs, this format, and Node's version and architecture. */
export function hashInputs(inputs: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const input of [String(FORMAT_VERSION), process.version, process.arch, ...inputs]) {
    hash.update(`${input.length}:`).update(input);
  }
  return hash.digest();
}

/** The folder and name of an entry's file, and the hash of its inputs. */
export interface EntryLocation {
  readonly folder: string;
  readonly name: string;
  /** The result of `hashInputs`. */
  readonly inputsHash: Buffer;
}

/** A kind of entries: its first word, and its name in messages. */
export interface EntryKind {
  readonly magic: number;
  readonly title: string;
}

/** An opened entry. Its content is not checked yet. */
export interface Entry<T> {
  readonly fd: number;
  readonly table: T;
  /** The position and the length of the content in the file. */
  readonly position: number;
  readonly length: number;
  /** The crc32 of the table, and of table and content as they were written. */
  readonly tableCrc: number;
  readonly crc: number;
}

/**
 * Opens an entry, and returns what `use` makes of it, which closes its file then; undefined, with
 * the reason in the log, if the entry is not usable or `use` throws.
 */
export function openEntry<T, R>(
  kind: EntryKind,
  location: EntryLocation,
  logs: CacheLogs,
  use: (entry: Entry<T>) => R,
): R | undefined {
  const file = join(location.folder, location.name);
  const fd = openCached(file, logs.warn, logs.log);
  if (fd === undefined) return undefined;
  try {
    return use(readHead(kind, fd, location));
  } catch (error) {
    logs.log(`ignoring ${file}: ${error instanceof Error ? error.message : String(error)}`);
    closeSync(fd);
    return undefined;
  }
}

/** Reads and checks header and table. @throws {Error} if the file is of other inputs, or damaged */
function readHead<T>(
  { magic, title }: EntryKind,
  fd: number,
  { inputsHash }: EntryLocation,
): Entry<T> {
  const header = readAt(fd, HEADER_BYTES, 0);
  const [fileMagic, format, tableLength, crc] = [0, 4, 8, 12].map((offset) =>
    header.readUInt32LE(offset),
  );
  if (fileMagic !== magic || format !== FORMAT_VERSION) throw new Error(`it is not a ${title}`);
  if (!inputsHash.equals(header.subarray(WORDS_BYTES)))
    throw new Error('it was made from other files');
  const table = readAt(fd, tableLength!, HEADER_BYTES);
  const position = alignToPage(HEADER_BYTES + table.length);
  return {
    fd,
    table: JSON.parse(table.toString()) as T,
    position,
    length: fstatSync(fd).size - position,
    tableCrc: crc32(table),
    crc: crc!,
  };
}

const alignToPage = (position: number): number => Math.ceil(position / PAGE_BYTES) * PAGE_BYTES;

/** Reads exactly `length` bytes. @throws {Error} if the file is too short */
export function readAt(fd: number, length: number, position: number): Buffer {
  // A damaged length must not allocate more than the file has.
  const bytes = Buffer.alloc(Math.min(length, fstatSync(fd).size));
  if (readSync(fd, bytes, 0, bytes.length, position) === length) return bytes;
  throw new Error('it is too short');
}

/** Writes an entry. @param table a value for JSON */
export function writeEntry(
  { magic }: EntryKind,
  location: EntryLocation,
  table: object,
  content: readonly Uint8Array[],
  { log }: CacheLogs,
): void {
  const tableBytes = Buffer.from(JSON.stringify(table));
  const crc = content.reduce((sum, part) => crc32(part, sum), crc32(tableBytes));
  const words = Buffer.alloc(WORDS_BYTES);
  [magic, FORMAT_VERSION, tableBytes.length, crc].forEach(
    (word, i) => void words.writeUInt32LE(word, i * 4),
  );
  const headLength = HEADER_BYTES + tableBytes.length;
  const gap = Buffer.alloc(alignToPage(headLength) - headLength);
  const parts = [words, location.inputsHash, tableBytes, gap, ...content];
  writeCached(location.folder, location.name, parts, log);
}
