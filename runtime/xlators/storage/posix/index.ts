/**
 * storage/posix: a volume that is a directory of the machine. Rules and sources stand where the
 * work is done: handles.ts (how an inode is found again), gfids.ts (identity on disk), identity.ts
 * (acting as the caller), files.ts (what is read and written when), dir.ts (positions in listings).
 */
import { constants, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ENOENT, ENOTDIR, strerror } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import { O_CLOEXEC, O_PATH } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { cstring } from '../../../sys/struct.ts';
import { attrFops } from './attr.ts';
import { Brick, defaultHandleLimit } from './brick.ts';
import { dataFops } from './data.ts';
import { dirFops } from './dir.ts';
import { entryFops } from './entry.ts';
import type { OpenFile } from './files.ts';
import { SELF } from './paths.ts';
import { spaceFops } from './space.ts';
import { xattrFops } from './xattr.ts';

/** An O_PATH descriptor of the brick's directory. @throws {InitError} when there is none. */
function openRoot(directory: string): number {
  if (!existsSync('/proc/self/fd')) throw new InitError('storage/posix needs /proc to be mounted');
  // O_PATH alone would also open what can be neither listed nor searched.
  const listed = libc.open(cstring(directory), constants.O_DIRECTORY | O_CLOEXEC, 0);
  const how = O_PATH | constants.O_DIRECTORY | O_CLOEXEC;
  const fd = listed < 0 ? listed : libc.openat(listed, SELF, how, 0);
  if (listed >= 0) libc.close(listed);
  if (fd >= 0) return fd;
  if (fd === -ENOENT) throw new InitError(`directory '${directory}' does not exist`);
  if (fd === -ENOTDIR) throw new InitError(`'${directory}' is not a directory`);
  throw new InitError(`directory '${directory}' cannot be opened: ${strerror(-fd)}`);
}

export default defineTranslator({
  type: 'storage/posix',
  description: 'Serves a directory of this machine.',
  children: [0, 0],
  options: {
    directory: {
      type: 'str',
      description: 'The directory, which must exist; a relative path starts at the volfile.',
    },
    'handle-limit': {
      type: 'int',
      min: 16,
      description: 'Inodes kept open; without it, half of what the process may have open.',
    },
  },
  init(xl, options) {
    const { directory } = options;
    if (directory === undefined || directory === '') {
      throw new InitError("option 'directory' is missing: name the directory to serve");
    }
    const path = resolve(xl.context.baseDir, directory);
    const limit = options['handle-limit'] ?? defaultHandleLimit();
    return new Brick(xl.context, path, openRoot(path), limit);
  },
  fops: { ...entryFops, ...attrFops, ...dataFops, ...spaceFops, ...dirFops, ...xattrFops },
  fini(xl) {
    xl.priv.close();
  },
  forget(xl, inode) {
    const { handles, root } = xl.priv;
    const handle = handles.find(inode.gfid);
    if (handle !== undefined && handle !== root) handles.drop(handle);
  },
  release(_xl, _fd, file) {
    (file as OpenFile).release();
  },
  releasedir(_xl, _fd, dir) {
    (dir as OpenFile).release();
  },
  backing(xl, fd) {
    const file = fd.ctxGet(xl) as OpenFile | undefined;
    return file?.fd ?? -1;
  },
  dump(xl) {
    const { directory, handles, handleLimit, openFds, gfids } = xl.priv;
    return {
      directory,
      'gfids-stored-in': gfids.place,
      'handles-known': handles.known,
      'handles-open': handles.openCount,
      'handle-limit': handleLimit,
      'fds-open': openFds,
    };
  },
});
