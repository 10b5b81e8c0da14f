/** The calls that a guest's thread has not answered, in their order. */
import type { HookName, NoticeName } from '../host/guest.ts';
import type { HostedRequest } from '../host/requests/hosted-request.ts';
import type { SentValues } from './sent-values.ts';

/** A call whose result has not come. */
export interface PendingCall {
  /** Null for a hook. */
  readonly request: HostedRequest | null;
  readonly values: SentValues | null;
  /** Observed: its notes are for this request. */
  readonly observed: HostedRequest['frame'] | null;
  readonly hook: HookName | NoticeName | null;
  /** Receives the result in place of the interpreter. */
  readonly settle: ((result: CallResult) => void) | null;
  /** The call after this one. */
  next: PendingCall | null;
}

export interface CallResult {
  readonly code: number;
  readonly hasThrown: boolean;
  readonly value: string | undefined;
}

/** A linked list: of ten thousands, the oldest is removed in constant time, which an array's `shift` is not. */
export class PendingCalls {
  oldest: PendingCall | null = null;
  private newest: PendingCall | null = null;

  append(call: PendingCall): void {
    if (this.newest === null) this.oldest = call;
    else this.newest.next = call;
    this.newest = call;
  }

  takeOldest(): PendingCall | null {
    const call = this.oldest;
    this.oldest = call?.next ?? null;
    if (this.oldest === null) this.newest = null;
    return call;
  }
}
