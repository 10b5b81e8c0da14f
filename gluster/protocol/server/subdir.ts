/**
 * Mounts a directory of a brick as a client's root. It is a view, not a barrier: as in GlusterFS, a
 * gfid from elsewhere in the brick is served.
 * Source: GlusterFS 10 `server-handshake.c` (server_first_lookup), `server-resolve.c`.
 */
import type { Client } from '../../../runtime/core/client.ts';
import { ENOENT, ENOTDIR } from '../../../runtime/core/errno.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import type { Brick } from './bricks.ts';
import { lookup } from './resolve.ts';

/** Finds a directory by its path, as root. `done` receives its inode or the errno. */
export function findFolder(
  client: Client,
  brick: Brick,
  path: string,
  done: (found: Inode | number) => void,
): void {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const step = (folder: Inode, at: number): void => {
    const name = names[at];
    if (name === undefined) done(folder);
    else if (name === '..') done(ENOENT);
    else
      lookUp(client, brick, folder, name, (found) => {
        if (typeof found === 'number') done(found);
        else if (!found.isDir) done(ENOTDIR);
        else step(found, at + 1);
      });
  };
  step(brick.inodes.root, 0);
}

function lookUp(
  client: Client,
  { inodes, links }: Brick,
  parent: Inode,
  name: string,
  done: (found: Inode | number) => void,
): void {
  const frame = client.begin(new Stack(0, 0, 0, 'LOOKUP'));
  lookup(frame, links, new Loc(inodes.newInode(), parent, name), (found) => {
    client.end(frame.root);
    done(found);
  });
}

/** Attributes as the client sees them: its root directory has the root's gfid and inode number. */
export function asRoot(value: unknown, root: Gfid): unknown {
  if (!(value instanceof Iatt) || value.iaGfid !== root) return value;
  const seen = value.copy();
  seen.iaGfid = ROOT_GFID;
  return seen;
}
