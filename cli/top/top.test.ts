/** The counts of a watched server, and the rates and tables made of them. */
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../runtime/core/errno.ts';
import { readNewestUnique } from '../../runtime/core/frame.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { IA_IFREG, Iatt } from '../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { RequestAges } from '../../runtime/core/request-ages.ts';
import ioStats from '../../runtime/xlators/debug/io-stats/index.ts';
import mdCache from '../../runtime/xlators/performance/md-cache/index.ts';
import openBehind from '../../runtime/xlators/performance/open-behind/index.ts';
import writeBehind from '../../runtime/xlators/performance/write-behind/index.ts';
import { LEASE_MS, LeasedCounter } from '../../server/leased-counter.ts';
import type { AboutServer } from '../../server/statedump/whole-dump.ts';
import { parseKeys } from '../../terminal/screen.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeGfid,
  startGraph,
} from '../../test/support/core.ts';
import { computeRates, type ServerRates } from './rates.ts';
import { formatRatesTable, formatScreen } from './rates-table.ts';
import { initialState, pressKey, type ScreenState } from './screen-state.ts';

const about: AboutServer = {
  version: '1.2.3',
  pid: 42,
  mountpoint: '/mnt/a-rather-long-name-of-a-mount-point',
  volfile: '/etc/glossa/a-long-name.vol',
  started: Date.now() - 3_600_000,
};

async function rig() {
  const context = new FakeContext();
  const leaf = new HeldLeaf();
  const graph = await startGraph(
    [
      { translator: leaf.onlyFops('stat', 'statfs'), name: 'disk' },
      { translator: ioStats, name: 'counts', options: { 'count-fop-hits': 'on' } },
    ],
    context,
  );
  const ages = new RequestAges();
  const stat = () => ask(graph, 'stat', new Loc(graph.inodes.root), null);
  return { context, leaf, graph, ages, stat, counter: new LeasedCounter(graph, about, ages) };
}

const isObserved = ({ links, xlators }: Graph): boolean =>
  [links, ...xlators.flatMap(({ children }) => children)].some(({ stat }) => stat.isObserved);

describe('the counters of glossa top', () => {
  it('count requests only while a client asks for them, and stop soon after the last question', async () => {
    const { context, graph, counter, leaf, stat } = await rig();
    leaf.onRequest = ({ answer }) => answer(0, 0, null, null);
    stat();
    expect(isObserved(graph)).toBe(false);
    expect(counter.sample().volumes.map(({ name, fops }) => [name, fops])).toEqual([
      ['counts', {}],
      ['disk', {}],
    ]);
    context.advance(LEASE_MS - 1);
    stat();
    expect(counter.sample().volumes[0]!.fops).toMatchObject({ STAT: { answers: 1, errors: 0 } });
    context.advance(LEASE_MS - 1);
    expect(isObserved(graph)).toBe(true);
    context.advance(1);
    expect([isObserved(graph), context.waiting]).toEqual([false, 0]);
    // After a pause the counts start at zero.
    expect(counter.sample()).toMatchObject({ since: context.time, volumes: [{ fops: {} }, {}] });
    counter.close();
    expect([isObserved(graph), context.waiting]).toEqual([false, 0]);
  });

  it('include the hit rate and the memory of a cache', async () => {
    const leaf = new HeldLeaf();
    const buf = Object.assign(new Iatt(), { iaGfid: ROOT_GFID, iaCtime: 1, iaNlink: 2 });
    leaf.onRequest = ({ answer }) => answer(0, 0, buf, null);
    const context = new FakeContext();
    const above = [openBehind, mdCache].map((translator) => ({ translator }) as never);
    const graph = await startGraph([{ translator: leaf.translator }, ...above], context);
    const counter = new LeasedCounter(graph, about, new RequestAges());
    const stat = () => ask(graph, 'stat', new Loc(graph.inodes.root), null);
    stat();
    const before = counter.sample();
    for (let at = 0; at < 3; at++) stat();
    context.advance(1500);
    stat();
    const [cache, opens] = computeRates(before, counter.sample()).volumes;
    expect(cache!.cache).toMatchObject({ hitPercent: 75 });
    expect(cache!.cache!.memoryBytes).toBeGreaterThan(100);
    expect(opens!.cache).toEqual({ hitPercent: null, memoryBytes: 0 });
    const now = counter.sample();
    expect(computeRates(now, counter.sample()).volumes[0]!.cache!.hitPercent).toBe(null);
    // The counts have started again.
    graph.top.translator.reset!(graph.top);
    stat();
    expect(computeRates(now, counter.sample()).volumes[0]!.cache!.hitPercent).toBe(100);
    counter.close();
  });

  it.each([
    // Of ten writes one goes at once, and nine as one more.
    ['write-behind', writeBehind, 80, (held: HeldRequest[]) => expect(held.length).toBe(2)],
    // Of four opens one is made for a write, two are never needed, and one is still to be decided.
    ['open-behind', openBehind, (100 * 2) / 3, () => {}],
  ] as const)(
    'include the percentage of requests that %s has saved',
    async (_name, translator, percent, check) => {
      const leaf = new HeldLeaf();
      const context = new FakeContext();
      const stack = [{ translator: leaf.translator }, { translator } as never];
      const graph = await startGraph(stack, context);
      const counter = new LeasedCounter(graph, about, new RequestAges());
      const buf = Object.assign(new Iatt(), { iaGfid: makeGfid(7), iaType: IA_IFREG, iaNlink: 1 });
      const { inodes } = graph;
      const inode = inodes.link(inodes.newInode(), inodes.root, 'f', buf);
      const fds = Array.from({ length: 4 }, () => new Fd(inode!, 2, 1));
      const before = counter.sample();
      for (const fd of fds) ask(graph, 'open', new Loc(inode), 2, fd, null);
      // The opens of those that are not put off.
      for (const { name, answer } of leaf.requests.splice(0))
        if (name === 'open') answer(0, 0, null, null);
      for (const fd of fds.slice(0, 2)) fd.release();
      for (let at = 0; at < 10; at++) {
        ask(graph, 'writev', fds[2]!, new Uint8Array(1000), 1000 * at, 0, null);
      }
      const waiting = computeRates(before, counter.sample()).volumes[0]!.cache!;
      expect(waiting.memoryBytes).toBeGreaterThan(500);
      ask(graph, 'fsync', fds[2]!, 0, null);
      check([...leaf.requests]);
      for (const { name, args, answer } of leaf.requests.splice(0)) {
        answer(name === 'writev' ? (args[1] as Uint8Array).length : 0, 0, null, null, null);
      }
      expect(computeRates(before, counter.sample()).volumes[0]!.cache!.hitPercent).toBeCloseTo(
        percent,
      );
      // The counts start again.
      graph.top.translator.reset!(graph.top);
      const now = counter.sample();
      expect(computeRates(now, counter.sample()).volumes[0]!.cache!.hitPercent).toBe(null);
      counter.close();
    },
  );

  it('include rates, latencies, errors and waiting requests for each volume and fop', async () => {
    const { context, graph, ages, counter, leaf, stat } = await rig();
    const before = counter.sample();
    let tookMs = 1;
    leaf.onRequest = ({ answer }) => {
      context.advance(tookMs);
      if (tookMs > 10) answer(-1, ENOENT, null, null);
      else answer(0, 0, null, null);
    };
    for (let at = 0; at < 99; at++) stat();
    tookMs = 100;
    stat();
    leaf.onRequest = () => {};
    graph.top.calls.add(stat().frame.root);
    ages.mark(context.now(), readNewestUnique(), () => []);
    context.advance(1801);
    const view = computeRates(before, counter.sample());
    expect(view).toMatchObject({ seconds: 2, countedS: 2, pid: 42, inFlight: { requests: 1 } });
    expect(view.volumes.map(({ name }) => name)).toEqual(['counts', 'disk']);
    const [, disk] = view.volumes;
    expect(disk).toMatchObject({
      ...{ script: null, fopsPerS: 50, errorsPerS: 0.5 },
      inFlight: { requests: 1, oldestS: 1 },
      fops: [{ fop: 'STAT', fopsPerS: 50 }],
    });
    expect(disk!.medianUs).toBeGreaterThan(900);
    expect(disk!.medianUs).toBeLessThan(1250);
    expect(computeRates(counter.sample(), counter.sample()).volumes[1]).toMatchObject({
      ...{ fopsPerS: 0, medianUs: null, p99Us: null },
    });
    counter.close();
  });
});

const script = { language: 'javascript', memoryBytes: 300 * 1024 ** 2, restarts: 1 };
const rates = { fopsPerS: 12_345, errorsPerS: 0.01, medianUs: 4.2, p99Us: 61e6 };
const volume = (name: string) => ({
  ...{
    name,
    type: 'features/glupy',
    script,
    cache: null,
    inFlight: { requests: 3, oldestS: 7300 },
    ...rates,
  },
  fops: [
    { fop: 'RCHECKSUM', ...rates, fopsPerS: 1 },
    { fop: 'LOOKUP', ...rates },
  ],
});
const view: ServerRates = {
  ...{ seconds: 1, countedS: 500, ...about, upS: 1e6, cpuPercent: 199, memoryBytes: 3e9 },
  ...{ inFlight: { requests: 3, oldestS: 7300 }, fopsPerS: 12_345, errorsPerS: 0.01 },
  volumes: Array.from({ length: 30 }, (_, at) =>
    volume(at === 0 ? 'a-volume-with-a-long-name' : `v${at}\x1b[2J`),
  ),
};
const drawing = { size: { columns: 80, rows: 24 }, colour: false, lateS: null };
const lines = (state: Partial<ScreenState> = {}, other: Partial<typeof drawing> = {}): string[] =>
  formatScreen('mnt', view, { ...initialState, ...state }, { ...drawing, ...other });

describe('the screen of glossa top', () => {
  it.each([
    ['volumes', {}],
    ['fops', { hasFopRows: true }],
    ['help', { isHelpShown: true }],
  ])('fits into 80 columns and 24 lines: %s', (_, state) => {
    const shown = lines(state);
    expect(shown.length).toBeLessThanOrEqual(24);
    for (const line of shown) {
      expect(line.length, line).toBeLessThanOrEqual(80);
      expect(line).not.toContain('\x1b');
    }
  });

  it('shows the rows in the selected order, and how many rows follow below', () => {
    const text = (state: Partial<ScreenState>) => lines(state).join('\n');
    expect(text({})).toMatch(
      /^a-volume-wit… javascript +12\.3k +<0\.1 +4\.2us +61\.0s +3 +2h +300M$/m,
    );
    const cache = { hitPercent: 98.7, memoryBytes: 3 * 1024 ** 2 };
    const caching = { ...volume('mdc'), script: null, cache, type: 'performance/md-cache' };
    const cached = { ...view, volumes: [caching] };
    expect(formatScreen('mnt', cached, initialState, drawing).join('\n')).toMatch(
      /^mdc +md-cache +12\.3k +.* +99% +3\.0M$/m,
    );
    expect(text({})).toMatch('30 rows in the order of the graph, 13 more below');
    expect(text({ scrolledRowCount: 99 })).not.toMatch('more below');
    const firstFop = (state: Partial<ScreenState>) => lines({ hasFopRows: true, ...state })[5];
    expect(firstFop({})).toMatch('RCHECKSUM');
    expect(firstFop({ sortOrder: 'fops' })).toMatch('LOOKUP');
  });

  it('shows the reason when it has no rows: a small terminal, no reply, or no requests', () => {
    expect(lines({}, { size: { columns: 40, rows: 5 } }).join('')).toMatch(
      'glossa top needs 77 columns and 8 lines; here are 40 and 5',
    );
    expect(lines({}, { size: { columns: 1, rows: 1 } })).toEqual(['g']);
    expect(lines({}, { lateS: 4 } as never).join('\n')).toMatch('mnt has not answered for 4 s');
    expect(formatScreen('mnt', null, initialState, drawing)).toEqual(['asking mnt …']);
    const idle = { ...view, fopsPerS: 0, volumes: [{ ...volume('v'), fopsPerS: 0 }] };
    expect(formatRatesTable(idle, initialState, 10, false).join('\n')).toMatch(
      'no requests in these 1.0 s, except by this command\n',
    );
  });
});

it('keys pressed in glossa top change its sort order, rows and scroll position', () => {
  const after = (...texts: string[]): ScreenState | null =>
    texts
      .flatMap((text) => parseKeys(text))
      .reduce((state: ScreenState | null, key) => state && pressKey(state, key), initialState);
  expect(after('s', 'f')).toMatchObject({ sortOrder: 'fops', hasFopRows: true });
  expect(after('sssssss')).toMatchObject({ sortOrder: 'graph' });
  expect(after('\x1bOB\x1b[6~', '\x1b[A', '\x1b[24~', 'ä')).toMatchObject({ scrolledRowCount: 10 });
  expect(after('h', 'q')).toMatchObject({ isHelpShown: false });
  expect([after('q'), after('s', '\x03'), after('h', '\x03')]).toEqual([null, null, null]);
});
