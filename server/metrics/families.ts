/**
 * Collects a server's metrics as Prometheus's families: each has a name, a help text, and a number
 * for each set of labels. The numbers come from the volumes' dumps, read at each scrape, so that
 * metrics do not slow requests.
 */
import type { Graph } from '../../runtime/core/graph.ts';
import { findBucket } from '../../runtime/core/histogram.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import { IoStats } from '../../runtime/xlators/debug/io-stats/index.ts';
import { dumpVolume, listVolumes, type VolumeDump } from '../statedump/volume-dumps.ts';

/** The labels of a number, by name. */
export type Labels = Readonly<Record<string, string>>;

/** A number for one set of labels. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A histogram for one set of labels. */
export interface Distribution {
  readonly labels: Labels;
  /** The upper bounds of the buckets in ascending order; a last bucket without a bound follows. */
  readonly bounds: readonly number[];
  /** The count of each bucket, not cumulative. */
  readonly counts: readonly number[];
  /** The number of values, and their sum. */
  readonly count: number;
  readonly sum: number;
}

/** The name and the help text of a family. */
interface FamilyName {
  /** The Prometheus name, with unit and `_total`. */
  readonly name: string;
  readonly help: string;
}

/** A counter, which only grows, or a gauge. */
export interface NumberFamily extends FamilyName {
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly Sample[];
}

/** A family of histograms. */
export interface HistogramFamily extends FamilyName {
  readonly type: 'histogram';
  readonly samples: readonly Distribution[];
}

export type Family = NumberFamily | HistogramFamily;

/** A family without its numbers. */
interface MetricKind extends Omit<NumberFamily, 'samples'> {
  /** The factor from the dump's unit to the unit of the name. */
  readonly scale?: number;
}

const SECONDS_PER_NS = 1e-9;

const makeCounterKind = (name: string, help: string): MetricKind => ({
  name,
  help,
  type: 'counter',
});
const makeGaugeKind = (name: string, help: string): MetricKind => ({ name, help, type: 'gauge' });

/** Makes the gauge of a statistic of latencies, which are in nanoseconds in dumps. */
const makeLatencyKind = (statistic: string, help: string): MetricKind => ({
  ...makeGaugeKind(`glossa_fop_latency_${statistic}_seconds`, help),
  scale: SECONDS_PER_NS,
});

/** Families of debug/io-stats, by the part of the dump's key after the fop (`LOOKUP.hits`). */
const fopMetrics: Readonly<Record<string, MetricKind>> = {
  hits: makeCounterKind('glossa_fop_hits_total', 'Calls of a fop that a volume has seen.'),
  errors: makeCounterKind(
    'glossa_fop_errors_total',
    'Answers of a fop that were errors, with latency-measurement.',
  ),
  'avg-ns': makeLatencyKind('avg', 'Mean time until the reply of a fop, with latency-measurement.'),
  'min-ns': makeLatencyKind(
    'min',
    'Least time until the reply of a fop, with latency-measurement.',
  ),
  'max-ns': makeLatencyKind(
    'max',
    'Longest time until the reply of a fop, with latency-measurement.',
  ),
};

/** Families of modules, by their key in the dump. */
const moduleMetrics: Readonly<Record<string, MetricKind>> = {
  calls: makeCounterKind(
    'glossa_script_calls_total',
    'Times that a module was entered for a request.',
  ),
  failures: makeCounterKind(
    'glossa_script_failures_total',
    'Requests and calls of a module that went wrong.',
  ),
  bypassed: makeCounterKind(
    'glossa_script_bypassed_total',
    'Requests that were carried on without the module.',
  ),
  timeouts: makeCounterKind(
    'glossa_script_timeouts_total',
    'Requests not answered within frame-timeout.',
  ),
  interrupted: makeCounterKind('glossa_script_interrupted_total', 'Requests whose caller gave up.'),
  restarts: makeCounterKind('glossa_script_restarts_total', 'Fresh interpreters after failures.'),
  reloads: makeCounterKind('glossa_script_reloads_total', 'Fresh interpreters for new code.'),
  'requests-waiting': makeGaugeKind(
    'glossa_script_requests_waiting',
    'Requests in the hands of a module now.',
  ),
  'memory-bytes': makeGaugeKind(
    'glossa_script_memory_bytes',
    'Memory of the interpreters of a volume.',
  ),
};

/** Families of mounts, by their key in the dump. */
const mountMetrics: Readonly<Record<string, MetricKind>> = {
  requests: makeCounterKind('glossa_requests_total', 'Requests that the mount has got.'),
  'in-flight': makeGaugeKind(
    'glossa_requests_in_flight',
    'Requests of the mount that wait for their answer.',
  ),
  'open-fds': makeGaugeKind('glossa_open_fds', 'Files and directories that are open in the mount.'),
};

/** The families of the volumes of a type, by the key in the dump. */
const metricsByType: Readonly<Record<string, Readonly<Record<string, MetricKind>>>> = {
  'features/glupy': moduleMetrics,
  'mount/fuse': mountMetrics,
  'mount/fuse-native': mountMetrics,
};

/** The family of the numbers in dumps for which no other family exists. */
const OTHER_VALUES_KIND = makeGaugeKind(
  'glossa_volume_value',
  'Any other number in the dump of a volume; its key is a label.',
);

/** Matches the keys of debug/io-stats for one fop, such as `LOOKUP.hits`. */
const FOP_KEY_PATTERN = /^([A-Z_]+)\.(hits|errors|avg-ns|min-ns|max-ns)$/;

/** Collects all metrics. @param version the version of glossa */
export function collectMetrics(graph: Graph, version: string): Family[] {
  const families = new Map<string, NumberFamily & { samples: Sample[] }>();
  const add = ({ scale = 1, ...kind }: MetricKind, value: number, labels: Labels = {}): void => {
    const family = families.get(kind.name) ?? { ...kind, samples: [] };
    families.set(kind.name, family);
    family.samples.push({ labels, value: value * scale });
  };
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const { inodes } = graph;
  add(makeGaugeKind('glossa_info', 'Always 1; the version is a label.'), 1, { version });
  add(
    makeGaugeKind('process_start_time_seconds', 'When the server was started, since the epoch.'),
    performance.timeOrigin / 1000,
  );
  add(
    makeCounterKind('process_cpu_seconds_total', 'CPU time of the server.'),
    (user + system) / 1e6,
  );
  add(makeGaugeKind('process_resident_memory_bytes', 'Memory of the server.'), rss);
  add(makeGaugeKind('glossa_heap_used_bytes', 'Memory of the objects of the server.'), heapUsed);
  add(
    makeGaugeKind('glossa_external_memory_bytes', 'Memory of buffers and interpreters.'),
    external,
  );
  add(makeGaugeKind('glossa_inodes', 'Inodes in the table.'), inodes.size);
  add(makeGaugeKind('glossa_inodes_lru', 'Inodes of these that nothing holds.'), inodes.lruSize);
  const { volumes } = listVolumes(graph);
  for (const xl of volumes) addVolumeMetrics(dumpVolume(xl), add);
  const samples = volumes.flatMap(readLatencies);
  return [...families.values(), ...(samples.length === 0 ? [] : [{ ...LATENCY_FAMILY, samples }])];
}

/** The family of the histograms of debug/io-stats, without its samples. */
const LATENCY_FAMILY = {
  name: 'glossa_fop_latency_seconds',
  help: 'Time until the reply of a fop, with latency-measurement.',
  type: 'histogram',
} as const;
/**
 * The exponents of the bucket bounds, which are powers of two in microseconds: from 4 us to 17 s.
 */
const BOUND_EXPONENTS = Array.from({ length: 23 }, (_, i) => i + 2);
/** The index in `core/histogram.ts`'s finer buckets at which each of these buckets ends. */
const BUCKET_ENDS = BOUND_EXPONENTS.map((exponent) => findBucket(2 ** exponent * 1000));
/** The bounds in seconds. */
const BUCKET_BOUNDS_S = BOUND_EXPONENTS.map((exponent) => 2 ** exponent / 1e6);

/** Reads the latencies of debug/io-stats; none of any other volume. */
function readLatencies(xl: Xlator): Distribution[] {
  const { name: volume, type, priv } = xl;
  if (!(priv instanceof IoStats)) return [];
  return [...priv.collectLatencies()].map(([fop, { count, sumNs, counts }]) => ({
    labels: { volume, type, fop },
    bounds: BUCKET_BOUNDS_S,
    counts: [...BUCKET_ENDS, counts.length].map((end, i) =>
      counts.subarray(BUCKET_ENDS[i - 1] ?? 0, end).reduce((sum, bucket) => sum + bucket, 0),
    ),
    count,
    sum: sumNs * SECONDS_PER_NS,
  }));
}

/** Adds all numbers of a volume's dump, each to the family of its key. */
function addVolumeMetrics(
  { name, type, dump }: VolumeDump,
  add: (kind: MetricKind, value: number, labels: Labels) => void,
): void {
  const labels = { volume: name, type };
  for (const [key, value] of Object.entries(dump)) {
    if (typeof value !== 'number') continue;
    const [, fop, metricKey] = FOP_KEY_PATTERN.exec(key) ?? [];
    const typeMetrics = metricsByType[type];
    if (fop !== undefined) add(fopMetrics[metricKey!]!, value, { ...labels, fop });
    else if (typeMetrics !== undefined && Object.hasOwn(typeMetrics, key))
      add(typeMetrics[key]!, value, labels);
    else add(OTHER_VALUES_KIND, value, { ...labels, key });
  }
}
