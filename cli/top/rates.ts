/** Computes rates and latencies between two samples of the counts of a server. */

import { BUCKETS, quantile } from '../../runtime/core/histogram.ts';
import type {
  CacheCounts,
  Counts,
  FopCounts,
  InFlight,
  ScriptCounts,
  VolumeCounts,
} from '../../server/leased-counter.ts';

/** The rates of some fops at a volume between two samples. */
export interface Rates {
  readonly fopsPerS: number;
  /** Replies with an errno, such as a lookup of an absent name. */
  readonly errorsPerS: number;
  /** The time from arrival to reply, volumes below included. Null without replies. */
  readonly medianUs: number | null;
  readonly p99Us: number | null;
}

export interface FopRates extends Rates {
  readonly fop: string;
}

export interface VolumeRates extends Rates {
  readonly name: string;
  readonly type: string;
  readonly script: ScriptCounts | null;
  readonly cache: CacheRates | null;
  readonly inFlight: InFlight;
  /** The fops with replies since counting began. */
  readonly fops: readonly FopRates[];
}

export interface CacheRates {
  /** The share of requests that the cache answered; null without requests. */
  readonly hitPercent: number | null;
  readonly memoryBytes: number;
}

export interface View {
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

/** @param before ignored if it is null or of another server or lease; rates then start with the lease */
export function ratesBetween(before: Counts | null, after: Counts): View {
  const { process: about, since, now } = after;
  const same = before?.since === since && before.process.pid === about.pid ? before : null;
  const seconds = Math.max(now - (same?.now ?? since), 1e-3) / 1000;
  const earlier = new Map(same?.volumes.map((volume) => [volume.id, volume]));
  const volumes = after.volumes.map((volume) => ratesOf(volume, earlier.get(volume.id), seconds));
  const tops = volumes.filter((_, at) => after.tops.includes(after.volumes[at]!.id));
  return {
    seconds,
    countedS: (now - since) / 1000,
    mountpoint: about.mountpoint,
    volfile: about.volfile,
    pid: about.pid,
    upS: Math.max(0, (Date.now() - about.started) / 1000),
    cpuPercent: same === null ? 0 : ((after.cpuMs - same.cpuMs) / (seconds * 1000)) * 100,
    memoryBytes: after.memoryBytes,
    inFlight: after.inFlight,
    fopsPerS: tops.reduce((sum, { fopsPerS }) => sum + fopsPerS, 0),
    errorsPerS: tops.reduce((sum, { errorsPerS }) => sum + errorsPerS, 0),
    volumes,
  };
}

function ratesOf(
  { name, type, script, cache, inFlight, fops }: VolumeCounts,
  before: VolumeCounts | undefined,
  seconds: number,
): VolumeRates {
  const all = new Sum();
  const byFop = Object.entries(fops).map(([fop, counts]) => {
    const own = new Sum();
    for (const sum of [all, own]) {
      sum.add(counts, 1);
      if (before?.fops[fop] !== undefined) sum.add(before.fops[fop], -1);
    }
    return { fop, ...own.rates(seconds) };
  });
  const cached = cache && cacheRates(cache, before?.cache ?? null);
  return { name, type, script, cache: cached, inFlight, ...all.rates(seconds), fops: byFop };
}

function cacheRates(now: CacheCounts, before: CacheCounts | null): CacheRates {
  // Another client may have reset the statistics meanwhile.
  const since = (after: number | null, first: number | null | undefined): number =>
    (after ?? 0) - ((first ?? 0) > (after ?? 0) ? 0 : (first ?? 0));
  const hits = since(now.hits, before?.hits);
  const asked = hits + since(now.misses, before?.misses);
  return { hitPercent: asked === 0 ? null : (100 * hits) / asked, memoryBytes: now.memoryBytes };
}

class Sum {
  private answers = 0;
  private errors = 0;
  private readonly buckets = new Float64Array(BUCKETS);

  add({ answers, errors, buckets }: FopCounts, sign: 1 | -1): void {
    this.answers += sign * answers;
    this.errors += sign * errors;
    for (const [bucket, count] of buckets) this.buckets[bucket]! += sign * count;
  }

  rates(seconds: number): Rates {
    const us = (part: number): number | null => {
      const ns = quantile(this.buckets, part);
      return ns === null ? null : ns / 1000;
    };
    return {
      fopsPerS: this.answers / seconds,
      errorsPerS: this.errors / seconds,
      medianUs: us(0.5),
      p99Us: us(0.99),
    };
  }
}
