/** Upcalls to clients of a file that another client truncates, replaces or changes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Reply, startGraph } from '../../../../test/support/core.ts';
import type { Client } from '../../../core/client.ts';
import { Dict } from '../../../core/dict.ts';
import { IPC_UPCALL } from '../../../core/fops.ts';
import { Stack } from '../../../core/frame.ts';
import { collectCbk, type FopName, type FopTable, windArgs } from '../../../core/gen/fops.gen.ts';
import type { Graph } from '../../../core/graph.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { Initiator, makeInitiatorTranslator } from '../../../core/initiator.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_CREAT, O_RDWR, O_TRUNC } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { type ClientUpcall, isClientUpcall, UP } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import upcall from './index.ts';

type Any = Translator<unknown>;

let graph: Graph;
let front: Initiator;
/** Two clients of the file. */
let writer: Client;
let other: Client;
let file: Inode;
/** The values of extended attributes in upcalls to the other client. */
let reported: ClientUpcall['xattrs'][];
/** Upcalls about the file: client, flags and size. */
let told: { readonly who: string; readonly flags: number; readonly size: number | undefined }[];

function ask<N extends FopName>(client: Client, name: N, ...args: FopTable[N]['args']): Reply {
  const frame = client.begin(new Stack(0, 0, 1, name.toUpperCase()));
  const reply: Reply = { count: 0, opRet: NaN, opErrno: NaN, values: [], frame };
  const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
    Object.assign(reply, { count: reply.count + 1, opRet, opErrno, values });
  });
  windArgs[name](frame, 0, cbk as never, front.links, args);
  client.end(frame.root);
  expect(reply).toMatchObject({ count: 1, opErrno: 0 });
  return reply;
}

/** As a client that does not know the file by this name. */
function create(client: Client, name: string, flags: number): Fd {
  const { inodes } = graph;
  const loc = new Loc(inodes.newInode(), inodes.root, name);
  const fd = new Fd(loc.inode!, flags, 1);
  const xdata = front.makeGfidRequest();
  const { values } = ask(client, 'create', loc, flags | O_CREAT, 0o600, 0, fd, xdata);
  fd.moveTo(inodes.link(values[1] as Inode, inodes.root, name, values[2] as Iatt)!);
  return fd;
}

beforeEach(async () => {
  graph = await startGraph([
    { translator: memory as unknown as Any },
    { translator: upcall as unknown as Any, options: { 'cache-invalidation': 'on' } },
  ]);
  front = new Initiator(
    graph,
    'front',
    makeInitiatorTranslator('test/front', 'Asks.'),
    graph.top.log,
  );
  writer = front.connect('writer');
  other = front.connect('other');
  const fd = create(front.connect('before'), 'known', O_RDWR);
  file = fd.inode;
  ask(writer, 'writev', fd, new Uint8Array(100), 0, 0, null);
  ask(writer, 'link', new Loc(file), new Loc(file, graph.inodes.root, 'found'), null);
  told = [];
  reported = [];
  graph.listen((event, data) => {
    if (event !== 'UPCALL' || !isClientUpcall(data) || data.gfid !== file.gfid) return;
    if (data.client === other) reported.push(data.xattrs);
    told.push({ who: data.client.uid, flags: data.flags, size: data.stat?.iaSize });
  });
});
afterEach(() => graph.stop());

const of = (who: string) => told.filter((each) => each.who === who);

test('a create with O_TRUNC sends an upcall with size 0 to the other client only', () => {
  const fd = create(other, 'found', O_RDWR | O_TRUNC);
  expect(fd.inode).toBe(file);
  expect(of('writer')).toEqual([{ who: 'writer', flags: UP.SIZE | UP.TIMES, size: 0 }]);
  expect(of('other')).toEqual([]);
});

test('a create without O_TRUNC, or of a new file, sends no upcall', () => {
  create(other, 'found', O_RDWR);
  create(other, 'new', O_RDWR | O_TRUNC);
  expect(told).toEqual([]);
});

test("a client whose create finds an existing file gets upcalls of changes by the file's other name", () => {
  create(other, 'found', O_RDWR);
  ask(writer, 'truncate', new Loc(file), 7, null);
  expect(of('other')).toEqual([{ who: 'other', flags: UP.SIZE | UP.TIMES, size: 7 }]);
});

test("a rename over the file tells the other client to forget it; one to the file's other name does not", () => {
  const { root } = graph.inodes;
  const rename = (inode: Inode, name: string) =>
    ask(other, 'rename', new Loc(inode, root, name), new Loc(file, root, 'found'), null);
  rename(file, 'known');
  expect(of('writer').filter(({ flags }) => flags === UP.FORGET)).toEqual([]);
  rename(create(other, 'new', O_RDWR).inode, 'new');
  expect(of('writer').filter(({ flags }) => flags === UP.FORGET)).toHaveLength(1);
});

test('an open sends an upcall to the other client only if it has O_TRUNC', () => {
  const open = (flags: number) =>
    ask(other, 'open', new Loc(file), flags, new Fd(file, flags, 1), null);
  open(O_RDWR);
  expect(told).toEqual([]);
  open(O_RDWR | O_TRUNC);
  expect(of('writer')).toEqual([{ who: 'writer', flags: UP.SIZE | UP.TIMES, size: undefined }]);
});

test('upcalls have the new values of the extended attributes that a client has asked for', () => {
  const value = (text: string) => new TextEncoder().encode(text);
  ask(other, 'stat', new Loc(file), null);
  const set = () =>
    ask(
      writer,
      'setxattr',
      new Loc(file),
      Dict.of({ 'user.mine.a': value('1'), 'user.b': value('2') }),
      0,
      null,
    );
  set();
  expect(reported).toEqual([null]);
  ask(other, 'ipc', IPC_UPCALL, Dict.of({ 'user.mine.*': '' }));
  set();
  ask(writer, 'removexattr', new Loc(file), 'user.mine.a', null);
  expect(reported).toEqual([null, new Map([['user.mine.a', value('1')]]), null]);
});

test('patterns that would take long to match, or are longer than a name, are ignored', () => {
  ask(other, 'stat', new Loc(file), null);
  const name = `user.${'a'.repeat(250)}`;
  for (const pattern of [`user.${'*a'.repeat(60)}b`, `${'a'.repeat(256)}`, 'user.b*'])
    ask(other, 'ipc', IPC_UPCALL, Dict.of({ [pattern]: '' }));
  const values = Dict.of({ [name]: new Uint8Array(1), 'user.b': new Uint8Array(2) });
  ask(writer, 'setxattr', new Loc(file), values, 0, null);
  expect(reported).toEqual([new Map([['user.b', new Uint8Array(2)]])]);
});

test("the flags of an upcall are GlusterFS's bits", () => {
  expect(Object.values(UP).map(Math.log2)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 13]);
});
