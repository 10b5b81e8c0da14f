/** Computes the rates and latencies of `glossa top` from two samples of a server's counts. */

import { BUCKET_COUNT, computeQuantile } from '../../runtime/core/histogram.ts';
import type {
  CacheCounts,
  Counts,
  FopCounts,
  InFlight,
  ModuleCounts,
  VolumeCounts,
} from '../../server/leased-counter.ts';

/** The rates between two samples, of one fop or of all fops of a volume. */
export interface Rates {
  readonly fopsPerS: number;
  /** Replies with an errno, such as a lookup of an absent name. */
  readonly errorsPerS: number;
  /** The median time from arrival to reply, volumes below included; null without replies. */
  readonly medianUs: number | null;
  /** The time that 99 % of the replies took at most; null without replies. */
  readonly p99Us: number | null;
}

/** The rates of one fop of a volume. */
export interface FopRates extends Rates {
  readonly fop: string;
}

/** The rates of a volume, and its state at the later sample. */
export interface VolumeRates extends Rates {
  readonly name: string;
  readonly type: string;
  readonly script: ModuleCounts | null;
  readonly cache: CacheRates | null;
  readonly inFlight: InFlight;
  /** The fops with replies since counting began. */
  readonly fops: readonly FopRates[];
}

/** The hit rate of a cache between two samples, and its memory at the later one. */
export interface CacheRates {
  /** The share of requests that the cache answered; null without requests. */
  readonly hitPercent: number | null;
  readonly memoryBytes: number;
}

/** The rates of a server and its volumes, as `--json` prints them. */
export interface ServerRates {
  /** The time between the two samples. */
  readonly seconds: number;
  /** Seconds since counting began, perhaps for another client. */
  readonly countedS: number;
  /** Absent for a server without a mount. */
  readonly mountpoint?: string | undefined;
  readonly volfile: string;
  readonly pid: number;
  /** Seconds since the server was started. */
  readonly upS: number;
  /** Percent of one processor. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly inFlight: InFlight;
  /** The rates of all requests at the top. */
  readonly fopsPerS: number;
  readonly errorsPerS: number;
  /** From the top of the graph down. */
  readonly volumes: readonly VolumeRates[];
}

/**
 * Computes the rates between two samples. Without a comparable earlier sample, the rates are those
 * since the counter started.
 * @param before the earlier sample, which may be of an earlier counter; null for the first sample
 */
export function computeRates(before: Counts | null, after: Counts): ServerRates {
  const { process: server, since, now } = after;
  const baseline = before?.since === since && before.process.pid === server.pid ? before : null;
  // At least a microsecond, so that no rate is infinite.
  const seconds = Math.max(now - (baseline?.now ?? since), 1e-3) / 1000;
  const earlierVolumes = new Map(baseline?.volumes.map((volume) => [volume.id, volume]));
  const volumes = after.volumes.map((volume) =>
    computeVolumeRates(volume, earlierVolumes.get(volume.id), seconds),
  );
  const topVolumes = volumes.filter((_, index) => after.tops.includes(after.volumes[index]!.id));
  return {
    seconds,
    countedS: (now - since) / 1000,
    mountpoint: server.mountpoint,
    volfile: server.volfile,
    pid: server.pid,
    upS: Math.max(0, (Date.now() - server.started) / 1000),
    cpuPercent: baseline === null ? 0 : ((after.cpuMs - baseline.cpuMs) / (seconds * 1000)) * 100,
    memoryBytes: after.memoryBytes,
    inFlight: after.inFlight,
    fopsPerS: topVolumes.reduce((sum, { fopsPerS }) => sum + fopsPerS, 0),
    errorsPerS: topVolumes.reduce((sum, { errorsPerS }) => sum + errorsPerS, 0),
    volumes,
  };
}

function computeVolumeRates(
  { name, type, script, cache, inFlight, fops }: VolumeCounts,
  before: VolumeCounts | undefined,
  seconds: number,
): VolumeRates {
  const totals = new FopSum();
  const fopRates = Object.entries(fops).map(([fop, counts]) => {
    const fopSum = new FopSum();
    for (const sum of [totals, fopSum]) {
      sum.add(counts, 1);
      if (before?.fops[fop] !== undefined) sum.add(before.fops[fop], -1);
    }
    return { fop, ...fopSum.toRates(seconds) };
  });
  const cacheWithRates = cache && computeCacheRates(cache, before?.cache ?? null);
  return {
    name,
    type,
    script,
    cache: cacheWithRates,
    inFlight,
    ...totals.toRates(seconds),
    fops: fopRates,
  };
}

function computeCacheRates(after: CacheCounts, before: CacheCounts | null): CacheRates {
  // A count that has become smaller was reset by `glossa stats --reset`: it restarted from 0.
  const computeIncrease = (later: number | null, earlier: number | null | undefined): number =>
    (later ?? 0) - ((earlier ?? 0) > (later ?? 0) ? 0 : (earlier ?? 0));
  const hits = computeIncrease(after.hits, before?.hits);
  const requests = hits + computeIncrease(after.misses, before?.misses);
  return {
    hitPercent: requests === 0 ? null : (100 * hits) / requests,
    memoryBytes: after.memoryBytes,
  };
}

/** Adds up the counts of fops, and subtracts those of the earlier sample. */
class FopSum {
  private replies = 0;
  private errors = 0;
  private readonly buckets = new Float64Array(BUCKET_COUNT);

  /** @param sign -1 for the counts of the earlier sample */
  add({ answers: replies, errors, buckets }: FopCounts, sign: 1 | -1): void {
    this.replies += sign * replies;
    this.errors += sign * errors;
    for (const [bucket, count] of buckets) this.buckets[bucket]! += sign * count;
  }

  /** Computes the rates from the differences. @param seconds the time between the samples */
  toRates(seconds: number): Rates {
    const findQuantileUs = (share: number): number | null => {
      const ns = computeQuantile(this.buckets, share);
      return ns === null ? null : ns / 1000;
    };
    return {
      fopsPerS: this.replies / seconds,
      errorsPerS: this.errors / seconds,
      medianUs: findQuantileUs(0.5),
      p99Us: findQuantileUs(0.99),
    };
  }
}
