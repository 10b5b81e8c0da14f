/**
 * Declares the interface of an interceptor, such as a debugger, which may hold requests before they reach a
 * volume's fop. `Graph.intercept` sets it. It must continue every request that it holds. Latency counters skip
 * held requests (`isRequestHeld`).
 */

import type { Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { Fop, Xlator } from './xlator.ts';

export interface Interceptor {
  /**
   * Whether to intercept this fop at `xl`, which passes the fop on unless `defines`. Called when winds are
   * routed, not for each request.
   */
  wantsFop(xl: Xlator, fop: FopName, defines: boolean): boolean;
  /** Returns the fop that replaces `fop`, and that calls it sooner or later. */
  wrapFop<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown>;
}

const holdCounts = new Map<Stack, number>();

/** Whether an interceptor holds the request at any volume. */
export const isRequestHeld = (root: Stack): boolean => holdCounts.has(root);

/** Counts a hold of the request at one more volume. */
export const holdRequest = (root: Stack): void =>
  void holdCounts.set(root, (holdCounts.get(root) ?? 0) + 1);

/** Ends one hold of the request. */
export function resumeRequest(root: Stack): void {
  const holds = (holdCounts.get(root) ?? 0) - 1;
  if (holds > 0) holdCounts.set(root, holds);
  else holdCounts.delete(root);
}
