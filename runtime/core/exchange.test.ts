/** Exchanges of a graph in use: clients keep their inodes, files and locks, and no request fails. */
import { expect, it } from 'vitest';
import { FakeContext, HeldLeaf, type TestVolume } from '../../test/support/core.ts';
import { connect, Driver } from '../api/driver.ts';
import locks from '../xlators/features/locks/index.ts';
import memory from '../xlators/storage/memory/index.ts';
import type { Client } from './client.ts';
import { EINTR } from './errno.ts';
import { InitError } from './errors.ts';
import { Stack } from './frame.ts';
import { tail, unwind, wind } from './gen/fops.gen.ts';
import { Graph } from './graph.ts';
import type { Inode } from './inode.ts';
import { F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from './lock.ts';
import type { LogLevels } from './log.ts';
import { type Fd, Loc } from './operands.ts';
import type { Options } from './options.ts';
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Fops,
  type Translator,
  type VolumeSpec,
  type Xlator,
} from './xlator.ts';

/** Logs its requests and passes them on; stores a context with every inode and fd. */
const watcher = (
  log: string[],
  more: Partial<Translator<null>> = {},
  fops: Fops<null> = {},
): Translator<unknown> =>
  defineTranslator<null, Options>({
    type: 'test/watcher',
    description: 'Watches.',
    children: [1, 1],
    options: {},
    init: () => null,
    fops: {
      lookup(frame, xl, loc, xdata) {
        log.push(`${xl.name} lookup ${loc.path}`);
        loc.inode?.ctxSet(xl, loc.path);
        tail.lookup(frame, xl.children[0]!, loc, xdata);
      },
      open(frame, xl, loc, flags, fd, xdata) {
        log.push(`${xl.name} open ${loc.path}`);
        fd?.ctxSet(xl, loc.path);
        tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
      },
      readv(frame, xl, fd, size, offset, flags, xdata) {
        log.push(`${xl.name} readv ${fd.ctxGet(xl)}`);
        tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
      },
      ...fops,
    },
    forget: (xl, _inode, value) => void log.push(`${xl.name} forget ${value}`),
    release: (xl, _fd, value) => void log.push(`${xl.name} release ${value}`),
    fini: (xl) => void log.push(`${xl.name} fini`),
    ...more,
  }) as Translator<unknown>;

const disk: TestVolume = { name: 'disk', translator: memory as Translator<unknown> };
const locker: TestVolume = { name: 'locks', translator: locks as Translator<unknown> };

/** Describes volumes, leaf first, each above the previous one. */
const describe = (volumes: readonly TestVolume[]): VolumeSpec[] =>
  volumes.map(({ name, translator, options = {}, below }, at) => ({
    name: name!,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: below ?? (at === 0 ? [] : [volumes[at - 1]!.name!]),
  }));

class Running {
  readonly context = new FakeContext();
  readonly graph: Graph;
  client!: Client;
  driver!: Driver;

  constructor(volumes: readonly TestVolume[]) {
    const levels: LogLevels = { default: 7, volumes: new Map() };
    this.graph = new Graph(describe(volumes), this.context, levels);
  }

  async start(): Promise<this> {
    await this.graph.start();
    this.client = connect(this.graph);
    this.driver = this.by('aa');
    return this;
  }

  by(lkOwner: string): Driver {
    return new Driver(this.client, { uid: 0, gid: 0, pid: 1, groups: [], lkOwner });
  }

  exchange(...volumes: TestVolume[]) {
    return this.graph.exchange(describe(volumes), 1000);
  }

  /** Waits long enough for replaced volumes to end. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      this.context.advance(50);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }
  }

  async create(path: string, text: string): Promise<Fd> {
    const { driver } = this;
    const place = await driver.resolveParent(path);
    const loc = driver.makeLoc(place);
    const fd = driver.makeFd(loc.inode!, 2);
    const { values } = await driver.expect(
      'create',
      loc,
      2,
      0o644,
      0,
      fd,
      driver.makeGfidRequest(),
    );
    this.client.lookup(values[1] as Inode);
    this.client.fds.add(fd);
    await this.write(fd, text);
    return fd;
  }

  write(fd: Fd, text: string) {
    return this.driver.expect('writev', fd, Buffer.from(text), 0, 0, null);
  }

  async read(fd: Fd): Promise<string> {
    const { values } = await this.driver.expect('readv', fd, 100, 0, 0, null);
    return Buffer.from(values[0] as Uint8Array).toString();
  }
}

const running = (...volumes: TestVolume[]): Promise<Running> => new Running(volumes).start();

it('a volume added at the top of a running graph looks up the known inodes and opens the open files', async () => {
  const log: string[] = [];
  const run = await running(disk);
  const fd = await run.create('/f', 'text');
  const top = { name: 'top', translator: watcher(log) };
  expect(await run.exchange(disk, top)).toEqual({
    keptNames: ['disk'],
    startedNames: ['top'],
    removedNames: [],
  });
  await run.settle();
  expect(log).toEqual(['top lookup /', 'top lookup /f', 'top open /f']);
  expect(await run.read(fd)).toBe('text');
  expect(log.at(-1)).toBe('top readv /f');
  expect(run.graph.retiredGraphs).toEqual([]);
  run.client.fds.release(fd.id);
  expect(log.at(-1)).toBe('top release /f');
  // The file had one use, and it has ended.
  await run.driver.expect('unlink', new Loc(fd.inode, run.graph.inodes.root, 'f'), 0, null);
  await run.graph.stop();
});

it('a volume removed from a running graph gets release and forget for its contexts, then fini', async () => {
  const log: string[] = [];
  const top = { name: 'top', translator: watcher(log) };
  const run = await running(disk, top);
  const fd = await run.create('/f', 'text');
  await run.driver.find('/f');
  await run.driver.expect('open', new Loc(fd.inode), 2, fd, null);
  log.length = 0;
  expect(await run.exchange(disk)).toEqual({
    keptNames: ['disk'],
    startedNames: [],
    removedNames: ['top'],
  });
  await run.settle();
  expect(log).toEqual(['top release /f', 'top forget /f', 'top fini']);
  expect(await run.read(fd)).toBe('text');
  expect(run.graph.xlators.map(({ name }) => name)).toEqual(['disk']);
  expect(run.graph.xlators[0]!.above).toEqual([]);
  await run.graph.stop();
});

it('a replaced volume finishes the requests that it has begun, then ends', async () => {
  const log: string[] = [];
  const leaf = new HeldLeaf();
  const held = { name: 'held', translator: leaf.translator };
  const top = { name: 'top', translator: watcher(log) };
  const run = await running(held, top);
  const reply = run.driver.wind('stat', new Loc(run.graph.inodes.root), null);
  const exchanged = run.exchange(held, { name: 'other', translator: watcher(log) });
  // The exchange looks up the root for the new volume.
  await new Promise(setImmediate);
  leaf.requests.find(({ name }) => name === 'lookup')!.answer(-1, 2);
  await exchanged;
  await run.settle();
  expect(log).not.toContain('top fini');
  leaf.requests.find(({ name }) => name === 'stat')!.answer(-1, 5);
  expect(await reply).toMatchObject({ opRet: -1, opErrno: 5 });
  await run.settle();
  expect(log.at(-1)).toBe('top fini');
  await run.graph.stop();
});

/** A watcher that stats the root itself, on an access and on PARENT_DOWN. */
const asking = (log: string[]): Translator<unknown> => {
  const ask = (xl: Xlator<null>): void => {
    const frame = xl.begin(new Stack(0, 0, -100, 'STAT'));
    wind.stat(frame, 0, asked, xl.children[0]!, new Loc(xl.inodes!.root), null);
  };
  const asked: Cbk<'stat', null> = (frame, _cookie, xl) => void xl.end(frame.root);
  return watcher(
    log,
    {
      notify(xl, event, data) {
        if (event === 'PARENT_DOWN') ask(xl);
        defaultNotify(xl, event, data);
      },
    },
    {
      access(frame, xl) {
        ask(xl);
        unwind.access(frame, 0, 0, null);
      },
    },
  );
};

it('a replaced volume does not end before its own requests have ended', async () => {
  const log: string[] = [];
  const leaf = new HeldLeaf();
  leaf.onRequest = (request) => {
    if (request.name === 'stat') leaf.requests.push(request);
    else request.answer(-1, 2);
  };
  const held = { name: 'held', translator: leaf.translator };
  const run = await running(held, { name: 'top', translator: asking(log) });
  await run.driver.wind('access', new Loc(run.graph.inodes.root), 0, null);
  await run.exchange(held);
  await run.settle();
  const replaced = () =>
    run.graph.retiredGraphs.map(({ replacedInstances, openFdCount, pendingRequestCount }) => ({
      ...{ openFdCount, pendingRequestCount },
      own: replacedInstances.map(({ name, calls }) => [name, calls.list().map(({ op }) => op)]),
    }));
  const [own] = leaf.requests;
  expect(replaced()).toEqual([
    { openFdCount: 0, pendingRequestCount: 1, own: [['top', ['STAT']]] },
  ]);
  expect(log).not.toContain('top fini');
  own!.answer(0, 0, null, null);
  await run.settle();
  // PARENT_DOWN has made it begin another request.
  expect(leaf.requests).toHaveLength(2);
  expect(log).not.toContain('top fini');
  leaf.requests[1]!.answer(0, 0, null, null);
  await run.settle();
  expect(log.filter((line) => line === 'top fini')).toHaveLength(1);
  expect(replaced()).toEqual([]);
  await run.graph.stop();
});

it.each([
  ['runs init', {}],
  ['is not up yet', { notify: () => {} }],
])('stop ends all volumes once while a new volume %s', async (_what, more) => {
  const log: string[] = [];
  const run = await running(disk, { name: 'top', translator: watcher(log) });
  let begun = (): void => {};
  const init = new Promise<null>((resolve) => {
    begun = () => resolve(null);
  });
  const other = { name: 'other', translator: watcher(log, { init: () => init, ...more }) };
  const exchanged = expect(run.exchange(disk, other)).rejects.toThrow('the graph has ended');
  if ('notify' in more) {
    begun();
    await new Promise(setImmediate);
  }
  const stopped = run.graph.stop();
  begun();
  await Promise.all([exchanged, stopped]);
  expect(log.sort()).toEqual(['other fini', 'top fini']);
  expect(run.context.waiting).toBe(0);
  await expect(run.exchange(disk)).rejects.toThrow('the graph has ended');
});

it('a graph refuses a second exchange of volumes during the first, which succeeds', async () => {
  const log: string[] = [];
  const run = await running(disk);
  const first = run.exchange(disk, { name: 'first', translator: watcher(log) });
  const second = run.exchange(disk, { name: 'second', translator: watcher(log) });
  await expect(second).rejects.toThrow('another exchange is under way');
  expect((await first).startedNames).toEqual(['first']);
  expect(run.graph.top.name).toBe('first');
  expect((await run.exchange(disk)).removedNames).toEqual(['first']);
  await run.settle();
  await run.graph.stop();
  expect(log.filter((line) => line.endsWith('fini'))).toEqual(['first fini']);
});

it("stop interrupts the volumes' own requests", async () => {
  const leaf = new HeldLeaf();
  const held = { name: 'held', translator: leaf.translator };
  const run = await running(held, { name: 'top', translator: asking([]) });
  await run.driver.wind('access', new Loc(run.graph.inodes.root), 0, null);
  const [own] = leaf.requests;
  own!.frame.root.whenInterrupted(() => own!.answer(-1, EINTR, null, null));
  await run.graph.stop();
  expect(own!.frame.root).toMatchObject({ interrupted: true, pool: null });
});

it.each([
  [
    'refuses in init',
    { init: () => Promise.reject(new InitError('no luck')) },
    /volume 'other' \(test\/watcher\): no luck/,
  ],
  ['does not come up', { notify: () => {} }, /volume 'other' .*has not come up within 1 s/],
] as const)(
  'an exchange of volumes in which the new one %s leaves the graph unchanged',
  async (_what, more, why) => {
    const log: string[] = [];
    const top = { name: 'top', translator: watcher(log) };
    const run = await running(disk, top);
    const fd = await run.create('/f', 'text');
    const before = [...run.graph.xlators];
    const other = { name: 'other', translator: watcher(log, more as never) };
    const exchanged = run.exchange(disk, other);
    const refused = expect(exchanged).rejects.toThrow(why);
    await run.settle();
    await run.settle();
    await refused;
    expect(run.graph.xlators).toEqual(before);
    expect(run.graph.xlators[0]!.above.map(({ name }) => name)).toEqual(['top']);
    log.length = 0;
    expect(await run.read(fd)).toBe('text');
    expect(log).toEqual(['top readv undefined']);
    await run.graph.stop();
  },
);

it('a running graph refuses to remove a volume whose files would be lost', async () => {
  const run = await running(disk);
  const other = { name: 'other', translator: memory as Translator<unknown> };
  // The storage is still empty.
  expect(await run.exchange(other)).toEqual({
    keptNames: [],
    startedNames: ['other'],
    removedNames: ['disk'],
  });
  await run.settle();
  await run.create('/f', 'text');
  await expect(run.exchange(disk)).rejects.toThrow(
    "volume 'other' (storage/memory): removing it would lose the files that only it has",
  );
  const smaller = { ...other, options: { size: '1MB' } };
  expect(await run.exchange(smaller, { name: 'top', translator: watcher([]) })).toMatchObject({
    keptNames: ['other'],
  });
  await run.graph.stop();
});

it('a new instance of features/locks takes over the held locks and the waiting requests', async () => {
  const log: string[] = [];
  const run = await running(disk, locker);
  const fd = await run.create('/f', 'text');
  const lock = (owner: string, cmd: number, type: number) =>
    run
      .by(owner)
      .wind('lk', fd, cmd, { type, whence: 0, start: 0, len: 0, pid: 1, owner }, null)
      .then(({ opRet, opErrno }) => (opRet < 0 ? opErrno : 0));
  expect(await lock('aa', F_SETLK, F_WRLCK)).toBe(0);
  let got = false;
  const waiting = lock('bb', F_SETLKW, F_WRLCK).then((errno) => {
    got = true;
    return errno;
  });
  const between = { name: 'between', translator: watcher(log) };
  expect(await run.exchange(disk, between, locker)).toEqual({
    keptNames: ['disk'],
    startedNames: ['between', 'locks'],
    removedNames: [],
  });
  await run.settle();
  expect(fd.links).toBe(run.graph.links);
  expect(await lock('cc', F_SETLK, F_WRLCK)).toBe(11);
  expect(got).toBe(false);
  expect(await lock('aa', F_SETLK, F_UNLCK)).toBe(0);
  expect(await waiting).toBe(0);
  await run.settle();
  expect(run.graph.retiredGraphs).toEqual([]);
  expect(await lock('cc', F_SETLK, F_WRLCK)).toBe(11);
  // The file's last use has ended, and its locks with it.
  run.client.fds.release(fd.id);
  expect([...(run.graph.top.priv as Iterable<unknown>)]).toEqual([]);
  await run.graph.stop();
});

it('a file that a new volume refuses to open stays open in the replaced one', async () => {
  const log: string[] = [];
  const run = await running(disk, { name: 'top', translator: watcher(log) });
  const fd = await run.create('/f', 'text');
  const strict = watcher(log, {}, { open: (frame) => unwind.open(frame, -1, 13, null, null) });
  await run.exchange(disk, { name: 'strict', translator: strict });
  await run.settle();
  expect(await run.read(fd)).toBe('text');
  expect(log.at(-1)).toBe('top readv undefined');
  expect(run.context.lines.filter((line) => line.includes('stays as it was opened'))).toHaveLength(
    1,
  );
  expect(log).not.toContain('top fini');
  run.client.fds.release(fd.id);
  await run.settle();
  expect(log).toContain('top fini');
  expect(run.graph.retiredGraphs).toEqual([]);
  await run.graph.stop();
});

it('a hundred exchanges of volumes lose no open file, and leave no replaced volume', async () => {
  const log: string[] = [];
  const run = await running(disk);
  const fds = [await run.create('/a', '1'), await run.create('/b', '2')];
  await run.driver.expect('unlink', new Loc(fds[1]!.inode, run.graph.inodes.root, 'b'), 0, null);
  const extra = ['x', 'y', 'z'].map((name) => ({ name, translator: watcher(log) }));
  for (let i = 0; i < 100; i++) {
    const volumes = extra.filter((_, bit) => (i & (1 << bit)) !== 0);
    await run.exchange(disk, ...volumes);
    expect(await Promise.all(fds.map((fd) => run.read(fd)))).toEqual(['1', '2']);
    if (i % 10 === 9) await run.settle();
  }
  await run.settle();
  expect(run.graph.retiredGraphs).toEqual([]);
  expect(run.graph.instances.filter((xl) => xl !== undefined)).toEqual(run.graph.xlators);
  for (const fd of fds) run.client.fds.release(fd.id);
  expect(run.graph.xlators[0]!.above.length).toBeLessThan(2);
  await run.graph.stop();
});

it('requests sent while volumes are exchanged get their replies', async () => {
  const log: string[] = [];
  const run = await running(disk);
  await run.create('/f', 'text');
  const loc = new Loc(run.graph.inodes.root);
  const winding: Promise<unknown>[] = [];
  const slow = watcher(
    log,
    {},
    {
      stat(frame, xl, at, xdata) {
        setImmediate(() =>
          wind.stat(
            frame,
            0,
            (...reply) =>
              unwind.stat(reply[0], ...(reply.slice(3) as [number, number, never, never])),
            xl.children[0]!,
            at,
            xdata,
          ),
        );
      },
    },
  );
  for (let i = 0; i < 20; i++) {
    winding.push(run.driver.expect('stat', loc, null));
    await run.exchange(disk, { name: `slow${i}`, translator: slow });
    winding.push(run.driver.expect('stat', loc, null));
  }
  expect(await Promise.all(winding)).toHaveLength(40);
  await run.settle();
  expect(run.graph.retiredGraphs).toEqual([]);
  await run.graph.stop();
});
