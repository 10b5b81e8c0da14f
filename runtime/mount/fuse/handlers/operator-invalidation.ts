/**
 * Invalidates caches on an operator's request, after changes below the graph. The operator reads an extended
 * attribute of a directory; the read returns when the caches are dropped:
 *
 *   glossa.invalidate.NAME   that name, and the attributes and data of its inode
 *   glossa.invalidate        all names (of any directory)
 *
 * The invalidation is sent as an UPCALL of each storage, so that translators drop their caches, too.
 */
import type { Inode } from '../../../core/inode.ts';
import { sendUpcall, type Upcall } from '../../../core/upcall.ts';
import type { HandlerContext } from './handler.ts';

/** The attribute that invalidates all names. */
export const INVALIDATE_XATTR = 'glossa.invalidate';
const NAME_PREFIX = `${INVALIDATE_XATTR}.`;

/** Returns the action of the attribute `xattr` of a directory; undefined for other attributes. */
export function findInvalidation(
  session: HandlerContext,
  directory: Inode,
  xattr: string,
): (() => Promise<void>) | undefined {
  if (xattr === INVALIDATE_XATTR) return () => sendUpcalls(session, [{ kind: 'every-entry' }]);
  if (!xattr.startsWith(NAME_PREFIX) || !directory.isDir) return undefined;
  return () => sendUpcalls(session, makeUpcalls(directory, xattr.slice(NAME_PREFIX.length)));
}

/** Makes the UPCALLs that invalidate a name, and the inode that it leads to. */
function makeUpcalls(parent: Inode, name: string): readonly Upcall[] {
  const inode = parent.children?.get(name);
  // A directory's name is only looked up again: dropping it would detach programs in it, and mounts below.
  const expire = inode?.isDir === true;
  const entry: Upcall = { kind: 'entry', parent, name, expire };
  return inode === undefined ? [entry] : [entry, { kind: 'inode', inode, data: !inode.isDir }];
}

/** Sends UPCALLs from every storage; resolves when the kernel has handled the notices. */
async function sendUpcalls(session: HandlerContext, upcalls: readonly Upcall[]): Promise<void> {
  const storages = session.graph.xlators.filter(({ below }) => below.length === 0);
  for (const data of upcalls) for (const xl of storages) sendUpcall(xl, data);
  await session.notices.awaitHandled();
}
