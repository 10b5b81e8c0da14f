/** Another client of the storage below a cache, for tests: it changes files, and the brick notifies the cache. */
import type { Graph } from '../../runtime/core/graph.ts';
import { invalidateEntries, invalidateInode } from '../../runtime/core/upcall.ts';
import type { Node } from '../../runtime/xlators/storage/memory/memory-nodes.ts';

export class OtherClient {
  private readonly graph: Graph;
  private readonly findFolder: () => Node;
  private readonly onChanged: () => void;

  /** @param onChanged called after a change, before the brick notifies the cache */
  constructor(graph: Graph, findFolder: () => Node, onChanged: () => void) {
    this.graph = graph;
    this.findFolder = findFolder;
    this.onChanged = onChanged;
  }

  /** Changes a file's mode or data. @param seconds its new time */
  change(name: string, b: number, c: number, seconds: number): void {
    const node = this.findFolder().entries!.get(name)?.node;
    if (node === undefined) return;
    const isData = b % 3 !== 0;
    if (isData) {
      node.pages!.write(new Uint8Array(c + 1).fill(97 + b), b);
      node.mtime = { sec: seconds, nsec: 0 };
    } else {
      node.prot = 0o600 + c;
      node.ctime = { sec: seconds, nsec: 0 };
    }
    this.onChanged();
    this.notify(node, isData);
  }

  /** Renames a file to a free name. */
  rename(from: string, to: string): void {
    const folder = this.findFolder();
    const node = folder.entries!.get(from)?.node;
    if (node === undefined || folder.entries!.has(to)) return;
    folder.entries!.delete(from);
    folder.addEntry(to, node);
    this.onChanged();
    // A brick's client reports the inodes, and all names as uncertain: the brick does not say which have changed.
    this.notify(node, true);
    this.notify(folder, true);
    invalidateEntries(this.graph.xlators[0]!);
  }

  private notify({ gfid }: Node, data: boolean): void {
    const { inodes, xlators } = this.graph;
    invalidateInode(xlators[0]!, inodes.find(gfid) ?? inodes.unlistedInode(gfid), { data });
  }
}
