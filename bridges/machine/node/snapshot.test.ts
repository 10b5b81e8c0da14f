/** Snapshots on disk: an intact one is restored, any other refused with the reason. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashInputs, openSnapshot, type SnapshotLocation, writeSnapshot } from './snapshot.ts';

const PAGE = 4096;
const MEMORY = 64 * PAGE;

/** A snapshot as Pyodide makes it: a head, whose second word is its length, then the memory. */
function made(): Uint8Array {
  const head = new Uint32Array([1, 16, 3, 4]);
  const memory = new Uint8Array(MEMORY);
  memory.fill(7, 0, 2 * PAGE);
  memory.fill(9, 10 * PAGE, 30 * PAGE);
  return new Uint8Array([...new Uint8Array(head.buffer), ...memory]);
}

function written(): SnapshotLocation & { readonly file: string; open(): [unknown, string[]] } {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const place = { folder, name: 'a.snapshot', source: hashInputs(['one']) };
  const log: string[] = [];
  const logs = { log: (line: string) => void log.push(line), warn: () => {} };
  writeSnapshot(place, made(), logs);
  expect(log).toEqual([]);
  const file = join(folder, place.name);
  return {
    ...place,
    file,
    open() {
      const snapshot = openSnapshot(this, logs);
      if (snapshot !== undefined) onTestFinished(() => snapshot.close());
      return [snapshot, log];
    },
  };
}

it('an intact snapshot is restored unchanged', () => {
  const place = written();
  const snapshot = openSnapshot(place, { log() {}, warn() {} })!;
  const heap = new Uint8Array(MEMORY);
  snapshot.readPages(heap);
  snapshot.close();
  expect(Buffer.from(heap).equals(made().subarray(16))).toBe(true);
  expect(snapshot.memoryLength).toBe(MEMORY);
});

type Damage = (fd: number, size: number) => void;
const damages: [what: string, why: string, damage: Damage][] = [
  ['short', 'it is incomplete', (fd, size) => ftruncateSync(fd, size - 100)],
  ['empty', 'it is too short', (fd) => ftruncateSync(fd, 0)],
  ['something else', 'it is not a snapshot', (fd) => writeSync(fd, 'hello', 0)],
  ['changed in its head', 'it was made from other files', (fd) => writeSync(fd, 'XXXX', 40)],
];
it.each(damages)('a snapshot that is %s is refused with the reason', (_what, why, damage) => {
  const place = written();
  const fd = openSync(place.file, 'r+');
  damage(fd, statSync(place.file).size);
  closeSync(fd);
  expect(place.open()).toEqual([undefined, [`ignoring ${place.file}: ${why}`]]);
});

it('a snapshot made from other files is refused, also under the same name', () => {
  const place = { ...written(), source: hashInputs(['another']) };
  expect(place.open()).toEqual([
    undefined,
    [`ignoring ${place.file}: it was made from other files`],
  ]);
});

describe('damaged pages', () => {
  it('are detected when they are read', () => {
    const place = written();
    const fd = openSync(place.file, 'r+');
    writeSync(fd, 'XXXX', statSync(place.file).size - 500);
    closeSync(fd);
    const snapshot = openSnapshot(place, { log() {}, warn() {} })!;
    onTestFinished(() => snapshot.close());
    expect(() => snapshot.readPages(new Uint8Array(MEMORY))).toThrow('checksum');
  });
});
