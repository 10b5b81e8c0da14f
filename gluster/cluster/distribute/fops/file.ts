/**
 * Fops about what is open, or known: those on a file go to the child that it is with. Those on a
 * directory have rows of their own (`on-directory.ts`), and otherwise go to one child that has it.
 *
 * Source: GlusterFS `dht-inode-read.c`, `dht-inode-write.c`, `dht-common.c` (dht_getxattr,
 * dht_setxattr, dht_removexattr).
 */

import type { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, EIO, EOPNOTSUPP, EPERM, ESTALE } from '../../../../runtime/core/errno.ts';
import { Fd } from '../../../../runtime/core/fd.ts';
import { type Arg, findFop } from '../../../../runtime/core/fops.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { type FopName, fopNames } from '../../../../runtime/core/gen/fops.gen.ts';
import {
  collect,
  collectCbk,
  unwindArgs,
  windArgs,
} from '../../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Directory, type Distribute, NOWHERE } from '../distribute.ts';
import { type Answer, failure, runTask, type Steps, type Task } from '../task.ts';
import { isCommand } from './commands.ts';
import { lookupEverywhere } from './everywhere.ts';
import { askingForStats, askMoved, asksForStats, followMove, STAYS, signOf } from './moving.ts';
import { onDirectory } from './on-directory.ts';
import { getOfFile, isInternal } from './virtual.ts';

const isSubject = ({ type }: Arg): boolean => type === 'loc' || type === 'fd';

/** By their subject, the first argument that is a loc or an fd; those of names have fops of their own instead. */
const NAMES = fopNames.filter(
  (name) => name !== 'copy_file_range' && findFop(name)!.args.some(isSubject),
);

/**
 * What is asked of a file by extended attributes that are not its own: where it is, and what clients may not
 * change.
 */
type OnFile = (task: Task, child: number) => Steps<Answer<FopName>>;

/** The answer, or the way to it; undefined for what the child answers. */
type Own = (volume: Distribute, args: readonly unknown[]) => Answer<FopName> | OnFile | undefined;

const setting =
  (fop: 'setxattr' | 'fsetxattr'): Own =>
  (volume, args) => {
    const dict = args[1] as Dict | null;
    if (dict === null) return undefined;
    if ([...dict.keys()].some((name) => isInternal(volume, name))) return failure(fop, EPERM);
    // What a volume is told to do is about directories; files are not moved here.
    return isCommand(dict) ? failure(fop, EOPNOTSUPP) : undefined;
  };

const removing =
  (fop: 'removexattr' | 'fremovexattr'): Own =>
  (volume, args) =>
    isInternal(volume, args[1] as string) ? failure(fop, EPERM) : undefined;

const onFile: Readonly<Partial<Record<FopName, Own>>> = {
  getxattr(volume, args) {
    const own = getOfFile(volume, args[1] as string | null);
    if (typeof own !== 'function') return own;
    return (task, child) => own(task, args[0] as Loc, child);
  },
  setxattr: setting('setxattr'),
  fsetxattr: setting('fsetxattr'),
  removexattr: removing('removexattr'),
  fremovexattr: removing('fremovexattr'),
};

const inodeOf = (subject: unknown): Inode | null =>
  subject instanceof Fd ? subject.inode : (subject as Loc).inode;

function fopOf<N extends FopName>(name: N): Fop<N, Distribute> {
  const at = findFop(name)!.args.findIndex(isSubject);
  const sign = signOf(name);
  const ownOf = onFile[name];
  const cbk = collectCbk[name]((frame, child, anyXl, opRet, opErrno, values) => {
    if (sign(opRet, opErrno, values) === STAYS) {
      unwindArgs[name](frame, opRet, opErrno, values);
      return;
    }
    const xl = anyXl as Xlator<Distribute>;
    const given = frame.local as readonly unknown[];
    const answer = { opRet, opErrno, values: values as never };
    const inode = inodeOf(given[at])!;
    runTask(frame, xl, name, (task) =>
      followMove(task, { fop: name, args: given, subject: given[at], inode }, child, answer),
    );
  }) as Cbk<N, unknown>;
  const asks = asksForStats(name);
  return collect[name]((frame, anyXl, given) => {
    const xl = anyXl as Xlator<Distribute>;
    const inode = inodeOf(given[at]);
    const child = inode?.ctxGet(xl);
    if (typeof child === 'number') {
      const own = ownOf?.(xl.priv, given);
      if (typeof own === 'function') {
        runTask(frame, xl, name, (task) => own(task, child) as Steps<Answer<N>>);
        return;
      }
      if (own !== undefined) {
        unwindArgs[name](frame, own.opRet, own.opErrno, own.values as never);
        return;
      }
      const args = asks ? askingForStats(given) : given;
      frame.local = args;
      windArgs[name](frame, child, cbk as never, xl.children[child]!, args as never);
    } else unknownOrDirectory(frame, xl, name, inode, given);
  }) as Fop<N, Distribute>;
}

function unknownOrDirectory(
  frame: Frame,
  xl: Xlator<Distribute>,
  name: FopName,
  inode: Inode | null,
  args: readonly unknown[],
): void {
  if (inode === null) unwindArgs[name](frame, -1, EINVAL, failure(name, EINVAL).values);
  else runTask(frame, xl, name, (task) => steps(task, name, inode, args));
}

function* steps<N extends FopName>(
  task: Task,
  name: N,
  inode: Inode,
  args: readonly unknown[],
): Steps<Answer<N>> {
  const { volume } = task;
  const isKnown = inode.ctxGet(volume.xl) !== undefined;
  const directory = isKnown ? volume.directory(inode) : yield* locate(task, inode);
  if (typeof directory === 'number') return failure(name, directory);
  const child = volume.cached(inode);
  if (child !== NOWHERE) {
    const file = onFile[name]?.(volume, args);
    if (typeof file === 'function') return (yield* file(task, child)) as Answer<N>;
    if (file !== undefined) return file as Answer<N>;
    const subject = args.find((arg) => arg instanceof Fd || arg instanceof Loc);
    const asking = asksForStats(name) ? askingForStats(args) : args;
    return yield* askMoved(task, { fop: name, args: asking, subject, inode });
  }
  const own = onDirectory[name];
  if (directory === null) return failure(name, EIO);
  if (own !== undefined) {
    return (yield* own(task, directory, args as never, inode)) as Answer<N>;
  }
  return yield* task.one(volume.homeOf(directory), name, ...(args as never));
}

/** Looks for something that was never looked up here: the errno, or what is known of a directory. */
export function* locate(task: Task, inode: Inode): Steps<Directory | null | number> {
  const found = yield* lookupEverywhere(task, new Loc(inode), null);
  if (found.opRet < 0) return found.opErrno || ESTALE;
  return task.volume.directory(inode);
}

export const fileFops: Fops<Distribute> = Object.fromEntries(
  NAMES.map((name) => [name, fopOf(name)]),
);
