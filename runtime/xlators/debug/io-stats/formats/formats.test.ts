import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Counters } from '../counters.ts';
import { FileStats, FileTable } from '../file-stats.ts';
import { formatJsonReport } from './json-report.ts';
import { formatProfile } from './profile.ts';
import { formatDump, type Report } from './statedump.ts';

const LOOKUP = 27;
const READ = 12;

function counters(since: number, more: (made: Counters) => void = () => {}): Counters {
  const made = new Counters(since);
  more(made);
  return made;
}

function report(more: Partial<Report> = {}): Report {
  const busy = (made: Counters) => {
    made.countCall(LOOKUP);
    made.recordLatency(LOOKUP, 2000, true);
    made.countCall(READ);
    made.countCall(READ);
    made.recordLatency(READ, 1000, false);
    made.recordLatency(READ, 4000, false);
    made.read.add(4096);
    made.read.add(1);
    made.written.add(2 ** 20);
  };
  return {
    id: 'b/1',
    total: counters(0, busy),
    interval: counters(50_000, (made) => made.countCall(LOOKUP)),
    intervalIndex: 3,
    nowMs: 60_000,
    fds: { open: 1, max: 2 },
    files: new FileTable(),
    ...more,
  };
}

/** Parses the two objects of a JSON report. */
const parse = (text: string): Record<string, number>[] =>
  text.split('\n}\n{\n').map((part, at) => JSON.parse(at === 0 ? `${part}}` : `{${part}`));

test('formatJsonReport writes totals since the start, and rates per second of the interval', () => {
  const [all, last] = parse(formatJsonReport(report()));
  expect(all).toMatchObject({
    'gluster.b_1.aggr.read_1b': 1,
    'gluster.b_1.aggr.read_4kb': 1,
    'gluster.b_1.aggr.write_1mb': 1,
    'gluster.b_1.aggr.write_512mb': 0,
    'gluster.b_1.aggr.fds.open_count': 1,
    'gluster.b_1.aggr.fds.max_open_count': 2,
    'gluster.b_1.aggr.fop.lookup.count': 1,
    'gluster.b_1.aggr.fop.lookup.latency_ave_usec': 2,
    'gluster.b_1.aggr.fop.read.count': 2,
    'gluster.b_1.aggr.fop.read.latency_ave_usec': 2.5,
    'gluster.b_1.aggr.fop.read.latency_min_usec': 1,
    'gluster.b_1.aggr.fop.read.latency_max_usec': 4,
    'gluster.b_1.aggr.fop.weighted_latency_ave_usec': 2.3333,
    'gluster.b_1.aggr.fop.weighted_fop_count': 3,
    'gluster.b_1.aggr.uptime': 60,
    'gluster.b_1.aggr.bytes_read': 4097,
    'gluster.b_1.aggr.bytes_written': 2 ** 20,
  });
  expect(last).toMatchObject({
    'gluster.b_1.inter.read_4kb_per_sec': 0,
    'gluster.b_1.inter.fop.lookup.per_sec': 0.1,
    'gluster.b_1.inter.fop.lookup.latency_ave_usec': 0,
    'gluster.b_1.inter.sample_interval_sec': 10,
    'gluster.b_1.inter.bytes_read_per_sec': 0,
  });
});

test('formatDump writes the counts of an interval only after the first interval', () => {
  expect(formatDump(report({ intervalIndex: 0 }))).not.toHaveProperty('interval');
  expect(formatDump(report())).toMatchObject({
    'duration-s': 60,
    'reads.4096': 1,
    'READ.hits': 2,
    interval: 3,
    'interval.duration-s': 10,
    'interval.LOOKUP.hits': 1,
  });
});

test("formatProfile writes GlusterFS's tables, since the start and for the interval", () => {
  expect(formatProfile('top', formatDump(report()))).toBe(`Volume: top
-----------
Cumulative Stats:
   Block Size:                  1b+                4096b+             1048576b+
 No. of Reads:                    1                     1                     0
No. of Writes:                    0                     0                     1

 %-latency   Avg-latency   Min-Latency   Max-Latency   No. of calls         Fop
 ---------   -----------   -----------   -----------   ------------        ----
     71.43       2.50 us       1.00 us       4.00 us              2        READ
     28.57       2.00 us       2.00 us       2.00 us              1      LOOKUP

    Duration: 60 seconds
   Data Read: 4097 bytes
Data Written: 1048576 bytes

Interval 3 Stats:
 %-latency   Avg-latency   Min-Latency   Max-Latency   No. of calls         Fop
 ---------   -----------   -----------   -----------   ------------        ----
      0.00       0.00 us       0.00 us       0.00 us              1      LOOKUP

    Duration: 10 seconds
   Data Read: 0 bytes
Data Written: 0 bytes
`);
  const first = formatProfile('top', formatDump(report({ intervalIndex: 0 })));
  const [, all, interval] = first.split(/(?:Cumulative|Interval 0) Stats:\n/);
  expect(interval!.trimEnd()).toBe(all!.trimEnd());
});

test('formatJsonReport writes valid JSON with every called fop, for any counts', () => {
  const fop = fc.constantFrom(1, LOOKUP, READ, 13, 43, 58);
  const size = fc.nat(2 ** 31);
  const event = fc.record({ fop, size, ns: fc.nat(1e9) });
  fc.assert(
    fc.property(fc.array(event), fc.nat(1e6), (events, now) => {
      const past = counters(0, (made) => {
        for (const { fop: number, size: bytes, ns } of events) {
          made.countCall(number);
          made.recordLatency(number, ns, false);
          made.read.add(bytes);
        }
      });
      const given = report({ total: past, interval: past, nowMs: now });
      const [all, last] = parse(formatJsonReport(given));
      const numbers = [all!, last!].flatMap((part) => Object.values(part));
      expect(numbers.every((value) => Number.isFinite(value))).toBe(true);
      for (const { name, hits } of past.listCalledFops()) {
        expect(all).toMatchObject({ [`gluster.b_1.aggr.fop.${name.toLowerCase()}.count`]: hits });
      }
    }),
    { numRuns: 30 },
  );
});

test('FileTable.listBusiest returns the 100 busiest files, forgotten ones included', () => {
  const files = new FileTable();
  for (let i = 0; i < 150; i++) files.findOrAdd(`${i}`, `/${i}`).open = i;
  const gone = files.findOrAdd('gone', '/gone');
  gone.open = 1000;
  files.noteForget(gone);
  const top = files.listBusiest('open');
  expect(top).toHaveLength(100);
  expect(top.slice(0, 2).map(({ path }) => path)).toEqual(['/gone', '/149']);
  expect(files.listBusiest('read')).toEqual([]);
  expect(files.findOrAdd('gone', '/again')).toBe(gone);
  files.clear();
  expect(files.listBusiest('open')).toEqual([]);
});

test('FileTable with 2001 forgotten files drops all but the 100 that a ranking lists', () => {
  const files = new FileTable();
  for (let i = 0; i < 2001; i++) {
    const file = files.findOrAdd(`${i}`, `/${i}`);
    file.read = i;
    files.noteForget(file);
  }
  expect(files.listBusiest('read').map(({ read }) => read)).toEqual(
    Array.from({ length: 100 }, (_, i) => 2000 - i),
  );
  expect(files.findOrAdd('1', '/1')).toEqual(new FileStats('1', '/1'));
});
