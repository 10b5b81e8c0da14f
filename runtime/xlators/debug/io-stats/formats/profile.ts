/**
 * Formats a statedump of io-stats as `gluster volume profile VOLUME info` does, with latencies in
 * microseconds.
 *
 * Source: GlusterFS `cli/src/cli-rpc-ops.c`, `cmd_profile_volume_brick_out`.
 */
import { printable } from '../../../../core/log.ts';
import type { Dump } from '../../../../core/xlator.ts';

/** Sizes side by side in a block. */
const ACROSS = 3;
const WIDTHS = [10, 13, 13, 13, 14, 11];

const columns = (...cells: readonly string[]): string =>
  cells.map((cell, at) => cell.padStart(WIDTHS[at]!)).join(' ');

const micros = (ns: number): string => `${(ns / 1000).toFixed(2)} us`;

/** Reads a dump's numbers: of the interval, or of the whole. */
function reader(dump: Dump, prefix: string) {
  const number = (key: string): number => Number(dump[prefix + key] ?? 0);
  /** Returns the middle parts of all keys of the form `begin*end`. */
  const found = (begin: string, end: string): string[] =>
    Object.keys(dump).flatMap((key) => {
      if (!key.startsWith(prefix + begin) || !key.endsWith(end)) return [];
      const name = key.slice(prefix.length + begin.length, key.length - end.length);
      return name.includes('.') ? [] : [name];
    });
  return { number, found };
}

function sizeLines({ number, found }: ReturnType<typeof reader>): string[] {
  const all = [...found('reads.', ''), ...found('writes.', '')].map(Number);
  const sizes = [...new Set(all)].sort((a, b) => a - b);
  const lines: string[] = [];
  const line = (title: string, cells: readonly string[]): string =>
    `${title.padStart(14)}${cells.map((cell) => cell.padStart(21)).join(' ')}`;
  for (let from = 0; from < sizes.length; from += ACROSS) {
    const some = sizes.slice(from, from + ACROSS);
    lines.push(
      line(
        'Block Size:',
        some.map((size) => `${size}b+`),
      ),
      line(
        'No. of Reads:',
        some.map((size) => String(number(`reads.${size}`))),
      ),
      line(
        'No. of Writes:',
        some.map((size) => String(number(`writes.${size}`))),
      ),
      '',
    );
  }
  return lines;
}

function fopLines({ number, found }: ReturnType<typeof reader>): string[] {
  const fops = found('', '.hits').map((name) => {
    const average = number(`${name}.avg-ns`);
    return { name, average, hits: number(`${name}.hits`), all: average * number(`${name}.hits`) };
  });
  if (fops.length === 0) return [];
  const sum = fops.reduce((total, { all }) => total + all, 0);
  return [
    columns('%-latency', 'Avg-latency', 'Min-Latency', 'Max-Latency', 'No. of calls', 'Fop'),
    columns('---------', '-----------', '-----------', '-----------', '------------', '----'),
    ...fops.map(({ name, average, hits, all }) =>
      columns(
        (sum === 0 ? 0 : (100 * all) / sum).toFixed(2),
        micros(average),
        micros(number(`${name}.min-ns`)),
        micros(number(`${name}.max-ns`)),
        String(hits),
        name,
      ),
    ),
    '',
  ];
}

function part(title: string, dump: Dump, prefix: string): string[] {
  const given = reader(dump, prefix);
  return [
    `${title} Stats:`,
    ...sizeLines(given),
    ...fopLines(given),
    `${'Duration'.padStart(12)}: ${given.number('duration-s')} seconds`,
    `${'Data Read'.padStart(12)}: ${given.number('bytes-read')} bytes`,
    `${'Data Written'.padStart(12)}: ${given.number('bytes-written')} bytes`,
    '',
  ];
}

/** @param name the volume's; its first interval equals the whole */
export function profileText(name: string, dump: Dump): string {
  const title = `Volume: ${printable(name)}`;
  const interval = dump.interval ?? 0;
  return [
    title,
    '-'.repeat(title.length),
    ...part('Cumulative', dump, ''),
    ...part(`Interval ${interval}`, dump, interval === 0 ? '' : 'interval.'),
  ].join('\n');
}
