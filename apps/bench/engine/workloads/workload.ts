/**
 * Defines the interface of a workload: it makes a tree of files beforehand, and a client sends its
 * requests one after the other. All of it runs in a client's process: by system calls that block it
 * (load/client.ts), or through a volume of that process (run/volume-client.ts).
 *
 * - Request `i` of a client depends only on the seed, the client and `i`, so it is equal on every
 *   stack.
 * - Only `send` is timed: it makes the calls and no more. `prepare` runs before it, `check` after
 *   it.
 * - The expected results are those of a plain directory outside the mounts, which has the same
 *   tree.
 */

import { constants } from 'node:fs';
import { errnoName } from '../../../../runtime/core/errno.ts';
import { O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import {
  close,
  mkdirat,
  open,
  openat,
  pwrite,
  statx,
  unlinkat,
} from '../../../../runtime/sys/libc.ts';
import { Statx, toCString } from '../../../../runtime/sys/struct.ts';
import { drawBelow, seedRandom, shuffle } from '../random.ts';
import type { SearchPlan } from '../searches.ts';

/** Number of names in the workloads `miss` and `hit`, and of files in `readdir`. */
export const FILE_COUNT = 1000;

// -- names, orders, data and expected results, which clients of mounts and of volumes share ----------
// The bytes of data encode their position, so that a misplaced block is detected.

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
interface StatResult {
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

/**
 * Returns the result of a successful call.
 * @param call its name in the error
 * @throws {CallError}
 */
export function callOrThrow(result: number, call: string): number {
  if (result < 0) throw new CallError(call, -result, errnoName(-result));
  return result;
}

/** Opens a folder; returns the descriptor. @throws {CallError} */
export const openFolder = (path: string): number =>
  callOrThrow(
    open(toCString(path), constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC, 0),
    path,
  );

/** Makes a folder and opens it; returns the descriptor. @throws {CallError} */
export function makeFolder(parent: number, name: string): number {
  callOrThrow(mkdirat(parent, toCString(name), 0o755), `mkdir ${name}`);
  return openFolderAt(parent, name);
}

/** Opens a folder in an open folder; returns the descriptor. @throws {CallError} */
export const openFolderAt = (parent: number, name: string): number =>
  callOrThrow(
    openat(parent, toCString(name), constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC, 0),
    `open ${name}`,
  );

/** Flags of open(2) that make a file, and fail if it exists. */
export const NEW_FILE_FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | O_CLOEXEC;

/** Writes `length` bytes, in several calls if one takes only a part. @throws {CallError} */
export function writeAll(fd: number, data: Uint8Array, length: number, offset: number): void {
  for (let written = 0; written < length; ) {
    const remaining = written === 0 ? data : data.subarray(written);
    written += callOrThrow(pwrite(fd, remaining, length - written, offset + written), 'write');
  }
}

/** Makes a new file in an open folder. @throws {CallError} */
export function makeFile(folder: number, name: string, data = new Uint8Array(0)): void {
  const fd = callOrThrow(openat(folder, toCString(name), NEW_FILE_FLAGS, 0o644), `create ${name}`);
  try {
    writeAll(fd, data, data.length, 0);
  } finally {
    close(fd);
  }
}

/** Removes a file in an open folder; returns 0, or minus an errno. */
export const unlinkFile = (folder: number, name: Uint8Array): number => unlinkat(folder, name, 0);

/** Calls `use` with the opened folder, and closes it. */
export function withFolder<T>(path: string, use: (fd: number) => T): T {
  const fd = openFolder(path);
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

/** Reads the expected results: calls stat for names in the plain directory. */
export function statAll(folder: number, names: readonly Uint8Array[]): StatResult[] {
  const out = new Statx();
  return names.map((name) => {
    const status = statx(folder, name, 0, STATX_BASIC_STATS, out.bytes);
    return status < 0 ? { status, mode: 0, size: 0 } : { status, mode: out.mode, size: out.size };
  });
}

/** The result of one run of a command. */
export interface CommandRun {
  /** Exit status; null: a signal ended the command, or it could not be run. */
  readonly status: number | null;
  /** Name of the signal that ended the command; null without one. */
  readonly signal: string | null;
  /** Digest of the output, in which the working directory is replaced by a dot. */
  readonly digest: string;
  /**
   * Name and negative number of the errno with which the command could not be run: `ENOENT` and -2.
   * Null and 0 if it ran.
   */
  readonly code: string | null;
  readonly errno: number;
  /** The last line of stderr; '' if stderr is not read. */
  readonly lastErrorLine: string;
}

/** A command to be measured, with its result in a plain directory. */
export interface TriedCommand {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** The result that it must have on every stack. */
  readonly expected: CommandRun;
}

/** The folder, seed and client of a workload's requests. */
export interface WorkloadSetting {
  /** The folder of the requests: below a mount, or plain. */
  readonly root: string;
  /** The plain folder with the same tree. */
  readonly plainFolder: string;
  readonly seed: number;
  /** Number of the client, from 0, which names its files. */
  readonly client: number;
  /** The command of the workload `command`; null for other workloads. */
  readonly command: TriedCommand | null;
  /** Planned searches of files that exist already, for the workload `phpsim`. */
  readonly searches?: SearchPlan;
}

/** The requests of each client in a round. */
export interface RequestRange {
  /** Number of the first request. */
  readonly from: number;
  /** Number of requests. */
  readonly count: number;
  /**
   * Milliseconds after which the client sends no further request of the range; absent: no limit.
   */
  readonly timeLimitMs?: number;
}

/** The requests of one client. */
export interface Requests {
  /** Prepares request `i`; not timed. */
  prepare?(i: number): void;
  /** Sends request `i`; returns at least 0, or minus the errno of the failed call. */
  send(i: number): number | Promise<number>;
  /** Returns the complaint about the result; null if it is right. */
  check(i: number, status: number): string | null;
  /** Returns the counters since the last call, by name. */
  takeCounts?(): Readonly<Record<string, number>>;
  /** Closes the open files. */
  close(): void;
}

/** Requests by system calls, which have their results at once. */
export interface BlockingRequests extends Requests {
  send(i: number): number;
}

/** The most bytes that any workload stores for one client. */
export const STORED_BYTES_MAX = 40 << 20;

/** A workload: how its tree is made, and how its requests are sent. */
export interface WorkloadKind {
  /** A sentence about the use that the workload stands for. */
  readonly description: string;
  /** Description of a request. */
  readonly request: string;
  /** Requests after which a client has touched the whole tree once; 0 if that is not needed. */
  readonly warmUpRequests: number;
  /** Requests of a client before they begin again; without, a cache is as full after `warmUpRequests`. */
  readonly cycleRequests?: number;
  /** Makes the tree of all clients in an empty folder. */
  make(root: string): void;
  /** Opens the tree, and returns the requests of one client. */
  open(setting: WorkloadSetting): BlockingRequests;
}

/** Returns the name of a result's errno; 'success' for a result of at least 0. */
export const describeStatus = (status: number): string =>
  status < 0 ? errnoName(-status) : 'success';

/** Thrown if a system call fails. The message names the call; callers may handle the errno. */
export class CallError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number, reason: string) {
    super(`${call}: ${reason}`);
    this.name = 'CallError';
    this.errno = errno;
  }
}
