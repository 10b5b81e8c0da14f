/** Requests that wait for the brick to come back (option reconnect-wait), or for its files to be open again. */
import type { Context } from '../../../runtime/core/context.ts';
import { EINTR, ENOTCONN } from '../../../runtime/core/errno.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { Marshal } from './marshal.ts';
import { failRequest } from './request.ts';

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
