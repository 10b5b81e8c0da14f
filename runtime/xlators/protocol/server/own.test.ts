/** Our client with our server, in one process, over loopback. */
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrowserContext } from '../../../../bridges/machine/browser/context.ts';
import { operations } from '../../../../bridges/testing/operations.ts';
import { connect, Driver } from '../../../api/driver.ts';
import type { Graph } from '../../../core/graph.ts';
import { Initiator, initiatorTranslator } from '../../../core/initiator.ts';
import { NONE } from '../../../core/log.ts';
import { activate, Registry } from '../../../graph/activate.ts';
import { Source } from '../../../graph/source.ts';
import { readVolfile } from '../../../graph/volfile.ts';
import locks from '../../features/locks/index.ts';
import memory from '../../storage/memory/index.ts';
import client from '../client/translator.ts';
import { type Listener, listen } from './listener.ts';

const registry = new Registry([memory, locks, client] as never);
const FILES = 'volume files\n  type storage/memory\nend-volume\n';
const BRICK = `${FILES}volume brick\n  type features/locks\n  subvolumes files\nend-volume\n`;

async function start(text: string): Promise<Graph> {
  const { description } = readVolfile(new Source('test.vol', text), { registry });
  const context = new BrowserContext(() => {});
  const graph = activate(description, registry, context, { default: NONE, volumes: new Map() });
  await graph.start();
  await graph.whenUp(30_000);
  return graph;
}

let graphs: Graph[];
let listener: Listener;
let said: string[];

beforeEach(async () => {
  said = [];
  const graph = await start(BRICK);
  const initiator = new Initiator(
    graph,
    'server',
    initiatorTranslator('protocol/server', 'test'),
    graph.top.log,
  );
  listener = await listen(
    { host: '127.0.0.1', port: 0 },
    {
      initiator,
      graph,
      given: new Map([['auth.addr.brick.allow', '127.0.0.1']]),
      uuid: 'server',
      linksTo: (volume) => (volume === 'brick' ? graph.links : undefined),
      log: (text) => void said.push(text),
    },
  );
  graphs = [graph];
});
afterEach(async () => {
  await listener.close();
  for (const graph of graphs.reverse()) await graph.stop();
});

const volfile = (): string =>
  `volume c0\n  type protocol/client\n  option remote-host 127.0.0.1\n  option remote-port ${listener.port}\n` +
  '  option remote-subvolume brick\nend-volume\n';

type Do = (operation: string, ...args: readonly unknown[]) => Promise<unknown>;

async function open(text: string): Promise<Do> {
  const graph = await start(text);
  graphs.push(graph);
  const driver = new Driver(connect(graph, 'test'), { uid: 0, gid: 0, groups: [], pid: 7 });
  return (operation, ...args) => operations[operation]!(driver, args as never) as Promise<unknown>;
}

const bytes = (text: string) => ['bytes', text];

describe('a stack behind our server', () => {
  it('answers as it does by itself', async () => {
    const far = await open(volfile());
    const near = await open(FILES);
    // What is not the same: gfids, times, and which fields are filled, as only the wire says.
    const plain = (answer: unknown): string =>
      JSON.stringify(answer)
        .replace(/"[0-9a-f-]{36}"/g, 'G')
        .replace(/1\d{9},\d+/g, 'T')
        .replaceAll(',6143,', ',0,');
    const both = async (operation: string, ...args: readonly unknown[]): Promise<string> => {
      const [a, b] = await Promise.all(
        [far, near].map((ask) =>
          ask(operation, ...args).then(plain, (error: Error) => error.message),
        ),
      );
      expect([operation, ...args, a]).toEqual([operation, ...args, b]);
      return a!;
    };
    await both('mkdir', '/d', 0o750);
    await both('write', '/d/f', bytes('x'.repeat(200_000)), null);
    await both('write', '/d/f', bytes('yy'), 100);
    expect(await both('read', '/d/f', 5, 98)).toContain('xxyyx');
    await both('read', '/d/f', 10, 300_000);
    await both('symlink', '../somewhere', '/d/l');
    await both('readlink', '/d/l');
    await both('link', '/d/f', '/h');
    await both('rename', '/h', '/d/\udcff\u00fc');
    await both('mknod', '/d/fifo', 0o10644, 0);
    await both('mknod', '/d/null', 0o20666, 259);
    for (const name of ['f', 'l', 'fifo', 'null', '\udcff\u00fc']) await both('stat', `/d/${name}`);
    await both('chmod', '/d/f', 0o4711);
    await both('chown', '/d/f', 12, 34);
    await both('truncate', '/d/f', 7);
    await both('utime', '/d/f', 1, 2);
    await both('setxattr', '/d/f', 'user.a', bytes('v\0\xff'), 0);
    await both('setxattr', '/d/f', 'user.a', bytes('w'), 1);
    await both('getxattr', '/d/f', 'user.a');
    await both('getxattr', '/d/f', 'user.none');
    await both('listxattr', '/d/f');
    await both('removexattr', '/d/f', 'user.a');
    await both('listdir', '/d');
    for (const [operation, ...args] of [
      ['lookup', '/none'],
      ['mkdir', '/d', 0o755],
      ['rmdir', '/d'],
      ['unlink', '/none'],
      ['readlink', '/d/f'],
      ['rename', '/none', '/x'],
      ['rename', '/d', '/d/x'],
      ['link', '/d/f', '/d/l'],
    ]) {
      await both(operation as string, ...args);
    }
    for (let n = 0; n < 200; n++) await both('mknod', `/d/n${n}`, 0o644, 0);
    await both('listdir', '/d');
    await both('statfs');
  });

  it('has nothing of a client that is gone', async () => {
    const far = await open(volfile());
    await far('open', '/f', 0o102, 0o644);
    const [brick, own] = graphs as [Graph, Graph];
    const [initiator] = [...brick.initiators];
    expect(initiator!.clients.size).toBe(1);
    graphs = [brick];
    await own.stop();
    await expect.poll(() => initiator!.clients.size, { timeout: 60_000 }).toBe(0);
  });

  it('closes a connection that says nonsense, and no other', async () => {
    const far = await open(volfile());
    for (const nonsense of [Buffer.alloc(64, 0xff), Buffer.from('GET / HTTP/1.0\r\n\r\n')]) {
      const socket = connectTcp(listener.port!, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(nonsense);
      await new Promise((done) => socket.once('close', done));
    }
    expect(said.join('\n')).toMatch(/is closed: a message of \d+ bytes or more/);
    expect(await far('listdir', '/')).toEqual([]);
  });
});
