/**
 * Formats a statedump of io-stats as `gluster volume profile VOLUME info` does, with latencies in
 * microseconds.
 *
 * Source: GlusterFS `cli/src/cli-rpc-ops.c`, `cmd_profile_volume_brick_out`.
 */
import { printable } from '../../../../core/log.ts';
import type { Dump } from '../../../../core/xlator.ts';

/** Number of sizes side by side in a block of lines. */
const SIZES_PER_BLOCK = 3;
/** Widths of the columns of the table of fops; the last has the fop's name. */
const COLUMN_WIDTHS = [10, 13, 13, 13, 14, 11];

/** Formats a line of the table of fops. */
const formatColumns = (...cells: readonly string[]): string =>
  cells.map((cell, index) => cell.padStart(COLUMN_WIDTHS[index]!)).join(' ');

const formatMicros = (ns: number): string => `${(ns / 1000).toFixed(2)} us`;

/**
 * Makes functions that read a dump's numbers.
 * @param prefix of the keys: '' for the time since the start, `interval.` for the interval
 */
function makeSectionReader(dump: Dump, prefix: string) {
  /** Reads a number; 0 if the dump has no such key. */
  const readNumber = (key: string): number => Number(dump[prefix + key] ?? 0);
  /** Returns the middle parts of all keys of the form `begin*end`. */
  const findNames = (begin: string, end: string): string[] =>
    Object.keys(dump).flatMap((key) => {
      if (!key.startsWith(prefix + begin) || !key.endsWith(end)) return [];
      const name = key.slice(prefix.length + begin.length, key.length - end.length);
      return name.includes('.') ? [] : [name];
    });
  return { readNumber, findNames };
}

/** Formats the numbers of reads and writes by size. */
function formatSizes({ readNumber, findNames }: ReturnType<typeof makeSectionReader>): string[] {
  const listedSizes = [...findNames('reads.', ''), ...findNames('writes.', '')].map(Number);
  const sizes = [...new Set(listedSizes)].sort((a, b) => a - b);
  const lines: string[] = [];
  const formatLine = (title: string, cells: readonly string[]): string =>
    `${title.padStart(14)}${cells.map((cell) => cell.padStart(21)).join(' ')}`;
  for (let start = 0; start < sizes.length; start += SIZES_PER_BLOCK) {
    const block = sizes.slice(start, start + SIZES_PER_BLOCK);
    lines.push(
      formatLine(
        'Block Size:',
        block.map((size) => `${size}b+`),
      ),
      formatLine(
        'No. of Reads:',
        block.map((size) => String(readNumber(`reads.${size}`))),
      ),
      formatLine(
        'No. of Writes:',
        block.map((size) => String(readNumber(`writes.${size}`))),
      ),
      '',
    );
  }
  return lines;
}

/** Formats the calls and latencies by fop. */
function formatFops({ readNumber, findNames }: ReturnType<typeof makeSectionReader>): string[] {
  const fops = findNames('', '.hits').map((name) => {
    const averageNs = readNumber(`${name}.avg-ns`);
    return {
      name,
      averageNs,
      hits: readNumber(`${name}.hits`),
      totalNs: averageNs * readNumber(`${name}.hits`),
    };
  });
  if (fops.length === 0) return [];
  const sum = fops.reduce((total, { totalNs }) => total + totalNs, 0);
  return [
    formatColumns('%-latency', 'Avg-latency', 'Min-Latency', 'Max-Latency', 'No. of calls', 'Fop'),
    formatColumns('---------', '-----------', '-----------', '-----------', '------------', '----'),
    ...fops.map(({ name, averageNs, hits, totalNs }) =>
      formatColumns(
        (sum === 0 ? 0 : (100 * totalNs) / sum).toFixed(2),
        formatMicros(averageNs),
        formatMicros(readNumber(`${name}.min-ns`)),
        formatMicros(readNumber(`${name}.max-ns`)),
        String(hits),
        name,
      ),
    ),
    '',
  ];
}

/** Formats the statistics since the start, or those of the interval; `prefix` as in `makeSectionReader`. */
function formatSection(title: string, dump: Dump, prefix: string): string[] {
  const reader = makeSectionReader(dump, prefix);
  const { readNumber } = reader;
  return [
    `${title} Stats:`,
    ...formatSizes(reader),
    ...formatFops(reader),
    `${'Duration'.padStart(12)}: ${readNumber('duration-s')} seconds`,
    `${'Data Read'.padStart(12)}: ${readNumber('bytes-read')} bytes`,
    `${'Data Written'.padStart(12)}: ${readNumber('bytes-written')} bytes`,
    '',
  ];
}

/** Formats a volume's dump. In the first interval, the interval's numbers are those since the start. */
export function formatProfile(name: string, dump: Dump): string {
  const title = `Volume: ${printable(name)}`;
  const interval = dump.interval ?? 0;
  return [
    title,
    '-'.repeat(title.length),
    ...formatSection('Cumulative', dump, ''),
    ...formatSection(`Interval ${interval}`, dump, interval === 0 ? '' : 'interval.'),
  ].join('\n');
}
