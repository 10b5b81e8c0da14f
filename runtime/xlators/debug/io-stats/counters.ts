/**
 * What io-stats counts, per fop by its number, and GlusterFS's text for it.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_global_to_logfp`.
 */
import { fops, placeholders } from '../../../core/fops.ts';

/** Fop numbers are below this (`GF_FOP_MAXVALUE`). */
const FOPS = 59;
/** Powers of two that sizes of reads and writes are sorted into. */
const BLOCK_SIZES = 32;

const logNames = new Map([
  ...placeholders,
  ...fops.map((fop): [number, string] => [fop.number, fop.logName]),
]);

/** Calls and times of one fop; times in nanoseconds, and only of the calls that were timed. */
export interface FopCount {
  readonly name: string;
  readonly hits: number;
  readonly timed: number;
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
    this.blocks[Math.min(BLOCK_SIZES - 1, Math.floor(Math.log2(Math.max(1, size))))]! += 1;
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
  private readonly timed = new Float64Array(FOPS);
  private readonly total = new Float64Array(FOPS);
  private readonly min = new Float64Array(FOPS).fill(Number.POSITIVE_INFINITY);
  private readonly max = new Float64Array(FOPS);

  constructor(since: number) {
    this.since = since;
  }

  hit(fop: number): void {
    this.hits[fop]! += 1;
  }

  took(fop: number, ns: number): void {
    this.timed[fop]! += 1;
    this.total[fop]! += ns;
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
        sum.timed[fop]! += counters.timed[fop]!;
        sum.total[fop]! += counters.total[fop]!;
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
      const [timed, total] = [this.timed[fop]!, this.total[fop]!];
      const name = logNames.get(fop)!;
      counts.push({ name, hits, timed, total, min: this.min[fop]!, max: this.max[fop]! });
    });
    return counts;
  }
}

const micros = (ns: number): string => (ns / 1000).toFixed(2);

function row(name: string, calls: string | number, ...latencies: string[]): string {
  const columns = latencies.map((text) => text.padStart(14));
  return [name.padEnd(13), String(calls).padStart(10), ...columns].join(' ');
}

function fopRow({ name, hits, timed, total, min, max }: FopCount): string {
  const latencies = timed === 0 ? ['0', '0', '0'] : [total / timed, min, max].map(micros);
  return row(name, hits, ...latencies.map((text) => `${text} us`));
}

/** Sizes with any calls, three to a block of lines, in columns as wide as GlusterFS's. */
function blockLines(read: Transfer, written: Transfer): string[] {
  const sizes = [...read.blocks.keys()].filter((at) => read.blocks[at]! + written.blocks[at]! > 0);
  const line = (title: string, cells: readonly (string | number)[]): string =>
    `${title.padEnd(12)} :${cells.map((cell) => String(cell).padStart(18)).join('')}`;
  const lines: string[] = [];
  for (let from = 0; from < sizes.length; from += 3) {
    const some = sizes.slice(from, from + 3);
    const heads = some.map((at) => `${2 ** at}B+`);
    const reads = some.map((at) => read.blocks[at]!);
    const writes = some.map((at) => written.blocks[at]!);
    lines.push(line('Block Size', heads), line('Read Count', reads), line('Write Count', writes));
    lines.push('');
  }
  return lines;
}

/**
 * GlusterFS's text of one set of counters, down to the line of dashes. `title` is `Cumulative` or
 * `Interval N`, `now` a time of the context's clock. Latencies are in the microseconds that the
 * columns claim; GlusterFS 10 prints nanoseconds there.
 */
export function formatStats(title: string, counters: Counters, now: number): string {
  const { read, written, since } = counters;
  return [
    '',
    `=== ${title} stats ===`,
    `      Duration : ${Math.floor((now - since) / 1000)} secs`,
    `     BytesRead : ${read.bytes}`,
    `  BytesWritten : ${written.bytes}`,
    '',
    ...blockLines(read, written),
    row('Fop', 'Call Count', 'Avg-Latency', 'Min-Latency', 'Max-Latency'),
    row('---', '----------', '-----------', '-----------', '-----------'),
    ...counters.called().map(fopRow),
    '------ ----- ----- ----- ----- ----- ----- -----  ----- ----- ----- -----',
    '',
  ].join('\n');
}
