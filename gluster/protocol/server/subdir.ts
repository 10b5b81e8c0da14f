/**
 * Lets a client mount a directory of a brick as its root. As in GlusterFS, this does not protect the rest of the
 * brick: requests with the gfid of a file outside of the directory are served.
 * Source: GlusterFS 10 `server-handshake.c` (server_first_lookup), `server-resolve.c`.
 */
import type { Client } from '../../../runtime/core/client.ts';
import { ENOENT, ENOTDIR } from '../../../runtime/core/errno.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import type { Brick } from './bricks.ts';
import { lookupLoc } from './resolve.ts';

/** Finds a directory by its path, with root's rights. @param onResult called with its inode or the errno */
export function findDirectory(
  client: Client,
  brick: Brick,
  path: string,
  onResult: (directory: Inode | number) => void,
): void {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const descend = (directory: Inode, depth: number): void => {
    const name = names[depth];
    if (name === undefined) onResult(directory);
    else if (name === '..') onResult(ENOENT);
    else
      lookupName(client, brick, directory, name, (inode) => {
        if (typeof inode === 'number') onResult(inode);
        else if (!inode.isDir) onResult(ENOTDIR);
        else descend(inode, depth + 1);
      });
  };
  descend(brick.inodes.root, 0);
}

/** Looks up one name in a directory. @param onResult called with its inode or the errno */
function lookupName(
  client: Client,
  { inodes, links }: Brick,
  parent: Inode,
  name: string,
  onResult: (inode: Inode | number) => void,
): void {
  const frame = client.begin(new Stack(0, 0, 0, 'LOOKUP'));
  lookupLoc(frame, links, new Loc(inodes.newInode(), parent, name), (inode) => {
    client.end(frame.root);
    onResult(inode);
  });
}

/** Converts attributes to those that the client sees: its root directory has the root's gfid and inode number. */
export function mapToClientRoot(value: unknown, root: Gfid): unknown {
  if (!(value instanceof Iatt) || value.iaGfid !== root) return value;
  const copy = value.copy();
  copy.iaGfid = ROOT_GFID;
  return copy;
}
