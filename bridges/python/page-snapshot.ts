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
  type CacheInputs,
  type Machine,
  type Snapshot,
} from '../host/machine.ts';
import { loadInterpreter } from './load.ts';
import { readGlupyFiles, SNAPSHOT_IMPORTS } from './python-files.ts';

/** Makes the parts with the snapshot's head and pages; an empty map if no snapshot can be made. */
export async function bakePython(machine: Machine): Promise<ReadonlyMap<string, Uint8Array>> {
  // The first start may write the snapshot that the second one reads.
  const parts = (await tryToBake(machine)) ?? (await tryToBake(machine));
  return parts ?? new Map();
}

/** Bakes a snapshot; undefined if the interpreter did not start from one. */
async function tryToBake(machine: Machine): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  let recorded:
    | { inputs: CacheInputs; snapshot: Snapshot; pageNumbers: number[]; pages: Uint8Array }
    | undefined;
  const recordingMachine: Machine = {
    ...machine,
    async openCache(folder, logs) {
      const cache = await machine.openCache(folder, logs);
      if (cache === undefined) return undefined;
      const openSnapshot = (inputs: CacheInputs): Snapshot | undefined => {
        const snapshot = cache.openSnapshot(inputs);
        if (snapshot === undefined) return undefined;
        const readPages = (heap: Uint8Array): void => {
          const bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
          const freshBytes = bytes.slice();
          snapshot.readPages(heap);
          recorded = { inputs, snapshot, ...findChangedPages(freshBytes, bytes) };
        };
        const { name, memoryLength, description } = snapshot;
        return { name, memoryLength, description, readPages, close: () => snapshot.close() };
      };
      return { ...cache, openSnapshot };
    },
  };
  const preload = readGlupyFiles(machine.parts);
  const options = { machine: recordingMachine, print() {}, preload, imports: SNAPSHOT_IMPORTS };
  const { exports } = await loadInterpreter(options, new HostCallGuard());
  if (recorded === undefined) return undefined;
  const { inputs, snapshot, pageNumbers, pages } = recorded;
  const { length: functionCount } = exports.__indirect_function_table as { length: number };
  const bakedHead: BakedHead = {
    of: inputs,
    memoryLength: snapshot.memoryLength,
    head: [...snapshot.description],
    pages: pageNumbers,
    functions: functionCount,
  };
  return new Map([
    [BAKED_PARTS.head, new TextEncoder().encode(JSON.stringify(bakedHead))],
    [BAKED_PARTS.pages, pages],
  ]);
}

/** Finds the numbers and contents of the memory pages that differ. */
function findChangedPages(before: Uint8Array, after: Uint8Array) {
  const pageNumbers: number[] = [];
  for (let start = 0; start < after.length; start += BAKED_PAGE_BYTES) {
    const isUnchanged = after
      .subarray(start, start + BAKED_PAGE_BYTES)
      .every((byte, i) => byte === before[start + i]);
    if (!isUnchanged) pageNumbers.push(start / BAKED_PAGE_BYTES);
  }
  const pages = new Uint8Array(pageNumbers.length * BAKED_PAGE_BYTES);
  for (const [i, pageNumber] of pageNumbers.entries()) {
    pages.set(
      after.subarray(pageNumber * BAKED_PAGE_BYTES, (pageNumber + 1) * BAKED_PAGE_BYTES),
      i * BAKED_PAGE_BYTES,
    );
  }
  return { pageNumbers, pages };
}
