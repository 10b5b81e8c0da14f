import { describe, expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeLoc,
  startGraph,
} from '../../../../test/support/core.ts';
import { EIO } from '../../../core/errno.ts';
import { fops } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { checkOptions, genericOptions } from '../../../core/options.ts';
import type { Xlator } from '../../../core/xlator.ts';
import { Counters } from './counters.ts';
import ioStats, { type IoStats } from './index.ts';
import { options } from './options.ts';

async function setUp(given: Record<string, string>) {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator: ioStats, options: given }];
  const graph = await startGraph(volumes, context);
  const { root } = graph.inodes;
  const xl = graph.top as Xlator<IoStats>;
  return { leaf, context, graph, root, xl, dump: () => xl.priv.dump() };
}

const fd = (request: HeldRequest): Fd => request.args.find((arg) => arg instanceof Fd) as Fd;

test('debug/io-stats handles only setxattr if latency-measurement and count-fop-hits are off', async () => {
  const { graph, xl } = await setUp({ 'latency-measurement': 'off', 'count-fop-hits': 'off' });
  expect(Object.keys(xl.fops)).toEqual(['setxattr']);
  expect(graph.links.lookup.xl).toBe(graph.xlators[0]);
});

describe.each([['count-fop-hits'], ['latency-measurement']])('%s', (option) => {
  test('counts each fop once', async () => {
    const { leaf, graph, dump } = await setUp({ [option]: 'on' });
    const loc = new Loc(graph.inodes.root);
    const open = new Fd(graph.inodes.root, 0, 1, true);
    leaf.onRequest = (request) => request.answer(0, 0, open);
    for (const fop of fops) {
      const args = fop.args.map(({ type }) => (type === 'loc' ? loc : type === 'fd' ? open : null));
      askArgs(graph, fop.name as FopName, args);
    }
    const hits = Object.entries(dump()).filter(([key]) => key.endsWith('.hits'));
    expect(hits).toEqual(fops.map((fop) => [`${fop.logName}.hits`, 1]));
  });

  test('passes arguments and replies unchanged', async () => {
    const { leaf, graph } = await setUp({ [option]: 'on' });
    for (const name of fopNames) {
      const row = fops.find((fop) => fop.name === name)!;
      const { root } = graph.inodes;
      const open = new Fd(root, 0, 1, true);
      const args = row.args.map(({ type }, i) =>
        type === 'loc' ? new Loc(root) : type === 'fd' ? open : { argument: i },
      );
      const reply = row.reply.map(({ type }, i) => (type === 'fd' ? open : { reply: i }));
      leaf.onRequest = (request) => {
        expect(request.name).toBe(name);
        request.args.forEach((arg, at) => void expect(arg).toBe(args[at]));
        request.answer(3, 4, ...reply);
      };
      const came = askArgs(graph, name, args);
      expect(came).toMatchObject({ count: 1, opRet: 3, opErrno: 4 });
      came.values.forEach((value, at) => void expect(value).toBe(reply[at]));
    }
  });

  test('sums the bytes of successful reads and writes', async () => {
    const { leaf, graph, root, dump } = await setUp({ [option]: 'on' });
    const open = new Fd(root, 0, 1);
    leaf.onRequest = (request) => request.answer(100, 0, null);
    ask(graph, 'readv', open, 4096, 0, 0, null);
    ask(graph, 'writev', open, new Uint8Array(500), 0, 0, null);
    ask(graph, 'writev', open, new Uint8Array(500), 0, 0, null);
    leaf.onRequest = (request) => request.answer(-1, EIO, null);
    ask(graph, 'readv', open, 4096, 0, 0, null);
    expect(dump()).toMatchObject({
      'bytes-read': 100,
      'bytes-written': 200,
      'READ.hits': 2,
      'WRITE.hits': 2,
    });
  });

  test('counts open fds, their maximum, and releases', async () => {
    const { leaf, graph, root, dump } = await setUp({ [option]: 'on' });
    leaf.onRequest = (request) => request.answer(0, 0, fd(request));
    const loc = new Loc(root);
    const fds = [new Fd(root, 0, 1), new Fd(root, 0, 1), new Fd(root, 0, 1, true)] as const;
    ask(graph, 'open', loc, 0, fds[0], null);
    ask(graph, 'create', makeLoc(root, 'a'), 0, 0o644, 0, fds[1], null);
    ask(graph, 'opendir', loc, fds[2], null);
    expect(dump()).toMatchObject({ 'open-fds': 2, 'max-open-fds': 2 });
    leaf.onRequest = (request) => request.answer(-1, EIO, null);
    ask(graph, 'open', loc, 0, new Fd(root, 0, 1), null);
    for (const each of fds) each.release();
    expect(dump()).toMatchObject({
      'open-fds': 0,
      'max-open-fds': 2,
      'RELEASE.hits': 2,
      'RELEASEDIR.hits': 1,
    });
  });
});

test('count-fop-hits alone dumps hits without latencies', async () => {
  const { leaf, graph, root, context, dump } = await setUp({ 'count-fop-hits': 'on' });
  ask(graph, 'stat', new Loc(root), null);
  context.advance(1);
  leaf.requests[0]!.answer(0, 0, null, null);
  expect(Object.keys(dump()).filter((key) => key.startsWith('STAT'))).toEqual(['STAT.hits']);
});

test('latency is measured from wind to reply, also for concurrent requests', async () => {
  const { leaf, graph, root, context, dump } = await setUp({ 'latency-measurement': 'on' });
  ask(graph, 'stat', new Loc(root), null);
  context.advance(1);
  ask(graph, 'stat', new Loc(root), null);
  context.advance(2);
  leaf.requests[0]!.answer(0, 0, null, null);
  leaf.requests[1]!.answer(-1, EIO, null, null);
  expect(dump()).toMatchObject({
    'STAT.hits': 2,
    'STAT.avg-ns': 2_500_000,
    'STAT.min-ns': 2_000_000,
    'STAT.max-ns': 3_000_000,
  });
});

test('a read or write is counted under the greatest power of two that its size reaches', () => {
  const counters = new Counters(0);
  for (const size of [0, 1, 2, 3, 4, 1023, 1024, 2 ** 31, 2 ** 40]) counters.read.add(size);
  const found = [...counters.read.callsBySize.entries()].filter(([, count]) => count > 0);
  expect(found).toEqual([
    [0, 2],
    [1, 2],
    [2, 1],
    [9, 1],
    [10, 1],
    [31, 2],
  ]);
});

test('debug/io-stats without run files logs its statistics at the end of each dump interval', async () => {
  const { leaf, graph, root, context } = await setUp({
    'latency-measurement': 'on',
    'ios-dump-interval': '60',
  });
  const written = (key: string) => {
    const [line] = context.lines.splice(0);
    return Number(new RegExp(`"gluster\\.\\w+\\.${key}": ([\\d.]+)`).exec(line!)![1]);
  };
  leaf.onRequest = (request) => {
    context.advance(0.0125);
    request.answer(4096, 0, null);
  };
  for (let i = 0; i < 3; i++) ask(graph, 'readv', new Fd(root, 0, 1), 4096, 0, 0, null);
  context.advance(60_000);
  expect(written('inter\\.fop\\.read\\.latency_ave_usec')).toBe(12.5);
  context.advance(60_000);
  expect(written('inter\\.fop\\.read\\.per_sec')).toBe(0);
  context.advance(60_000);
  expect(written('aggr\\.fop\\.read\\.count')).toBe(3);
  await graph.stop();
  expect(context.waiting).toBe(0);
});

test('debug/io-stats accepts the options of GlusterFS 10 without a problem', () => {
  const given = {
    'log-level': 'INFO',
    'client-log-level': 'WARNING',
    'sys-log-level': 'CRITICAL',
    'ios-dump-format': 'json',
    'log-buf-size': '0',
    'log-flush-timeout': '2m',
    'unique-id': '/brick',
    'global-threading': 'off',
    threads: '16',
    'volume-id': '2f6c',
    'dump-fd-stats': 'on',
  };
  const lines = Object.entries(given).map(([key, value]) => ({ key, value }));
  const checked = checkOptions({ ...genericOptions, ...options }, lines, { strict: true });
  expect(checked.problems).toEqual([]);
  expect(checked.values).toMatchObject({ 'unique-id': '/brick' });
});
