/**
 * Winds fops on a file to its child. Fops on a directory have handlers of their own
 * (`on-directory.ts`), or go to one child.
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
import { failure, type Reply, runTask, type Steps, type Task } from '../task.ts';
import { isCommand } from './commands.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';
import { followMove, needsStat, STAYS, signReader, windMoving, withStat } from './moving.ts';
import { onDirectory } from './on-directory.ts';
import { getOfFile, isInternal } from './virtual.ts';

const isSubject = ({ type }: Arg): boolean => type === 'loc' || type === 'fd';

/** Fops by subject, the first loc or fd among the arguments. Fops on names have handlers of their own. */
const NAMES = fopNames.filter(
  (name) => name !== 'copy_file_range' && findFop(name)!.args.some(isSubject),
);

/** Handles a request for a virtual xattr of a file, such as its location. */
type OnFile = (task: Task, child: number) => Steps<Reply<FopName>>;

/** A reply or a handler; undefined if the child serves the request. */
type Xattr = (volume: Distribute, args: readonly unknown[]) => Reply<FopName> | OnFile | undefined;

const setting =
  (fop: 'setxattr' | 'fsetxattr'): Xattr =>
  (volume, args) => {
    const dict = args[1] as Dict | null;
    if (dict === null) return undefined;
    if ([...dict.keys()].some((name) => isInternal(volume, name))) return failure(fop, EPERM);
    // Commands concern directories; glossa moves no files.
    return isCommand(dict) ? failure(fop, EOPNOTSUPP) : undefined;
  };

const removing =
  (fop: 'removexattr' | 'fremovexattr'): Xattr =>
  (volume, args) =>
    isInternal(volume, args[1] as string) ? failure(fop, EPERM) : undefined;

const onFile: Readonly<Partial<Record<FopName, Xattr>>> = {
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
  const sign = signReader(name);
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
  const asks = needsStat(name);
  return collect[name]((frame, anyXl, given) => {
    const xl = anyXl as Xlator<Distribute>;
    const inode = inodeOf(given[at]);
    const child = inode?.ctxGet(xl);
    if (typeof child === 'number') {
      const own = ownOf?.(xl.priv, given);
      if (typeof own === 'function') {
        runTask(frame, xl, name, (task) => own(task, child) as Steps<Reply<N>>);
        return;
      }
      if (own !== undefined) {
        unwindArgs[name](frame, own.opRet, own.opErrno, own.values as never);
        return;
      }
      const args = asks ? withStat(given) : given;
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
  else runTask(frame, xl, name, (task) => requestSteps(task, name, inode, args));
}

function* requestSteps<N extends FopName>(
  task: Task,
  name: N,
  inode: Inode,
  args: readonly unknown[],
): Steps<Reply<N>> {
  const { volume } = task;
  const isKnown = inode.ctxGet(volume.xl) !== undefined;
  const directory = isKnown ? volume.directory(inode) : yield* locate(task, inode);
  if (typeof directory === 'number') return failure(name, directory);
  const child = volume.childOf(inode);
  if (child !== NOWHERE) {
    const file = onFile[name]?.(volume, args);
    if (typeof file === 'function') return (yield* file(task, child)) as Reply<N>;
    if (file !== undefined) return file as Reply<N>;
    const subject = args.find((arg) => arg instanceof Fd || arg instanceof Loc);
    const asking = needsStat(name) ? withStat(args) : args;
    return yield* windMoving(task, { fop: name, args: asking, subject, inode });
  }
  const own = onDirectory[name];
  if (directory === null) return failure(name, EIO);
  if (own !== undefined) {
    return (yield* own(task, directory, args as never, inode)) as Reply<N>;
  }
  return yield* task.one(volume.homeOf(directory), name, ...(args as never));
}

/** Looks up an unknown inode on all children. @returns its directory state, null for a file, or the errno */
export function* locate(task: Task, inode: Inode): Steps<Directory | null | number> {
  const found = yield* lookupEverywhere(task, new Loc(inode), null);
  if (found.opRet < 0) return found.opErrno || ESTALE;
  return task.volume.directory(inode);
}

export const fileFops: Fops<Distribute> = Object.fromEntries(
  NAMES.map((name) => [name, fopOf(name)]),
);
