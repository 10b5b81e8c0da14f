/** An observer sees the requests that it watches, and changes no other links. */
import { describe, expect, it } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeLoc,
  makeTranslator,
  startGraph,
} from '../../test/support/core.ts';
import {
  abbreviate,
  makeTestHead,
  observe,
  onlyUnwinds,
  onlyWinds,
  readEvents,
  record,
} from '../../test/support/test-recordings.ts';
import { Dict } from '../core/dict.ts';
import { EACCES, ENOENT } from '../core/errno.ts';
import { fopNames, tail, unwind, wind } from '../core/gen/fops.gen.ts';
import { Fd, Loc } from '../core/operands.ts';
import { invalidateEntry } from '../core/upcall.ts';
import { type FilterSettings, makeFilter } from './filter.ts';
import { MemoryRecording } from './memory-recording.ts';
import { computeDurationNs, computeOwnNs, hasRepliedItself, Walks } from './walk.ts';

/** At the reply of a lookup, winds a stat before it unwinds. */
const twice = makeTranslator('twice', {
  lookup: (frame, xl, loc, xdata) =>
    wind.lookup(
      frame,
      7,
      (up, _cookie, _xl, opRet, opErrno, inode, buf, dict, post) => {
        const rest = () => unwind.lookup(up, opRet, opErrno, inode, buf, dict, post);
        wind.stat(up, 0, rest, xl.children[0]!, loc, null);
      },
      xl.children[0]!,
      loc,
      xdata,
    ),
});
const tailing = makeTranslator('tailing', {
  stat: (frame, xl, loc, xdata) => tail.stat(frame, xl.children[0]!, loc, xdata),
});
const passing = makeTranslator('passing', {});

async function graphOf(leaf = new HeldLeaf(), context = new FakeContext()) {
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: tailing, name: 'tailing' },
      { translator: passing, name: 'passing' },
      { translator: twice, name: 'twice' },
    ],
    context,
  );
  leaf.onRequest = (request) => {
    context.advance(1);
    if (request.name === 'lookup') request.answer(-1, ENOENT, null, null, null, null);
    else request.answer(0, 0, makeAttributes(makeGfid(3)), null);
  };
  return { graph, leaf, context };
}

describe('an observer', () => {
  it('sees the hops of a request in order, with times', async () => {
    const { graph } = await graphOf();
    const recording = record(graph);
    ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a'), null);
    const events = await readEvents(recording.toBytes());
    expect(abbreviate(events)).toEqual([
      '> lookup twice',
      '> lookup storage',
      '< lookup storage -1 2',
      '> stat tailing',
      '> stat storage',
      '< stat storage 0 0',
      '< stat tailing 0 0',
      '< lookup twice -1 2',
    ]);
    const walks = new Walks();
    for (const event of events) walks.add(event);
    expect(walks.walks).toHaveLength(1);
    const [{ root }] = walks.walks as [(typeof walks.walks)[0]];
    expect(root.wind.caller).toMatchObject({ uid: 0, gid: 0, pid: 1 });
    expect(root.wind.args).toMatchObject({ loc: { name: 'a', path: '/a' }, xdata: null });
    expect(root.below.map(({ wind }) => [wind.volume, wind.cookie])).toEqual([
      ['storage', 7],
      ['tailing', 0],
    ]);
    const [lookup, stat] = root.below as [typeof root, typeof root];
    expect([hasRepliedItself(root), hasRepliedItself(lookup)]).toEqual([false, true]);
    expect([computeDurationNs(root), computeDurationNs(lookup), computeOwnNs(root)]).toEqual([
      2e6, 1e6, 0,
    ]);
    expect(stat.below[0]!.wind).toMatchObject({ tail: true, volume: 'storage' });
    expect(stat.unwind!.reply).toMatchObject({ buf: { iaGfid: makeGfid(3), iaNlink: 1 } });
  });

  it('changes only the links to volumes and fops that it watches', async () => {
    const { graph } = await graphOf();
    const targets = () =>
      [graph.links, ...graph.xlators.flatMap(({ children }) => children)].flatMap((links) =>
        fopNames.map((name) => links[name].fop),
      );
    const before = targets();
    record(graph, { filter: { volumes: ['tailing'], fops: ['stat'] } });
    // Three links lead there: from the top past `twice` and `passing`, and from each of these.
    expect(targets().filter((fop, i) => fop !== before[i])).toHaveLength(3);
    graph.observe(null);
    expect(targets()).toEqual(before);
  });

  it('records the events that match its own filter, independently of other observers', async () => {
    const { graph, leaf } = await graphOf();
    leaf.onRequest = ({ frame, answer }) => {
      frame.xl.observer!.addNotes(frame, { method: 'stat' });
      frame.xl.log.warning('look');
      answer(0, 0, null, null);
    };
    const target = () => graph.links.stat.fop;
    const before = target();
    const two = [{ volumes: ['storage'] }, { fops: ['stat'] }] as const;
    const stores = two.map(() => new MemoryRecording(makeTestHead(graph)));
    const ends = two.map((filter, i) => observe(graph, stores[i]!, { filter }));
    const seen = async (i: number) =>
      (await readEvents(stores[i]!.toBytes())).map((event) =>
        event.kind === 'wind' ? `${event.fop} ${event.volume}` : event.kind,
      );
    const asked = () => ask(graph, 'stat', new Loc(graph.inodes.root), null);
    asked();
    const once = ['stat storage', 'note', 'log', 'unwind'];
    expect(await seen(0)).toEqual(once);
    const all = await seen(1);
    expect(all).toEqual(expect.arrayContaining(['stat tailing', ...once]));
    ends[1]!();
    asked();
    expect(await seen(0)).toEqual([...once, ...once]);
    expect(await seen(1)).toEqual(all);
    ends[0]!();
    expect(target()).toBe(before);
    expect(graph.xlators[0]!.observer).toBe(null);
  });

  it('sees a volume that merely passes a fop on, if the filter names the volume', async () => {
    const { graph } = await graphOf();
    const recording = record(graph, { filter: { volumes: ['passing'] } });
    ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a'), null);
    const events = await readEvents(recording.toBytes());
    expect(onlyWinds(events).map(({ fop, passes }) => [fop, passes])).toEqual([
      ['lookup', true],
      ['stat', true],
    ]);
    expect(onlyUnwinds(events)).toHaveLength(2);
  });

  it('sees late replies, and those of concurrent requests', async () => {
    const { graph, leaf } = await graphOf();
    leaf.onRequest = (request) => void leaf.requests.push(request);
    const recording = record(graph, { filter: { volumes: ['storage'] } });
    ask(graph, 'stat', new Loc(graph.inodes.root), null);
    ask(graph, 'access', new Loc(graph.inodes.root), 4, null);
    leaf.requests[1]!.answer(-1, EACCES, null);
    expect(onlyUnwinds(await readEvents(recording.toBytes())).map(({ hop }) => hop)).toEqual([2]);
    leaf.requests[0]!.answer(0, 0, null, null);
    expect(onlyUnwinds(await readEvents(recording.toBytes())).map(({ hop }) => hop)).toEqual([
      2, 1,
    ]);
  });

  it('sees events of the graph, log lines, notes and contexts', async () => {
    const { graph, leaf } = await graphOf();
    const [storage] = graph.xlators as [(typeof graph.xlators)[0]];
    leaf.onRequest = ({ frame, answer }) => {
      const { xl } = frame;
      expect(xl.observer!.wantsNotes(frame)).toBe(true);
      xl.observer!.addNotes(frame, { method: 'stat', local: '{}' });
      xl.log.warning('within', { source: { file: 'a.py', line: 2, func: 'stat' } });
      answer(0, 0, null, null);
      expect(xl.observer!.wantsNotes(frame)).toBe(false);
    };
    const recording = record(graph, { filter: { volumes: ['storage'] } });
    const dir = linkDirectory(graph, 'd', makeGfid(5));
    dir.ctxSet(storage, 'seen');
    const fd = new Fd(dir, 0, 1, true);
    fd.ctxSet(storage, new Map());
    ask(graph, 'fstat', fd, null);
    storage.log.warning('look', { source: { file: 'a.py', line: 3, func: 'stat' } });
    invalidateEntry(graph.xlators[0]!, dir, 'x');
    storage.notify('CHILD_UP', storage);
    const events = await readEvents(recording.toBytes());
    expect(events).toMatchObject([
      { kind: 'wind', inodeCtx: '"seen"', fdCtx: '[Map]', args: { fd: { path: '/d' } } },
      { kind: 'note', notes: { method: 'stat', local: '{}' } },
      { kind: 'log', text: 'within', file: 'a.py', line: 2, hop: 1 },
      { kind: 'unwind' },
      { kind: 'log', text: 'look', file: 'a.py', line: 3, func: 'stat', level: 5, hop: 0 },
      { kind: 'notify', event: 'CHILD_UP', about: { volume: 'storage' } },
    ]);
  });

  it('assigns a log line to its hop, in a fop, in a callback, and after a tail wind', async () => {
    const says = makeTranslator('says', {
      lookup: (frame, xl, loc, xdata) => {
        wind.lookup(
          frame,
          0,
          (up, _cookie, _xl, ...reply) => {
            xl.log.info('callback');
            unwind.lookup(up, ...reply);
          },
          xl.children[0]!,
          loc,
          xdata,
        );
      },
      stat: (frame, xl, loc, xdata) => {
        tail.stat(frame, xl.children[0]!, loc, xdata);
        xl.log.info('handed on');
      },
    });
    const leaf = new HeldLeaf();
    const context = new FakeContext();
    const volumes = [{ translator: leaf.translator, name: 'storage' }, { translator: says }];
    const graph = await startGraph(volumes, context);
    leaf.onRequest = (request) => void leaf.requests.push(request);
    const recording = record(graph);
    ask(graph, 'stat', new Loc(graph.inodes.root), null);
    ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a'), null);
    leaf.requests[1]!.answer(-1, ENOENT, null, null, null, null);
    graph.xlators[1]!.log.info('by itself');
    const events = await readEvents(recording.toBytes());
    const winds = onlyWinds(events);
    const told = events.flatMap((event) => {
      if (event.kind !== 'log') return [];
      const { fop, volume } = winds.find(({ hop }) => hop === event.hop) ?? {};
      return [[event.text, fop, volume]];
    });
    const { name } = graph.xlators[1]!;
    expect(told).toEqual([
      ['handed on', 'stat', name],
      ['callback', 'lookup', name],
      ['by itself', undefined, undefined],
    ]);
    expect(context.lines).toHaveLength(3);
  });

  it('continues after a reload of the graph, and records the new volumes', async () => {
    const { graph } = await graphOf();
    const [storage] = graph.xlators as [(typeof graph.xlators)[0]];
    const recording = record(graph);
    const plain = { options: [], position: undefined };
    await graph.exchange(
      [
        { ...plain, name: 'storage', translator: storage.translator, subvolumes: [] },
        { ...plain, name: 'young', translator: twice, subvolumes: ['storage'] },
      ],
      1000,
    );
    ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a'), null);
    const events = await readEvents(recording.toBytes());
    const young = graph.top.id;
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'volume', id: young, name: 'young', type: 'test/twice' }),
    );
    expect(abbreviate(events).slice(-6)).toEqual([
      '> lookup young',
      '> lookup storage',
      '< lookup storage -1 2',
      '> stat storage',
      '< stat storage 0 0',
      '< lookup young -1 2',
    ]);
  });

  it('records that an event was lost if a reply cannot be encoded, and the request succeeds', async () => {
    const { graph, leaf } = await graphOf();
    const recording = record(graph, { filter: { volumes: ['storage'] } });
    leaf.onRequest = ({ answer }) => {
      const buf = makeAttributes('no gfid');
      buf.iaSize = Number.NaN;
      answer(0, 0, buf);
    };
    const reply = ask(graph, 'stat', new Loc(graph.inodes.root), null);
    expect(reply.count).toBe(1);
    const events = await readEvents(recording.toBytes());
    expect(events).toMatchObject([{ kind: 'wind' }, { kind: 'lost', why: /not a gfid/ }]);
  });
});

describe('a filter', () => {
  async function seen(filter: FilterSettings) {
    const { graph, context, leaf } = await graphOf();
    const recording = record(graph, { filter });
    linkDirectory(graph, 'd', makeGfid(5));
    ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a.txt'), null);
    const answer = leaf.onRequest;
    leaf.onRequest = (request) => {
      context.advance(100);
      answer(request);
    };
    ask(graph, 'stat', new Loc(graph.inodes.root), null);
    return abbreviate(await readEvents(recording.toBytes())).filter((text) => text.startsWith('>'));
  }
  const LOOKUP = ['> lookup twice', '> lookup storage', '> stat tailing', '> stat storage'];
  const STAT = ['> stat tailing', '> stat storage'];

  it.each<[FilterSettings, readonly string[]]>([
    [{ fops: ['LOOKUP'] }, ['> lookup twice', '> lookup storage']],
    [{ volumes: ['tailing'] }, ['> stat tailing', '> lookup tailing', '> stat tailing'].sort()],
    [{ paths: ['/*.txt'] }, LOOKUP],
    [{ paths: ['/'] }, STAT],
    [{ pids: [1] }, [...LOOKUP, ...STAT]],
    [{ pids: [2] }, []],
    [{ uids: [1000] }, []],
    [{ errnos: ['enoent'] }, LOOKUP],
    [{ errnos: ['EIO'] }, []],
    [{ slowMs: 50 }, STAT],
    [{ slowMs: 50, errnos: ['ENOENT'] }, []],
  ])('%o records only the hops that match it', async (filter, expected) => {
    const found = await seen(filter);
    expect(filter.volumes === undefined ? found : found.sort()).toEqual(expected);
  });

  it('with oneIn N records one of N requests', async () => {
    const { graph } = await graphOf();
    const recording = record(graph, {
      filter: { oneIn: 10, volumes: ['storage'], fops: ['stat'] },
    });
    for (let i = 0; i < 100; i++) ask(graph, 'stat', new Loc(graph.inodes.root), null);
    expect(onlyWinds(await readEvents(recording.toBytes()))).toHaveLength(10);
  });

  it.each<[FilterSettings, RegExp]>([
    [{ volumes: ['strage'] }, /no volume 'strage' \(did you mean 'storage'\?\)/],
    [{ volumes: ['x'] }, /the volumes are storage, tailing/],
    [{ fops: ['lokup'] }, /no fop 'lokup' \(did you mean 'lookup'\?\)/],
    [{ errnos: ['ENOWAY'] }, /no errno 'ENOWAY'/],
    [{ paths: ['a'] }, /must begin with '\/'/],
    [{ oneIn: 0 }, /whole number from 1/],
  ])('%o is refused with a message that explains the mistake', (given, message) => {
    expect(() => makeFilter(given, ['storage', 'tailing'])).toThrow(message);
  });
});

it('a redacted recording has no names or contents, but the same replacement for the same name', async () => {
  const { graph, leaf } = await graphOf();
  const recording = record(graph, { redact: true });
  const secret = 'geheim';
  const dir = linkDirectory(graph, secret, makeGfid(5));
  leaf.onRequest = ({ answer }) => answer(0, 0, Dict.of({ [`user.${secret}`]: secret }), null);
  ask(graph, 'getxattr', new Loc(dir), `user.${secret}`, Dict.of({ a: secret }));
  leaf.onRequest = ({ answer }) => answer(6, 0, null, null);
  const data = new TextEncoder().encode(secret);
  ask(graph, 'writev', new Fd(dir, 2, 1), data, 0, 0, null);
  ask(graph, 'symlink', `../${secret}`, makeLoc(dir, secret), 0, null);
  graph.top.log.error(secret);
  invalidateEntry(graph.xlators[0]!, dir, secret);
  const bytes = recording.toBytes();
  expect(Buffer.from(bytes).includes(secret)).toBe(false);
  const winds = onlyWinds(await readEvents(bytes));
  expect(winds.map(({ fop }) => fop)).toEqual(['getxattr', 'writev', 'symlink']);
  expect(winds[2]!.args).toMatchObject({
    linkpath: '~3/~1',
    loc: { name: '~1', path: '/~1/~1' },
  });
  expect(winds[1]!.args.vector).toEqual({ length: 6, head: '' });
});
