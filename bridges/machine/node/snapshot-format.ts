/**
 * The memory of a started interpreter as the bytes of a file.
 *
 * Little-endian u32 words: magic, format, total file length, memory length, runs, head length, crc32 of
 * everything behind the source, 0; then the sha256 of what the snapshot was made from; then `runs`
 * pairs (first page, pages); then Pyodide's own head (its build id and the JavaScript objects Python
 * held); then the pages.
 * Only pages of 4 KiB that are not all zero are kept: a new WebAssembly memory is zero, and a page
 * that is never touched costs no resident memory.
 */
import { crc32 } from 'node:zlib';

const MAGIC = 0x534c4753; // 'SGLS'
export const FORMAT = 2;
const WORDS_BYTES = 32;
/** The words and the sha256. */
export const HEADER_BYTES = WORDS_BYTES + 32;
const PAGE = 4096;

/** Pages side by side, in bytes. */
export interface Run {
  readonly start: number;
  readonly length: number;
}

export interface Header {
  readonly memoryLength: number;
  readonly runs: number;
  readonly headLength: number;
  readonly crc: number;
  /** Of what follows, up to the pages. */
  readonly restLength: number;
  /** Of all. */
  readonly total: number;
}

/** @param size of the file. @throws {Error} for what is none, or was made from something else */
export function readHeader(header: Buffer, source: Buffer, size: number): Header {
  if (header.length !== HEADER_BYTES) throw new Error('it is too short');
  const word = (i: number): number => header.readUInt32LE(i * 4);
  if (word(0) !== MAGIC || word(1) !== FORMAT) throw new Error('it is not a snapshot');
  if (!source.equals(header.subarray(WORDS_BYTES))) throw new Error('it was made from other files');
  const total = word(2);
  if (total !== size) throw new Error('it is incomplete');
  const [memoryLength, runs, headLength, crc] = [word(3), word(4), word(5), word(6)];
  const restLength = runs * 8 + headLength;
  if (HEADER_BYTES + restLength > total) throw new Error('it is damaged');
  return { memoryLength, runs, headLength, crc, restLength, total };
}

/** What is between the header and the pages. @throws {Error} for what cannot be */
export function readRest(header: Header, rest: Buffer): { runs: Run[]; head: Buffer } {
  if (rest.length !== header.restLength) throw new Error('it is too short');
  const runs: Run[] = [];
  let data = 0;
  for (let i = 0; i < header.runs; i += 1) {
    const start = rest.readUInt32LE(i * 8) * PAGE;
    const length = rest.readUInt32LE(i * 8 + 4) * PAGE;
    if (start + length > header.memoryLength) throw new Error('it is damaged');
    runs.push({ start, length });
    data += length;
  }
  if (HEADER_BYTES + rest.length + data !== header.total) throw new Error('it is damaged');
  return { runs, head: rest.subarray(header.runs * 8) };
}

/**
 * The parts of a file.
 * @param made what Pyodide's `makeMemorySnapshot` returned: its head, whose length is word 1, and
 * behind it the whole memory.
 */
export function packSnapshot(made: Uint8Array, source: Buffer): Uint8Array[] {
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
  source.copy(header, WORDS_BYTES);
  return [header, ...parts];
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
