/** Starts a graph, and waits until it is up; the problems of its volumes become a Failure. */

import { GraphError } from '../runtime/core/errors.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { Failure } from '../terminal/exit.ts';

/** The default of --up-timeout: the seconds within which all volumes must be up. */
export const UP_TIMEOUT_S = 30;

/** Starts the graph. @throws {Failure} with every problem, after stopping all volumes */
export const startOrFail = (graph: Graph): Promise<void> => failOnGraphError(graph.start());

/**
 * Waits until the graph can serve.
 * @throws {Failure} if it cannot after `seconds`: names the volumes that are not up; the graph is
 * stopped
 */
export async function waitUntilUp(graph: Graph, seconds: number): Promise<void> {
  try {
    await failOnGraphError(graph.awaitUp(seconds * 1000));
  } catch (error) {
    await graph.stop();
    throw error;
  }
}

/** Awaits a promise; turns its GraphError into a Failure. */
async function failOnGraphError(promise: Promise<void>): Promise<void> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new Failure(error.problems.join('\n'), error.problems);
  }
}
