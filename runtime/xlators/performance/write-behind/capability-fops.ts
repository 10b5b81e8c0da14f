/**
 * Makes the fops getxattr and fgetxattr of performance/write-behind. A write removes a program's capabilities. So if a
 * reply shows capabilities while writes that were answered early are under way, the request is wound again after them.
 * A reply without capabilities is passed at once, because the kernel sends this request before each write.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type AnyFop,
  collectCbk,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../../core/gen/generic.gen.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import { findArgumentInode } from '../shared/inode-cache.ts';
import { WaitingFop } from './waiting-fop.ts';
import type { WriteBehindXlator } from './write-behind.ts';
import type { WriteQueue } from './write-queue.ts';

const CAPABILITY = 'security.capability';

/** A getxattr or fgetxattr that may have to wait for the writes of its file. */
class WaitingGetxattr extends WaitingFop {
  readonly queue: WriteQueue;

  constructor(
    frame: Frame,
    xl: WriteBehindXlator,
    name: 'getxattr' | 'fgetxattr',
    args: readonly unknown[],
    queue: WriteQueue,
  ) {
    super(frame, xl, name, args);
    this.queue = queue;
  }
}

/** Makes the fop getxattr or fgetxattr. The cookie of its wind is the volume's `endedWriteCount`. */
export function makeGetxattrFop(name: 'getxattr' | 'fgetxattr'): AnyFop {
  const cbk = collectCbk[name]((frame, endedCountAtWind, _xl, opRet, opErrno, values) => {
    const waiter = frame.local as WaitingGetxattr;
    const { queue } = waiter;
    // A write that is under way, or has ended since the wind, may have removed the capability.
    const hasCapability = opRet >= 0 && (values[0] as Dict | null)?.has(CAPABILITY);
    if (hasCapability && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind))
      queue.runAfterWrites(waiter);
    else unwindArgs[name](frame, opRet, opErrno, values);
  });
  return (frame, untypedXl, args) => {
    const xl = untypedXl as WriteBehindXlator;
    const xattr = args[1] as string | null;
    const requestsCapability = xattr === null || xattr === CAPABILITY;
    const inode = requestsCapability ? findArgumentInode(xl, args[0] as Loc | Fd) : null;
    const queue = inode === null ? undefined : xl.priv.findQueue(inode);
    if (queue === undefined || queue.isIdle) return tailArgs[name](frame, xl.children[0]!, args);
    frame.local = new WaitingGetxattr(frame, xl, name, args, queue);
    windArgs[name](frame, xl.priv.endedWriteCount, cbk as never, xl.children[0]!, args as never);
  };
}
