/**
 * Stores the memory of a started interpreter as a cache file (a snapshot), and brings it into the
 * memory of another interpreter. Only pages of 4 KiB that are not all zero are stored: new
 * WebAssembly memory is zero.
 *
 * The pages are mapped from the file where that is possible: only those that a module writes to
 * are copied, and interpreters share the others.
 */
import { closeSync, readSync, readvSync, statfsSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { addressOf } from '../../../runtime/sys/libc.ts';
import { mapCopyOnWrite } from '../../../runtime/sys/mmap.ts';
import type { CacheLogs, Snapshot } from '../../host/machine.ts';
import {
  type Entry,
  type EntryLocation,
  openEntry,
  PAGE_BYTES,
  writeEntry,
} from './cached-entry.ts';

const KIND = { magic: 0x534c4753, title: 'snapshot' }; // 'SGLS'
/** Runs that one readv(2) reads: it takes at most 1024 buffers (IOV_MAX). */
const RUNS_PER_READ = 512;
/** Bytes that are read at once to check pages. */
const CHECK_BYTES = 1 << 18;

/** The table of a file, which tells where its pages belong. */
interface PageTable {
  readonly memoryLength: number;
  /** Pyodide's own head (its build id, and the JavaScript objects that Python held), in base64. */
  readonly head: string;
  /** Runs of adjacent pages: their position in the memory, in bytes. */
  readonly runs: readonly (readonly [start: number, length: number])[];
}

/** Opens a snapshot; undefined, with the reason in the log, if it is not usable. */
export function openSnapshot(location: EntryLocation, logs: CacheLogs): Snapshot | undefined {
  return openEntry<PageTable, Snapshot>(KIND, location, logs, (entry) => {
    const { fd, table, length } = entry;
    const { memoryLength, head, runs } = table;
    if (runs.reduce((sum, [, runLength]) => sum + runLength, 0) !== length)
      throw new Error('it is incomplete');
    return {
      name: location.name,
      memoryLength,
      description: Buffer.from(head, 'base64'),
      readPages(heap) {
        const isMappable = isWholePage(heap) && isOnLocalDisk(fd);
        const crc = isMappable ? checkPages(entry) : readPages(entry, heap);
        if (crc !== entry.crc) throw new Error('the snapshot is damaged (checksum)');
        if (isMappable && !mapPages(entry, heap)) readPages(entry, heap);
      },
      close: () => closeSync(fd),
    };
  });
}

/** Whether memory begins with a page of its own, as that of WebAssembly does, and no array of JavaScript. */
const isWholePage = (heap: Uint8Array): boolean => addressOf(heap) % BigInt(PAGE_BYTES) === 0n;

/**
 * Types of local file systems (statfs(2)): ext4, xfs, btrfs, tmpfs, overlayfs, f2fs, zfs, bcachefs.
 * Another process can cut a file of a network file system, which would end this process (SIGBUS);
 * a file below a mount of this process would make it wait for itself.
 */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  ...[0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e],
]);

function isOnLocalDisk(fd: number): boolean {
  try {
    return LOCAL_TYPES.has(statfsSync(`/proc/self/fd/${fd}`).type);
  } catch {
    // A system without /proc.
    return false;
  }
}

/** Reads the pages once; returns the crc32 of table and pages. */
function checkPages({ fd, position, length, tableCrc }: Entry<PageTable>): number {
  const bytes = Buffer.allocUnsafeSlow(CHECK_BYTES);
  let crc = tableCrc;
  for (let offset = 0; offset < length; ) {
    const count = readSync(fd, bytes, 0, CHECK_BYTES, position + offset);
    if (count === 0) throw new Error('the snapshot is incomplete');
    crc = crc32(bytes.subarray(0, count), crc);
    offset += count;
  }
  return crc;
}

/** Maps the pages to their places in `heap`; false if the system refuses that. */
function mapPages({ fd, position, table }: Entry<PageTable>, heap: Uint8Array): boolean {
  let offset = position;
  return table.runs.every(([start, length]) => {
    const memory = new Uint8Array(heap.buffer, heap.byteOffset + start, length);
    const isMapped = mapCopyOnWrite(memory, fd, offset) === 0;
    offset += length;
    return isMapped;
  });
}

/** Reads the pages to their places in `heap`; returns the crc32 of table and pages. */
function readPages(
  { fd, position, table: { runs }, tableCrc }: Entry<PageTable>,
  heap: Uint8Array,
): number {
  let offset = position;
  let crc = tableCrc;
  for (let i = 0; i < runs.length; i += RUNS_PER_READ) {
    const views = runs.slice(i, i + RUNS_PER_READ).map(([start, length]) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + start, length);
    });
    const length = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, offset) !== length) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    offset += length;
  }
  return crc;
}

/**
 * Writes a snapshot.
 * @param snapshot the result of Pyodide's `makeMemorySnapshot`: a head, whose length is word 1,
 *   then the whole memory
 */
export function writeSnapshot(
  location: EntryLocation,
  snapshot: Uint8Array,
  logs: CacheLogs,
): void {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const headLength = bytes.readUInt32LE(4);
  const head = bytes.toString('base64', 0, headLength);
  const memory = bytes.subarray(headLength);
  const runs = findUsedRuns(memory);
  const table: PageTable = { memoryLength: memory.length, head, runs };
  const pages = runs.map(([start, length]) => memory.subarray(start, start + length));
  writeEntry(KIND, location, table, pages, logs);
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
