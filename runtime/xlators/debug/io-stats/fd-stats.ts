/**
 * What is counted of one open file, and GlusterFS's lines for it when it is closed (`dump-fd-stats`).
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_fd`.
 */
import { printable } from '../../../core/log.ts';
import { Transfer } from './counters.ts';

export class FdStats {
  readonly path: string;
  /** Milliseconds of the context's clock. */
  readonly since: number;
  readonly read = new Transfer();
  readonly written = new Transfer();

  constructor(path: string, since: number) {
    this.path = path;
    this.since = since;
  }
}

export function fdLines({ path, since, read, written }: FdStats, now: number): string[] {
  const sizes = (title: string, { blocks }: Transfer): string[] =>
    [...blocks].flatMap((calls, power) =>
      calls === 0 ? [] : [`${title} ${String(2 ** power).padStart(6, '0')}b+ : ${calls}`],
    );
  return [
    '--- fd stats ---',
    `      Filename : ${printable(path)}`,
    `      Lifetime : ${((now - since) / 1000).toFixed(6)} secs`,
    ...(read.bytes > 0 ? [`     BytesRead : ${read.bytes} bytes`] : []),
    ...(written.bytes > 0 ? [`  BytesWritten : ${written.bytes} bytes`] : []),
    ...sizes(' Read', read),
    ...sizes('Write', written),
  ];
}
