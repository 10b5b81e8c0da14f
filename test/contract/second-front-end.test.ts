/**
 * A second front end, as a trial of the core: it serves a graph to clients on sockets, a line of
 * JSON for each request and reply. The initiator owns files, locks and lookups, and ends them with
 * their client.
 */
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Driver, type FopError } from '../../runtime/api/driver.ts';
import type { Client } from '../../runtime/core/client.ts';
import { EAGAIN } from '../../runtime/core/errno.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Initiator, makeInitiatorTranslator } from '../../runtime/core/initiator.ts';
import { F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from '../../runtime/core/lock.ts';
import { Loc } from '../../runtime/core/operands.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { startGraph } from '../support/core.ts';
import { makeFolder } from '../support/folder.ts';

// The front end.

interface Request {
  readonly id: number;
  readonly op: string;
  readonly path?: string;
  readonly fd?: number;
  readonly cmd?: number;
  readonly type?: number;
  readonly owner?: string;
}

type Operation = (driver: Driver, request: Request) => Promise<unknown>;

const operations: Readonly<Record<string, Operation>> = {
  async lookup(driver, { path }) {
    const { inode } = await driver.find(path!);
    driver.client.lookup(inode);
    return inode.gfid;
  },
  async create(driver, { path }) {
    const entry = await driver.resolveParent(path!);
    const loc = driver.makeLoc(entry);
    const fd = driver.makeFd(loc.inode!, 2);
    const xdata = driver.makeGfidRequest();
    await driver.expect('create', loc, 2, 0o644, 0, fd, xdata);
    driver.client.fds.add(fd);
    return fd.id;
  },
  async open(driver, { path }) {
    const { inode } = await driver.find(path!);
    const fd = driver.makeFd(inode, 2);
    await driver.expect('open', new Loc(inode), 2, fd, null);
    driver.client.fds.add(fd);
    return fd.id;
  },
  async lk(driver, { fd: handle, cmd, type, owner }) {
    const flock = { type: type!, whence: 0, start: 0, len: 0, pid: 1, owner: owner! };
    await driver.expect('lk', driver.client.fds.get(handle!)!, cmd!, flock, null);
  },
};

async function reply(client: Client, request: Request): Promise<object> {
  const { id, op, owner } = request;
  const driver = new Driver(client, { uid: 0, gid: 0, pid: 1, groups: [], lkOwner: owner ?? '' });
  try {
    return { id, result: await operations[op]!(driver, request) };
  } catch (error) {
    return { id, errno: (error as FopError).errno };
  }
}

const record = makeInitiatorTranslator('test/json', 'Serves a graph by lines of JSON.');

function serve(graph: Graph, path: string): Promise<() => Promise<void>> {
  const initiator = new Initiator(graph, 'json', record, graph.top.log);
  const server = createServer((socket) => {
    const client = initiator.connect();
    createInterface(socket).on('line', async (line) => {
      const answer = await reply(client, JSON.parse(line));
      if (client.connected) socket.write(`${JSON.stringify(answer)}\n`);
    });
    socket.on('close', () => client.disconnect());
  });
  const close = () =>
    new Promise<void>((resolve) => {
      initiator.close();
      server.close(() => resolve());
    });
  return new Promise((ready) => server.listen(path, () => ready(close)));
}

// Its clients.

class Remote {
  private readonly socket: Socket;
  private readonly waiting = new Map<number, (reply: object) => void>();
  private lastId = 0;

  constructor(path: string) {
    this.socket = createConnection(path);
    createInterface(this.socket).on('line', (line) => {
      const answer = JSON.parse(line);
      this.waiting.get(answer.id)!(answer);
    });
  }

  ask(op: string, rest: Partial<Request> = {}): Promise<{ result?: unknown; errno?: number }> {
    this.lastId += 1;
    const id = this.lastId;
    this.socket.write(`${JSON.stringify({ id, op, ...rest })}\n`);
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** Closes the socket without a word, like a killed process. */
  die(): void {
    this.socket.destroy();
  }
}

let graph: Graph;
let close: () => Promise<void>;
let folder: string;
let remotes: Remote[];

beforeEach(async () => {
  const volume = (translator: unknown) => ({ translator: translator as Translator<unknown> });
  graph = await startGraph([volume(memory), volume(locks)]);
  folder = makeFolder();
  close = await serve(graph, join(folder, 'socket'));
  remotes = [];
});

afterEach(async () => {
  for (const remote of remotes) remote.die();
  await close();
  await graph.stop();
});

const connectRemote = (): Remote => {
  const remote = new Remote(join(folder, 'socket'));
  remotes.push(remote);
  return remote;
};

/** The owner that every client chooses. */
const owner = 'ff00000000000000';
const mine = { type: F_WRLCK, owner };

test('each client of a second front end has its own locks and open files, released when it disconnects', async () => {
  const [one, two] = [connectRemote(), connectRemote()];
  const first = (await one.ask('create', { path: '/file' })).result as number;
  const second = (await two.ask('open', { path: '/file' })).result as number;
  const { result: gfid } = await one.ask('lookup', { path: '/file' });
  const inode = graph.inodes.find(gfid as string)!;

  expect(await one.ask('lk', { fd: first, cmd: F_SETLK, ...mine })).not.toHaveProperty('errno');
  const refused = await two.ask('lk', { fd: second, cmd: F_SETLK, ...mine });
  expect(refused.errno).toBe(EAGAIN);
  // Another's file is no file of its own.
  expect(await two.ask('lk', { fd: first, cmd: F_SETLK, ...mine })).not.toHaveProperty('result');
  // One fd each, and the lock.
  expect([inode.fdCount, inode.nlookup]).toEqual([3, 1]);

  const waiting = two.ask('lk', { fd: second, cmd: F_SETLKW, ...mine });
  // Its next request has a reply, so the other client waits by now.
  await two.ask('lookup', { path: '/' });
  one.die();
  expect(await waiting).not.toHaveProperty('errno');
  expect([inode.fdCount, inode.nlookup]).toEqual([2, 0]);

  await two.ask('lk', { fd: second, cmd: F_SETLK, type: F_UNLCK, owner });
  expect(inode.fdCount).toBe(1);
});

test('a client that dies while it waits for a lock does not keep the next waiting client from the lock', async () => {
  const [one, two, three] = [connectRemote(), connectRemote(), connectRemote()];
  const fd = (await one.ask('create', { path: '/file' })).result as number;
  const others = await Promise.all([two, three].map((each) => each.ask('open', { path: '/file' })));
  const [second, third] = others.map(({ result }) => result as number);
  await one.ask('lk', { fd, cmd: F_SETLK, ...mine });
  void two.ask('lk', { fd: second!, cmd: F_SETLKW, ...mine });
  await two.ask('lookup', { path: '/' });
  const waiting = three.ask('lk', { fd: third!, cmd: F_SETLKW, ...mine });
  two.die();
  one.die();
  expect(await waiting).not.toHaveProperty('errno');
});
