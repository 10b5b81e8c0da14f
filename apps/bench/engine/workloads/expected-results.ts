/**
 * Makes the names, orders, data and expected results of workloads, without a call: clients of mounts
 * and of volumes share them. The bytes of data encode their position, so that a misplaced block is
 * detected.
 */
import { constants } from 'node:fs';
import { drawBelow, seedRandom, shuffle } from '../random.ts';
import { describeStatus, type WorkloadSetting } from './workload.ts';

/** Number of names in the workloads `miss` and `hit`, and of files in `readdir`. */
export const FILE_COUNT = 1000;

/** Makes the name of a file with a number: `file0042`. */
export const makeNumberedName = (name: string, number: number): string =>
  `${name}${String(number).padStart(4, '0')}`;

/** Lists `NAME0000`, `NAME0001`, … */
export const listNumberedNames = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => makeNumberedName(name, i));

/** Returns a function from a request's number to the index of its name, in a drawn order. */
export function drawNameOrder(
  { seed, client }: Pick<WorkloadSetting, 'seed' | 'client'>,
  nameCount: number,
): (i: number) => number {
  const indexes = Array.from({ length: nameCount }, (_, index) => index);
  const order = shuffle(indexes, seedRandom(seed + client));
  return (i) => order[i % order.length]!;
}

/** The parts of a stat result that are compared. */
export interface StatResult {
  /** The result of the call: 0, or minus an errno. */
  readonly status: number;
  readonly mode: number;
  readonly size: number;
}

/** Describes how a result of stat differs from the expected one; null if they agree. */
export function compareStat(
  name: string,
  expected: StatResult,
  status: number,
  out: Pick<StatResult, 'mode' | 'size'>,
): string | null {
  if (status !== expected.status) {
    const results = [status, expected.status].map(describeStatus);
    return `stat of ${name} gives ${results[0]}, in the plain directory ${results[1]}`;
  }
  if (status < 0) return null;
  // Folder sizes depend on the file system.
  const isFolder = (expected.mode & constants.S_IFMT) === constants.S_IFDIR;
  if (out.mode === expected.mode && (isFolder || out.size === expected.size)) return null;
  return (
    `stat of ${name} gives mode ${out.mode.toString(8)} and ${out.size} bytes, ` +
    `in the plain directory ${expected.mode.toString(8)} and ${expected.size}`
  );
}

// -- data of files -----------------------------------------------------------------------------------

export const MIB = 1 << 20;
/** Size of the large file. */
export const LARGE_FILE_SIZE = 32 * MIB;
/** Size of most reads and writes, and of the blocks in which the large file is made. */
export const BLOCK_SIZE = 128 << 10;
export const PAGE_SIZE = 4096;
/** Makes the pattern of this file differ from the patterns of other files. */
export const SALT = 0x61736c67;
/** Name of the large file. */
export const LARGE_FILE_NAME = 'data';

/** Number of small files that a client uses in turn. */
export const SMALL_FILE_COUNT = 100;

/**
 * Fills data with 32-bit words, each computed from its offset in the file and the file's salt. The
 * factor 0x9e3779b1 (2^32 divided by the golden ratio) makes neighbouring words differ in many bits.
 */
export function fillPattern(data: Uint8Array, offset: number, salt: number): void {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul((offset >> 2) + i, 0x9e3779b1) ^ salt;
}

/** Whether data has fillPattern's content: checks both ends and about sixty words between. */
export function isPattern(data: Uint8Array, length: number, offset: number, salt: number): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, length >> 2);
  const lastIndex = words.length - 1;
  const stride = Math.max(1, lastIndex >> 6);
  for (let i = 0; i <= lastIndex; i += stride) {
    if (words[i] !== (Math.imul((offset >> 2) + i, 0x9e3779b1) ^ salt) >>> 0) return false;
  }
  if (lastIndex < 0) return true;
  return words[lastIndex] === (Math.imul((offset >> 2) + lastIndex, 0x9e3779b1) ^ salt) >>> 0;
}

/** Returns the complaint about a block that was read; null if it is right. */
export function checkRead(
  data: Uint8Array,
  status: number,
  length: number,
  offset: number,
): string | null {
  if (status < 0) return `read at ${offset} fails: ${describeStatus(status)}`;
  if (status !== length) return `read at ${offset} gives ${status} of ${length} bytes`;
  return isPattern(data, length, offset, SALT) ? null : `read at ${offset} gives other data`;
}

/** Number of drawn pages; after the last one, reads begin again with the first. */
const DRAWN_PAGE_COUNT = 100_000;

/** Returns a function from a request's number to the offset of a page, in a drawn order. */
export function drawPageOffsets({
  seed,
  client,
}: Pick<WorkloadSetting, 'seed' | 'client'>): (i: number) => number {
  const random = seedRandom(seed + client);
  const pages = Uint32Array.from({ length: DRAWN_PAGE_COUNT }, () =>
    drawBelow(random, LARGE_FILE_SIZE / PAGE_SIZE),
  );
  return (i) => pages[i % DRAWN_PAGE_COUNT]! * PAGE_SIZE;
}
