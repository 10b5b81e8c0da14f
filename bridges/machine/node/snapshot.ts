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
/** The second word; a change of the format needs another number. */
const FORMAT_VERSION = 3;
/** Bytes of the four words. */
const WORDS_BYTES = 16;
/** Bytes of the words and the sha256. */
const HEADER_BYTES = WORDS_BYTES + 32;
/** Bytes of a stored page; a divisor of WebAssembly's 64 KiB. */
const PAGE_BYTES = 4096;
/** Runs that one readv(2) reads: it takes at most 1024 buffers (IOV_MAX). */
const RUNS_PER_READ = 512;

/** The table of a file, which tells where its pages belong. */
interface PageTable {
  readonly memoryLength: number;
  /** Pyodide's own head (its build id, and the JavaScript objects that Python held), in base64. */
  readonly head: string;
  /** Runs of adjacent pages: their position in the memory, in bytes. */
  readonly runs: readonly (readonly [start: number, length: number])[];
}

/** Returns the sha256 of a snapshot's inputs, this format, and Node's version and architecture. */
export function hashInputs(inputs: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const input of [String(FORMAT_VERSION), process.version, process.arch, ...inputs]) {
    hash.update(`${input.length}:`).update(input);
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

/** Reads and checks header and table. @throws {Error} if the file is of other inputs, or damaged */
function readSnapshot(fd: number, { name, inputsHash }: SnapshotLocation): Snapshot {
  const header = readAt(fd, HEADER_BYTES, 0);
  const [magic, format, tableLength, crc] = [0, 4, 8, 12].map((offset) =>
    header.readUInt32LE(offset),
  );
  if (magic !== MAGIC || format !== FORMAT_VERSION) throw new Error('it is not a snapshot');
  if (!inputsHash.equals(header.subarray(WORDS_BYTES)))
    throw new Error('it was made from other files');
  const table = readAt(fd, tableLength!, HEADER_BYTES);
  const { memoryLength, head, runs } = JSON.parse(table.toString()) as PageTable;
  const pagesPosition = HEADER_BYTES + table.length;
  const expectedSize = runs.reduce((sum, [, length]) => sum + length, pagesPosition);
  if (expectedSize !== fstatSync(fd).size) throw new Error('it is incomplete');
  return {
    name,
    memoryLength,
    description: Buffer.from(head, 'base64'),
    readPages(heap) {
      if (readPages(fd, runs, pagesPosition, heap, crc32(table)) === crc) return;
      throw new Error('the snapshot is damaged (checksum)');
    },
    close: () => closeSync(fd),
  };
}

/** Reads exactly `length` bytes. @throws {Error} if the file is too short */
function readAt(fd: number, length: number, position: number): Buffer {
  // A damaged length must not allocate more than the file has.
  const bytes = Buffer.alloc(Math.min(length, fstatSync(fd).size));
  if (readSync(fd, bytes, 0, bytes.length, position) === length) return bytes;
  throw new Error('it is too short');
}

/** Reads the pages to their places in `heap`; returns their crc32, continued from `initialCrc`. */
function readPages(
  fd: number,
  runs: PageTable['runs'],
  startPosition: number,
  heap: Uint8Array,
  initialCrc: number,
): number {
  let position = startPosition;
  let crc = initialCrc;
  for (let i = 0; i < runs.length; i += RUNS_PER_READ) {
    const views = runs.slice(i, i + RUNS_PER_READ).map(([start, length]) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + start, length);
    });
    const length = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, position) !== length) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    position += length;
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
  const pageTable: PageTable = { memoryLength: memory.length, head, runs };
  const table = Buffer.from(JSON.stringify(pageTable));
  const pages = runs.map(([start, length]) => memory.subarray(start, start + length));
  const crc = pages.reduce((sum, page) => crc32(page, sum), crc32(table));
  const words = Buffer.alloc(WORDS_BYTES);
  [MAGIC, FORMAT_VERSION, table.length, crc].forEach(
    (word, i) => void words.writeUInt32LE(word, i * 4),
  );
  writeCached(
    location.folder,
    location.name,
    [words, location.inputsHash, table, ...pages],
    logs.log,
  );
}

/** Finds the runs of adjacent pages that are not all zero. */
function findUsedRuns(memory: Buffer): [start: number, length: number][] {
  const zeroPage = Buffer.alloc(PAGE_BYTES);
  const runs: [number, number][] = [];
  /** The start of the current run; -1 between two runs. */
  let start = -1;
  // The offset `memory.length` ends a run that lasts to the end.
  for (let offset = 0; offset <= memory.length; offset += PAGE_BYTES) {
    const pageEnd = offset + PAGE_BYTES;
    const isUsed = offset < memory.length && zeroPage.compare(memory, offset, pageEnd) !== 0;
    if (isUsed && start < 0) start = offset;
    if (!isUsed && start >= 0) {
      runs.push([start, offset - start]);
      start = -1;
    }
  }
  return runs;
}
