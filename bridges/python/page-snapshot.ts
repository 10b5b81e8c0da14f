/**
 * Makes ("bakes") a snapshot of Python that an HTML page can contain. Starts an interpreter from
 * Node's cached snapshot, and records the memory pages that this fills. The page's build calls it;
 * the browser's half is machine/browser/baked-snapshot-cache.ts.
 */

import { HostCallGuard } from '../host/limits/interpreter-gate.ts';
import {
  BAKED_PAGE_BYTES,
  BAKED_PARTS,
  type BakedHead,
  type Machine,
  type Snapshot,
  type SnapshotInputs,
} from '../host/machine.ts';
import { loadInterpreter } from './load.ts';
import { readPackageFiles, SNAPSHOT_IMPORTS } from './python-files.ts';

/** Makes the parts with the snapshot's head and pages; none if this machine makes no snapshot. */
export async function bakePython(machine: Machine): Promise<ReadonlyMap<string, Uint8Array>> {
  // The first start may write the snapshot that the second one reads.
  const baked = (await tryToBake(machine)) ?? (await tryToBake(machine));
  return baked ?? new Map();
}

async function tryToBake(machine: Machine): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  let recorded:
    | { inputs: SnapshotInputs; snapshot: Snapshot; pageNumbers: number[]; pages: Uint8Array }
    | undefined;
  const recordingMachine: Machine = {
    ...machine,
    async openCache(folder, logs) {
      const cache = await machine.openCache(folder, logs);
      if (cache === undefined) return undefined;
      const openSnapshot = (inputs: SnapshotInputs): Snapshot | undefined => {
        const snapshot = cache.openSnapshot(inputs);
        if (snapshot === undefined) return undefined;
        const readPages = (heap: Uint8Array): void => {
          const bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
          const before = bytes.slice();
          snapshot.readPages(heap);
          recorded = { inputs, snapshot, ...findChangedPages(before, bytes) };
        };
        const { name, memoryLength, description } = snapshot;
        return { name, memoryLength, description, readPages, close: () => snapshot.close() };
      };
      return { ...cache, openSnapshot };
    },
  };
  const preload = readPackageFiles(machine.parts);
  const options = { machine: recordingMachine, print() {}, preload, imports: SNAPSHOT_IMPORTS };
  const { exports } = await loadInterpreter(options, new HostCallGuard());
  if (recorded === undefined) return undefined;
  const { inputs, snapshot, pageNumbers, pages } = recorded;
  const { length: functions } = exports.__indirect_function_table as { length: number };
  const bakedHead: BakedHead = {
    of: inputs,
    memoryLength: snapshot.memoryLength,
    head: [...snapshot.description],
    pages: pageNumbers,
    functions,
  };
  return new Map([
    [BAKED_PARTS.head, new TextEncoder().encode(JSON.stringify(bakedHead))],
    [BAKED_PARTS.pages, pages],
  ]);
}

/** Finds the numbers and contents of the memory pages that differ. */
function findChangedPages(before: Uint8Array, after: Uint8Array) {
  const pageNumbers: number[] = [];
  for (let at = 0; at < after.length; at += BAKED_PAGE_BYTES) {
    const isUnchanged = after
      .subarray(at, at + BAKED_PAGE_BYTES)
      .every((byte, i) => byte === before[at + i]);
    if (!isUnchanged) pageNumbers.push(at / BAKED_PAGE_BYTES);
  }
  const pages = new Uint8Array(pageNumbers.length * BAKED_PAGE_BYTES);
  for (const [i, number] of pageNumbers.entries()) {
    pages.set(
      after.subarray(number * BAKED_PAGE_BYTES, (number + 1) * BAKED_PAGE_BYTES),
      i * BAKED_PAGE_BYTES,
    );
  }
  return { pageNumbers, pages };
}
