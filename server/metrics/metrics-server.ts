/** Serves metrics to Prometheus over HTTP at `GET /metrics`. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure, formatReason } from '../../terminal/exit.ts';
import type { Distribution, Family, Labels } from './families.ts';
import { type Address, formatAddress } from './metrics-address.ts';

/** The HTTP content type of the text. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Formats metrics as text for Prometheus.
 *
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
export const formatPrometheus = (families: readonly Family[]): string =>
  families
    .map((family) => {
      const { name, help, type } = family;
      const lines =
        family.type === 'histogram'
          ? family.samples.flatMap((sample) => formatHistogram(name, sample))
          : family.samples.map(({ labels, value }) => formatSample(name, labels, value));
      return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');

const formatSample = (name: string, labels: Labels, value: number): string =>
  `${name}${formatLabels(labels)} ${formatNumber(value)}\n`;

/** Formats a histogram; its counts are cumulative. */
function formatHistogram(
  name: string,
  { labels, bounds, counts, count, sum }: Distribution,
): string[] {
  let cumulativeCount = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    cumulativeCount += counts[i]!;
    return formatSample(`${name}_bucket`, { ...labels, le: formatNumber(bound) }, cumulativeCount);
  });
  return [
    ...buckets,
    formatSample(`${name}_sum`, labels, sum),
    formatSample(`${name}_count`, labels, count),
  ];
}

function formatLabels(labels: Labels): string {
  const formattedLabels = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`,
  );
  return formattedLabels.length === 0 ? '' : `{${formattedLabels.join(',')}}`;
}

/** Escapes a text: some keys are chosen by modules, and may have any characters. */
const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** The most connections at a time. */
const CONNECTIONS_MAX = 32;
/** The time limit for a collector to send its request. */
const REQUEST_TIMEOUT_MS = 10_000;

/** An HTTP server of metrics. */
export class MetricsServer {
  /** The URL of the metrics; for port 0, with the port that the system chose. */
  readonly url: string;
  private readonly server: Server;

  private constructor(server: Server, host: string) {
    this.server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `http://${formatAddress({ host, port })}/metrics`;
  }

  /**
   * Starts a server at an address.
   * @param collectFamilies collects the metrics at each scrape
   * @throws {Failure} if the address is not available
   */
  static async listen(address: Address, collectFamilies: () => Family[]): Promise<MetricsServer> {
    const server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS },
      makeListener(collectFamilies),
    );
    server.maxConnections = CONNECTIONS_MAX;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(address.port, address.host, resolve);
      });
    } catch (error) {
      const addressText = formatAddress(address);
      throw new Failure(`metrics cannot be served at ${addressText}: ${formatReason(error)}`);
    }
    // The server does not keep the process alive. A later error concerns one client only.
    server.unref().on('error', () => {});
    return new MetricsServer(server, address.host);
  }

  /** Stops serving, and closes all connections. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Makes the function that replies to HTTP requests. */
const makeListener =
  (collectFamilies: () => Family[]): RequestListener =>
  ({ method, url }, response) => {
    const reply = (status: number, text: string, type = 'text/plain'): void => {
      response.writeHead(status, { 'content-type': type });
      response.end(method === 'HEAD' ? undefined : text);
    };
    if (url?.split('?')[0] !== '/metrics') reply(404, 'metrics are at /metrics\n');
    else if (method !== 'GET' && method !== 'HEAD') reply(405, 'only GET is allowed\n');
    else reply(200, formatPrometheus(collectFamilies()), CONTENT_TYPE);
  };
