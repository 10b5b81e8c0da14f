/** Notifies a module of the interrupted caller of a request that it holds. */
import type { Guest } from '../guest.ts';
import type { Counters } from '../lifecycle/failure-policy.ts';
import type { HostedRequest } from './hosted-request.ts';

/** The interpreter of the module. */
interface NotifiedInterpreter {
  readonly guest: Guest;
  readonly isDead: boolean;
  readonly owner: { readonly counters: Counters };
  enterFor(call: () => number | undefined, about: HostedRequest | null): void;
  endInterrupted(request: HostedRequest): void;
}

/** Notifies the module once the caller is interrupted, if the module wants that of this request. */
export function notifyIfInterrupted(
  interpreter: NotifiedInterpreter,
  request: HostedRequest,
): void {
  if (!request.isPending || !request.plan?.seesInterrupts || request.isInterruptWatched) return;
  request.isInterruptWatched = true;
  request.frame.root.whenInterrupted(() => {
    if (request.isAnswered || request.isAbandoned || interpreter.isDead) return;
    interpreter.owner.counters.interrupted += 1;
    interpreter.enterFor(() => interpreter.guest.callHook('interrupt', [request.id]), request);
    if (request.isPending && request.plan?.endsInterrupted?.(request.frame) === true)
      interpreter.endInterrupted(request);
  });
}
