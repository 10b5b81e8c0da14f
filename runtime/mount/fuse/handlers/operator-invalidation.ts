/**
 * The operator says that what the kernel caches is out of date, because something below the graph
 * was changed by others. It is asked for by reading an extended attribute of a directory, which the
 * kernel itself finds by its path, and done when the read returns:
 *
 *   glossa.invalidate.NAME   that name, and the attributes and data of what it leads to
 *   glossa.invalidate        all names (in whichever directory)
 *
 * It is told as an UPCALL of the storage: translators that keep something of their own, scripts too,
 * hear of it on its way to the kernel.
 */
import type { Inode } from '../../../core/inode.ts';
import { type Upcall, upcall } from '../../../core/upcall.ts';
import type { HandlerContext } from './handler.ts';

export const INVALIDATE = 'glossa.invalidate';
const NAMED = `${INVALIDATE}.`;

/** What the attribute `xattr` of a directory does; undefined for one that is none of these. */
export function invalidationFor(
  session: HandlerContext,
  directory: Inode,
  xattr: string,
): (() => Promise<void>) | undefined {
  if (xattr === INVALIDATE) return () => sendUpcalls(session, [{ what: 'every-entry' }]);
  if (!xattr.startsWith(NAMED) || !directory.isDir) return undefined;
  return () => sendUpcalls(session, upcallsFor(directory, xattr.slice(NAMED.length)));
}

function upcallsFor(parent: Inode, name: string): readonly Upcall[] {
  const inode = parent.table.grep(parent, name);
  // Programs may be at work in a directory, and other file systems be mounted there.
  const expire = inode?.isDir === true;
  const entry: Upcall = { what: 'entry', parent, name, expire };
  return inode === undefined ? [entry] : [entry, { what: 'inode', inode, data: !inode.isDir }];
}

async function sendUpcalls(session: HandlerContext, all: readonly Upcall[]): Promise<void> {
  const storages = session.graph.xlators.filter(({ below }) => below.length === 0);
  for (const what of all) for (const xl of storages) upcall(xl, what);
  await session.notices.whenHandled();
}
