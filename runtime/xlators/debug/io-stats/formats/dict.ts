/**
 * Statistics as the dict that GlusterFS's `volume profile` asks of a brick, `KEY=VALUE` a line: all
 * there was under -1, the interval under its number. Latencies are in nanoseconds, as there.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_global_to_dict`.
 */
import type { Counters } from '../counters.ts';
import type { Report } from './report.ts';

const CUMULATIVE = -1;

function dictLines(counters: Counters, index: number, now: number): string[] {
  const { read, written, since } = counters;
  const sizes = (name: string, blocks: Float64Array): string[] =>
    [...blocks].flatMap((calls, power) =>
      calls === 0 ? [] : [`${index}-${name}-${2 ** power}=${calls}`],
    );
  return [
    `${index === CUMULATIVE ? 'cumulative' : 'interval'}=${index}`,
    `${index}-duration=${Math.floor((now - since) / 1000)}`,
    `${index}-total-read=${read.bytes}`,
    `${index}-total-write=${written.bytes}`,
    ...sizes('read', read.blocks),
    ...sizes('write', written.blocks),
    ...counters.called().flatMap(({ number, hits, timed, total, min, max }) => {
      const key = `${index}-${number}`;
      const calls = `${key}-hits=${hits}`;
      if (timed === 0) return [calls];
      return [
        calls,
        `${key}-avglatency=${total / timed}`,
        `${key}-minlatency=${min}`,
        `${key}-maxlatency=${max}`,
      ];
    }),
  ];
}

export function dictReport({ past, interval, index, now }: Report): string {
  return [...dictLines(past, CUMULATIVE, now), ...dictLines(interval, index, now)].join('\n');
}
