/** The files that io-stats writes: at intervals, and on a setxattr of the command attribute. */
import { describe, expect, test } from 'vitest';
import { ask, FakeContext, HeldLeaf, makeLoc, startGraph } from '../../../../test/support/core.ts';
import { Dict } from '../../../core/dict.ts';
import { listEffectlessOptions } from '../../../core/effectless-options.ts';
import { EINVAL, EIO, EOPNOTSUPP, EPERM } from '../../../core/errno.ts';
import { makeFirstFrame, Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { checkOptions, genericOptions } from '../../../core/options.ts';
import type { Xlator } from '../../../core/xlator.ts';
import ioStats, { type IoStats } from './index.ts';
import { makeDumpFileName } from './io-stats.ts';

const OWNER = 1000;

class Folder {
  readonly ownerUid = OWNER;
  readonly files = new Map<string, string>();
  full = false;

  write(name: string, text: string): string {
    if (this.full) throw Object.assign(new Error('ENOSPC'), { errno: -28 });
    this.files.set(name, text);
    return `/run/${name}`;
  }
}

async function setUp(given: Record<string, string>, folder: Folder | null = new Folder()) {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ args, answer }) =>
    answer(0, 0, args.find((arg) => arg instanceof Fd) ?? null);
  const context = Object.assign(new FakeContext(), { runFiles: folder ?? undefined });
  const volumes = [
    { translator: leaf.translator },
    { translator: ioStats, name: 'brick', options: { 'count-fop-hits': 'on' } },
    { translator: ioStats, name: 'top', options: given },
  ];
  const graph = await startGraph(volumes, context);
  const files = folder?.files ?? new Map<string, string>();
  const command = (value: string, uid = 0, key = 'trusted.io-stats-dump') => {
    let answer = NaN;
    const frame = makeFirstFrame(new Stack(uid, 0, 1, 'SETXATTR'), graph.top);
    const dict = Dict.of({ [key]: new TextEncoder().encode(value) });
    const cbk = (_f: unknown, _c: number, _x: unknown, opRet: number, opErrno: number) => {
      answer = opRet < 0 ? opErrno : 0;
    };
    wind.setxattr(frame, 0, cbk, graph.links, new Loc(graph.inodes.root), dict, 0, null);
    return answer;
  };
  const xl = graph.top as Xlator<IoStats>;
  return { leaf, context, graph, folder, files, command, xl, root: graph.inodes.root };
}

describe('the dump command', () => {
  test('writes a file for every debug/io-stats volume, and does not reach the storage', async () => {
    const { leaf, files, command } = await setUp({});
    leaf.onRequest = ({ name }) => expect.unreachable(name);
    expect(command('/a/b')).toBe(0);
    expect([...files.keys()].sort()).toEqual(['a-b.brick', 'a-b.top']);
    expect(files.get('a-b.top')).toMatch(/^\{\n"gluster\.top\.aggr\.read_1b": 0,\n/);
  });

  test.each(['trusted.io-stats-dump', 'trusted.io-stats-4711_json_dump'])(
    '%s writes JSON and starts a new interval',
    async (key) => {
      const { files, graph, root, command } = await setUp({
        'unique-id': '/srv/brick',
        'count-fop-hits': 'on',
      });
      ask(graph, 'stat', new Loc(root), null);
      for (const name of ['x', 'again']) expect(command(name, 0, key)).toBe(0);
      const counted = ['x', 'again'].map((name) => {
        const text = files.get(`${name}.-srv-brick`)!;
        const [all] = /"gluster\._srv_brick\.aggr\.fop\.stat\.count": \d+/.exec(text)!;
        const [last] = /"gluster\._srv_brick\.inter\.fop\.stat\.per_sec": [\d.]+/.exec(text)!;
        return [all, last].map((line) => Number(line.split(': ')[1]) > 0);
      });
      expect(counted).toEqual([
        [true, true],
        [true, false],
      ]);
    },
  );

  test("fails with EPERM for a user other than root and the server's owner", async () => {
    const { files, command } = await setUp({});
    expect(command('x', 1001, 'user.io-stats-dump')).toBe(EPERM);
    expect(files.size).toBe(0);
    expect(command('x', OWNER, 'user.io-stats-dump')).toBe(0);
  });

  test.each(['', '/', '../x', 'a/../../x', 'a\nb'])(
    'with the name %j fails with EINVAL',
    async (value) => {
      const { context, files, command } = await setUp({});
      expect(command(value)).toBe(EINVAL);
      expect(files.size).toBe(0);
      expect(context.lines.at(-1)).toContain(
        "is no name for a statistics file: give one without '../'",
      );
    },
  );

  test('maps every name to a file inside the run folder', () => {
    for (const name of ['..', '.', 'a/b/../c', '/etc/passwd', '//x']) {
      expect(makeDumpFileName(name, 'v') ?? 'none').not.toMatch(/\/|^\.{1,2}$/);
    }
    expect(makeDumpFileName('//x', 'v')).toBe('-x.v');
  });

  test('fails with EIO on a full disk, and with EOPNOTSUPP without run files', async () => {
    const folder = new Folder();
    folder.full = true;
    const { context, command } = await setUp({}, folder);
    expect(command('x')).toBe(EIO);
    expect(context.lines.at(-1)).toMatch(/ E .* cannot write x\.\w+: No space left on device$/);
    const nowhere = await setUp({}, null);
    expect(nowhere.command('x')).toBe(EOPNOTSUPP);
  });

  test('is not triggered by other attributes, which reach the storage', async () => {
    const { leaf, command, files } = await setUp({});
    const seen: string[] = [];
    leaf.onRequest = ({ args, answer }) => {
      seen.push(...(args[1] as Dict).keys());
      answer(0, 0, null);
    };
    expect(command('x', 0, 'user.io-stats')).toBe(0);
    expect(seen).toEqual(['user.io-stats']);
    expect(files.size).toBe(0);
  });
});

describe('at each ios-dump-interval', () => {
  const EVERY = { 'latency-measurement': 'on', 'ios-dump-interval': '60' };

  test('statistics are written as JSON to glossa_top.dump', async () => {
    const { context, files } = await setUp(EVERY);
    context.advance(59_999);
    expect(files.size).toBe(0);
    context.advance(1);
    expect([...files.keys()]).toEqual(['glossa_top.dump']);
    expect(files.get('glossa_top.dump')).toMatch(/^\{\n"gluster\.top\.aggr/);
    expect(context.lines).toEqual([]);
  });

  test('failed writes log one error, and another one after a success', async () => {
    const { context, folder } = await setUp(EVERY);
    folder!.full = true;
    context.advance(180_000);
    expect(context.lines).toHaveLength(1);
    expect(context.lines[0]).toMatch(/ E .* cannot write statistics: No space left on device$/);
    folder!.full = false;
    context.advance(60_000);
    folder!.full = true;
    context.advance(60_000);
    expect(context.lines).toHaveLength(2);
  });
});

test('the dump ranks files by opens, reads, writes and speed, also after a forget', async () => {
  const { leaf, graph, root, xl, context } = await setUp({ 'latency-measurement': 'on' });
  const busy = makeLoc(root, 'busy');
  const fd = new Fd(busy.inode!, 0, 1);
  const folder = new Fd(root, 0, 1, true);
  ask(graph, 'create', busy, 0, 0o644, 0, fd, null);
  ask(graph, 'open', busy, 0, fd, null);
  ask(graph, 'opendir', new Loc(root), folder, null);
  leaf.onRequest = ({ answer }) => {
    context.advance(2);
    answer(1000, 0, null, null);
  };
  ask(graph, 'readv', fd, 1000, 0, 0, null);
  ask(graph, 'writev', fd, new Uint8Array(1000), 0, 0, null);
  ask(graph, 'writev', fd, new Uint8Array(1000), 0, 0, null);
  ask(graph, 'readdirp', folder, 4096, 0, null);
  expect(xl.priv.dump()).toMatchObject({
    'top.open.1': '1 /busy',
    'top.read.1': '1 /busy',
    'top.write.1': '2 /busy',
    'top.opendir.1': '1 /',
    'top.readdirp.1': '1 /',
    'top.readKBps.1': '500 /busy',
    'top.writeKBps.1': '500 /busy',
  });
  busy.inode!.forgetCtx();
  expect(xl.priv.dump()).toMatchObject({ 'FORGET.hits': 1, 'top.write.1': '2 /busy' });
  xl.priv.reset();
  expect(xl.priv.dump()).toEqual({
    'open-fds': 2,
    'max-open-fds': 2,
    'duration-s': 0,
    'bytes-read': 0,
    'bytes-written': 0,
  });
});

test('changed options start and stop the counting and the dump interval', async () => {
  const { context, files, graph, root, xl } = await setUp({});
  const change = (given: Record<string, string>) => {
    const lines = Object.entries(given).map(([key, value]) => ({ key, value }));
    const { values } = checkOptions({ ...genericOptions, ...ioStats.options }, lines);
    ioStats.reconfigure!(graph.top as never, values as never);
  };
  ask(graph, 'stat', new Loc(root), null);
  change({ 'count-fop-hits': 'on', 'ios-dump-interval': '10' });
  ask(graph, 'stat', new Loc(root), null);
  expect(xl.priv.dump()).toMatchObject({ 'STAT.hits': 1 });
  context.advance(10_000);
  expect(files.size).toBe(1);
  change({});
  expect(context.waiting).toBe(0);
  ask(graph, 'stat', new Loc(root), null);
  expect(xl.priv.dump()).toMatchObject({ 'STAT.hits': 1 });
});

test('an ios-dump-interval above 3600 is an error at its line', () => {
  const given = { key: 'ios-dump-interval', value: '3601', position: 'x.vol:3:9' };
  const { problems } = checkOptions(ioStats.options, [given]);
  expect(problems).toMatchObject([{ severity: 'error', position: 'x.vol:3:9' }]);
  expect(problems[0]!.message).toContain("option 'ios-dump-interval': '3601' is above the maximum");
});

test('listEffectlessOptions reports options of other dump formats, but none that glusterd writes', () => {
  const values = { 'ios-dump-format': 'text', 'dump-fd-stats': 'off', 'client-log-level': 'DEBUG' };
  expect(listEffectlessOptions(ioStats.options, values)).toEqual([
    "option 'ios-dump-format' has no effect here",
  ]);
});
