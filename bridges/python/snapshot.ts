/**
 * The memory of a started interpreter as a file, so that the next start need not run Python's own.
 *
 * Format, little-endian u32 words: magic, format, total file length, memory length, runs, head
 * length, crc32 of everything behind the source, 0; then the sha256 of what the snapshot was made
 * from (`snapshotSource`); then `runs` pairs (first page, pages); then Pyodide's own head (its build
 * id and the JavaScript objects Python held); then the pages.
 * Only pages of 4 KiB that are not all zero are kept: a new WebAssembly memory is zero, and a page
 * that is never touched costs no resident memory.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync, readvSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Log, openCached, writeCached } from './cache.ts';

const MAGIC = 0x534c4753; // 'SGLS'
const FORMAT = 2;
const WORDS_BYTES = 32;
/** The words and the sha256. */
const HEADER_BYTES = WORDS_BYTES + 32;
const PAGE = 4096;

/** A Python file put into the interpreter's file system; `path` is absolute in there. */
export interface PreloadFile {
  readonly path: string;
  readonly source: string;
}

/** The sha256 of all that a snapshot depends on. */
export function snapshotSource(parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of [String(FORMAT), process.version, process.arch, ...parts]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest();
}

/** A snapshot by its folder and its name, and what it has to be made from. */
export interface SnapshotPlace {
  readonly folder: string;
  readonly name: string;
  /** Of `snapshotSource`. */
  readonly source: Buffer;
}

/** A snapshot file that was opened and whose head was found sound; close it after use. */
export interface SnapshotFile {
  readonly fd: number;
  readonly memoryLength: number;
  /** Pyodide's head. */
  readonly head: Buffer;
  readonly runs: readonly Run[];
  readonly crc: number;
  /** The crc32 of runs and head, to be carried on over the pages. */
  readonly crcSoFar: number;
  readonly dataOffset: number;
}

interface Run {
  readonly start: number;
  readonly length: number;
}

/** Opens a snapshot; undefined (with the reason logged) when there is none that can be used. */
export function openSnapshot(place: SnapshotPlace, warn: Log, log: Log): SnapshotFile | undefined {
  const file = join(place.folder, place.name);
  const fd = openCached(file, warn, log);
  if (fd === undefined) return undefined;
  try {
    return readHead(fd, place.source);
  } catch (error) {
    log(`ignoring ${file}: ${error instanceof Error ? error.message : String(error)}`);
    closeSync(fd);
    return undefined;
  }
}

function readHead(fd: number, source: Buffer): SnapshotFile {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(fd, header, 0, HEADER_BYTES, 0) !== HEADER_BYTES) throw new Error('it is too short');
  const word = (i: number): number => header.readUInt32LE(i * 4);
  if (word(0) !== MAGIC || word(1) !== FORMAT) throw new Error('it is not a snapshot');
  if (!source.equals(header.subarray(WORDS_BYTES))) throw new Error('it was made from other files');
  if (word(2) !== fstatSync(fd).size) throw new Error('it is incomplete');
  const [memoryLength, count, headLength, crc] = [word(3), word(4), word(5), word(6)];
  const length = count * 8 + headLength;
  if (HEADER_BYTES + length > word(2)) throw new Error('it is damaged');
  const rest = Buffer.alloc(length);
  if (readSync(fd, rest, 0, length, HEADER_BYTES) !== length) throw new Error('it is too short');
  const runs: Run[] = [];
  let data = 0;
  for (let i = 0; i < count; i += 1) {
    const start = rest.readUInt32LE(i * 8) * PAGE;
    const bytes = rest.readUInt32LE(i * 8 + 4) * PAGE;
    if (start + bytes > memoryLength) throw new Error('it is damaged');
    runs.push({ start, length: bytes });
    data += bytes;
  }
  if (HEADER_BYTES + length + data !== word(2)) throw new Error('it is damaged');
  const head = rest.subarray(count * 8);
  const dataOffset = HEADER_BYTES + length;
  return { fd, memoryLength, head, runs, crc, crcSoFar: crc32(rest), dataOffset };
}

/** Reads the pages of `snapshot` into `heap`; throws when they are not what was written. */
export function readPages(snapshot: SnapshotFile, heap: Uint8Array): void {
  const { fd, runs } = snapshot;
  let position = snapshot.dataOffset;
  let crc = snapshot.crcSoFar;
  for (let i = 0; i < runs.length; i += 512) {
    const views = runs.slice(i, i + 512).map((run) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + run.start, run.length);
    });
    const wanted = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, position) !== wanted) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    position += wanted;
  }
  if (crc !== snapshot.crc) throw new Error('the snapshot is damaged (checksum)');
}

/**
 * Writes what Pyodide's `makeMemorySnapshot` returned: its head, whose length is word 1, and
 * behind it the whole memory.
 */
export function writeSnapshot(place: SnapshotPlace, made: Uint8Array, log: Log): boolean {
  const view = new DataView(made.buffer, made.byteOffset, made.byteLength);
  const headLength = view.getUint32(4, true);
  const head = Buffer.from(made.buffer, made.byteOffset, headLength);
  const memory = made.subarray(headLength);
  const runs = usedRuns(memory);
  const table = Buffer.alloc(runs.length * 8);
  runs.forEach((run, i) => {
    table.writeUInt32LE(run.start / PAGE, i * 8);
    table.writeUInt32LE(run.length / PAGE, i * 8 + 4);
  });
  const pages = runs.map((run) => {
    return Buffer.from(memory.buffer, memory.byteOffset + run.start, run.length);
  });
  const parts = [table, head, ...pages];
  let crc = 0;
  let total = HEADER_BYTES;
  for (const part of parts) {
    crc = crc32(part, crc);
    total += part.length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  const words = [MAGIC, FORMAT, total, memory.length, runs.length, headLength, crc, 0];
  words.forEach((value, i) => {
    header.writeUInt32LE(value, i * 4);
  });
  place.source.copy(header, WORDS_BYTES);
  return writeCached(place.folder, place.name, [header, ...parts], log);
}

function usedRuns(memory: Uint8Array): Run[] {
  const zero = Buffer.alloc(PAGE);
  const runs: Run[] = [];
  let start = -1;
  for (let at = 0; at <= memory.length; at += PAGE) {
    const used = at < memory.length && zero.compare(memory, at, at + PAGE) !== 0;
    if (used && start < 0) start = at;
    if (!used && start >= 0) {
      runs.push({ start, length: at - start });
      start = -1;
    }
  }
  return runs;
}
