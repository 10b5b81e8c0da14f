/** What io-stats counts, per fop by its number: calls, times, sizes of reads and writes. */
import { fops, placeholders } from '../../../core/fops.ts';
import { Histogram } from '../../../core/histogram.ts';

/** Fop numbers are below this (`GF_FOP_MAXVALUE`). */
export const FOPS = 59;
/** Powers of two that sizes of reads and writes are sorted into. */
export const BLOCK_SIZES = 32;
/** What is as large or larger is in the last of them. */
const LARGEST = 2 ** (BLOCK_SIZES - 1);

/** The names in statistics, by number. */
export const logNames: ReadonlyMap<number, string> = new Map([
  ...placeholders,
  ...fops.map((fop): [number, string] => [fop.number, fop.logName]),
]);

/** Calls and times of one fop; times in nanoseconds, and only of the calls that were timed. */
export interface FopCount {
  readonly number: number;
  readonly name: string;
  readonly hits: number;
  readonly timed: number;
  /** Of these, answers below zero. */
  readonly errors: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
}

/** Bytes and calls of reads or of writes. */
export class Transfer {
  bytes = 0;
  /** Calls by the power of two that their size reaches. */
  readonly blocks = new Float64Array(BLOCK_SIZES);

  add(size: number): void {
    this.bytes += size;
    const power = size < LARGEST ? 31 - Math.clz32(Math.max(1, size)) : BLOCK_SIZES - 1;
    this.blocks[power]! += 1;
  }

  merge(other: Transfer): void {
    this.bytes += other.bytes;
    other.blocks.forEach((count, at) => {
      this.blocks[at]! += count;
    });
  }
}

/** Counts from a moment on. */
export class Counters {
  /** Milliseconds of the context's clock. */
  readonly since: number;
  readonly read = new Transfer();
  readonly written = new Transfer();
  private readonly hits = new Float64Array(FOPS);
  private readonly errors = new Float64Array(FOPS);
  private readonly latencies: (Histogram | null)[] = new Array(FOPS).fill(null);
  private readonly min = new Float64Array(FOPS).fill(Number.POSITIVE_INFINITY);
  private readonly max = new Float64Array(FOPS);

  constructor(since: number) {
    this.since = since;
  }

  hit(fop: number): void {
    this.hits[fop]! += 1;
  }

  took(fop: number, ns: number, failed: boolean): void {
    const latencies = this.latencies[fop] ?? this.firstOf(fop);
    latencies.add(ns);
    if (failed) this.errors[fop]! += 1;
    if (ns < this.min[fop]!) this.min[fop] = ns;
    if (ns > this.max[fop]!) this.max[fop] = ns;
  }

  /** Both together, since the earlier. */
  plus(other: Counters): Counters {
    const sum = new Counters(Math.min(this.since, other.since));
    for (const counters of [this, other]) {
      sum.read.merge(counters.read);
      sum.written.merge(counters.written);
      for (let fop = 0; fop < FOPS; fop++) {
        sum.hits[fop]! += counters.hits[fop]!;
        sum.errors[fop]! += counters.errors[fop]!;
        const latencies = counters.latencies[fop];
        if (latencies) (sum.latencies[fop] ?? sum.firstOf(fop)).merge(latencies);
        sum.min[fop] = Math.min(sum.min[fop]!, counters.min[fop]!);
        sum.max[fop] = Math.max(sum.max[fop]!, counters.max[fop]!);
      }
    }
    return sum;
  }

  /** The fops that were called, in order of number. */
  called(): FopCount[] {
    const counts: FopCount[] = [];
    this.hits.forEach((hits, fop) => {
      if (hits === 0) return;
      const { count: timed = 0, sumNs: total = 0 } = this.latencies[fop] ?? {};
      const name = logNames.get(fop)!;
      counts.push({
        number: fop,
        name,
        hits,
        timed,
        errors: this.errors[fop]!,
        total,
        min: this.min[fop]!,
        max: this.max[fop]!,
      });
    });
    return counts;
  }

  /** How long replies took, by the log names of fops: of those that were timed. */
  timed(): ReadonlyMap<string, Histogram> {
    const timed = new Map<string, Histogram>();
    this.latencies.forEach((latencies, fop) => {
      if (latencies !== null) timed.set(logNames.get(fop)!, latencies);
    });
    return timed;
  }

  private firstOf(fop: number): Histogram {
    const latencies = new Histogram();
    this.latencies[fop] = latencies;
    return latencies;
  }
}
