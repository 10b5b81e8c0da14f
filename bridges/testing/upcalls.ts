/** What a module said is out of date, and what a storage says, in a graph under test. */
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { joinPath } from '../../runtime/core/loc.ts';
import { type Upcall, upcall } from '../../runtime/core/upcall.ts';
import type { Plain } from './values.ts';

/** As a test sees it: by paths. */
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

/** The storage number `child` says that what is at a path was changed by somebody else. */
export function sayChanged(graph: Graph, child: number, path: string): void {
  const storage = graph.xlators.find(({ name }) => name === `storage${child}`);
  const names = path.split('/').filter((name) => name !== '');
  const name = names.pop();
  let parent: Inode | undefined = graph.inodes.root;
  for (const above of names) parent = parent && graph.inodes.grep(parent, above);
  if (storage === undefined || name === undefined || parent === undefined) return;
  upcall(storage, { what: 'entry', parent, name, expire: false });
  const inode = graph.inodes.grep(parent, name);
  if (inode !== undefined) upcall(storage, { what: 'inode', inode, data: true });
}
