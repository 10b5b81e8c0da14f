import { afterEach, expect, it } from 'vitest';
import { LISTED_MAX } from '../../runtime/core/dumps.ts';
import { readNewestUnique, Stack } from '../../runtime/core/frame.ts';
import { wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Initiator, makeInitiatorTranslator } from '../../runtime/core/initiator.ts';
import { Log } from '../../runtime/core/log.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { RequestAges } from '../../runtime/core/request-ages.ts';
import negative from '../../runtime/xlators/features/negative/index.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  linkDirectory,
  makeAttributes,
  makeGfid,
  startGraph,
} from '../../test/support/core.ts';
import { formatSections } from './sections.ts';
import { makeWholeDump } from './whole-dump.ts';

const about = { version: '1.2.3', pid: 42, mountpoint: '/mnt', volfile: '/a.vol', started: 0 };
const front = makeInitiatorTranslator('mount/fuse', 'A test.', () => ({ requests: 1 }));

let graph: Graph | undefined;
afterEach(() => graph?.stop());

async function rig() {
  const context = new FakeContext();
  const leaf = new HeldLeaf();
  graph = await startGraph(
    [
      { name: 'disk', translator: leaf.translator },
      { name: 'absent', translator: negative, options: { limit: '10' } },
    ],
    context,
  );
  const log = new Log(context.sink, { default: 0, volumes: new Map() }, 'fuse');
  const initiator = new Initiator(graph, 'fuse', front, log);
  const client = initiator.connect('me');
  return { context, leaf, graph, initiator, client, ages: new RequestAges() };
}

it('a statedump lists each request in flight with its age and frames', async () => {
  const { context, graph, initiator, client, leaf, ages } = await rig();
  const frame = client.begin(new Stack(7, 8, 9, 'LOOKUP'));
  wind.lookup(
    frame,
    0,
    function back() {},
    initiator.links,
    new Loc(null, graph.inodes.root, 'a\nb'),
    null,
  );
  expect(leaf.requests).toHaveLength(1);
  ages.mark(context.now(), readNewestUnique(), () => []);
  context.advance(5500);
  const { callpool } = makeWholeDump(graph, about, ages);
  expect(callpool).toMatchObject({
    count: 1,
    listed: [
      {
        unique: frame.root.unique,
        ...{ uid: 7, gid: 8, pid: 9, op: 'LOOKUP', age: 5, interrupted: false },
        frames: [
          { translator: 'fuse', complete: false },
          { translator: 'absent', complete: false, unwindTo: 'back' },
          { translator: 'disk', complete: false, unwindTo: 'lookupCbk' },
        ],
      },
    ],
  });
  leaf.requests[0]!.answer(-1, 2, null, null, null, null);
  client.end(frame.root);
  expect(makeWholeDump(graph, about, ages).callpool).toEqual({ count: 0, listed: [] });
});

it('a statedump lists a limited number of inodes and open files, and gives the number of all', async () => {
  const { graph, client, ages } = await rig();
  for (let at = 2; at < 2 * LISTED_MAX; at++) linkDirectory(graph, `d${at}`, makeGfid(at));
  const fds = Array.from({ length: LISTED_MAX + 5 }, () => new Fd(graph.inodes.root, 0, 1, true));
  for (const fd of fds) client.fds.add(fd);
  const dump = makeWholeDump(graph, about, ages);
  const count = 2 * LISTED_MAX - 1;
  expect(dump.inodes).toMatchObject({ count, lru: count - 1, active: 1, lruLimit: 131_072 });
  expect(dump.inodes.listed).toHaveLength(LISTED_MAX);
  expect(dump.inodes.listed[1]).toMatchObject({ path: '/d2', gfid: makeGfid(2), iaType: 2 });
  expect(dump.fds.count).toBe(LISTED_MAX + 5);
  expect(dump.fds.listed).toHaveLength(LISTED_MAX);
  const text = formatSections(dump, dump.time);
  expect(text).toMatch(`itable.listed=${LISTED_MAX}\n`);
  expect(text).toMatch(`fdtable.listed=${LISTED_MAX}\n`);
});

it('the text of a statedump is divided into sections, and escapes newlines in file names', async () => {
  const { graph, client, ages } = await rig();
  const odd = graph.inodes.newInode();
  graph.inodes.link(odd, graph.inodes.root, 'x\n[y]', makeAttributes(makeGfid(2), 1));
  client.fds.add(new Fd(odd, 2, 77));
  const text = formatSections(makeWholeDump(graph, about, ages), 1000);
  expect(text).toMatch(/^DUMP-START-TIME: 1970-01-01 00:00:00\.000000 \+0000\n/);
  expect(text).toMatch(/\nDUMP-END-TIME: 1970-01-01 00:00:01\.000000 \+0000\n$/);
  expect(text).toMatch('\n[global.glossa]\nversion=1.2.3\npid=42\nmountpoint=/mnt\n');
  expect(text).toMatch('\n[xlator.mount.fuse.fdtable.fdentry[0]]\nclient=me\n');
  expect(text).toMatch(`gfid=${makeGfid(2)}\npath=/x\\n[y]\nflags=2\npid=77\ntype=file\n`);
  expect(text).toMatch('\n[xlator.mount.fuse.priv]\nrequests=1\n');
  expect(text).toMatch(
    '\n[xlator.features.negative.absent]\noption.limit=10\nsubvolumes=disk\n' +
      '\n[xlator.features.negative.absent.priv]\nhits=0\n',
  );
  const sections = text.match(/^\[.*\]$/gm)!;
  expect(sections.indexOf('[active graph - 1]')).toBeLessThan(
    sections.indexOf('[xlator.test.held.disk]'),
  );
});

it('a statedump lists the requests that a volume has started itself', async () => {
  const { graph, ages } = await rig();
  const own = new Stack(0, 0, -100, 'STAT');
  graph.top.begin(own);
  expect(makeWholeDump(graph, about, ages).callpool).toMatchObject({
    count: 1,
    listed: [{ op: 'STAT', pid: -100, age: 0, frames: [{ translator: 'absent' }] }],
  });
  graph.top.end(own);
  ask(graph, 'lookup', new Loc(graph.inodes.root), null);
  expect(makeWholeDump(graph, about, ages).callpool.count).toBe(0);
});
