/** The metrics of a server, for a collector that scrapes them (`--metrics`). */

import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { version } from '../../terminal/package-version.ts';
import type { Address } from './address.ts';

/**
 * Begins with what is asked for, and gives what ends it. Nothing is loaded for what is not.
 * @throws {Failure} when the address cannot be had
 */
export async function startMetrics(
  graph: Graph,
  address: Address | undefined,
  log: Log,
): Promise<() => Promise<void>> {
  if (address === undefined) return async () => {};
  const [{ metricsOf }, { MetricsServer }] = await Promise.all([
    import('./families.ts'),
    import('./server.ts'),
  ]);
  const program = version();
  const server = await MetricsServer.listen(address, () => metricsOf(graph, program));
  log.info(`metrics are at ${server.url}`, { msgid: messages.metricsServed.id });
  return async () => server.close();
}
