import { afterEach, describe, expect, it } from 'vitest';
import { ENOENT } from '../../runtime/core/errno.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { type Dump, defineTranslator } from '../../runtime/core/xlator.ts';
import ioStats from '../../runtime/xlators/debug/io-stats/index.ts';
import { formatReason } from '../../terminal/exit.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  startGraph,
  type TestVolume,
} from '../../test/support/core.ts';
import { readPrometheus } from '../../test/support/prometheus.ts';
import { collectMetrics } from './families.ts';
import { makeOtlpWarning } from './index.ts';
import { parseAddress } from './metrics-address.ts';
import { formatPrometheus, MetricsServer } from './metrics-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const telling = (type: string, dump: () => Dump) =>
  defineTranslator<unknown, Record<string, never>>({
    ...{ type, description: '', children: [0, 1], options: {}, fops: {}, init: () => null, dump },
  });

async function start(volumes: readonly TestVolume[]): Promise<Graph> {
  const graph = await startGraph(volumes);
  ends.push(() => graph.stop());
  return graph;
}

describe('metrics as text', () => {
  it('show the counts of each volume and fop', async () => {
    const leaf = new HeldLeaf();
    leaf.onRequest = ({ answer }) => answer(0, 0, null, null);
    const graph = await start([
      { name: 'disk', translator: leaf.onlyFops('stat') },
      {
        name: 'counts',
        translator: ioStats,
        options: { 'count-fop-hits': 'on', 'latency-measurement': 'on' },
      },
    ]);
    for (let at = 0; at < 3; at++) ask(graph, 'stat', new Loc(graph.inodes.root), null);
    const read = readPrometheus(formatPrometheus(collectMetrics(graph, '1.2.3')));
    expect(read.get('glossa_info')!.samples).toEqual(new Map([['version=1.2.3', 1]]));
    expect(read.get('glossa_fop_hits_total')).toEqual({
      type: 'counter',
      help: 'Calls of a fop that a volume has seen.',
      samples: new Map([['volume=counts,type=debug/io-stats,fop=STAT', 3]]),
    });
    expect(read.has('glossa_fop_latency_avg_seconds')).toBe(true);
    expect([...read.get('glossa_fop_errors_total')!.samples.values()]).toEqual([0]);
    expect(read.get('glossa_inodes')!.samples.get('')).toBe(1);
    expect(read.get('process_resident_memory_bytes')!.samples.get('')).toBeGreaterThan(1e6);
  });

  it('show the latencies and errors of each volume and fop', async () => {
    const context = new FakeContext();
    const leaf = new HeldLeaf();
    const graph = await startGraph(
      [
        { name: 'disk', translator: leaf.onlyFops('stat') },
        { name: 'm', translator: ioStats, options: { 'latency-measurement': 'on' } },
      ],
      context,
    );
    ends.push(() => graph.stop());
    const took = (ms: number) => {
      leaf.onRequest = ({ answer }) => {
        context.advance(ms);
        answer(ms > 1 ? -1 : 0, ms > 1 ? ENOENT : 0, null, null);
      };
      ask(graph, 'stat', new Loc(graph.inodes.root), null);
    };
    for (const ms of [0.001, 0.003, 0.005, 1, 60_000]) took(ms);
    const families = collectMetrics(graph, '1');
    const read = readPrometheus(formatPrometheus(families));
    const labels = 'volume=m,type=debug/io-stats,fop=STAT';
    expect(read.get('glossa_fop_errors_total')!.samples).toEqual(new Map([[labels, 1]]));
    const { type, samples } = read.get('glossa_fop_latency_seconds')!;
    expect([type, samples.size]).toEqual(['histogram', 26]);
    const below = ['0.000004', '0.000008', '0.000512', '0.001024', '16.777216', '+Inf'].map((le) =>
      samples.get(`_bucket,${labels},le=${le}`),
    );
    expect(below).toEqual([2, 3, 3, 4, 4, 5]);
    expect(samples.get(`_count,${labels}`)).toBe(5);
    expect(samples.get(`_sum,${labels}`)).toBeCloseTo(60.001009, 9);
  });

  it('show each counter of modules as a family, and all other numbers as one family with the key as a label', async () => {
    const graph = await start([
      { name: 'a', translator: telling('features/glupy', () => ({ calls: 7, language: 'x' })) },
      { name: 'b', translator: telling('features/glupy', () => ({ calls: 8, 'module.x': 0.5 })) },
    ]);
    const read = readPrometheus(formatPrometheus(collectMetrics(graph, '1')));
    expect([...read.get('glossa_script_calls_total')!.samples]).toEqual([
      ['volume=b,type=features/glupy', 8],
      ['volume=a,type=features/glupy', 7],
    ]);
    expect([...read.get('glossa_volume_value')!.samples]).toEqual([
      ['volume=b,type=features/glupy,key=module.x', 0.5],
    ]);
  });

  it('escape any name that a module gives its counters', async () => {
    const key = 'module."\\\n} 5\nglossa_info 7';
    const dump = () => ({ [key]: Number.POSITIVE_INFINITY, constructor: 1e-9 });
    const graph = await start([{ name: 'a', translator: telling('features/glupy', dump) }]);
    const read = readPrometheus(formatPrometheus(collectMetrics(graph, '"')));
    expect([...read.get('glossa_volume_value')!.samples]).toEqual([
      [`volume=a,type=features/glupy,key=${key}`, Number.POSITIVE_INFINITY],
      ['volume=a,type=features/glupy,key=constructor', 1e-9],
    ]);
  });
});

describe('the reason shown for an error', () => {
  it.each([
    [Object.assign(new Error('x'), { errno: -98 }), 'Address already in use'],
    [
      Object.assign(new Error('getaddrinfo ENOTFOUND h'), { errno: -3008 }),
      'getaddrinfo ENOTFOUND h',
    ],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['text', 'text'],
  ])('is the system’s text, the message or the code of %o', (error, text) =>
    expect(formatReason(error)).toBe(text),
  );
});

describe('the address of --metrics', () => {
  it.each([
    ['9100', { host: '127.0.0.1', port: 9100 }],
    [':9100', { host: '127.0.0.1', port: 9100 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['[::1]:9100', { host: '::1', port: 9100 }],
  ])('%s is parsed into host and port', (given, address) =>
    expect(parseAddress(given)).toEqual(address),
  );

  it.each(['', 'host', '::1:9100', '[::1]', '65536', 'a b:1', 'host:', '-1', 'http://a:1'])(
    '%j is refused',
    (given) => expect(() => parseAddress(given)).toThrow(/^--metrics takes HOST:PORT/),
  );

  it('fails with a message when it is in use', async () => {
    const address = { host: '127.0.0.1', port: 0 };
    const first = await MetricsServer.listen(address, () => []);
    ends.push(() => first.close());
    const port = Number(new URL(first.url).port);
    await expect(MetricsServer.listen({ ...address, port }, () => [])).rejects.toThrow(
      `metrics cannot be served at 127.0.0.1:${port}: Address already in use`,
    );
  });
});

it('the metrics server answers GET /metrics, 404 for other paths and 405 for other methods', async () => {
  const server = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, () => []);
  ends.push(() => server.close());
  const get = (path: string, method = 'GET') =>
    fetch(new URL(path, server.url), { method, headers: { connection: 'close' } });
  const answer = await get('/metrics');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect([(await get('/')).status, (await get('/metrics', 'POST')).status]).toEqual([404, 405]);
});

describe('a collector in OpenTelemetry’s variables', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' };

  it.each([
    ['nothing is named', {}],
    ['the SDK is off', { ...endpoint, OTEL_SDK_DISABLED: 'True' }],
    ['no metrics are wanted', { ...endpoint, OTEL_METRICS_EXPORTER: 'none' }],
  ])('causes no warning when %s', (_, env) => expect(makeOtlpWarning(env)).toBeNull());

  it.each([
    ['grpc', { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
    ['http/json', { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' }],
    ['http/protobuf', endpoint],
  ])('with the protocol %s causes a warning that names --metrics', (protocol, env) => {
    const refusal = makeOtlpWarning(env);
    expect(refusal).toContain(
      `OTEL_EXPORTER_OTLP_ENDPOINT: metrics are not sent by OTLP (${protocol})`,
    );
    expect(refusal).toContain('--metrics HOST:PORT');
  });
});
