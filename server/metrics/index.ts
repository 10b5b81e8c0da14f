/** The metrics of a server: for those who come for them (`--metrics`), and those that are sent. */

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
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own } =
    process.env;
  if (address === undefined && !all && !own) return async () => {};
  const { metricsOf } = await import('./families.ts');
  const program = version();
  const families = () => metricsOf(graph, program);
  const ends: (() => void | Promise<void>)[] = [];
  if (address !== undefined) {
    const { MetricsServer } = await import('./server.ts');
    const server = await MetricsServer.listen(address, families);
    log.info(`metrics are at ${server.url}`, { msgid: messages.metricsServed.id });
    ends.push(() => server.close());
  }
  if (all || own) {
    const { OtlpExporter, otlpSettings } = await import('./otlp.ts');
    const warn = (text: string): void => log.warning(text, { msgid: messages.metricsDoubt.id });
    const settings = otlpSettings(process.env, warn);
    if (settings !== null) {
      const exporter = new OtlpExporter(settings, families, log);
      ends.push(() => exporter.close());
    }
  }
  return async () => {
    for (const end of ends) await end();
  };
}
