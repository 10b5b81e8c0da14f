/**
 * Metrics for a collector of OpenTelemetry, by OTLP over HTTP as JSON, in the time and to the place
 * that its usual environment variables name. Nothing waits for the collector: what cannot be sent is
 * left out, since the next one has all of it, and the log says so once until it works again.
 *
 * Source: OpenTelemetry "Environment Variable Specification", "OTLP Exporter Configuration",
 * `opentelemetry/proto/metrics/v1/metrics.proto`.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { reason } from '../../terminal/reason.ts';
import type { Distributions, Family, Labels, Numbers } from './families.ts';

export interface OtlpSettings {
  readonly endpoint: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Of the process, `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
}

const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** The longest for the last ones. */
const LAST_MS = 2000;
/** The longest that Node's timers count. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Null where no collector is named, or it is said that nothing is to be sent. What cannot be read is
 * told by `warn`, and does as if it were not there.
 */
export function otlpSettings(
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): OtlpSettings | null {
  const whole = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  if (isOff || env.OTEL_METRICS_EXPORTER === 'none' || !(whole || base)) return null;
  const text = whole || `${base!.replace(/\/+$/, '')}/v1/metrics`;
  const endpoint = URL.canParse(text) ? new URL(text) : null;
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol)) {
    warn('no metrics are sent: OTEL_EXPORTER_OTLP_ENDPOINT is no http or https URL');
    return null;
  }
  const pairs = (name: string): Record<string, string> => readPairs(name, env[name], warn);
  const ms = (names: readonly string[], otherwise: number): number =>
    readMs(names.find((name) => env[name]) ?? '', env, otherwise, warn);
  const attributes = pairs('OTEL_RESOURCE_ATTRIBUTES');
  const service = env.OTEL_SERVICE_NAME || attributes['service.name'] || 'glossa';
  return {
    endpoint,
    headers: {
      ...pairs('OTEL_EXPORTER_OTLP_HEADERS'),
      ...pairs('OTEL_EXPORTER_OTLP_METRICS_HEADERS'),
    },
    intervalMs: ms(['OTEL_METRIC_EXPORT_INTERVAL'], INTERVAL_MS),
    timeoutMs: ms(['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'], TIMEOUT_MS),
    resource: { ...attributes, 'service.name': service },
  };
}

/** `key=value,key2=value2`, percent-encoded. */
function readPairs(
  name: string,
  text: string | undefined,
  warn: (text: string) => void,
): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    try {
      if (key === undefined) throw new URIError();
      pairs[decodeURIComponent(key)] = decodeURIComponent(value!);
    } catch {
      // Its value may be a secret: it is not repeated.
      warn(`${name}: a part of it is not of the form KEY=VALUE, and is left out`);
    }
  }
  return pairs;
}

function readMs(
  name: string,
  env: NodeJS.ProcessEnv,
  otherwise: number,
  warn: (text: string) => void,
): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const ms = Number(text);
  if (/^\d+$/.test(text) && ms > 0 && ms <= TIMER_MS_MAX) return ms;
  warn(`${name} is no number of milliseconds: ${otherwise} is used`);
  return otherwise;
}

/** The body of one export. Times in milliseconds since the epoch. */
export function otlpBody(
  families: readonly Family[],
  { resource, start, now }: { resource: Labels; start: number; now: number },
): string {
  const times = { startTimeUnixNano: nanos(start), timeUnixNano: nanos(now) };
  const metrics = families.map((family) => ({
    name: family.name,
    description: family.help,
    ...(family.type === 'histogram' ? histogram(family, times) : numbers(family, times)),
  }));
  const scopeMetrics = [{ scope: { name: 'glossa' }, metrics }];
  const resourceMetrics = [{ resource: { attributes: attributes(resource) }, scopeMetrics }];
  return JSON.stringify({ resourceMetrics });
}

const CUMULATIVE = 2;

/** As texts: they are numbers of nanoseconds. */
interface Times {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

function numbers({ type, samples }: Numbers, times: Times) {
  const dataPoints = samples.map(({ labels, value }) => ({
    ...times,
    attributes: attributes(labels),
    asDouble: value,
  }));
  return type === 'gauge'
    ? { gauge: { dataPoints } }
    : { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

/** Integers of 64 bits are texts in JSON. */
function histogram({ samples }: Distributions, times: Times) {
  const dataPoints = samples.map(({ labels, bounds, counts, count, sum }) => ({
    ...times,
    attributes: attributes(labels),
    count: String(count),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  }));
  return { histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
}

const attributes = (labels: Labels) =>
  Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));

/** Milliseconds as the text of a number of nanoseconds. */
const nanos = (ms: number): string => `${Math.floor(ms)}000000`;

export class OtlpExporter {
  private readonly settings: OtlpSettings;
  private readonly families: () => Family[];
  private readonly log: Log;
  private readonly timer: NodeJS.Timeout;
  private isSending = false;
  private isAway = false;

  constructor(settings: OtlpSettings, families: () => Family[], log: Log) {
    this.settings = settings;
    this.families = families;
    this.log = log;
    this.timer = setInterval(() => void this.send(), settings.intervalMs);
    this.timer.unref();
  }

  /** The last ones are sent, for which the end of a mount waits no longer than `LAST_MS`. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.send(Math.min(this.settings.timeoutMs, LAST_MS));
  }

  /** One export; none while the one before is under way. */
  async send(timeoutMs = this.settings.timeoutMs): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      const { resource } = this.settings;
      const start = performance.timeOrigin;
      await this.post(otlpBody(this.families(), { resource, start, now: Date.now() }), timeoutMs);
      if (this.isAway) this.log.info('metrics are sent again', { msgid: messages.metricsSent.id });
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) {
        const text = `metrics cannot be sent to ${this.settings.endpoint.host}: ${reason(error)}`;
        this.log.warning(text, { msgid: messages.metricsNotSent.id });
      }
      this.isAway = true;
    } finally {
      this.isSending = false;
    }
  }

  private post(body: string, timeoutMs: number): Promise<void> {
    const { endpoint, headers } = this.settings;
    const request = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = request(endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      });
      sent.once('error', reject).once('response', (response) => {
        const { statusCode = 0 } = response;
        response.resume().once('error', reject).once('end', resolve);
        if (statusCode < 200 || statusCode > 299) reject(new Error(`status ${statusCode}`));
      });
      // A server that has nothing else to do may end meanwhile.
      sent.once('socket', (socket) => void socket.unref());
      sent.end(body);
    });
  }
}
