/** Tests a debugger: it stops, shows, changes and resumes requests of a graph, by messages of a front end. */
import { expect, it } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  makeLoc,
  makeTranslator,
  startGraph,
} from '../../test/support/core.ts';
import type { Dict } from '../core/dict.ts';
import { EIO, ENOENT } from '../core/errno.ts';
import { fail, tail, unwind, wind } from '../core/gen/fops.gen.ts';
import { Fd, Loc } from '../core/operands.ts';
import { DebugClient } from './debug-client.ts';
import { DebugServer } from './debug-server.ts';
import type { ResumeWay } from './hops.ts';
import type { DebugEvent, StopView } from './protocol.ts';
import { findValue, parsePath } from './value-path.ts';

/** Caches one absent name, and replies for it from then on. */
function makeCache() {
  let absent: string | null = null;
  return makeTranslator(
    'cache',
    {
      lookup(frame, xl, loc, xdata) {
        if (loc.name === absent) return fail.lookup(frame, ENOENT);
        frame.local = { name: loc.name };
        wind.lookup(
          frame,
          0,
          (up, _cookie, _xl, opRet, opErrno, ...reply) => {
            if (opRet < 0) absent = loc.name;
            unwind.lookup(up, opRet, opErrno, ...reply);
          },
          xl.children[0]!,
          loc,
          xdata,
        );
      },
    },
    { names: 3 },
  );
}
const tailing = makeTranslator('tailing', {
  stat: (frame, xl, loc, xdata) => tail.stat(frame, xl.children[0]!, loc, xdata),
});
/** Replies that every file is empty. */
const liar = makeTranslator('liar', {
  lookup: (frame, xl, loc, xdata) => {
    xl.observer?.addNotes(frame, { method: 'lookup', local: `('${loc.name}', 1)` });
    wind.lookup(
      frame,
      0,
      (up, _cookie, _xl, opRet, opErrno, inode, buf, dict, post) => {
        const shown = buf?.copy() ?? null;
        if (shown !== null) shown.iaSize = 0;
        unwind.lookup(up, opRet, opErrno, inode, shown, dict, post);
      },
      xl.children[0]!,
      loc,
      xdata,
    );
  },
});

/** A graph: storage, passing, tailing, cache, top (liar). The file `there` exists, with ten bytes. */
async function startTestBed() {
  const leaf = new HeldLeaf();
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: makeTranslator('passing', {}), name: 'passing' },
      { translator: tailing, name: 'tailing' },
      { translator: makeCache(), name: 'cache' },
      { translator: liar, name: 'top' },
    ],
    new FakeContext(),
  );
  const buf = makeAttributes(makeGfid(5), 1);
  buf.iaSize = 10;
  leaf.onRequest = ({ name, args, answer }) => {
    if (name === 'stat') return answer(0, 0, buf, null);
    if (name === 'readv') return answer(3, 0, new Uint8Array([97, 98, 99]), buf, null);
    const [loc] = args as [Loc];
    if (loc.name === 'there') answer(0, 0, loc.inode, buf, null, null);
    else answer(-1, ENOENT, null, null, null, null);
  };
  const events: DebugEvent[] = [];
  const server = new DebugServer(graph, (message) => client.receive(message));
  const client: DebugClient = new DebugClient(
    (request) => server.receive(request),
    (event) => events.push(event),
  );
  const listStops = (): StopView[] =>
    events.flatMap((event) => ('stop' in event ? [event.stop] : []));
  return {
    ...{ graph, leaf, events, server, client, stops: listStops },
    lookup: (name: string) => ask(graph, 'lookup', makeLoc(graph.inodes.root, name), null),
    stat: () => ask(graph, 'stat', new Loc(graph.inodes.root), null),
    last: () => listStops().at(-1)!,
    /** Resumes the last stop. */
    go: (way: ResumeWay = 'continue') =>
      client.sendCommand('resume', { stop: listStops().at(-1)!.id, way }),
    isWatched: () => graph.links.lookup.isObserved === true,
  };
}

const formatStop = ({ kind, fop, volume, from }: StopView) =>
  kind === 'wind' ? `${fop}@${volume}` : `${fop}_cbk@${volume} from ${from}`;

/** The stops of a lookup of an absent name, resumed each time in the same way. */
it.each<[breakpoint: string, way: ResumeWay, places: string[]]>([
  ['lookup', 'continue', ['lookup@top']],
  ['LOOKUP@cache', 'continue', ['lookup@cache']],
  ['@storage', 'continue', ['lookup@storage']],
  ['@passing', 'continue', ['lookup@passing']],
  ['lookup_cbk@cache', 'continue', ['lookup_cbk@cache from storage']],
  ['lookup_cbk', 'continue', ['lookup_cbk@cache from storage']],
  ['errno ENOENT', 'continue', ['lookup_cbk@cache from storage']],
  ['@top errno enoent', 'continue', ['lookup_cbk@top from top']],
  ['lookup@cache path /abs*', 'continue', ['lookup@cache']],
  ['path /there', 'continue', []],
  ['stat', 'continue', []],
  ['errno EACCES', 'continue', []],
  ['changed@top', 'continue', []],
  [
    'lookup@top',
    'into',
    [
      ...['lookup@top', 'lookup@cache', 'lookup@storage'],
      ...['lookup_cbk@cache from storage', 'lookup_cbk@top from cache', 'lookup_cbk@top from top'],
    ],
  ],
  [
    'lookup@cache',
    'over',
    [
      'lookup@cache',
      'lookup_cbk@cache from storage',
      'lookup_cbk@top from cache',
      'lookup_cbk@top from top',
    ],
  ],
  ['lookup@cache', 'out', ['lookup@cache', 'lookup_cbk@top from cache', 'lookup_cbk@top from top']],
])(
  'a lookup with the breakpoint %s, resumed by %s, stops at %j',
  async (breakpoint, way, places) => {
    const { client, lookup, stops, go, isWatched, events } = await startTestBed();
    await client.sendCommand('break', { text: breakpoint });
    const reply = lookup('absent');
    let stopCount = 0;
    while (stops().length > stopCount) {
      stopCount = stops().length;
      expect(reply.count).toBe(0);
      await go(way);
    }
    expect(stops().map(formatStop)).toEqual(places);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
    expect(events.at(-1)?.event).toBe(places.length > 0 ? 'ended' : undefined);
    await client.sendCommand('delete', { id: 1 });
    expect(isWatched()).toBe(false);
  },
);

it('a debugger that stops a request lets others continue, and resumes stopped ones when it detaches', async () => {
  const { client, server, lookup, stat, stops, isWatched } = await startTestBed();
  await client.sendCommand('break', { text: 'lookup@storage' });
  const first = lookup('absent');
  const second = lookup('there');
  const other = stat();
  expect([first.count, second.count, other.count]).toEqual([0, 0, 1]);
  expect(await client.sendCommand('stops', {})).toMatchObject([
    { paths: ['/absent'] },
    { paths: ['/there'] },
  ]);
  await client.sendCommand('resume', { stop: stops()[1]!.id, way: 'continue' });
  expect([first.count, second.count]).toEqual([0, 1]);
  server.close();
  expect(first).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
  expect(isWatched()).toBe(false);
  expect(lookup('there').count).toBe(1);
});

it('the breakpoint changed@VOLUME stops a reply that the volume changed, or made itself', async () => {
  const { client, lookup, go, last } = await startTestBed();
  await client.sendCommand('break', { text: 'changed@top' });
  const reply = lookup('there');
  expect(last()).toMatchObject({ kind: 'unwind', from: 'top', paths: ['/there'] });
  const scopes = await client.sendCommand('scopes', { stop: last().id });
  expect(findValue(scopes, parsePath('answered.method')).text).toBe('lookup');
  await go();
  expect(reply.count).toBe(1);
  await client.sendCommand('delete', { id: 1 });
  await client.sendCommand('break', { text: 'changed@cache' });
  expect(lookup('absent').count).toBe(1);
  // The second time the cache replies itself.
  expect(lookup('absent').count).toBe(0);
  expect(last()).toMatchObject({ kind: 'unwind', from: 'cache', paths: ['/absent'] });
});

it('a step of the debugger follows a request into the volume to which a tail wind passes it', async () => {
  const { client, graph, stat, stops, go, last } = await startTestBed();
  await client.sendCommand('break', { text: 'stat@tailing' });
  const reply = stat();
  await go('into');
  expect(await client.sendCommand('frames', { stop: last().id })).toMatchObject([
    { volume: 'storage', fop: 'stat' },
    { volume: 'tailing', fop: 'stat' },
    { volume: graph.top.name },
  ]);
  await go('into');
  await go('into');
  expect(stops().map(formatStop)).toEqual([
    ...['stat@tailing', 'stat@storage', 'stat_cbk@tailing from storage'],
    'stat_cbk@top from tailing',
  ]);
  await go();
  expect(reply.count).toBe(1);
});

it('a debugger shows the frames, arguments, reply and volume states of a stopped request', async () => {
  const { client, lookup, go, last } = await startTestBed();
  await client.sendCommand('break', { text: 'lookup_cbk@cache' });
  lookup('there');
  const stop = last().id;
  expect(await client.sendCommand('frames', { stop })).toMatchObject([
    { level: 0, volume: 'cache', type: 'test/cache', fop: 'lookup_cbk', paths: ['/there'] },
    { level: 1, volume: 'top', fop: 'lookup' },
    { level: 2, volume: 'top', fop: 'lookup' },
  ]);
  const scopes = await client.sendCommand('scopes', { stop });
  const readText = (path: string): string => findValue(scopes, parsePath(path)).text;
  expect(scopes.map(({ name }) => name)).toEqual(['reply', 'arguments', 'frame', 'volume']);
  const shown = [
    ['op_ret', '0'],
    ['op_errno', '0'],
    ['buf.ia_size', '10'],
    ['buf->iaType', '1 (IA_IFREG)'],
    ['postparent', 'null'],
    ['*loc', '"/there"'],
    ['loc.name', '"there"'],
    ['loc.gfid', '"00000000-0000-0000-0000-000000000000"'],
    ['loc.pargfid', '"00000000-0000-0000-0000-000000000001"'],
    ['local.name', '"there"'],
    ['state.names', '3'],
    ['children.tailing', '"up"'],
  ] as const;
  expect(shown.map(([path]) => readText(path))).toEqual(shown.map(([, value]) => value));
  const above = await client.sendCommand('scopes', { stop, level: 1 });
  expect(above.map(({ name }) => name)).toEqual(['script', 'arguments', 'frame', 'volume']);
  expect(findValue(above, ['local']).text).toBe("('there', 1)");
  expect(() => readText('opret2')).toThrow("there is no 'opret2' here (did you mean 'op_ret'?)");
  expect(() => readText('loc.nome')).toThrow("loc has no 'nome' (did you mean 'name'?)");
  await go();
});

it('the debugger command set changes a copy of the reply, not the object of the volume', async () => {
  const { client, graph, stat, last, go } = await startTestBed();
  await client.sendCommand('break', { text: 'stat_cbk' });
  const set = (path: string, value: string) =>
    client.sendCommand('set', { stop: last().id, path: parsePath(path), value });
  const changed = stat();
  await set('buf.ia_size', '4711');
  await set('buf->ia_prot', '0644');
  await set('buf.ia_type', 'IA_IFDIR');
  await set('buf.ia_mtime', '-5');
  await set('xdata["user.tag"]', '"x"');
  expect((await set('xdata.user_count', '7')).map(({ text }) => text)).toEqual([
    ...['0', '0', expect.stringContaining('4711 bytes'), '2 keys'],
  ]);
  await go();
  expect(changed).toMatchObject({ opRet: 0 });
  const [buf, xdata] = changed.values as [object, Dict];
  expect(buf).toMatchObject({ iaSize: 4711, iaProt: 0o644, iaType: 2, iaMtime: -5 });
  expect([xdata.get('user.tag'), xdata.get('user_count')]).toEqual(['x', 7]);
  const failed = stat();
  await set('op_ret', '-1');
  await go();
  expect(failed).toMatchObject({ opRet: -1, opErrno: EIO });
  await client.sendCommand('detach', {});
  const untouched = stat();
  expect(untouched.values[0]).toMatchObject({ iaSize: 10, iaMtime: 0 });
  expect(graph.links.stat.isObserved).toBeUndefined();
});

it('a reply that a debugger has stopped keeps a copy of its data', async () => {
  const { client, graph, leaf, go } = await startTestBed();
  const own = new Uint8Array([97, 98, 99]);
  leaf.onRequest = ({ answer }) => answer(3, 0, own, makeAttributes(makeGfid(5), 1), null);
  await client.sendCommand('break', { text: 'readv_cbk' });
  const fd = new Fd(graph.inodes.root, 0, 1);
  const reply = ask(graph, 'readv', fd, 3, 0, 0, null);
  own.fill(0);
  await go();
  expect(reply.values[0]).toEqual(new Uint8Array([97, 98, 99]));
  fd.release();
});

it.each([
  ['lokup', "there is no fop 'lokup' (did you mean 'lookup'?)"],
  ['lookup@cahce', "there is no volume 'cahce' (did you mean 'cache'?)"],
  ['lookup@x', "there is no volume 'x': the volumes are storage, passing, tailing, cache, top"],
  ['errno ENONET2', "there is no errno 'ENONET2': their names are as in errno(3), as ENOENT"],
  ['errno', "'errno' lacks its value: "],
  ['path src', "the path 'src' must begin with '/'"],
  ['changed', 'changed lacks its volume: changed@VOLUME'],
  ['lookup stat', "'stat' is one word too many: "],
  ['  ', 'no breakpoint was given: '],
])('the command break refuses the breakpoint %j', async (text, message) => {
  const { client, isWatched } = await startTestBed();
  await expect(client.sendCommand('break', { text })).rejects.toThrow(message);
  expect(isWatched()).toBe(false);
});

it.each([
  ['op_ret', 'x', 'op_ret is a whole number: not x'],
  ['op_ret', '5', 'op_ret of this stat is 0 at most: not 5'],
  ['op_ret', '-2', 'op_ret is -1 for a failure, otherwise 0 or a count: not -2'],
  ['op_errno', 'ENOPE', "there is no errno 'ENOPE'"],
  ['op_errno', '4711', "there is no errno '4711'"],
  ['buff', '1', "a reply of stat has no 'buff' (did you mean 'buf'?)"],
  ['buf', '1', 'buf cannot be set: one of its fields can: buf.ia_size'],
  ['buf.size', '1', "iatt has no field 'size' (one of ia_gfid, "],
  ['buf.ia_size', '-1', 'ia_size is from 0 to '],
  ['buf.ia_prot', '010000', 'ia_prot is from 0 to 4095: not 010000'],
  ['buf.ia_gfid', '12', 'ia_gfid is a gfid, '],
  ['xdata["a"]', 'b', "the key 'a' is a number, or a text in quotes: not b"],
  ['xdata["a"]', 'null', "there is no key 'a' to delete"],
  ['xdata', '1', 'xdata cannot be set: one of its keys can: xdata["key"]'],
  ['1+1', '1', "'1+1' is not the name of a value"],
])('the command set refuses to set %s to %s', async (path, value, message) => {
  const { client, stat, last, go } = await startTestBed();
  await client.sendCommand('break', { text: 'stat_cbk' });
  const reply = stat();
  const set = async () =>
    client.sendCommand('set', { stop: last().id, path: parsePath(path), value });
  await expect(set()).rejects.toThrow(message);
  await go();
  expect(reply).toMatchObject({ opRet: 0, opErrno: 0 });
});

it('a debugger refuses an incomplete successful reply, a change before the reply, and unknown stops and frames', async () => {
  const { client, lookup, last, go } = await startTestBed();
  await client.sendCommand('break', { text: 'errno ENOENT' });
  lookup('absent');
  const stop = last().id;
  await expect(client.sendCommand('set', { stop, path: ['op_ret'], value: '0' })).rejects.toThrow(
    'a success of lookup needs inode and buf, which this reply lacks',
  );
  await expect(client.sendCommand('scopes', { stop, level: 9 })).rejects.toThrow(
    'there is no frame 9: they are 0 to 2',
  );
  await go();
  await expect(client.sendCommand('resume', { stop, way: 'over' })).rejects.toThrow(
    `no request is held at stop ${stop}: it was resumed, or never existed`,
  );
  await expect(client.sendCommand('delete', { id: 7 })).rejects.toThrow('there is no breakpoint 7');
  await client.sendCommand('break', { text: 'lookup@top' });
  lookup('other');
  const set = client.sendCommand('set', { stop: last().id, path: ['op_errno'], value: 'EIO' });
  await expect(set).rejects.toThrow('is stopped at a wind and has no reply yet');
  client.close();
  await expect(client.sendCommand('stops', {})).rejects.toThrow('the server is gone');
});
