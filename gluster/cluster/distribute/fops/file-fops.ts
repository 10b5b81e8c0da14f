/**
 * Winds fops on a file to its child. A fop on a directory runs its handler (`directory-fops.ts`); one without a
 * handler goes to one child.
 * Source: GlusterFS `dht-inode-read.c`, `dht-inode-write.c`, `dht-common.c` (dht_getxattr,
 * dht_setxattr, dht_removexattr).
 */

import type { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, EIO, EOPNOTSUPP, EPERM, ESTALE } from '../../../../runtime/core/errno.ts';
import { type Arg, findFop } from '../../../../runtime/core/fops.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fopNames,
  unwindArgs,
  windArgs,
} from '../../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Directory, type Distribute, NO_CHILD } from '../distribute.ts';
import { makeFailure, type Reply, runTask, type Steps, type Task } from '../task.ts';
import { isCommand } from './commands.ts';
import { directoryHandlers } from './directory-fops.ts';
import {
  addStatRequest,
  followMove,
  makeMoveSignReader,
  needsStatRequest,
  UNMOVED,
  windToMovingFile,
} from './follow-move.ts';
import { lookupEverywhere } from './lookup-everywhere.ts';
import { findFileXattrHandler, isInternalXattr } from './virtual-xattrs.ts';

const isSubject = ({ type }: Arg): boolean => type === 'loc' || type === 'fd';

/**
 * Fops with a subject: a loc or an fd among the arguments. `index.ts` replaces those that act on names.
 * copy_file_range is excluded: its two files may be on different children.
 */
const SUBJECT_FOPS = fopNames.filter(
  (name) => name !== 'copy_file_range' && findFop(name)!.args.some(isSubject),
);

/** The steps that serve a virtual xattr of a file, such as its location, on the file's child. */
type XattrHandler = (task: Task, child: number) => Steps<Reply<FopName>>;

/** Checks a request for xattrs of a file. Returns a reply, or a handler; undefined if the child serves the request. */
type XattrCheck = (
  volume: Distribute,
  args: readonly unknown[],
) => Reply<FopName> | XattrHandler | undefined;

const makeSetxattrCheck =
  (fop: 'setxattr' | 'fsetxattr'): XattrCheck =>
  (volume, args) => {
    const dict = args[1] as Dict | null;
    if (dict === null) return undefined;
    if ([...dict.keys()].some((name) => isInternalXattr(volume, name)))
      return makeFailure(fop, EPERM);
    // GlusterFS's commands for files move them, which glossa does not do.
    return isCommand(dict) ? makeFailure(fop, EOPNOTSUPP) : undefined;
  };

const makeRemovexattrCheck =
  (fop: 'removexattr' | 'fremovexattr'): XattrCheck =>
  (volume, args) =>
    isInternalXattr(volume, args[1] as string) ? makeFailure(fop, EPERM) : undefined;

const xattrChecks: Readonly<Partial<Record<FopName, XattrCheck>>> = {
  getxattr(volume, args) {
    const replyOrHandler = findFileXattrHandler(volume, args[1] as string | null);
    if (typeof replyOrHandler !== 'function') return replyOrHandler;
    return (task, child) => replyOrHandler(task, args[0] as Loc, child);
  },
  setxattr: makeSetxattrCheck('setxattr'),
  fsetxattr: makeSetxattrCheck('fsetxattr'),
  removexattr: makeRemovexattrCheck('removexattr'),
  fremovexattr: makeRemovexattrCheck('fremovexattr'),
};

const findSubjectInode = (subject: unknown): Inode | null =>
  subject instanceof Fd ? subject.inode : (subject as Loc).inode;

/** Makes a fop that winds directly if the file's child is known and not moving; other cases run as tasks. */
function makeFop<N extends FopName>(fop: N): Fop<N, Distribute> {
  const subjectIndex = findFop(fop)!.args.findIndex(isSubject);
  const readMoveSign = makeMoveSignReader(fop);
  const checkXattr = xattrChecks[fop];
  const cbk = collectCbk[fop]((frame, child, anyXl, opRet, opErrno, values) => {
    if (readMoveSign(opRet, opErrno, values) === UNMOVED) {
      unwindArgs[fop](frame, opRet, opErrno, values);
      return;
    }
    const xl = anyXl as Xlator<Distribute>;
    const args = frame.local as readonly unknown[];
    const reply = { opRet, opErrno, values: values as never };
    const inode = findSubjectInode(args[subjectIndex])!;
    runTask(frame, xl, fop, (task) =>
      followMove(task, { fop, args, subject: args[subjectIndex], inode }, child, reply),
    );
  }) as Cbk<N, unknown>;
  const needsAttributes = needsStatRequest(fop);
  return collect[fop]((frame, anyXl, args) => {
    const xl = anyXl as Xlator<Distribute>;
    const inode = findSubjectInode(args[subjectIndex]);
    const child = inode?.ctxGet(xl);
    if (typeof child === 'number') {
      const replyOrHandler = checkXattr?.(xl.priv, args);
      if (typeof replyOrHandler === 'function') {
        runTask(frame, xl, fop, (task) => replyOrHandler(task, child) as Steps<Reply<N>>);
        return;
      }
      if (replyOrHandler !== undefined) {
        unwindArgs[fop](
          frame,
          replyOrHandler.opRet,
          replyOrHandler.opErrno,
          replyOrHandler.values as never,
        );
        return;
      }
      const sentArgs = needsAttributes ? addStatRequest(args) : args;
      frame.local = sentArgs;
      windArgs[fop](frame, child, cbk as never, xl.children[child]!, sentArgs as never);
    } else runAsTask(frame, xl, fop, inode, args);
  }) as Fop<N, Distribute>;
}

/** Runs a fop whose subject is a directory, a moving file, or unknown. */
function runAsTask(
  frame: Frame,
  xl: Xlator<Distribute>,
  fop: FopName,
  inode: Inode | null,
  args: readonly unknown[],
): void {
  if (inode === null) unwindArgs[fop](frame, -1, EINVAL, makeFailure(fop, EINVAL).values);
  else runTask(frame, xl, fop, (task) => serveTask(task, fop, inode, args));
}

/**
 * Serves a fop by the file's child, by the directory's handler, or by one child of the directory. An inode whose
 * location is unknown is looked up first.
 */
function* serveTask<N extends FopName>(
  task: Task,
  fop: N,
  inode: Inode,
  args: readonly unknown[],
): Steps<Reply<N>> {
  const { volume } = task;
  const isKnown = inode.ctxGet(volume.xl) !== undefined;
  const directory = isKnown ? volume.findDirectory(inode) : yield* findLocation(task, inode);
  if (typeof directory === 'number') return makeFailure(fop, directory);
  const child = volume.findFileChild(inode);
  if (child !== NO_CHILD) {
    const replyOrHandler = xattrChecks[fop]?.(volume, args);
    if (typeof replyOrHandler === 'function')
      return (yield* replyOrHandler(task, child)) as Reply<N>;
    if (replyOrHandler !== undefined) return replyOrHandler as Reply<N>;
    const subject = args.find((arg) => arg instanceof Fd || arg instanceof Loc);
    const sentArgs = needsStatRequest(fop) ? addStatRequest(args) : args;
    return yield* windToMovingFile(task, { fop, args: sentArgs, subject, inode });
  }
  const handler = directoryHandlers[fop];
  if (directory === null) return makeFailure(fop, EIO);
  if (handler !== undefined) {
    return (yield* handler(task, directory, args as never, inode)) as Reply<N>;
  }
  return yield* task.windOne(volume.chooseReader(directory), fop, ...(args as never));
}

/** Looks up an unknown inode on all children. @returns its directory state, null for a file, or the errno */
export function* findLocation(task: Task, inode: Inode): Steps<Directory | null | number> {
  const lookup = yield* lookupEverywhere(task, new Loc(inode), null);
  if (lookup.opRet < 0) return lookup.opErrno || ESTALE;
  return task.volume.findDirectory(inode);
}

export const fileFops: Fops<Distribute> = Object.fromEntries(
  SUBJECT_FOPS.map((name) => [name, makeFop(name)]),
);
