/**
 * Delays replies to getxattr that show a program's capabilities, which a write removes: if writes that
 * were answered early are under way, the request is repeated after them. The reply "no capability" is
 * passed at once, so the kernel, which asks before it writes, does not wait.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type AnyFop,
  collectCbk,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../../core/gen/generic.gen.ts';
import type { Loc } from '../../../core/loc.ts';
import { inodeAt } from '../shared/inode-cache.ts';
import type { Queue } from './queue.ts';
import { Stub } from './stub.ts';
import type { Behind } from './write-behind.ts';

const CAPABILITY = 'security.capability';

class XattrStub extends Stub {
  readonly queue: Queue;

  constructor(
    frame: Frame,
    xl: Behind,
    name: 'getxattr' | 'fgetxattr',
    args: readonly unknown[],
    queue: Queue,
  ) {
    super(frame, xl, name, args);
    this.queue = queue;
  }
}

export function waitingForCapabilities(name: 'getxattr' | 'fgetxattr'): AnyFop {
  const cbk = collectCbk[name]((frame, asked, _xl, opRet, opErrno, values) => {
    const asking = frame.local as XattrStub;
    const { queue } = asking;
    const has = opRet >= 0 && (values[0] as Dict | null)?.has(CAPABILITY);
    if (has && (!queue.isIdle || queue.settled > asked)) queue.wait(asking);
    else unwindArgs[name](frame, opRet, opErrno, values);
  });
  return (frame, any, args) => {
    const xl = any as Behind;
    const which = args[1] as string | null;
    const asksForIt = which === null || which === CAPABILITY;
    const inode = asksForIt ? inodeAt(xl, args[0] as Loc | Fd) : null;
    const queue = inode === null ? undefined : xl.priv.queue(inode);
    if (queue === undefined || queue.isIdle) return tailArgs[name](frame, xl.children[0]!, args);
    frame.local = new XattrStub(frame, xl, name, args, queue);
    windArgs[name](frame, xl.priv.clock, cbk as never, xl.children[0]!, args as never);
  };
}
