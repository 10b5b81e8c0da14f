/**
 * What a guest says is out of date, as an UPCALL (`runtime/core/upcall.ts`):
 *
 *   ["entry", parent, name, expire]     ["removed", parent, name, inode]
 *   ["inode", inode, data]              ["every-entry"]
 *
 * An inode is its number or its gfid, `expire` and `data` are booleans. Untrusted, as all messages.
 */
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Upcall } from '../../../runtime/core/upcall.ts';
import { type GuestMessage, parseMessage } from './decision.ts';
import { checkedName, MessageError } from './message.ts';

/** By number or gfid; undefined when nobody knows it. */
export type FindInode = (id: number | string) => Inode | undefined;

/**
 * Undefined when it is about an inode that the volume has forgotten: nobody above caches anything
 * of it. @throws {MessageError}
 */
export function readUpcall(message: GuestMessage, find: FindInode): Upcall | undefined {
  const [what, of, ...rest] = typeof message === 'string' ? parseMessage(message) : message;
  if (what === 'every-entry') return { what };
  const inode = inodeOf(of, find);
  const [first, second] = rest;
  switch (what) {
    case 'inode':
      return inode && { what, inode, data: first === true };
    case 'entry': {
      const name = checkedName(first);
      return inode && { what, parent: inode, name, expire: second === true };
    }
    case 'removed': {
      const name = checkedName(first);
      const child = inodeOf(second, find);
      return inode && child && { what, parent: inode, name, inode: child };
    }
    default:
      throw new MessageError('no such message');
  }
}

function inodeOf(id: unknown, find: FindInode): Inode | undefined {
  if (typeof id === 'number' || typeof id === 'string') return find(id);
  throw new MessageError('an inode must be a number or a gfid');
}
