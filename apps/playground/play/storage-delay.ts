/** Delays the requests to a graph's storage by virtual time, as if it were far away. */
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { collect } from '../../../runtime/core/gen/generic.gen.ts';
import type { Interceptor } from '../../../runtime/core/interceptor.ts';
import type { Fop, Xlator } from '../../../runtime/core/xlator.ts';

/** A fop whose arguments are unknown here. */
type AnyCall = (...args: unknown[]) => void;

/** Delays each request to a volume without subvolumes. */
export class StorageDelay implements Interceptor {
  /** Virtual milliseconds per round trip; may change between requests. */
  roundTripMs: number;

  constructor(roundTripMs: number) {
    this.roundTripMs = roundTripMs;
  }

  /** Whether to delay a fop: only storages that define it. */
  wantsFop(xl: Xlator, _fop: FopName, defines: boolean): boolean {
    return defines && xl.below.length === 0;
  }

  /** Returns the fop with a delay before each call. */
  wrapFop<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    return collect[name]((frame, xl, args) => {
      const arrive = (): void => (fop as AnyCall)(frame, xl, ...args);
      if (this.roundTripMs === 0) arrive();
      else xl.context.after(this.roundTripMs, arrive);
    });
  }
}
