/** Makes a read-only cache from the page's parts, with one snapshot of Python. */
import { BAKED, type BakedHead, type Cache, BAKED_PAGE as PAGE } from '../../host/machine.ts';
import type { PartBytes } from './parts.ts';

/** Returns undefined if the page has no snapshot: interpreters then start cold. */
export function makeBakedCache(parts: PartBytes): Cache | undefined {
  const [head, pages] = [parts.get(BAKED.head), parts.get(BAKED.pages)];
  if (head === undefined || pages === undefined) return undefined;
  const bakedHead = JSON.parse(new TextDecoder().decode(head)) as BakedHead;
  return {
    openSnapshot(of) {
      if (JSON.stringify(of) !== JSON.stringify(bakedHead.of)) return undefined;
      return {
        name: BAKED.pages,
        memoryLength: bakedHead.memoryLength,
        head: Uint8Array.from(bakedHead.head),
        functions: bakedHead.functions,
        readPages(heap) {
          for (const [i, number] of bakedHead.pages.entries()) {
            heap.set(pages.subarray(i * PAGE, (i + 1) * PAGE), number * PAGE);
          }
        },
        close() {},
      };
    },
    writeSnapshot() {},
  };
}
