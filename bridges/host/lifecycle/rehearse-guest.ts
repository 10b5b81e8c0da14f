/** Rehearses requests of a guest in a turn that the watchdog can end (core/turn.ts). */
import { runSharedTurn } from '../../../runtime/core/turn.ts';
import type { Guest } from '../guest.ts';

/** Rehearses requests while the server is idle (`Guest.rehearse`); returns false when it must not be called again. */
export function rehearseGuest(guest: Guest): boolean {
  if (guest.rehearse === undefined || guest.failure !== undefined) return false;
  let isUseful = false;
  const isComplete = runSharedTurn(() => {
    try {
      isUseful = guest.rehearse!();
    } catch {
      // A lost interpreter is noticed and replaced at the next request.
    }
  });
  return isComplete && isUseful;
}
