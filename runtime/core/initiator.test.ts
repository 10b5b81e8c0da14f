import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  FakeContext,
  HeldLeaf,
  linkDirectory,
  makeAttributes,
  makeGfid,
  startGraph,
} from '../../test/support/core.ts';
import type { Client } from './client.ts';
import { CallPool, Stack } from './frame.ts';
import { wind } from './gen/fops.gen.ts';
import type { Graph } from './graph.ts';
import { IA_IFREG } from './iatt.ts';
import { Initiator, makeInitiatorTranslator } from './initiator.ts';
import { O_RDONLY, O_RDWR } from './open-flags.ts';
import { Fd, Loc } from './operands.ts';
import { GFID_REQ } from './xdata.ts';
import { defineTranslator, type Translator } from './xlator.ts';

const record = makeInitiatorTranslator('test/front', 'Begins what a test wants.');
const front = (graph: Graph, name = 'front'): Initiator =>
  new Initiator(graph, name, record, graph.top.log);
const file = (number: number) => makeAttributes(makeGfid(number), IA_IFREG);
const newCall = (): Stack => new Stack(0, 0, 1, 'STAT');

let graph: Graph;
afterEach(() => graph?.stop());

describe('a call pool', () => {
  test('lists the calls in flight, oldest first, also when they end in another order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20))), (steps) => {
        const pool = new CallPool();
        const calls: Stack[] = [];
        for (const [begins, at] of steps) {
          if (begins) {
            const call = newCall();
            pool.add(call);
            calls.push(call);
          } else if (calls.length > 0) {
            const [call] = calls.splice(at % calls.length, 1);
            expect(pool.delete(call!)).toBe(true);
            expect(pool.delete(call!)).toBe(false);
          }
          expect(pool.list()).toEqual(calls);
          expect([pool.size, pool.newest]).toEqual([calls.length, calls.at(-1) ?? null]);
        }
      }),
    );
  });

  test('may need the event loop while a call in it is not at rest', () => {
    const pool = new CallPool();
    const [one, two] = [newCall(), newCall()];
    expect(pool.mayNeedEventLoop).toBe(false);
    pool.add(one);
    pool.add(two);
    one.rest();
    one.rest();
    expect([pool.mayNeedEventLoop, one.restCount, two.restCount]).toEqual([true, 2, 0]);
    two.rest();
    expect(pool.mayNeedEventLoop).toBe(false);
    pool.delete(two);
    expect(pool.mayNeedEventLoop).toBe(false);
    one.goOn();
    expect(pool.mayNeedEventLoop).toBe(false);
    one.goOn();
    expect(pool.mayNeedEventLoop).toBe(true);
    pool.delete(one);
    // Both calls have ended, and no longer count.
    one.rest();
    two.goOn();
    expect([pool.mayNeedEventLoop, pool.restingCount]).toEqual([false, 0]);
  });
});

/** Stores a context with each client that stats, and logs calls about clients. */
function listening(told: string[]) {
  return defineTranslator<null, Record<string, never>>({
    type: 'test/listening',
    description: 'Hears of clients.',
    children: [0, 9],
    options: {},
    fops: {
      stat: (frame, xl, loc, xdata) => {
        frame.root.client?.ctxSet(xl, `kept by ${xl.name}`);
        wind.stat(frame, 0, frame.cbk as never, xl.children[0]!, loc, xdata);
      },
    },
    init: () => null,
    release: (xl, fd) => void told.push(`${xl.name}: fd ${fd.inode.path}`),
    clientDisconnect: (xl, { id }) => void told.push(`${xl.name}: client ${id} disconnects`),
    clientDestroy: (xl, { id }, value) =>
      void told.push(`${xl.name}: client ${id} destroyed, ${value}`),
  }) as Translator<unknown>;
}

async function setUp() {
  const leaf = new HeldLeaf();
  const told: string[] = [];
  const context = new FakeContext();
  graph = await startGraph(
    [{ translator: leaf.onlyFops('stat') }, { translator: listening(told), name: 'locks' }],
    context,
  );
  const initiator = front(graph);
  const stat = (client: Client): Stack => {
    const frame = client.begin(newCall());
    const cbk = () => void client.end(frame.root);
    wind.stat(frame, 0, cbk, initiator.links, new Loc(graph.inodes.root), null);
    return frame.root;
  };
  return { leaf, told, context, initiator, stat };
}

describe('a client', () => {
  test('has a uid of its own unless one is given', async () => {
    const { initiator } = await setUp();
    const [one, two, three] = [initiator.connect(), initiator.connect(), initiator.connect('who')];
    expect(one.uid).toMatch(/^CTX_ID:[0-9a-f-]{36}-GRAPH_ID:0-PC_NAME:front-RECON_NO:-0$/);
    expect(two.uid).not.toBe(one.uid);
    expect(three.uid).toBe('who');
    expect(new Set([one.id, two.id, three.id]).size).toBe(3);
    expect([...initiator.clients]).toEqual([one, two, three]);
  });

  test('has its calls interrupted when it disconnects, then its files released', async () => {
    const { told, initiator, stat } = await setUp();
    const [one, two] = [initiator.connect(), initiator.connect()];
    const calls = [stat(one), stat(two), stat(one)];
    for (const client of [one, two]) {
      const inode = linkDirectory(graph, `of ${client.id}`, makeGfid(client.id));
      const fd = new Fd(inode, 0, 1);
      fd.ctxSet(graph.top, true);
      client.fds.add(fd);
    }
    one.disconnect();
    one.disconnect();
    expect(calls.map(({ interrupted }) => interrupted)).toEqual([true, false, true]);
    expect(told).toEqual([`locks: client ${one.id} disconnects`, `locks: fd /of ${one.id}`]);
    expect([one.fds.size, two.fds.size, initiator.calls.size]).toEqual([0, 1, 3]);
  });

  test('is destroyed after its last call once it has disconnected', async () => {
    const { leaf, told, initiator, stat } = await setUp();
    const client = initiator.connect();
    stat(client);
    stat(client);
    client.disconnect();
    leaf.requests[0]!.answer(0, 0, null, null);
    expect([told.length, initiator.clients.size]).toEqual([1, 1]);
    leaf.requests[1]!.answer(0, 0, null, null);
    expect(told[1]).toBe(`locks: client ${client.id} destroyed, kept by locks`);
    expect([told.length, initiator.clients.size, initiator.calls.size]).toEqual([2, 0, 0]);
  });

  test('causes no clientDestroy if its last call ends after the graph stops', async () => {
    const { leaf, told, initiator, stat } = await setUp();
    const client = initiator.connect();
    stat(client);
    client.disconnect();
    await graph.stop();
    leaf.requests[0]!.answer(0, 0, null, null);
    expect([told.length, initiator.clients.size, initiator.calls.size]).toEqual([1, 0, 0]);
  });

  test('keeps no fd and no lookup that arrives after it has disconnected', async () => {
    const { initiator } = await setUp();
    const client = initiator.connect();
    client.disconnect();
    const inode = linkDirectory(graph, 'late', makeGfid(1));
    client.fds.add(new Fd(inode, 0, 1));
    client.lookup(inode);
    expect([client.fds.size, inode.fdCount, inode.nlookup]).toEqual([0, 0, 0]);
  });

  test('finds the first of its open files of an inode, and whether one is open for writing', async () => {
    const { fds } = (await setUp()).initiator.connect();
    const inode = linkDirectory(graph, 'd', makeGfid(1));
    const opened = [O_RDONLY, O_RDWR, O_RDONLY].map((flags) => new Fd(inode, flags, 1));
    for (const fd of opened) fds.add(fd);
    const find = () => [fds.findOpenFile(inode), fds.isOpenForWriting(inode)];
    for (const [at, fd] of opened.entries()) {
      expect(find()).toEqual([fd, at < 2]);
      fds.release(fd.id);
    }
    expect(find()).toEqual([undefined, false]);
  });

  test('releases 100,000 fds of one inode, the last one first and in between', async () => {
    const { fds } = (await setUp()).initiator.connect();
    const inode = linkDirectory(graph, 'd', makeGfid(1));
    const opened = Array.from({ length: 100_000 }, () => new Fd(inode, O_RDONLY, 1));
    for (const fd of opened) fds.add(fd);
    for (let nth = 0; nth < opened.length; nth += 1)
      fds.release(opened[(nth * 31_337 + 99_999) % opened.length]!.id);
    expect([fds.size, inode.fdCount, fds.findOpenFile(inode)]).toEqual([0, 0, undefined]);
  });

  test('is released although the clientDisconnect of a translator throws', async () => {
    const leaf = new HeldLeaf();
    const told: string[] = [];
    const broken = {
      ...listening([]),
      clientDisconnect: () => {
        throw new Error('oh');
      },
    };
    const context = new FakeContext();
    graph = await startGraph(
      [
        { translator: leaf.onlyFops('stat') },
        { translator: listening(told), name: 'below' },
        { translator: broken, name: 'above' },
      ],
      context,
    );
    const client = front(graph).connect();
    const inode = linkDirectory(graph, 'd', makeGfid(1));
    client.fds.add(new Fd(inode, 0, 1));
    client.disconnect();
    expect(told).toEqual([`below: client ${client.id} disconnects`]);
    expect(inode.fdCount).toBe(0);
    expect(context.lines.join('\n')).toMatch(
      /above.*client CTX_ID:.*was not released completely: Error: oh/s,
    );
  });

  test('forgets only its own lookups, and all of them when it disconnects', async () => {
    const { initiator } = await setUp();
    const [one, two] = [initiator.connect(), initiator.connect()];
    const { inodes } = graph;
    const inode = inodes.link(inodes.newInode(), null, null, file(7))!;
    for (const client of [one, one, two, two, two]) client.lookup(inode);
    expect([inode.nlookup, one.knows(inode), two.knows(inode)]).toEqual([5, true, true]);
    one.forget(inode, 0);
    one.forget(inode, 1);
    expect(inode.nlookup).toBe(4);
    // At most as many as it has.
    one.forget(inode, 1000);
    expect([inode.nlookup, one.knows(inode)]).toEqual([3, false]);
    two.disconnect();
    // Without lookups and names, the inode is evicted.
    expect([inode.nlookup, inodes.find(inode.gfid)]).toEqual([0, undefined]);
  });

  test('knows exactly the inodes that it has looked up, while other clients come and go', async () => {
    const { initiator } = await setUp();
    const { inodes } = graph;
    const files = [1, 2, 3].map(
      (number) => inodes.link(inodes.newInode(), inodes.root, `${number}`, file(number))!,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(4))), (steps) => {
        const clients = [0, 1, 2].map(() => initiator.connect());
        const told = clients.map(() => [0, 0, 0]);
        for (const [who, at, count] of steps) {
          const [client, inode, own] = [clients[who]!, files[at]!, told[who]!];
          if (count === 0) client.forget(inode, at);
          else client.lookup(inode);
          own[at] = count === 0 ? Math.max(0, own[at]! - at) : own[at]! + 1;
          for (const [i, each] of files.entries()) {
            expect(each.nlookup).toBe(told.reduce((sum, counts) => sum + counts[i]!, 0));
            expect(clients.map((one) => one.knows(each))).toEqual(told.map((c) => c[i]! > 0));
          }
        }
        for (const [at, client] of clients.entries()) {
          client.disconnect();
          const left = told.slice(at + 1);
          const sums = files.map((_, i) => left.reduce((sum, counts) => sum + counts[i]!, 0));
          expect(files.map(({ nlookup }) => nlookup)).toEqual(sums);
        }
      }),
    );
  });

  test('leaves no trace in the graph after 10 000 connects and disconnects', async () => {
    const { leaf, initiator, stat } = await setUp();
    leaf.onRequest = (request) => request.answer(0, 0, null, null);
    const inode = linkDirectory(graph, 'd', makeGfid(1));
    for (let i = 0; i < 10_000; i++) {
      const client = initiator.connect(`client ${i}`);
      stat(client);
      client.lookup(inode);
      client.fds.add(new Fd(inode, 0, 1));
      client.disconnect();
    }
    expect([initiator.clients.size, initiator.calls.size]).toEqual([0, 0]);
    expect([inode.nlookup, inode.fdCount]).toEqual([0, 0]);
  });
});

describe('an initiator', () => {
  test('has an id different from all volumes and initiators', async () => {
    await setUp();
    const ids = [...graph.xlators, front(graph).xl, front(graph).xl].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('proposes a new gfid with each call of makeGfidRequest', async () => {
    const { initiator } = await setUp();
    const [one, two] = [initiator.makeGfidRequest(), initiator.makeGfidRequest()];
    expect(one.string(GFID_REQ)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
    expect(two.string(GFID_REQ)).not.toBe(one.string(GFID_REQ));
  });

  test('receives events until it is closed, which also disconnects its clients', async () => {
    const { initiator } = await setUp();
    const client = initiator.connect();
    const heard: string[] = [];
    initiator.listen((event) => void heard.push(event));
    graph.top.notify('CHILD_DOWN', graph.top);
    initiator.close();
    graph.top.notify('CHILD_UP', graph.top);
    expect(heard).toEqual(['CHILD_DOWN']);
    expect([client.connected, graph.initiators.has(initiator)]).toEqual([false, false]);
  });
});
