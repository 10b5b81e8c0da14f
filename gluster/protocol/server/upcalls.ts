/**
 * What clients are told without having asked: what is out of date in their caches. `features/upcall` says
 * so to one client at a time; all else that a volume takes back, all clients hear.
 */
import type { Inode } from '../../../runtime/core/inode.ts';
import type { ClientUpcall, Upcall } from '../../../runtime/core/upcall.ts';
import type { Invalidation } from '../../rpc/programs.ts';
import type { Brick } from './bricks.ts';

/** Bits of GlusterFS's cache invalidation: all that is known of it, its names, its attributes. */
const FORGET = 0x100;
const PARENT_TIMES = 0x200;
const INVALID_ATTRIBUTES = 0x2000;

const about = ({ gfid }: Inode, flags: number): Invalidation => ({
  ...{ gfid, flags, expire: 0 },
  stats: [null, null, null],
});

/** What `features/upcall` says to one client. */
export const invalidationFor = ({
  stat,
  parent,
  oldParent,
  ...rest
}: ClientUpcall): Invalidation => ({
  ...rest,
  stats: [stat, parent, oldParent],
});

/** An upcall in GlusterFS's words, for clients of a brick. */
export function invalidationsOf(upcall: Upcall, { inodes }: Brick): Invalidation[] {
  switch (upcall.what) {
    case 'inode':
      return [about(upcall.inode, upcall.data ? FORGET : INVALID_ATTRIBUTES)];
    case 'entry':
      return [about(upcall.parent, PARENT_TIMES)];
    case 'removed':
      return [about(upcall.parent, PARENT_TIMES), about(upcall.inode, FORGET)];
    case 'every-entry':
      return [...inodes.all()].filter(({ isDir }) => isDir).map((dir) => about(dir, PARENT_TIMES));
  }
}
