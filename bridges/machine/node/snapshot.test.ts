/** Snapshots on disk: an intact one is restored, any other refused with the reason. */
import { closeSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { wasm } from '../../host/web-assembly.ts';
import { type EntryLocation, hashInputs } from './cached-entry.ts';
import { openSnapshot, writeSnapshot } from './snapshot.ts';

const PAGE = 4096;
const MEMORY = 64 * PAGE;

/** A snapshot as Pyodide makes it: a head, whose second word is its length, then the memory. */
function makeMemory(): Uint8Array {
  const head = new Uint32Array([1, 16, 3, 4]);
  const memory = new Uint8Array(MEMORY);
  memory.fill(7, 0, 2 * PAGE);
  memory.fill(9, 10 * PAGE, 30 * PAGE);
  return new Uint8Array([...new Uint8Array(head.buffer), ...memory]);
}

function writeExample(): EntryLocation & { readonly file: string; open(): [unknown, string[]] } {
  const folder = makeFolder();
  const location = { folder, name: 'a.snapshot', inputsHash: hashInputs(['one']) };
  const log: string[] = [];
  const logs = { log: (line: string) => void log.push(line), warn: () => {} };
  writeSnapshot(location, makeMemory(), logs);
  expect(log).toEqual([]);
  const file = join(folder, location.name);
  return {
    ...location,
    file,
    open() {
      const snapshot = openSnapshot(this, logs);
      if (snapshot !== undefined) onTestFinished(() => snapshot.close());
      return [snapshot, log];
    },
  };
}

it('an intact snapshot of an interpreter restores its memory unchanged', () => {
  const location = writeExample();
  const snapshot = openSnapshot(location, { log() {}, warn() {} })!;
  const heap = new Uint8Array(MEMORY);
  snapshot.readPages(heap);
  snapshot.close();
  expect(Buffer.from(heap).equals(makeMemory().subarray(16))).toBe(true);
  expect(snapshot.memoryLength).toBe(MEMORY);
});

it('an intact snapshot restores a WebAssembly memory, whose writes stay its own', () => {
  const location = writeExample();
  const restore = (): Uint8Array => {
    const memory = new wasm.Memory({ initial: MEMORY / 65_536, maximum: 100 });
    const snapshot = openSnapshot(location, { log() {}, warn() {} })!;
    snapshot.readPages(new Uint8Array(memory.buffer));
    snapshot.close();
    // The memory keeps its content when it grows.
    memory.grow(1);
    return new Uint8Array(memory.buffer, 0, MEMORY);
  };
  const [first, second] = [restore(), restore()];
  first.fill(1);
  rmSync(location.file);
  expect(Buffer.from(second).equals(makeMemory().subarray(16))).toBe(true);
  expect(first.every((byte) => byte === 1)).toBe(true);
});

type Damage = (fd: number, size: number) => void;
const damages: [what: string, why: string, damage: Damage][] = [
  ['short', 'it is incomplete', (fd, size) => ftruncateSync(fd, size - 100)],
  ['empty', 'it is too short', (fd) => ftruncateSync(fd, 0)],
  ['something else', 'it is not a snapshot', (fd) => writeSync(fd, 'hello', 0)],
  ['changed in its head', 'it was made from other files', (fd) => writeSync(fd, 'XXXX', 40)],
];
it.each(damages)(
  'a snapshot file that is %s is ignored, with the reason in the log',
  (_what, why, damage) => {
    const location = writeExample();
    const fd = openSync(location.file, 'r+');
    damage(fd, statSync(location.file).size);
    closeSync(fd);
    expect(location.open()).toEqual([undefined, [`ignoring ${location.file}: ${why}`]]);
  },
);

it('a snapshot made from other files is ignored even if its file has the expected name', () => {
  const location = { ...writeExample(), inputsHash: hashInputs(['another']) };
  expect(location.open()).toEqual([
    undefined,
    [`ignoring ${location.file}: it was made from other files`],
  ]);
});

describe('damaged pages of a snapshot', () => {
  it('are detected by their checksum when they are read', () => {
    const location = writeExample();
    const fd = openSync(location.file, 'r+');
    writeSync(fd, 'XXXX', statSync(location.file).size - 500);
    closeSync(fd);
    const snapshot = openSnapshot(location, { log() {}, warn() {} })!;
    onTestFinished(() => snapshot.close());
    const memory = new wasm.Memory({ initial: MEMORY / 65_536 });
    for (const heap of [new Uint8Array(MEMORY), new Uint8Array(memory.buffer)])
      expect(() => snapshot.readPages(heap)).toThrow('checksum');
  });
});
