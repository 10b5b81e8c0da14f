import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  HeldLeaf,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../../../test/support/core.ts';
import { Dict } from '../../../core/dict.ts';
import { ENOENT } from '../../../core/errno.ts';
import { type ArgType, type FopRow, fops, SET_ATTR } from '../../../core/fops.ts';
import { NEW_LEASE } from '../../../core/gen/fields.gen.ts';
import { fopNames } from '../../../core/gen/fops.gen.ts';
import { NULL_GFID, ROOT_GFID } from '../../../core/gfid.ts';
import { IA_IFREG, Iatt, Statvfs } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { checkOptions, genericOptions } from '../../../core/options.ts';
import trace, { LineHistory } from './index.ts';
import { formatIatt } from './trace-lines.ts';

const LOGGED = { 'log-file': 'on' };

async function setUp(given: Record<string, string>) {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator: trace, options: given }];
  const graph = await startGraph(volumes, context);
  const { root } = graph.inodes;
  leaf.onRequest = (request) => request.answer(-1, ENOENT);
  const dump = () => trace.dump!(graph.top as never);
  /** `L FUNCTION TEXT` of each line since the last call; numbers of requests count from 1. */
  let first = 0;
  const lines = () =>
    context.lines.splice(0).map((line) => {
      const [, level, func, rest] = /\] (.) \[trace:0:trace_(\w+)\] 0-v1: (.*)$/.exec(line)!;
      const text = rest!.replace(/^(\d+):/, (_, unique) => {
        first ||= Number(unique);
        return `${Number(unique) - first + 1}:`;
      });
      return `${level} ${func} ${text}`;
    });
  return { leaf, context, graph, root, dump, lines };
}

const ROOT = `gfid=${ROOT_GFID}`;
const NONE = `gfid=${NULL_GFID}`;

function file(number: number): Iatt {
  const buf = makeAttributes(makeGfid(number), IA_IFREG);
  return Object.assign(buf, { iaProt: 0o644, iaSize: 5, iaMtime: 1_795_156_708, iaMtimeNsec: 7 });
}

const FILE =
  `gfid=${makeGfid(1)} ino=${file(1).iaIno}, mode=100644, nlink=1, uid=0, gid=0, size=5, blocks=0, ` +
  'atime=Jan 01 00:00 mtime=Nov 20 06:38 ctime=Jan 01 00:00 atime_sec=0, atime_nsec=0, ' +
  'mtime_sec=1795156708, mtime_nsec=7, ctime_sec=0, ctime_nsec=0';

test('requests go past a debug/trace volume that has neither a log nor a history', async () => {
  const { graph } = await setUp({ 'include-ops': 'LOOKUP' });
  expect(graph.links.lookup.xl).toBe(graph.xlators[0]);
});

test('debug/trace logs a line for a failed lookup, and one with op_errno for its reply', async () => {
  const { graph, root, lines } = await setUp(LOGGED);
  ask(graph, 'lookup', makeLoc(root, 'a\nb'), null);
  expect(lines()).toEqual([
    `I lookup 1: ${NONE} path=/a\\nb`,
    `I lookup_cbk 1: ${NONE} op_ret=-1, op_errno=2`,
  ]);
});

test("the line of debug/trace for a lookup's reply has the attributes, and the gfid if the request had no gfid", async () => {
  const { leaf, graph, root, lines } = await setUp(LOGGED);
  leaf.onRequest = ({ args, answer }) =>
    answer(0, 0, (args[0] as Loc).inode, file(1), null, makeAttributes(ROOT_GFID));
  ask(graph, 'lookup', makeLoc(root, 'a'), null);
  const [, up] = lines();
  const parent = formatIatt(makeAttributes(ROOT_GFID));
  expect(up).toBe(
    `I lookup_cbk 1: gfid=${makeGfid(1)} op_ret=0, *buf={${FILE}}, *postparent={${parent}}`,
  );
});

test("debug/trace shows a request's paths, flags, sizes, keys without values, locks and changed attributes", async () => {
  const { graph, root, lines } = await setUp({ ...LOGGED, 'log-level': 'INFO' });
  const dir = linkDirectory(graph, 'd', makeGfid(9));
  const fd = new Fd(dir, 0, 1);
  const open = `fd=${fd.id}`;
  const D = `gfid=${makeGfid(9)}`;
  const at = new Loc(dir);
  const data = new Uint8Array(3);
  const flock = { type: 1, whence: 0, start: 5, len: 6, pid: 7, owner: '' };
  const change = Object.assign(new Iatt(), { iaProt: 0o600, iaUid: 8 });
  const asked = (line: string) => expect(lines()[0]!.replace(/^(I \w+ )\d+: /, '$1')).toBe(line);
  ask(graph, 'create', makeLoc(dir, 'f'), 0o102, 0o644, 0o22, fd, null);
  asked(`I create ${NONE} path=/d/f, flags=66, mode=0644, umask=022, ${open}`);
  ask(graph, 'readv', fd, 4096, 10, 0, null);
  asked(`I readv ${D} ${open}, size=4096, offset=10, flags=0`);
  ask(graph, 'writev', fd, data, 10, 0, null);
  asked(`I writev ${D} ${open}, size=3, offset=10, flags=0`);
  ask(graph, 'rename', new Loc(dir, root, 'd'), makeLoc(root, 'e'), null);
  asked(`I rename oldgfid=${makeGfid(9)} oldpath=/d --> newgfid=${NULL_GFID} newpath=/e`);
  ask(graph, 'symlink', 'to', makeLoc(root, 's'), 0o22, null);
  asked(`I symlink ${NONE} linkpath=to, path=/s, umask=022`);
  ask(graph, 'setxattr', at, Dict.of({ 'user.a': 'secret' }), 1, null);
  asked(`I setxattr ${D} path=/d, dict={user.a}, flags=1`);
  ask(graph, 'getxattr', at, null, null);
  asked(`I getxattr ${D} path=/d`);
  ask(graph, 'lk', fd, 6, flock, null);
  asked(
    `I lk ${D} ${open}, cmd=F_SETLK, {l_type=F_WRLCK, l_whence=0, l_start=5, l_len=6, l_pid=7}`,
  );
  ask(graph, 'entrylk', 'dom', at, 'n', 0, 1, null);
  asked(`I entrylk ${D} volume=dom, path=/d, basename=n, cmd=ENTRYLK_LOCK, type=ENTRYLK_WRLCK`);
  ask(graph, 'setattr', at, change, SET_ATTR.MODE | SET_ATTR.UID | SET_ATTR.MTIME_NOW, null);
  asked(`I setattr ${D} path=/d, mode=600, uid=8, ia_mtime=now`);
  ask(graph, 'getspec', 'vol', 0);
  asked('I getspec key=vol, flags=0');
});

test("debug/trace shows a reply's op_ret, attributes, fds and statfs numbers", async () => {
  const { leaf, graph, root, lines } = await setUp(LOGGED);
  const fd = new Fd(root, 0, 1);
  const answered = (line: string) => expect(lines()[1]!.replace(/^(I \w+ )\d+: /, '$1')).toBe(line);
  leaf.onRequest = (request) => request.answer(5, 0, new Uint8Array(5), file(1));
  ask(graph, 'readv', fd, 5, 0, 0, null);
  answered(`I readv_cbk ${ROOT} op_ret=5, *stbuf={${FILE}}`);
  leaf.onRequest = (request) => request.answer(0, 0, fd, null);
  ask(graph, 'open', new Loc(root), 0, fd, null);
  answered(`I open_cbk ${ROOT} op_ret=0, fd=${fd.id}`);
  leaf.onRequest = (request) => request.answer(0, 0, new Statvfs(), null);
  ask(graph, 'statfs', new Loc(root), null);
  expect(lines()[1]).toMatch(/op_ret=0, \{f_bsize=4096, .*, f_namemax=255\}$/);
});

test('debug/trace logs a line for each entry of a readdirp that has attributes', async () => {
  const { leaf, graph, root, lines } = await setUp(LOGGED);
  const entry = { name: 'a', off: 1, type: 8, gfid: makeGfid(1), dict: null, inode: null };
  const entries = [
    { ...entry, stat: file(1) },
    { ...entry, name: 'b', stat: null },
  ];
  leaf.onRequest = (request) => request.answer(2, 0, entries, null);
  ask(graph, 'readdirp', new Fd(root, 0, 1, true), 4096, 0, null);
  expect(lines().slice(1)).toEqual([
    `I readdirp_cbk 1: ${ROOT} op_ret=2, entries=2`,
    `I readdirp_cbk entry no. 1, pargfid=${ROOT_GFID}, bname=a *buf={${FILE}}`,
  ]);
});

test('debug/trace logs a line for each release, releasedir and forget', async () => {
  const { leaf, graph, root, lines } = await setUp(LOGGED);
  const fds = [new Fd(root, 0, 1), new Fd(root, 0, 1, true)] as const;
  leaf.onRequest = ({ args, answer }) =>
    answer(0, 0, args.find((arg) => arg instanceof Fd) ?? (args[0] as Loc).inode, file(1));
  ask(graph, 'open', new Loc(root), 0, fds[0], null);
  ask(graph, 'opendir', new Loc(root), fds[1], null);
  const loc = makeLoc(root, 'a');
  ask(graph, 'lookup', loc, null);
  lines();
  for (const fd of fds) fd.release();
  loc.inode!.forgetCtx();
  expect(lines()).toEqual([
    `I release ${ROOT} fd=${fds[0].id}`,
    `I releasedir ${ROOT} fd=${fds[1].id}`,
    `I forget ${NONE}`,
  ]);
});

/** An example value of each type. */
function example(type: ArgType, root: Awaited<ReturnType<typeof setUp>>['root']): unknown {
  const made: Readonly<Record<ArgType, () => unknown>> = {
    loc: () => new Loc(root),
    inode: () => root,
    fd: () => new Fd(root, 0, 1),
    iatt: () => file(1),
    dict: () => Dict.of({ key: 1 }),
    str: () => 'text',
    int: () => 1,
    data: () => new Uint8Array(2),
    entries: () => [],
    statvfs: () => new Statvfs(),
    flock: () => ({ type: 0, whence: 0, start: 0, len: 0, pid: 0, owner: '' }),
    lease: () => ({ ...NEW_LEASE }),
    locklist: () => [],
  };
  return made[type]();
}

test('debug/trace logs two lines for every fop, and passes its arguments and reply unchanged', async () => {
  const { leaf, graph, root, lines } = await setUp(LOGGED);
  for (const row of fops as readonly (FopRow & { name: (typeof fopNames)[number] })[]) {
    const args = row.args.map(({ type }) => example(type, root));
    const values = row.reply.map(({ type }) => example(type, root));
    leaf.onRequest = (request) => {
      request.args.forEach((arg, at) => void expect(arg).toBe(args[at]));
      request.answer(3, 4, ...values);
    };
    const reply = askArgs(graph, row.name, args);
    expect(reply).toMatchObject({ count: 1, opRet: 3, opErrno: 4 });
    reply.values.forEach((value, at) => void expect(value).toBe(values[at]));
    const said = lines();
    expect(said.map((line) => line.split(' ')[1])).toEqual([row.name, `${row.name}_cbk`]);
    expect(said.join()).not.toMatch(/undefined|\[object|NaN/);
  }
});

describe('traced fops', () => {
  test.each([
    ['include-ops', 'READ,lookup', ['lookup', 'readv']],
    ['include', 'readv, LOOKUP', ['lookup', 'readv']],
    ['exclude-ops', 'READ,lookup', fopNames.filter((name) => !/^(readv|lookup)$/.test(name))],
    ['exclude', 'COMPOUND', fopNames],
  ])('with %s %s are the fops that the option selects', async (key, value, expected) => {
    const { graph } = await setUp({ ...LOGGED, [key]: value });
    const [, xl] = graph.xlators;
    const traced = fopNames.filter((name) => graph.links[name].xl === xl);
    expect(traced.sort()).toEqual([...expected].sort());
  });

  test('cannot be selected by include-ops and exclude-ops together', async () => {
    await expect(setUp({ 'include-ops': 'READ', 'exclude-ops': 'WRITE' })).rejects.toThrow(
      "volume 'v1' (debug/trace): give only one of 'include-ops' and 'exclude-ops'",
    );
  });
});

describe('debug/trace', () => {
  test('logs its lines at INFO, and none of them where log-level is WARNING', async () => {
    const { graph, root, context } = await setUp({ ...LOGGED, 'log-level': 'WARNING' });
    ask(graph, 'stat', new Loc(root), null);
    expect(context.lines).toEqual([]);
  });

  test('logs its lines at force-log-level, even where log-level is ERROR', async () => {
    const given = { ...LOGGED, 'log-level': 'ERROR', 'force-log-level': 'DEBUG' };
    const { graph, root, lines } = await setUp(given);
    ask(graph, 'stat', new Loc(root), null);
    expect(lines()).toEqual([
      `D stat 1: ${ROOT} path=/`,
      `D stat_cbk 1: ${ROOT} op_ret=-1, op_errno=2`,
    ]);
  });

  test('logs nothing with force-log-level NONE', async () => {
    const { graph, root, context } = await setUp({ ...LOGGED, 'force-log-level': 'NONE' });
    ask(graph, 'stat', new Loc(root), null);
    expect(context.lines).toEqual([]);
  });
});

describe('history', () => {
  test('keeps as many of the last lines as history-size says, and dumps them even without a log', async () => {
    const given = { 'log-history': 'on', 'history-size': '3' };
    const { context, graph, root, dump } = await setUp(given);
    ask(graph, 'stat', new Loc(root), null);
    ask(graph, 'stat', new Loc(root), null);
    expect(context.lines).toEqual([]);
    const { history, ...lines } = dump();
    expect(history).toBe(3);
    expect(Object.keys(lines)).toEqual(['history.01', 'history.02', 'history.03']);
    const texts = Object.values(lines).map((line) => String(line).replace(/ \d+: .*/, ''));
    const time = '1970-01-01 00:00:00.000000 +0000';
    expect(texts).toEqual(
      ['trace_stat_cbk:', 'trace_stat:', 'trace_stat_cbk:'].map((text) => `${time} ${text}`),
    );
  });

  test('returns the newest lines in order, for any size and number of lines', () => {
    const some = fc.nat(12);
    fc.assert(
      fc.property(some, some, some, (size, added, asked) => {
        const history = new LineHistory(size);
        const all = Array.from({ length: added }, (_, time) => ({ time, text: `${time}` }));
        for (const { time, text } of all) history.add(time, text);
        const kept = Math.min(size, added);
        expect(history.length).toBe(kept);
        expect(history.listNewest(asked)).toEqual(all.slice(added - Math.min(kept, asked)));
      }),
    );
  });
});

test('debug/trace applies a changed exclude, and logs nothing more when log and history are removed', async () => {
  const { graph, root, lines } = await setUp(LOGGED);
  const change = (given: Record<string, string>) => {
    const given_ = Object.entries(given).map(([key, value]) => ({ key, value }));
    const { values } = checkOptions({ ...genericOptions, ...trace.options }, given_);
    trace.reconfigure!(graph.top as never, values as never);
  };
  change({ ...LOGGED, exclude: 'STAT' });
  ask(graph, 'stat', new Loc(root), null);
  expect(lines()).toEqual([]);
  change({});
  ask(graph, 'lookup', new Loc(root), null);
  expect(lines()).toEqual([]);
});

test.each([
  [
    'include-ops',
    'LOKUP',
    "option 'include-ops': 'LOKUP' has 'LOKUP', which is not one of them (did ",
  ],
  ['log-file', 'perhaps', "option 'log-file': 'perhaps' is neither on nor off; it takes on or off"],
  ['history-size', '2MB', "option 'history-size': '2MB' is above the maximum; it takes a size"],
  ['force-log-level', 'LOUD', "option 'force-log-level': 'LOUD' is not among its values; it takes"],
])(
  'option %s with the value %s is reported as an error at its line of the volfile',
  (key, value, message) => {
    const { problems } = checkOptions(trace.options, [{ key, value, position: 'x.vol:3:9' }]);
    expect(problems).toMatchObject([{ severity: 'error', position: 'x.vol:3:9' }]);
    expect(problems[0]!.message.slice(0, message.length)).toBe(message);
  },
);
