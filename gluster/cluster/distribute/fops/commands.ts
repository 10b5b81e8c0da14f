/**
 * Executes commands that root gives to a volume by setting an extended attribute, which is not stored.
 *
 *     setfattr -n distribute.fix.layout -v yes DIR            recomputes DIR's layout
 *     setfattr -n distribute.directory-spread-count -v 2 DIR  the same, among 2 children
 *     setfattr -n distribute.commit-hash -v 1700000000 ROOT   declares all layouts complete
 *
 * The first two are GlusterFS's. The last is glossa's: an administrator sets it after fixing all directories.
 */
import { decodeName, encodeName } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, EOPNOTSUPP, EPERM } from '../../../../runtime/core/errno.ts';
import { ROOT_GFID } from '../../../../runtime/core/gfid.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { fixLayout } from '../heal/fix-layout.ts';
import { makeFailure, makeSuccess, type Reply, type Steps, type Task } from '../task.ts';

/** The names of the commands. */
const SPREAD_COUNT = 'distribute.directory-spread-count';
export const FIX_LAYOUT = 'distribute.fix.layout';
export const COMMIT_HASH = 'distribute.commit-hash';

const MAX_HASH = 0xffff_ffff;

/** Executes a command on the directory of a loc; returns the errno, 0 for success. */
type Command = (task: Task, dir: Loc, value: string) => Steps<number>;

const commands: Readonly<Record<string, Command>> = {
  [FIX_LAYOUT]: (task, dir) => fixLayout(task, dir),
  *[SPREAD_COUNT](task, dir, value) {
    const count = /^\d+$/.test(value) ? Number(value) : 0;
    if (count === 0 || count > task.volume.children.length) return EOPNOTSUPP;
    return yield* fixLayout(task, dir, count);
  },
  *[COMMIT_HASH](task, dir, value) {
    const { volume } = task;
    const hash = /^\d+$/.test(value) ? Number(value) : 0;
    if (dir.gfid !== ROOT_GFID || hash === 0 || hash > MAX_HASH) return EINVAL;
    const dict = new Dict().set(volume.xattrNames.commitHash, encodeName(`${hash}\0`));
    const replies = yield* task.windInternalEach(volume.children, 'setxattr', () => [
      dir,
      dict,
      0,
      null,
    ]);
    const failedReply = replies.find(({ opRet }) => opRet < 0);
    if (failedReply !== undefined) return failedReply.opErrno;
    volume.commitHash = hash;
    return 0;
  },
};

/** GlusterFS's commands that glossa refuses. Passed on, they would be stored as attributes by the children. */
const REFUSED_COMMANDS = [
  'trusted.distribute.migrate-data',
  'glusterfs.dht.nuke',
  'decommission-brick',
];

/** Names of xattrs that are commands. */
const COMMAND_NAMES = [...REFUSED_COMMANDS, ...Object.keys(commands)];

/** Whether the xattrs that a caller sets include a command. */
export const isCommand = (dict: Dict | null): boolean =>
  COMMAND_NAMES.some((name) => dict?.has(name));

/** Executes the commands among the xattrs that a caller sets; only root may. */
export function* runCommand(task: Task, inode: Inode, dict: Dict): Steps<Reply<'setxattr'>> {
  if (task.frame?.root.uid !== 0) return makeFailure('setxattr', EPERM);
  if (REFUSED_COMMANDS.some((name) => dict.has(name))) return makeFailure('setxattr', EOPNOTSUPP);
  for (const [name, command] of Object.entries(commands)) {
    const value = dict.get(name);
    if (value === undefined) continue;
    const text = value instanceof Uint8Array ? decodeName(value) : String(value);
    const errno = yield* command(task, new Loc(inode), text.replace(/\0+$/, ''));
    if (errno !== 0) return makeFailure('setxattr', errno);
  }
  return makeSuccess('setxattr', null);
}
