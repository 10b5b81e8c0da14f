/** One fop on its way to the brick and back. */

import type { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, EIO, ENOENT, ENOTCONN, ESTALE } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { type Gfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { F_UNLCK, type Flock } from '../../../runtime/core/lock.ts';
import { readFields } from '../../rpc/fields.ts';
import type { Loss, Waiter } from '../../rpc/link.ts';
import type { WireDirent } from '../../rpc/structs.ts';
import type { XdrReader } from '../../rpc/xdr.ts';
import { direntsOf, type Positions } from './entries.ts';
import type { RemoteFds } from './fds.ts';
import type { Marshal } from './marshal.ts';

/** What belongs to a volume, and its requests use. */
export interface Requester {
  readonly fds: RemoteFds;
  /** By open folder. */
  positionsOf(fd: Fd): Positions;
  /** What a lookup with this xdata has found; NULL_GFID for nothing. */
  lookedUp(xdata: Dict | null, gfid: Gfid): void;
  /** A folder is so after a change in it. */
  changed(postparent: Iatt): void;
  /** What a listing with this xdata has told. */
  listed(xdata: Dict | null, entries: readonly WireDirent[]): void;
  /** Extended attributes are set. */
  xattrsSet(attributes: Dict | null): void;
  /** What a lookup asked for is there, and is so. */
  found(frame: Frame, buf: Iatt): void;
  /** Directories that were removed, and of which the brick has not said yet that it has forgotten them. */
  readonly removed: WeakSet<Inode>;
  /** An answer could not be read. */
  garbled(fop: string): void;
}

export function failRequest(frame: Frame, { unwind, nothing }: Marshal, errno: number): void {
  unwind(frame, -1, errno, nothing);
}

export class Request implements Waiter {
  at = 0;
  xid = 0;
  private readonly frame: Frame;
  private readonly marshal: Marshal;
  private readonly args: readonly unknown[];
  private readonly requester: Requester;

  private readonly isServed: boolean;

  /** @param isServed its answer needs no turn of the event loop */
  constructor(
    frame: Frame,
    marshal: Marshal,
    args: readonly unknown[],
    requester: Requester,
    isServed: boolean,
  ) {
    this.isServed = isServed;
    if (isServed) frame.root.rest();
    this.frame = frame;
    this.marshal = marshal;
    this.args = args;
    this.requester = requester;
  }

  /** There is no answer, since nothing was asked. */
  abandoned(): void {
    if (this.isServed) this.frame.root.goOn();
  }

  lost(_why: Loss): void {
    this.abandoned();
    failRequest(this.frame, this.marshal, ENOTCONN);
  }

  answered(r: XdrReader): void {
    const { marshal, frame, requester } = this;
    const { wire, fop } = marshal;
    if (this.isServed) frame.root.goOn();
    const opRet = r.i32();
    const opErrno = r.i32();
    // A failure without an errno is one all the same.
    if (opRet < 0) {
      // Of other failures nobody knows whether something was found before, and has got a gfid.
      if (fop === 'lookup' && opErrno === ENOENT) {
        requester.lookedUp(this.args[1] as Dict | null, NULL_GFID);
      }
      this.failed(r, opErrno || EIO);
      return;
    }
    const values = readFields(r, frame.terse ? marshal.terse : wire.reply);
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
    const { postparent } = marshal.at;
    if (postparent >= 0 && fop !== 'lookup') requester.changed(values[postparent] as Iatt);
    const { reply: parts } = marshal;
    const reply = new Array<unknown>(parts.length);
    for (let at = 0; at < parts.length; at++) reply[at] = known(parts[at]!(values, this.args));
    // Entries that come with it are the last.
    const end = marshal.isListing && opErrno === ENOENT ? ENOENT : 0;
    marshal.unwind(frame, opRet, end, reply);
  }

  /** Of most failures nothing but the errno is of interest. */
  private failed(r: XdrReader, errno: number): void {
    const { frame, marshal, args } = this;
    const { telling, wire, nothing, reply } = marshal;
    const values = telling < 0 ? [] : readFields(r, wire.reply);
    if (telling < 0 || r.short) {
      failRequest(frame, marshal, errno);
      return;
    }
    const xdata = reply[telling]!(values, args);
    marshal.unwind(frame, -1, errno, nothing.with(telling, xdata as null) as never);
  }

  /** What a success means besides its reply. @returns 0, or the errno when it is none */
  private settle(values: unknown[]): number {
    const { args, marshal, requester } = this;
    const { fop, at } = marshal;
    switch (fop) {
      case 'open':
      case 'opendir':
      case 'create':
        requester.fds.opened(fdIn(args), values[at.fd] as number);
        return 0;
      case 'lookup': {
        const buf = values[at.buf] as Iatt;
        requester.lookedUp(args[1] as Dict | null, buf.iaGfid);
        const { inode } = args[0] as Loc;
        if (buf.iaType !== IA_IFDIR) requester.found(this.frame, buf);
        else if (inode !== null) requester.removed.delete(inode);
        return fits(buf, inode);
      }
      case 'rmdir': {
        const { inode } = args[0] as Loc;
        if (inode !== null) requester.removed.add(inode);
        return 0;
      }
      case 'readdir':
      case 'readdirp': {
        const [fd, , offset, xdata] = args as [Fd, number, number, Dict | null];
        const entries = values[at.entries] as readonly WireDirent[];
        requester.listed(xdata, entries);
        values[at.entries] = direntsOf(fd, requester.positionsOf(fd), offset, entries);
        return 0;
      }
      case 'setxattr':
      case 'fsetxattr':
        requester.xattrsSet(args[1] as Dict | null);
        return 0;
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

const fdIn = (args: readonly unknown[]): Fd => args.find((arg) => arg instanceof Fd) as Fd;

/** Whoever has an inode, and is answered with another one, has to look again. */
function fits({ iaGfid }: Iatt, inode: Inode | null): number {
  if (iaGfid === NULL_GFID) return EINVAL;
  return inode?.linked && inode.gfid !== iaGfid ? ESTALE : 0;
}

/** Attributes that are all zeros are none. */
const known = (value: unknown): unknown =>
  value instanceof Iatt && value.iaGfid === NULL_GFID && !value.known ? null : value;
