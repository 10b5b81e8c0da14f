/** Starts serving metrics over HTTP, for `--metrics`; `server-lifecycle.ts` calls it. */

import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { readPackageVersion } from '../../terminal/package-version.ts';
import type { Address } from './metrics-address.ts';

/** OpenTelemetry's variables that name an address to push metrics to. glossa does not push. */
const OTLP_VARIABLES = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

/** Returns the warning for an operator who has set such a variable; null if none is set. */
export function makeOtlpWarning(env: NodeJS.ProcessEnv): string | null {
  const name = OTLP_VARIABLES.find((variable) => env[variable]);
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  if (name === undefined || isOff || env.OTEL_METRICS_EXPORTER === 'none') return null;
  const protocol =
    env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf';
  return (
    `${name}: metrics are not sent by OTLP (${protocol}): use --metrics HOST:PORT, and let the ` +
    'collector scrape that (its receiver is called prometheus)'
  );
}

/**
 * Serves metrics at an address, unless it is undefined; resolves to the function that stops
 * serving.
 * @throws {Failure} when the address is not available
 */
export async function startMetrics(
  graph: Graph,
  address: Address | undefined,
  log: Log,
): Promise<() => Promise<void>> {
  if (address === undefined) {
    const warning = makeOtlpWarning(process.env);
    if (warning !== null) log.warning(warning, { msgid: messages.otlpUnsupported.id });
    return async () => {};
  }
  const [{ collectMetrics }, { MetricsServer }] = await Promise.all([
    import('./families.ts'),
    import('./metrics-server.ts'),
  ]);
  const version = readPackageVersion();
  const server = await MetricsServer.listen(address, () => collectMetrics(graph, version));
  log.info(`metrics are at ${server.url}`, { msgid: messages.metricsServed.id });
  return async () => server.close();
}
