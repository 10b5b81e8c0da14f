/** One fop on its way to the brick and back. */

import { EINVAL, EIO, ENOTCONN, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Frame } from '../../../core/frame.ts';
import { unwindArgs } from '../../../core/generic.gen.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import { F_UNLCK, type Flock } from '../../../core/lock.ts';
import { readFields } from '../../../rpc/fields.ts';
import type { Loss, Waiter } from '../../../rpc/link.ts';
import type { WireDirent } from '../../../rpc/structs.ts';
import type { XdrReader } from '../../../rpc/xdr.ts';
import { direntsOf, type Positions } from './entries.ts';
import type { RemoteFds } from './fds.ts';
import type { Marshal } from './marshal.ts';

/** What belongs to a volume, and its requests use. */
export interface Requester {
  readonly fds: RemoteFds;
  /** By open folder. */
  positionsOf(fd: Fd): Positions;
  /** An answer could not be read. */
  garbled(fop: string): void;
}

export function failRequest(frame: Frame, { fop, reply }: Marshal, errno: number): void {
  unwindArgs[fop](frame, -1, errno, new Array<null>(reply.length).fill(null));
}

export class Request implements Waiter {
  at = 0;
  private readonly frame: Frame;
  private readonly marshal: Marshal;
  private readonly args: readonly unknown[];
  private readonly requester: Requester;

  constructor(frame: Frame, marshal: Marshal, args: readonly unknown[], requester: Requester) {
    this.frame = frame;
    this.marshal = marshal;
    this.args = args;
    this.requester = requester;
  }

  lost(_why: Loss): void {
    failRequest(this.frame, this.marshal, ENOTCONN);
  }

  answered(r: XdrReader): void {
    const { marshal, frame, requester } = this;
    const { wire, fop } = marshal;
    const opRet = r.i32();
    const opErrno = r.i32();
    // Of a failure nothing else is of interest; a failure without an errno is one all the same.
    if (opRet < 0) {
      failRequest(frame, marshal, opErrno || EIO);
      return;
    }
    const values = readFields(r, wire.reply);
    if (wire.data === 'reply') {
      const data = r.fixed(r.left);
      if (data.length !== opRet) r.refuse();
      // It lies where the next message comes to lie.
      values.push(frame.readBuffer === null ? data.slice() : data);
    }
    if (r.short) {
      requester.garbled(fop);
      failRequest(frame, marshal, EIO);
      return;
    }
    const errno = this.settle(values);
    if (errno !== 0) {
      failRequest(frame, marshal, errno);
      return;
    }
    const reply = marshal.reply.map((part) => known(part(values, this.args)));
    unwindArgs[fop](frame, opRet, 0, reply);
  }

  /** What a success means besides its reply. @returns 0, or the errno when it is none */
  private settle(values: unknown[]): number {
    const { args, marshal, requester } = this;
    const { fop, wire } = marshal;
    const valueOfName = (name: string): unknown =>
      values[wire.reply.named.findIndex((field) => field.name === name)];
    switch (fop) {
      case 'open':
      case 'opendir':
      case 'create':
        requester.fds.opened(fdIn(args), valueOfName('fd') as number);
        return 0;
      case 'lookup': {
        return fits(valueOfName('buf') as Iatt, (args[0] as Loc).inode);
      }
      case 'readdir':
      case 'readdirp': {
        const [fd, , offset] = args as [Fd, number, number];
        const at = wire.reply.named.findIndex(({ name }) => name === 'entries');
        values[at] = direntsOf(
          fd,
          requester.positionsOf(fd),
          offset,
          values[at] as readonly WireDirent[],
        );
        return 0;
      }
      case 'lk': {
        const [fd, , flock] = args as [Fd, number, Flock];
        const remote = requester.fds.of(fd);
        if (remote !== undefined && flock.type !== F_UNLCK) remote.hasLocks = true;
        return 0;
      }
      default:
        return 0;
    }
  }
}

const fdIn = (args: readonly unknown[]): Fd => args.find((arg) => isFd(arg)) as Fd;
const isFd = (arg: unknown): boolean =>
  typeof arg === 'object' && arg !== null && 'isDir' in arg && 'links' in arg;

/** Whoever has an inode, and is answered with another one, has to look again. */
function fits({ iaGfid }: Iatt, inode: Inode | null): number {
  if (iaGfid === NULL_GFID) return EINVAL;
  return inode?.linked && inode.gfid !== iaGfid ? ESTALE : 0;
}

/** Attributes that are all zeros are none. */
const known = (value: unknown): unknown =>
  value instanceof Iatt && value.iaGfid === NULL_GFID && !value.known ? null : value;
