/**
 * An interceptor stands in the links like an observer, and may hold what comes: a debugger.
 *
 *   graph.intercept(interceptor);   // links lead to it from now on
 *   graph.intercept(null);          // and no more
 *
 * Where it does not watch, links lead past it. Every request that it holds it owes a way on. Who
 * counts how long requests take leaves those out that are held (`isHeld`).
 */

import type { Stack } from './frame.ts';
import type { FopName } from './gen/fops.gen.ts';
import type { Fop, Xlator } from './xlator.ts';

export interface Interceptor {
  /**
   * Whether it is to stand before this fop of `xl`, which only passes it on unless `defines`. Asked
   * when links are led, not for each request.
   */
  watches(xl: Xlator, fop: FopName, defines: boolean): boolean;
  /** What arrives at a volume instead of `fop`, and calls it sooner or later. */
  lead<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown>;
}

const held = new Map<Stack, number>();

/** Whether somebody holds the request, anywhere in its graph: that it takes long is nobody's fault. */
export const isRequestHeld = (root: Stack): boolean => held.has(root);

/** It is held in one place more. */
export const holdRequest = (root: Stack): void => void held.set(root, (held.get(root) ?? 0) + 1);

/** It goes on from one of these places. */
export function resumeRequest(root: Stack): void {
  const places = (held.get(root) ?? 0) - 1;
  if (places > 0) held.set(root, places);
  else held.delete(root);
}
