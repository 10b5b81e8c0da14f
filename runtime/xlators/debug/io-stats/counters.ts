/** Counts, for io-stats, the calls and latencies of each fop, and the sizes of reads and writes. */
import { fops, numbersWithoutMethod } from '../../../core/fops.ts';
import { Histogram } from '../../../core/histogram.ts';

/** Fop numbers are below this (`GF_FOP_MAXVALUE`). */
export const FOP_NUMBER_LIMIT = 59;
/** Number of size classes of reads and writes, one per power of two. */
export const SIZE_CLASS_COUNT = 32;
/** Bytes from which on sizes are in the last class. */
const LAST_CLASS_BYTES = 2 ** (SIZE_CLASS_COUNT - 1);

/** The fops' names in statistics, by the fop's number. */
export const logNames: ReadonlyMap<number, string> = new Map([
  ...numbersWithoutMethod,
  ...fops.map((fop): [number, string] => [fop.number, fop.logName]),
]);

/** Counts of one fop. Latencies are in nanoseconds; only calls that were timed have one. */
export class FopStats {
  readonly number: number;
  hits = 0;
  /** Failed replies among the timed calls. */
  errors = 0;
  minNs = Number.POSITIVE_INFINITY;
  maxNs = 0;
  latencies: Histogram | null = null;

  constructor(number: number) {
    this.number = number;
  }

  get name(): string {
    return logNames.get(this.number)!;
  }

  get timedCount(): number {
    return this.latencies?.count ?? 0;
  }

  get totalNs(): number {
    return this.latencies?.sumNs ?? 0;
  }

  merge({ hits, errors, minNs, maxNs, latencies }: FopStats): void {
    this.hits += hits;
    this.errors += errors;
    this.minNs = Math.min(this.minNs, minNs);
    this.maxNs = Math.max(this.maxNs, maxNs);
    if (latencies === null) return;
    this.latencies ??= new Histogram();
    this.latencies.merge(latencies);
  }
}

/** Bytes and calls of reads or of writes. */
export class Transfer {
  bytes = 0;
  /** Number of calls by size class: class n has 2^n bytes and more. */
  readonly callsBySize = new Float64Array(SIZE_CLASS_COUNT);

  add(size: number): void {
    this.bytes += size;
    // 31 - clz32 is the logarithm to base 2, rounded down.
    const sizeClass =
      size < LAST_CLASS_BYTES ? 31 - Math.clz32(Math.max(1, size)) : SIZE_CLASS_COUNT - 1;
    this.callsBySize[sizeClass]! += 1;
  }

  merge(other: Transfer): void {
    this.bytes += other.bytes;
    other.callsBySize.forEach((count, sizeClass) => {
      this.callsBySize[sizeClass]! += count;
    });
  }
}

/** All counters since one point in time. */
export class Counters {
  /** Start of the counting, by the context's clock. */
  readonly startedAtMs: number;
  readonly read = new Transfer();
  readonly written = new Transfer();
  /** By the fop's number; undefined for a fop that was not called. */
  private readonly fops: (FopStats | undefined)[] = new Array(FOP_NUMBER_LIMIT).fill(undefined);

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  countCall(fop: number): void {
    this.findOrAddFop(fop).hits += 1;
  }

  /** Records how long a call took, and whether it failed. */
  recordLatency(fop: number, ns: number, hasFailed: boolean): void {
    const stats = this.findOrAddFop(fop);
    stats.latencies ??= new Histogram();
    stats.latencies.add(ns);
    if (hasFailed) stats.errors += 1;
    if (ns < stats.minNs) stats.minNs = ns;
    if (ns > stats.maxNs) stats.maxNs = ns;
  }

  /** Returns the sum of these and other counters, since the earlier start. */
  combineWith(other: Counters): Counters {
    const sum = new Counters(Math.min(this.startedAtMs, other.startedAtMs));
    for (const { read, written, fops } of [this, other]) {
      sum.read.merge(read);
      sum.written.merge(written);
      for (const stats of fops)
        if (stats !== undefined) sum.findOrAddFop(stats.number).merge(stats);
    }
    return sum;
  }

  /** Returns the fops that were called, in the order of their numbers. */
  listCalledFops(): FopStats[] {
    return this.fops.filter((stats) => stats !== undefined && stats.hits > 0) as FopStats[];
  }

  /** Returns the latencies of timed fops, by log name. */
  collectLatencies(): ReadonlyMap<string, Histogram> {
    const entries = this.fops.flatMap((stats) =>
      stats?.latencies ? [[stats.name, stats.latencies] as const] : [],
    );
    return new Map(entries);
  }

  private findOrAddFop(fop: number): FopStats {
    this.fops[fop] ??= new FopStats(fop);
    return this.fops[fop];
  }
}
