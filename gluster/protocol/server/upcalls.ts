/**
 * What clients are told without having asked: what is out of date in their caches. `features/upcall` says
 * so to one client at a time; all else that a volume takes back, all clients hear.
 */
import type { Inode } from '../../../runtime/core/inode.ts';
import { UP, type Upcall } from '../../../runtime/core/upcall.ts';
import type { Invalidation } from '../../rpc/programs.ts';
import type { Brick } from './bricks.ts';

const about = ({ gfid }: Inode, flags: number): Invalidation => ({
  ...{ gfid, flags, expire: 0, stat: null, parent: null, oldParent: null },
});

/** An upcall in GlusterFS's words, for clients of a brick. */
export function invalidationsOf(upcall: Upcall, { inodes }: Brick): Invalidation[] {
  switch (upcall.what) {
    case 'inode':
      return [about(upcall.inode, upcall.data ? UP.FORGET : UP.INVALID)];
    case 'entry':
      return [about(upcall.parent, UP.PARENT_TIMES)];
    case 'removed':
      return [about(upcall.parent, UP.PARENT_TIMES), about(upcall.inode, UP.FORGET)];
    case 'every-entry':
      return [...inodes.all()]
        .filter(({ isDir }) => isDir)
        .map((dir) => about(dir, UP.PARENT_TIMES));
  }
}
