/**
 * Stores the memory of a started interpreter as a cache file, and reads it into another's memory.
 *
 * Format: four little-endian u32 words (magic, format, length of the table, crc32 of all after the
 * sha256); the sha256 of the snapshot's inputs; the table as JSON (`Table`); the pages. Only pages
 * of 4 KiB that are not all zero are stored: new WebAssembly memory is zero.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync, readvSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CacheLogs, Snapshot } from '../../host/machine.ts';
import { openCached, writeCached } from './cached-files.ts';

const MAGIC = 0x534c4753; // 'SGLS'
const FORMAT = 3;
const WORDS_BYTES = 16;
const HEADER_BYTES = WORDS_BYTES + 32;
const PAGE = 4096;

interface Table {
  readonly memoryLength: number;
  /** Pyodide's own head (its build id, and the JavaScript objects that Python held), in base64. */
  readonly head: string;
  /** Runs of adjacent pages: their place in the memory, in bytes. */
  readonly runs: readonly (readonly [start: number, length: number])[];
}

/** The sha256 of all that a snapshot depends on. */
export function snapshotSource(parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of [String(FORMAT), process.version, process.arch, ...parts]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest();
}

/** A snapshot's folder and name, and the hash of its inputs. */
export interface SnapshotPlace {
  readonly folder: string;
  readonly name: string;
  /** The result of `snapshotSource`. */
  readonly source: Buffer;
}

/** Opens a snapshot; undefined (with the reason logged) without a usable one. */
export function openSnapshot(place: SnapshotPlace, logs: CacheLogs): Snapshot | undefined {
  const file = join(place.folder, place.name);
  const fd = openCached(file, logs.warn, logs.log);
  if (fd === undefined) return undefined;
  try {
    return readSnapshot(fd, place);
  } catch (error) {
    logs.log(`ignoring ${file}: ${error instanceof Error ? error.message : String(error)}`);
    closeSync(fd);
    return undefined;
  }
}

function readSnapshot(fd: number, { name, source }: SnapshotPlace): Snapshot {
  const header = readAt(fd, HEADER_BYTES, 0);
  const [magic, format, length, crc] = [0, 4, 8, 12].map((at) => header.readUInt32LE(at));
  if (magic !== MAGIC || format !== FORMAT) throw new Error('it is not a snapshot');
  if (!source.equals(header.subarray(WORDS_BYTES))) throw new Error('it was made from other files');
  const text = readAt(fd, length!, HEADER_BYTES);
  const { memoryLength, head, runs } = JSON.parse(text.toString()) as Table;
  const position = HEADER_BYTES + text.length;
  const size = runs.reduce((sum, [, bytes]) => sum + bytes, position);
  if (size !== fstatSync(fd).size) throw new Error('it is incomplete');
  return {
    name,
    memoryLength,
    head: Buffer.from(head, 'base64'),
    readPages(heap) {
      if (readPages(fd, runs, position, heap, crc32(text)) === crc) return;
      throw new Error('the snapshot is damaged (checksum)');
    },
    close: () => closeSync(fd),
  };
}

function readAt(fd: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(Math.min(length, fstatSync(fd).size));
  if (readSync(fd, bytes, 0, bytes.length, position) === length) return bytes;
  throw new Error('it is too short');
}

/** Reads the pages; returns their crc32, continued from `before`. */
function readPages(
  fd: number,
  runs: Table['runs'],
  from: number,
  heap: Uint8Array,
  before: number,
): number {
  let position = from;
  let crc = before;
  for (let i = 0; i < runs.length; i += 512) {
    const views = runs.slice(i, i + 512).map(([start, length]) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + start, length);
    });
    const wanted = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, position) !== wanted) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    position += wanted;
  }
  return crc;
}

/**
 * @param made the result of Pyodide's `makeMemorySnapshot`: a head, whose length is word 1, then
 *   the whole memory
 */
export function writeSnapshot(place: SnapshotPlace, made: Uint8Array, logs: CacheLogs): void {
  const all = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
  const headLength = all.readUInt32LE(4);
  const head = all.toString('base64', 0, headLength);
  const memory = all.subarray(headLength);
  const runs = usedRuns(memory);
  const table: Table = { memoryLength: memory.length, head, runs };
  const text = Buffer.from(JSON.stringify(table));
  const pages = runs.map(([start, length]) => memory.subarray(start, start + length));
  const crc = pages.reduce((sum, page) => crc32(page, sum), crc32(text));
  const words = Buffer.alloc(WORDS_BYTES);
  [MAGIC, FORMAT, text.length, crc].forEach((word, i) => void words.writeUInt32LE(word, i * 4));
  writeCached(place.folder, place.name, [words, place.source, text, ...pages], logs.log);
}

function usedRuns(memory: Buffer): [start: number, length: number][] {
  const zero = Buffer.alloc(PAGE);
  const runs: [number, number][] = [];
  let start = -1;
  for (let at = 0; at <= memory.length; at += PAGE) {
    const used = at < memory.length && zero.compare(memory, at, at + PAGE) !== 0;
    if (used && start < 0) start = at;
    if (!used && start >= 0) {
      runs.push([start, at - start]);
      start = -1;
    }
  }
  return runs;
}
