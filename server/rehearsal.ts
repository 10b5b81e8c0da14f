/**
 * Rehearses requests in a server that has just started and is idle, so that its first requests find compiled code. Each
 * volume runs code of its own without a request (`Translator.rehearse`), a millisecond or two at a time. While clients
 * send requests, the rehearsal waits; it ends when they have sent enough to have the code compiled.
 */
import type { Graph } from '../runtime/core/graph.ts';

/** Milliseconds between two steps; the event loop and the compiler's threads run meanwhile. */
const PAUSE_MS = 2;
/** Steps of each volume: after some 7,000 requests V8 has compiled what they call often. */
const STEPS = 150;
/** Requests of clients that end a rehearsal. */
const REQUESTS_MAX = 10_000;

/**
 * Starts the rehearsal of a graph; the result ends it.
 * @param countRequests returns the number of the clients' requests so far
 */
export function startRehearsal(graph: Graph, countRequests: () => number): () => void {
  let volumes = graph.xlators.filter(({ translator }) => translator.rehearse !== undefined);
  let timer: NodeJS.Timeout | undefined;
  let remainingSteps = STEPS;
  const firstCount = countRequests();
  let lastCount = firstCount;
  const step = (): void => {
    const count = countRequests();
    const isIdle = count === lastCount;
    lastCount = count;
    if (isIdle) {
      remainingSteps -= 1;
      volumes = volumes.filter((xl) => xl.translator.rehearse!(xl));
    }
    if (remainingSteps > 0 && volumes.length > 0 && count - firstCount < REQUESTS_MAX) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(step, PAUSE_MS).unref();
  };
  if (volumes.length > 0) schedule();
  return () => clearTimeout(timer);
}
