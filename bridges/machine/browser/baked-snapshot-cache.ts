/**
 * Makes a read-only snapshot cache from the snapshot of Python that is embedded in the HTML page
 * (python/page-snapshot.ts makes it). The browser's machine uses it.
 */
import { BAKED_PAGE_BYTES, BAKED_PARTS, type BakedHead, type Cache } from '../../host/machine.ts';
import type { PartBytes } from './parts.ts';

/** Returns undefined if the page has no snapshot: interpreters then start cold. */
export function makeBakedSnapshotCache(embeddedParts: PartBytes): Cache | undefined {
  const [head, pages] = [embeddedParts.get(BAKED_PARTS.head), embeddedParts.get(BAKED_PARTS.pages)];
  if (head === undefined || pages === undefined) return undefined;
  const bakedHead = JSON.parse(new TextDecoder().decode(head)) as BakedHead;
  return {
    openSnapshot(inputs) {
      // The embedded snapshot serves only the interpreter for which it was made.
      if (JSON.stringify(inputs) !== JSON.stringify(bakedHead.of)) return undefined;
      return {
        name: BAKED_PARTS.pages,
        memoryLength: bakedHead.memoryLength,
        description: Uint8Array.from(bakedHead.head),
        functionCount: bakedHead.functions,
        readPages(heap) {
          for (const [i, pageNumber] of bakedHead.pages.entries()) {
            heap.set(
              pages.subarray(i * BAKED_PAGE_BYTES, (i + 1) * BAKED_PAGE_BYTES),
              pageNumber * BAKED_PAGE_BYTES,
            );
          }
        },
        close() {},
      };
    },
    writeSnapshot() {},
    readScript: () => undefined,
    writeScript() {},
  };
}
