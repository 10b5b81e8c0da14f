/** Starting a graph for a command: what its volumes refuse is said as a failure of the command. */
import { GraphError } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import { Failure } from './exit.ts';

/** @throws {Failure} with every problem; nothing is left running then */
export async function startOrFail(graph: Graph): Promise<void> {
  try {
    await graph.start();
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new Failure(error.problems.join('\n'), error.problems);
  }
}
