import { expect, test } from 'vitest';
import {
  ask,
  askArgs,
  attributes,
  FakeContext,
  gfidOf,
  HeldLeaf,
  newName,
  startGraph,
} from '../../../../test/support/core.ts';
import { EIO } from '../../../core/errno.ts';
import type { EventName } from '../../../core/events.ts';
import { Fd } from '../../../core/fd.ts';
import { fops } from '../../../core/fops.ts';
import { fopNames } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import { Loc } from '../../../core/loc.ts';
import { optionTypes } from '../../../core/option-types.ts';
import template from './index.ts';
import { options } from './options.ts';

async function setUp() {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator: template }];
  const graph = await startGraph(volumes, context);
  return { leaf, graph, root: graph.inodes.root, dump: () => template.dump!(graph.top as never) };
}

test('one option of each type', () => {
  const declared = new Set(Object.values(options).map(({ type }) => type));
  expect([...declared].sort()).toEqual(Object.keys(optionTypes).sort());
});

test('every fop passes as it is', async () => {
  const { leaf, graph, root } = await setUp();
  const fd = new Fd(root, 0, 1);
  for (const name of fopNames) {
    const row = fops.find((fop) => fop.name === name)!;
    const args = row.args.map(({ type }, i) => {
      if (type === 'loc') return new Loc(root);
      return type === 'fd' ? fd : { argument: i };
    });
    const values = row.reply.map(({ type }, i) => {
      if (type === 'inode') return root;
      return type === 'fd' ? fd : { reply: i };
    });
    leaf.onRequest = (request) => {
      expect(request.name).toBe(name);
      expect(request.args).toEqual(args);
      request.answer(3, 4, ...values);
    };
    expect(askArgs(graph, name, args)).toMatchObject({ count: 1, opRet: 3, opErrno: 4, values });
  }
});

test('every hook is called', async () => {
  const { leaf, graph, root, dump } = await setUp();
  const events: EventName[] = [];
  graph.top.master = (event) => void events.push(event);
  const { inodes } = graph;
  const inode = inodes.link(inodes.newInode(), root, 'a', attributes(gfidOf(5), IA_IFREG))!;

  leaf.onRequest = (request) => request.answer(0, 0, inode, null, null, null);
  ask(graph, 'lookup', newName(root, 'a'), null);
  leaf.onRequest = (request) => request.answer(-1, EIO, null, null, null, null);
  ask(graph, 'lookup', newName(root, 'b'), null);
  ask(graph, 'mkdir', newName(root, 'b'), 0, 0, null);
  const fds = [new Fd(inode, 0, 1), new Fd(root, 0, 1, true)] as const;
  leaf.onRequest = (request) =>
    request.answer(
      0,
      0,
      request.args.find((arg) => arg instanceof Fd),
    );
  ask(graph, 'open', new Loc(inode), 0, fds[0], null);
  ask(graph, 'opendir', new Loc(root), fds[1], null);
  ask(graph, 'mkdir', newName(root, 'b'), 0, 0, null);
  const counts = { lookups: 2, failures: 1, 'names-made': 1, 'inodes-seen': 1, 'open-fds': 2 };
  expect(dump()).toEqual(counts);

  for (const fd of fds) fd.release();
  inodes.lruLimit = 0;
  inodes.forget(inode, 0);
  expect(dump()).toEqual({ ...counts, 'inodes-seen': 0, 'open-fds': 0 });
  graph.xlators[0]!.notify('CHILD_DOWN', null);
  expect(events).toEqual(['CHILD_DOWN']);
  await graph.stop();
});
