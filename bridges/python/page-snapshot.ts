/** Converts Node's snapshot of a started interpreter to parts of a page (host/machine.ts). */

import { HostCallGuard } from '../host/limits/interpreter-gate.ts';
import {
  BAKED,
  type BakedHead,
  type Machine,
  BAKED_PAGE as PAGE,
  type Snapshot,
  type SnapshotInputs,
} from '../host/machine.ts';
import { loadInterpreter } from './load.ts';
import { IMPORTS, packageFiles } from './own-files.ts';

/** Makes both parts; none if this machine has no snapshot. */
export async function bakePython(machine: Machine): Promise<ReadonlyMap<string, Uint8Array>> {
  // The first start may write the snapshot that the second one reads.
  const baked = (await bakeOnce(machine)) ?? (await bakeOnce(machine));
  return baked ?? new Map();
}

async function bakeOnce(machine: Machine): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  let found:
    | { of: SnapshotInputs; snapshot: Snapshot; numbers: number[]; pages: Uint8Array }
    | undefined;
  const watched: Machine = {
    ...machine,
    async openCache(folder, logs) {
      const cache = await machine.openCache(folder, logs);
      if (cache === undefined) return undefined;
      const openSnapshot = (of: SnapshotInputs): Snapshot | undefined => {
        const snapshot = cache.openSnapshot(of);
        if (snapshot === undefined) return undefined;
        const readPages = (heap: Uint8Array): void => {
          const bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
          const fresh = bytes.slice();
          snapshot.readPages(heap);
          found = { of, snapshot, ...changedPages(fresh, bytes) };
        };
        const { name, memoryLength, head } = snapshot;
        return { name, memoryLength, head, readPages, close: () => snapshot.close() };
      };
      return { ...cache, openSnapshot };
    },
  };
  const preload = packageFiles(machine.parts);
  const options = { machine: watched, print() {}, preload, imports: IMPORTS };
  const { exports } = await loadInterpreter(options, new HostCallGuard());
  if (found === undefined) return undefined;
  const { of, snapshot, numbers, pages } = found;
  const { memoryLength, head } = snapshot;
  const { length: functions } = exports.__indirect_function_table as { length: number };
  const told: BakedHead = { of, memoryLength, head: [...head], pages: numbers, functions };
  return new Map([
    [BAKED.head, new TextEncoder().encode(JSON.stringify(told))],
    [BAKED.pages, pages],
  ]);
}

function changedPages(before: Uint8Array, after: Uint8Array) {
  const numbers: number[] = [];
  for (let at = 0; at < after.length; at += PAGE) {
    const isSame = after.subarray(at, at + PAGE).every((byte, i) => byte === before[at + i]);
    if (!isSame) numbers.push(at / PAGE);
  }
  const pages = new Uint8Array(numbers.length * PAGE);
  for (const [i, number] of numbers.entries()) {
    pages.set(after.subarray(number * PAGE, (number + 1) * PAGE), i * PAGE);
  }
  return { numbers, pages };
}
