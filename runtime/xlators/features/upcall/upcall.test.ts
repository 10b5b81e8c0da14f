/** The clients that are told of a file that another's create or open has found, and emptied. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Reply, startGraph } from '../../../../test/support/core.ts';
import type { Client } from '../../../core/client.ts';
import { Fd } from '../../../core/fd.ts';
import { Stack } from '../../../core/frame.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../../../core/gen/generic.gen.ts';
import type { Graph } from '../../../core/graph.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { Initiator, initiatorTranslator } from '../../../core/initiator.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { O_CREAT, O_RDWR, O_TRUNC } from '../../../core/open-flags.ts';
import { isClientUpcall, UP } from '../../../core/upcall.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import upcall from './index.ts';

type Any = Translator<unknown>;

let graph: Graph;
let front: Initiator;
/** Two that use the file, and one that did so before. */
let writer: Client;
let other: Client;
let file: Inode;
/** Whom of the two something was told, and with which bits: of the file alone. */
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

/** As who does not know that the name leads to the file. */
function create(client: Client, name: string, flags: number): Fd {
  const { inodes } = graph;
  const loc = new Loc(inodes.newInode(), inodes.root, name);
  const fd = new Fd(loc.inode!, flags, 1);
  const xdata = front.gfidRequest();
  const { values } = ask(client, 'create', loc, flags | O_CREAT, 0o600, 0, fd, xdata);
  fd.moveTo(inodes.link(values[1] as Inode, inodes.root, name, values[2] as Iatt)!);
  return fd;
}

beforeEach(async () => {
  graph = await startGraph([
    { translator: memory as unknown as Any },
    { translator: upcall as unknown as Any, options: { 'cache-invalidation': 'on' } },
  ]);
  front = new Initiator(graph, 'front', initiatorTranslator('test/front', 'Asks.'), graph.top.log);
  writer = front.connect('writer');
  other = front.connect('other');
  const fd = create(front.connect('before'), 'known', O_RDWR);
  file = fd.inode;
  ask(writer, 'writev', fd, new Uint8Array(100), 0, 0, null);
  ask(writer, 'link', new Loc(file), new Loc(file, graph.inodes.root, 'found'), null);
  told = [];
  graph.listen((event, data) => {
    if (event !== 'UPCALL' || !isClientUpcall(data) || data.gfid !== file.gfid) return;
    told.push({ who: data.tells.uid, flags: data.flags, size: data.stat?.iaSize });
  });
});
afterEach(() => graph.stop());

const of = (who: string) => told.filter((each) => each.who === who);

test('who has the file in a cache is told that a create has emptied it', () => {
  const fd = create(other, 'found', O_RDWR | O_TRUNC);
  expect(fd.inode).toBe(file);
  expect(of('writer')).toEqual([{ who: 'writer', flags: UP.SIZE | UP.TIMES, size: 0 }]);
  expect(of('other')).toEqual([]);
});

test('one that has emptied nothing tells nobody', () => {
  create(other, 'found', O_RDWR);
  create(other, 'new', O_RDWR | O_TRUNC);
  expect(told).toEqual([]);
});

test('who has created it is told what is then done by its other name', () => {
  create(other, 'found', O_RDWR);
  ask(writer, 'truncate', new Loc(file), 7, null);
  expect(of('other')).toEqual([{ who: 'other', flags: UP.SIZE | UP.TIMES, size: 7 }]);
});

test('an open that empties the file tells so, too', () => {
  const open = (flags: number) =>
    ask(other, 'open', new Loc(file), flags, new Fd(file, flags, 1), null);
  open(O_RDWR);
  expect(told).toEqual([]);
  open(O_RDWR | O_TRUNC);
  expect(of('writer')).toEqual([{ who: 'writer', flags: UP.SIZE | UP.TIMES, size: undefined }]);
});
