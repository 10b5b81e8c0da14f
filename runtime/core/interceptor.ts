/**
 * Declares the interface of an interceptor, such as a debugger, which may hold requests before they reach a
 * volume's fop. `Graph.intercept` sets it. It must resume every request that it holds. Latencies of held requests are
 * not counted (`isRequestHeld`).
 */

import type { Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { Fop, Xlator } from './xlator.ts';

/** Holds requests before the fops of volumes. */
export interface Interceptor {
  /**
   * Whether to intercept this fop at `xl`. Called when links are updated, not for each request.
   * @param isDefined whether `xl` defines the fop; otherwise it only passes it on
   */
  wantsFop(xl: Xlator, fop: FopName, isDefined: boolean): boolean;
  /** Makes the fop to which requests are wound in place of `fop`; it must call `fop` sooner or later. */
  wrapFop<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown>;
}

/** The number of volumes at which each request is held. */
const holdCounts = new Map<Stack, number>();

/** Whether an interceptor holds the request at any volume. */
export const isRequestHeld = (root: Stack): boolean => holdCounts.has(root);

/** Counts a hold of the request at one more volume. */
export const holdRequest = (root: Stack): void =>
  void holdCounts.set(root, (holdCounts.get(root) ?? 0) + 1);

/** Ends one hold of the request. */
export function resumeRequest(root: Stack): void {
  const remainingHolds = (holdCounts.get(root) ?? 0) - 1;
  if (remainingHolds > 0) holdCounts.set(root, remainingHolds);
  else holdCounts.delete(root);
}
