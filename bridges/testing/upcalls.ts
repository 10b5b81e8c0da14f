/** Upcalls of modules and storages in a graph under test. */
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { joinPath } from '../../runtime/core/loc.ts';
import { sendUpcall, type Upcall } from '../../runtime/core/upcall.ts';
import type { Plain } from './values.ts';

/** Converts an upcall for a test, by paths. */
export function plainUpcall(what: Upcall): { [key: string]: Plain } {
  switch (what.what) {
    case 'inode':
      return { what: what.what, path: what.inode.path, data: what.data, expire: false };
    case 'every-entry':
      return { what: what.what, path: null, data: false, expire: false };
    default: {
      const expire = what.what === 'entry' && what.expire;
      const path = joinPath(what.parent.path, what.name);
      return { what: what.what, path, data: false, expire };
    }
  }
}

/** Sends an upcall from storage `child`: another client has changed the file at a path. */
export function sayChanged(graph: Graph, child: number, path: string): void {
  const storage = graph.xlators.find(({ name }) => name === `storage${child}`);
  const names = path.split('/').filter((name) => name !== '');
  const name = names.pop();
  let parent: Inode | undefined = graph.inodes.root;
  for (const above of names) parent = parent && graph.inodes.grep(parent, above);
  if (storage === undefined || name === undefined || parent === undefined) return;
  sendUpcall(storage, { what: 'entry', parent, name, expire: false });
  const inode = graph.inodes.grep(parent, name);
  if (inode !== undefined) sendUpcall(storage, { what: 'inode', inode, data: true });
}
