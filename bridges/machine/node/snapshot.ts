/**
 * Stores the memory of a started interpreter as a cache file (a snapshot), and reads it into the
 * memory of another interpreter.
 *
 * Format: four little-endian u32 words (magic, format, length of the table, crc32 of all after the
 * sha256); the sha256 of the snapshot's inputs; the table as JSON (`PageTable`); the pages. Only
 * pages of 4 KiB that are not all zero are stored: new WebAssembly memory is zero.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync, readvSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CacheLogs, Snapshot } from '../../host/machine.ts';
import { openCached, writeCached } from './cached-files.ts';

const MAGIC = 0x534c4753; // 'SGLS'
const FORMAT_VERSION = 3;
const WORDS_BYTES = 16;
const HEADER_BYTES = WORDS_BYTES + 32;
const PAGE_BYTES = 4096;

interface PageTable {
  readonly memoryLength: number;
  /** Pyodide's own head (its build id, and the JavaScript objects that Python held), in base64. */
  readonly head: string;
  /** Runs of adjacent pages: their position in the memory, in bytes. */
  readonly runs: readonly (readonly [start: number, length: number])[];
}

/** Returns the sha256 of a snapshot's inputs, this format, and Node's version and architecture. */
export function hashInputs(parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of [String(FORMAT_VERSION), process.version, process.arch, ...parts]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest();
}

/** The folder and name of a snapshot's file, and the hash of its inputs. */
export interface SnapshotLocation {
  readonly folder: string;
  readonly name: string;
  /** The result of `hashInputs`. */
  readonly inputsHash: Buffer;
}

/** Opens a snapshot; undefined, with the reason in the log, if it is not usable. */
export function openSnapshot(location: SnapshotLocation, logs: CacheLogs): Snapshot | undefined {
  const file = join(location.folder, location.name);
  const fd = openCached(file, logs.warn, logs.log);
  if (fd === undefined) return undefined;
  try {
    return readSnapshot(fd, location);
  } catch (error) {
    logs.log(`ignoring ${file}: ${error instanceof Error ? error.message : String(error)}`);
    closeSync(fd);
    return undefined;
  }
}

function readSnapshot(fd: number, { name, inputsHash }: SnapshotLocation): Snapshot {
  const header = readAt(fd, HEADER_BYTES, 0);
  const [magic, format, length, crc] = [0, 4, 8, 12].map((at) => header.readUInt32LE(at));
  if (magic !== MAGIC || format !== FORMAT_VERSION) throw new Error('it is not a snapshot');
  if (!inputsHash.equals(header.subarray(WORDS_BYTES)))
    throw new Error('it was made from other files');
  const text = readAt(fd, length!, HEADER_BYTES);
  const { memoryLength, head, runs } = JSON.parse(text.toString()) as PageTable;
  const position = HEADER_BYTES + text.length;
  const size = runs.reduce((sum, [, bytes]) => sum + bytes, position);
  if (size !== fstatSync(fd).size) throw new Error('it is incomplete');
  return {
    name,
    memoryLength,
    description: Buffer.from(head, 'base64'),
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

/** Reads the pages; returns their crc32, continued from `initialCrc`. */
function readPages(
  fd: number,
  runs: PageTable['runs'],
  startPosition: number,
  heap: Uint8Array,
  initialCrc: number,
): number {
  let position = startPosition;
  let crc = initialCrc;
  // 512 at a time: one readv(2) takes at most 1024 buffers (IOV_MAX).
  for (let i = 0; i < runs.length; i += 512) {
    const views = runs.slice(i, i + 512).map(([start, length]) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + start, length);
    });
    const expected = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, position) !== expected) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    position += expected;
  }
  return crc;
}

/**
 * Writes a snapshot.
 * @param snapshot the result of Pyodide's `makeMemorySnapshot`: a head, whose length is word 1,
 *   then the whole memory
 */
export function writeSnapshot(
  location: SnapshotLocation,
  snapshot: Uint8Array,
  logs: CacheLogs,
): void {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const headLength = bytes.readUInt32LE(4);
  const head = bytes.toString('base64', 0, headLength);
  const memory = bytes.subarray(headLength);
  const runs = findUsedRuns(memory);
  const table: PageTable = { memoryLength: memory.length, head, runs };
  const text = Buffer.from(JSON.stringify(table));
  const pages = runs.map(([start, length]) => memory.subarray(start, start + length));
  const crc = pages.reduce((sum, page) => crc32(page, sum), crc32(text));
  const words = Buffer.alloc(WORDS_BYTES);
  [MAGIC, FORMAT_VERSION, text.length, crc].forEach(
    (word, i) => void words.writeUInt32LE(word, i * 4),
  );
  writeCached(
    location.folder,
    location.name,
    [words, location.inputsHash, text, ...pages],
    logs.log,
  );
}

/** Finds the runs of adjacent pages that are not all zero. */
function findUsedRuns(memory: Buffer): [start: number, length: number][] {
  const zero = Buffer.alloc(PAGE_BYTES);
  const runs: [number, number][] = [];
  /** The start of the current run; -1 between two runs. */
  let start = -1;
  for (let at = 0; at <= memory.length; at += PAGE_BYTES) {
    const isUsed = at < memory.length && zero.compare(memory, at, at + PAGE_BYTES) !== 0;
    if (isUsed && start < 0) start = at;
    if (!isUsed && start >= 0) {
      runs.push([start, at - start]);
      start = -1;
    }
  }
  return runs;
}
