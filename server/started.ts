/** Starting a graph for a command: what its volumes refuse is said as a failure of the command. */

import { GraphError } from '../runtime/core/errors.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { Failure } from '../terminal/exit.ts';

/** Seconds that volumes may take to come up, unless told. */
export const UP_TIMEOUT = 30;

/** @throws {Failure} with every problem; nothing is left running then */
export const startOrFail = (graph: Graph): Promise<void> => orFail(graph.start());

/**
 * Waits until the graph can serve. @throws {Failure} after so many seconds, naming the volumes that
 * have not come up; nothing is left running then
 */
export async function upOrFail(graph: Graph, seconds: number): Promise<void> {
  try {
    await orFail(graph.whenUp(seconds * 1000));
  } catch (error) {
    await graph.stop();
    throw error;
  }
}

async function orFail(what: Promise<void>): Promise<void> {
  try {
    await what;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new Failure(error.problems.join('\n'), error.problems);
  }
}
