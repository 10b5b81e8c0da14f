/** The records of failed and slow requests: their selection, number and paths. */
import { expect, it } from 'vitest';
import { HeldLeaf, linkDirectory, makeGfid, startGraph } from '../../test/support/core.ts';
import { EACCES, ENODATA, ENOENT } from '../core/errno.ts';
import { Frame, makeFirstFrame, Stack } from '../core/frame.ts';
import type { Graph } from '../core/graph.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/operands.ts';
import { NotableRequests, RECORDS_MAX } from './notable-requests.ts';

const SLOW_MS = 100;

async function kept() {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  return { graph, notable: new NotableRequests(graph, SLOW_MS) };
}

/** A request that reached the storage, with its target in `local`. */
function request(graph: Graph, op: string, about: unknown, isOwn = false): Stack {
  const stack = new Stack(1, 2, 3, op);
  const frame = makeFirstFrame(stack, graph.top);
  frame.local = about;
  if (!isOwn) new Frame(stack, frame, graph.top, null, 0);
  return stack;
}

const inside = (parent: Inode, name: string): Loc => new Loc(null, parent, name);

it('expected failures, as ENOENT of a lookup, are recorded apart, and displace no other requests', async () => {
  const { graph, notable } = await kept();
  const { root } = graph.inodes;
  notable.add(request(graph, 'OPEN', null), 1, EACCES, 0, 1);
  for (let i = 0; i < 3 * RECORDS_MAX; i++) {
    notable.add(request(graph, 'LOOKUP', inside(root, `n${i}`)), 1, ENOENT, i + 1, 1);
  }
  notable.add(request(graph, 'GETXATTR', 'user.a'), 1, ENODATA, 1e6, 1);
  notable.add(request(graph, 'LOOKUP', inside(root, 'n')), 1, ENOENT, 2e6, SLOW_MS);
  const { requests, slowMs } = notable.dump();
  expect(slowMs).toBe(SLOW_MS);
  expect(requests).toHaveLength(RECORDS_MAX + 2);
  expect(requests[0]).toMatchObject({ op: 'OPEN', paths: ['/'], errno: 'EACCES', uid: 1, pid: 3 });
  expect(requests[1]!.paths).toEqual([`/n${2 * RECORDS_MAX + 1}`]);
  expect(requests.at(-2)).toMatchObject({ op: 'GETXATTR', attribute: 'user.a', way: ['storage'] });
  expect(requests.at(-1)).toMatchObject({ op: 'LOOKUP', paths: ['/n'], ms: SLOW_MS });
  for (let i = 0; i < 2 * RECORDS_MAX; i++) {
    notable.add(request(graph, 'OPEN', null), 1, 0, i, SLOW_MS);
  }
  const now = notable.dump().requests;
  expect(now).toHaveLength(2 * RECORDS_MAX);
  expect(now.filter(({ errno }) => errno === null)).toHaveLength(RECORDS_MAX);
});

it('a recorded request has the path of a removed name, both paths of a rename, or none for an unknown inode', async () => {
  const { graph, notable } = await kept();
  const { root } = graph.inodes;
  const dir = linkDirectory(graph, 'd', makeGfid(5));
  notable.add(request(graph, 'MKDIR', inside(dir, 'x')), dir.id, EACCES, 1, 1);
  const move = { from: inside(root, 'a'), to: inside(dir, 'b') };
  notable.add(request(graph, 'RENAME', move), 1, EACCES, 2, 1);
  notable.add(request(graph, 'OPEN', null, true), 99, EACCES, 3, 1);
  graph.inodes.unlink(root, 'd');
  const told = notable.dump().requests.map(({ paths, way }) => [paths, way]);
  expect(told).toEqual([
    [['/d/x'], ['storage']],
    [['/a', '/d/b'], ['storage']],
    [[], []],
  ]);
});
