/** Requests that wait for the brick to come back (option reconnect-wait). */
import type { Context } from '../../../core/context.ts';
import { EINTR, ENOTCONN } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Marshal } from './marshal.ts';
import { failRequest } from './request.ts';

type Asked = readonly [frame: Frame, marshal: Marshal, given: readonly unknown[]];

export class Waiting {
  private readonly context: Pick<Context, 'after'>;
  private readonly seconds: () => number;
  /** By what they are, what ends the wait for each. */
  private readonly requests = new Map<Asked, () => void>();

  constructor(context: Pick<Context, 'after'>, seconds: () => number) {
    this.context = context;
    this.seconds = seconds;
  }

  /** False where nobody waits. */
  add(frame: Frame, marshal: Marshal, given: readonly unknown[]): boolean {
    const seconds = this.seconds();
    if (seconds === 0) return false;
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
    return true;
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
