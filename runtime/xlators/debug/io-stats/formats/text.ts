/**
 * GlusterFS's text of statistics (`ios-dump-format text`, and what `trusted.io-stats-dump` writes).
 * Latencies are in the microseconds that the columns claim; GlusterFS 10 prints nanoseconds there.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `io_stats_dump_global_to_logfp`.
 */
import { formatTime, printable } from '../../../../core/log.ts';
import type { Counters, FopCount, Transfer } from '../counters.ts';
import type { Files, Ranking } from '../files.ts';
import type { Report } from './report.ts';

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
 * One set of counters, down to the line of dashes. `title` is `Cumulative` or `Interval N`, `now` a
 * time of the context's clock.
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

/** Sections of the busiest files: title, what is counted, and the column's name. */
const counted: readonly (readonly [title: string, ranking: Ranking, column: string])[] = [
  ['==========Open File Stats========', 'open', 'FILE NAME'],
  ['==========Read File Stats========', 'read', 'FILE NAME'],
  ['==========Write File Stats========', 'write', 'FILE NAME'],
  ['==========Directory open stats========', 'opendir', 'DIRECTORY NAME'],
  ['========Directory readdirp Stats=======', 'readdirp', 'DIRECTORY NAME'],
];
const measured: readonly (readonly [title: string, moves: 'reads' | 'writes'])[] = [
  ['========Read Throughput File Stats=====', 'reads'],
  ['======Write Throughput File Stats======', 'writes'],
];

function fileLines(files: Files): string[] {
  return [
    ...counted.flatMap(([title, ranking, column]) => [
      `\n${title}`,
      `\nCOUNT:  \t  ${column}`,
      ...files
        .top(ranking)
        .map((file) => `${String(file[ranking]).padEnd(12)} ${printable(file.path)}`),
    ]),
    ...measured.flatMap(([title, moves]) => [
      `\n${title}`,
      '\nTIMESTAMP \t\t\t THROUGHPUT(KBPS)\tFILE NAME',
      ...files.top(moves === 'reads' ? 'readKBps' : 'writeKBps').map((file) => {
        const { at, kBps } = file[moves];
        const speed = kBps.toFixed(2).padEnd(10);
        return `${formatTime(at)} \t ${speed}  \t  ${printable(file.path)}`;
      }),
    ]),
  ];
}

/** All there was, with the busiest files, and the interval. */
export function textReport({ past, interval, now, index, fds, files }: Report): string {
  return [
    formatStats('Cumulative', past, now),
    `Current open fd's: ${fds.open} Max open fd's: ${fds.max} time ${formatTime(fds.maxAt)}`,
    ...fileLines(files),
    formatStats(`Interval ${index}`, interval, now),
  ].join('\n');
}
