/** Memory snapshots in the cache: opened, read straight into an interpreter's memory, and written. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync, readvSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { CacheLogs, Snapshot } from '../../host/machine.ts';
import { openCached, writeCached } from './cached-files.ts';
import {
  FORMAT,
  HEADER_BYTES,
  packSnapshot,
  type Run,
  readHeader,
  readRest,
} from './snapshot-format.ts';

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

/** Opens a snapshot; undefined (with the reason logged) when there is none that can be used. */
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

function readAt(fd: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

function readSnapshot(fd: number, { name, source }: SnapshotPlace): Snapshot {
  const header = readHeader(readAt(fd, HEADER_BYTES, 0), source, fstatSync(fd).size);
  const rest = readAt(fd, header.restLength, HEADER_BYTES);
  const { runs, head } = readRest(header, rest);
  const position = HEADER_BYTES + rest.length;
  return {
    name,
    memoryLength: header.memoryLength,
    head,
    readPages(heap) {
      if (readPages(fd, runs, position, heap, crc32(rest)) === header.crc) return;
      throw new Error('the snapshot is damaged (checksum)');
    },
    close: () => closeSync(fd),
  };
}

/** The crc32 of the pages, carried on from `before`. */
function readPages(
  fd: number,
  runs: readonly Run[],
  start: number,
  heap: Uint8Array,
  before: number,
): number {
  let position = start;
  let crc = before;
  for (let i = 0; i < runs.length; i += 512) {
    const views = runs.slice(i, i + 512).map((run) => {
      return new Uint8Array(heap.buffer, heap.byteOffset + run.start, run.length);
    });
    const wanted = views.reduce((sum, view) => sum + view.length, 0);
    if (readvSync(fd, views, position) !== wanted) throw new Error('the snapshot is incomplete');
    for (const view of views) crc = crc32(view, crc);
    position += wanted;
  }
  return crc;
}

export function writeSnapshot(place: SnapshotPlace, made: Uint8Array, logs: CacheLogs): void {
  writeCached(place.folder, place.name, packSnapshot(made, place.source), logs.log);
}
