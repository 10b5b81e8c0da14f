/**
 * An interceptor may hold requests before they reach a volume's fop: a debugger. `Graph.intercept` sets it. It
 * must continue every request that it holds. Latency counters skip held requests (`isRequestHeld`).
 */

import type { Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { Fop, Xlator } from './xlator.ts';

export interface Interceptor {
  /**
   * Whether to intercept this fop at `xl`, which passes the fop on unless `defines`. Called when winds are
   * routed, not for each request.
   */
  watches(xl: Xlator, fop: FopName, defines: boolean): boolean;
  /** Returns the fop that replaces `fop`, and that calls it sooner or later. */
  lead<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown>;
}

const held = new Map<Stack, number>();

/** Whether an interceptor holds the request at any volume. */
export const isRequestHeld = (root: Stack): boolean => held.has(root);

/** Counts a hold of the request at one more volume. */
export const holdRequest = (root: Stack): void => void held.set(root, (held.get(root) ?? 0) + 1);

/** Ends one of these holds. */
export function resumeRequest(root: Stack): void {
  const places = (held.get(root) ?? 0) - 1;
  if (places > 0) held.set(root, places);
  else held.delete(root);
}
