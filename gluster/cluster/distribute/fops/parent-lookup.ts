/**
 * Looks up a name's directory if this volume does not know its layout, before fops that change names there. The caller
 * need not have looked it up through this volume: the root is known without a lookup, and caches above reply to some.
 */
import type { Loc } from '../../../../runtime/core/operands.ts';
import { makeInodeLoc } from '../locks.ts';
import type { Steps, Task } from '../task.ts';
import { lookupDirectory } from './lookup-directory.ts';

/** @returns the errno of the lookup; 0 if the layout is known */
export function* lookUpParent(task: Task, { parent }: Loc): Steps<number> {
  if (parent === null || task.volume.findDirectory(parent) !== null) return 0;
  const { opRet, opErrno } = yield* lookupDirectory(task, makeInodeLoc(parent), null, null);
  return opRet < 0 ? opErrno : 0;
}
