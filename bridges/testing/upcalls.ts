/** Encodes and sends the upcalls of a graph under test. */

import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { joinPath } from '../../runtime/core/operands.ts';
import { sendUpcall, type Upcall } from '../../runtime/core/upcall.ts';
import type { Plain } from './values.ts';

/** Converts an upcall for a test, by paths. */
export function encodeUpcall(event: Upcall): { [key: string]: Plain } {
  switch (event.kind) {
    case 'inode':
      return { what: event.kind, path: event.inode.path, data: event.data, expire: false };
    case 'every-entry':
      return { what: event.kind, path: null, data: false, expire: false };
    default: {
      const expire = event.kind === 'entry' && event.expire;
      const path = joinPath(event.parent.path, event.name);
      return { what: event.kind, path, data: false, expire };
    }
  }
}

/** Sends an upcall from storage `child`: another client has changed the file at a path. */
export function reportChange(graph: Graph, child: number, path: string): void {
  const storage = graph.xlators.find(({ name }) => name === `storage${child}`);
  const names = path.split('/').filter((name) => name !== '');
  const name = names.pop();
  let parent: Inode | undefined = graph.inodes.root;
  for (const folder of names) parent = parent?.children?.get(folder);
  if (storage === undefined || name === undefined || parent === undefined) return;
  sendUpcall(storage, { kind: 'entry', parent, name, expire: false });
  const inode = parent.children?.get(name);
  if (inode !== undefined) sendUpcall(storage, { kind: 'inode', inode, data: true });
}
