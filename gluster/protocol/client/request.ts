/**
 * Defines a fop's call to the brick, which unwinds the fop with the reply, and the queue of requests that wait for
 * the brick (option reconnect-wait) or for files to be reopened. `remote-volume.ts` uses both.
 */

import type { Context } from '../../../runtime/core/context.ts';
import { EINTR, EIO, ENOENT, ENOTCONN } from '../../../runtime/core/errno.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { type Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import type { XdrReader } from '../../../runtime/wire/xdr.ts';
import type { LossReason, PendingCall } from '../../rpc/call-channel.ts';
import { readFields } from '../../rpc/fields.ts';
import type { Marshal } from './marshal.ts';
import type { RemoteState } from './remote-state.ts';

/** Unwinds a request as failed, without xdata. */
export function failRequest(frame: Frame, { unwind, emptyReply }: Marshal, errno: number): void {
  unwind(frame, -1, errno, emptyReply);
}

/** The call of one fop. */
export class Request implements PendingCall {
  /** The time and number of the call, which the channel sets. */
  sentAtMs = 0;
  xid = 0;
  private readonly frame: Frame;
  private readonly marshal: Marshal;
  private readonly args: readonly unknown[];
  private readonly state: RemoteState;
  private readonly isServedByLoop: boolean;

  /** @param isServedByLoop whether the reply arrives without a turn of the event loop */
  constructor(
    frame: Frame,
    marshal: Marshal,
    args: readonly unknown[],
    state: RemoteState,
    isServedByLoop: boolean,
  ) {
    this.isServedByLoop = isServedByLoop;
    // The request waits for the brick only, so a turn of the event loop cannot advance it.
    if (isServedByLoop) frame.root.rest();
    this.frame = frame;
    this.marshal = marshal;
    this.args = args;
    this.state = state;
  }

  /** Called if the call was not sent, so that no reply will arrive. */
  noteNotSent(): void {
    if (this.isServedByLoop) this.frame.root.goOn();
  }

  /** Fails the fop: the brick refused the call, the connection was lost, or no reply came in time. */
  onLoss(_reason: LossReason): void {
    this.noteNotSent();
    failRequest(this.frame, this.marshal, ENOTCONN);
  }

  /** Updates the client's state by the brick's reply, and unwinds the fop with the reply. */
  onReply(r: XdrReader): void {
    const { marshal, frame, state, args } = this;
    const { wireFop, fop, indexes } = marshal;
    if (this.isServedByLoop) frame.root.goOn();
    const opRet = r.i32();
    const opErrno = r.i32();
    // A failure without an errno is still a failure.
    if (opRet < 0) {
      // Records that the brick did not take the proposed gfid. After another failure that is unknown.
      if (fop === 'lookup' && opErrno === ENOENT) {
        const [, xdata] = args as FopTable['lookup']['args'];
        state.gfidRequests.noteReply(xdata, NULL_GFID);
      }
      this.failWithXdata(r, opErrno || EIO);
      return;
    }
    const values = readFields(r, frame.terse ? marshal.terseReply : wireFop.reply);
    if (wireFop.data === 'reply') {
      // The next message overwrites the memory of this one.
      const data = frame.readBuffer === null ? r.take(r.remaining) : r.fixed(r.remaining);
      if (data.length !== opRet) r.markMalformed();
      values.push(data);
    }
    if (r.isMalformed) {
      state.warnMalformed(fop);
      failRequest(frame, marshal, EIO);
      return;
    }
    const errno = marshal.applyReply?.(state, frame, args, values, indexes) ?? 0;
    if (errno !== 0) {
      failRequest(frame, marshal, errno);
      return;
    }
    const { replySources } = marshal;
    const reply = new Array<unknown>(replySources.length);
    for (let i = 0; i < replySources.length; i++)
      reply[i] = toNullIfAbsent(replySources[i]!(values, args));
    if (!marshal.isListing) return void marshal.unwind(frame, opRet, 0, reply);
    const entries = values[indexes.entries] as readonly Dirent[];
    // ENOENT with entries marks the end of the listing.
    marshal.unwind(frame, entries.length, opErrno === ENOENT ? ENOENT : 0, reply);
  }

  /** Fails the request; passes on the xdata of a fop whose failures carry it. */
  private failWithXdata(r: XdrReader, errno: number): void {
    const { frame, marshal, args } = this;
    const { failureXdataIndex: xdataIndex, wireFop, emptyReply, replySources } = marshal;
    const values = xdataIndex < 0 ? [] : readFields(r, wireFop.reply);
    if (xdataIndex < 0 || r.isMalformed) {
      failRequest(frame, marshal, errno);
      return;
    }
    const xdata = replySources[xdataIndex]!(values, args);
    marshal.unwind(frame, -1, errno, emptyReply.with(xdataIndex, xdata as null) as never);
  }
}

/** Returns null for attributes without a gfid, which stand for absent attributes. */
const toNullIfAbsent = (value: unknown): unknown =>
  value instanceof Iatt && value.iaGfid === NULL_GFID && !value.known ? null : value;

/** A request that waits for the brick, or for its file to be reopened. */
type QueuedRequest = readonly [frame: Frame, marshal: Marshal, args: readonly unknown[]];

/** The requests that wait, in order of arrival. */
export class RequestQueue {
  private readonly context: Pick<Context, 'after'>;
  /** The waiting requests, each with the function that stops its timer. */
  private readonly requests = new Map<QueuedRequest, () => void>();

  constructor(context: Pick<Context, 'after'>) {
    this.context = context;
  }

  get size(): number {
    return this.requests.size;
  }

  /** Adds a request, which fails with ENOTCONN after this time, or with EINTR if its caller is interrupted. */
  add(frame: Frame, marshal: Marshal, args: readonly unknown[], timeoutS: number): void {
    const request: QueuedRequest = [frame, marshal, args];
    const stopWaiting = (errno: number): void => {
      const stopTimer = this.requests.get(request);
      if (stopTimer === undefined) return;
      stopTimer();
      this.requests.delete(request);
      failRequest(frame, marshal, errno);
    };
    this.requests.set(
      request,
      this.context.after(timeoutS * 1000, () => stopWaiting(ENOTCONN)),
    );
    frame.root.whenInterrupted(() => stopWaiting(EINTR));
  }

  /** Ends the wait of all requests, and calls `action` with each in order of arrival. */
  releaseAll(action: (...request: QueuedRequest) => void): void {
    const waitingRequests = [...this.requests];
    this.requests.clear();
    for (const [request, stopTimer] of waitingRequests) {
      stopTimer();
      action(...request);
    }
  }
}
