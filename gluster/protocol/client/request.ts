/** Fops on their way to the brick and back, and those that wait for it (option reconnect-wait) or its files. */

import type { Context } from '../../../runtime/core/context.ts';
import type { Dict } from '../../../runtime/core/dict.ts';
import { EINTR, EIO, ENOENT, ENOTCONN } from '../../../runtime/core/errno.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { readFields } from '../../rpc/fields.ts';
import type { Loss, Waiter } from '../../rpc/link.ts';
import type { XdrReader } from '../../rpc/xdr.ts';
import type { Marshal } from './marshal.ts';
import type { RemoteState } from './remote-state.ts';

export function failRequest(frame: Frame, { unwind, nothing }: Marshal, errno: number): void {
  unwind(frame, -1, errno, nothing);
}

export class Request implements Waiter {
  at = 0;
  xid = 0;
  private readonly frame: Frame;
  private readonly marshal: Marshal;
  private readonly args: readonly unknown[];
  private readonly state: RemoteState;
  private readonly isServed: boolean;

  /** @param isServed its answer needs no turn of the event loop */
  constructor(
    frame: Frame,
    marshal: Marshal,
    args: readonly unknown[],
    state: RemoteState,
    isServed: boolean,
  ) {
    this.isServed = isServed;
    if (isServed) frame.root.rest();
    this.frame = frame;
    this.marshal = marshal;
    this.args = args;
    this.state = state;
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
    const { marshal, frame, state, args } = this;
    const { wire, fop, at } = marshal;
    if (this.isServed) frame.root.goOn();
    const opRet = r.i32();
    const opErrno = r.i32();
    // A failure without an errno is one all the same.
    if (opRet < 0) {
      // Of other failures nobody knows whether something was found before, and has got a gfid.
      if (fop === 'lookup' && opErrno === ENOENT) {
        state.gfids.answered(args[1] as Dict | null, NULL_GFID);
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
      state.garbled(fop);
      failRequest(frame, marshal, EIO);
      return;
    }
    const errno = marshal.settle?.(state, frame, args, values, at) ?? 0;
    if (errno !== 0) {
      failRequest(frame, marshal, errno);
      return;
    }
    const { reply: parts } = marshal;
    const reply = new Array<unknown>(parts.length);
    for (let i = 0; i < parts.length; i++) reply[i] = known(parts[i]!(values, args));
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
}

/** Attributes that are all zeros are none. */
const known = (value: unknown): unknown =>
  value instanceof Iatt && value.iaGfid === NULL_GFID && !value.known ? null : value;

type Asked = readonly [frame: Frame, marshal: Marshal, given: readonly unknown[]];

export class Waiting {
  private readonly context: Pick<Context, 'after'>;
  /** By what they are, what ends the wait for each. */
  private readonly requests = new Map<Asked, () => void>();

  constructor(context: Pick<Context, 'after'>) {
    this.context = context;
  }

  get size(): number {
    return this.requests.size;
  }

  /** @param seconds after which it fails */
  add(frame: Frame, marshal: Marshal, given: readonly unknown[], seconds: number): void {
    const request: Asked = [frame, marshal, given];
    const giveUp = (errno: number): void => {
      const stop = this.requests.get(request);
      if (stop === undefined) return;
      stop();
      this.requests.delete(request);
      failRequest(frame, marshal, errno);
    };
    this.requests.set(
      request,
      this.context.after(seconds * 1000, () => giveUp(ENOTCONN)),
    );
    frame.root.whenInterrupted(() => giveUp(EINTR));
  }

  /** The wait of all is over: something else is done with each, in the order in which they came. */
  end(what: (...request: Asked) => void): void {
    const all = [...this.requests];
    this.requests.clear();
    for (const [request, stop] of all) {
      stop();
      what(...request);
    }
  }
}
