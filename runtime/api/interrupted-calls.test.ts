/** Every kind of call of a Volume: ended by its signal, and by the close of the volume. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { collect, fopNames, tail } from '../core/gen/fops.gen.ts';
import type { Fops } from '../core/xlator.ts';
import { packageRoot } from '../sys/paths.ts';
import locks from '../xlators/features/locks/index.ts';
import memory from '../xlators/storage/memory/index.ts';
import type { FileHandle } from './file-handle.ts';
import { Volume } from './volume.ts';

/** A volume whose requests can be held. */
interface Held {
  readonly volume: Volume;
  readonly file: FileHandle;
  /** Holds further requests. */
  hold(): void;
  /** The number of held requests. */
  count(): number;
  /** Sends the held requests, and holds no more. @returns how many these were */
  release(): number;
}

async function open(): Promise<Held> {
  let isHolding = false;
  const held: (() => void)[] = [];
  const take = (name: (typeof fopNames)[number]) =>
    collect[name]((frame, xl, args) => {
      const send = (): void =>
        (tail[name] as (...args: unknown[]) => void)(frame, xl.children[0]!, ...args);
      if (isHolding) held.push(send);
      else send();
    });
  const fops = Object.fromEntries(fopNames.map((name) => [name, take(name)])) as Fops<null>;
  const volumes = [
    { translator: memory as never },
    { translator: locks as never },
    { translator: makeTranslator('held', fops) },
  ];
  const volume = Volume.fromGraph(await startGraph(volumes, new FakeContext()), {
    ownsGraph: true,
  });
  onTestFinished(() => volume.close());
  await volume.mkdir('/d/e', { recursive: true });
  await volume.writeFile('/a', 'text');
  await volume.symlink('a', '/link');
  const file = await volume.open('/a', 'r+');
  await volume.setxattr('/a', 'user.x', '1');
  return {
    volume,
    file,
    hold() {
      isHolding = true;
    },
    count: () => held.length,
    release() {
      isHolding = false;
      const all = held.splice(0);
      for (const send of all) send();
      return all.length;
    },
  };
}

type Call = (volume: Volume, file: FileHandle) => Promise<unknown>;

const drain = async (parts: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of parts);
};

const calls: Readonly<Record<string, Call>> = {
  access: (volume) => volume.access('/a', 4),
  appendFile: (volume) => volume.appendFile('/a', 'x'),
  chmod: (volume) => volume.chmod('/d', 0o700, { recursive: true }),
  chown: (volume) => volume.chown('/d', 0, 0, { recursive: true }),
  copyFile: (volume) => volume.copyFile('/a', '/b'),
  copytree: (volume) => volume.copytree('/d', '/f'),
  cp: (volume) => volume.cp('/d', '/f', { recursive: true }),
  exists: (volume) => volume.exists('/a'),
  getxattr: (volume) => volume.getxattr('/a', 'user.x'),
  glob: (volume) => drain(volume.glob('**')),
  lchown: (volume) => volume.lchown('/link', 0, 0),
  lgetxattr: (volume) => volume.lgetxattr('/a', 'user.x'),
  link: (volume) => volume.link('/a', '/b'),
  listxattr: (volume) => volume.listxattr('/a'),
  llistxattr: (volume) => volume.llistxattr('/a'),
  lremovexattr: (volume) => volume.lremovexattr('/a', 'user.x'),
  lsetxattr: (volume) => volume.lsetxattr('/a', 'user.x', '2'),
  lstat: (volume) => volume.lstat('/a'),
  lutimes: (volume) => volume.lutimes('/a', 1, 1),
  mkdir: (volume) => volume.mkdir('/b'),
  mkdtemp: (volume) => volume.mkdtemp('/t-'),
  mkdtempDisposable: (volume) => volume.mkdtempDisposable('/t-'),
  mknod: (volume) => volume.mknod('/b', 0o100644),
  object: (volume) => volume.object('/a'),
  objectByGfid: (volume) => volume.objectByGfid('00000000-0000-4000-8000-0000000000ff'),
  open: (volume) => volume.open('/a', 'w'),
  opendir: (volume) => volume.opendir('/d'),
  readFile: (volume) => volume.readFile('/a'),
  readdir: (volume) => volume.readdir('/', { recursive: true }),
  readlink: (volume) => volume.readlink('/link'),
  realpath: (volume) => volume.realpath('/link'),
  removexattr: (volume) => volume.removexattr('/a', 'user.x'),
  rename: (volume) => volume.rename('/a', '/b'),
  rm: (volume) => volume.rm('/d', { recursive: true }),
  rmdir: (volume) => volume.rmdir('/d/e'),
  samefile: (volume) => volume.samefile('/a', '/link'),
  setxattr: (volume) => volume.setxattr('/a', 'user.x', '2'),
  stat: (volume) => volume.stat('/a'),
  statfs: (volume) => volume.statfs('/'),
  symlink: (volume) => volume.symlink('a', '/b'),
  truncate: (volume) => volume.truncate('/a', 1),
  unlink: (volume) => volume.unlink('/a'),
  utimes: (volume) => volume.utimes('/a', 1, 1),
  walk: (volume) => drain(volume.walk('/')),
  writeFile: (volume) => volume.writeFile('/b', 'x'.repeat(300_000)),
  'file.chmod': (_, file) => file.chmod(0o600),
  'file.chown': (_, file) => file.chown(0, 0),
  'file.copyFileRange': (_, file) => file.copyFileRange(file, 0, 4, 4),
  'file.datasync': (_, file) => file.datasync(),
  'file.discard': (_, file) => file.discard(0, 1),
  'file.fallocate': (_, file) => file.fallocate(0, 9),
  'file.getLock': (_, file) => file.getLock({ type: 'write' }),
  'file.getxattr': (_, file) => file.getxattr('user.x'),
  'file.iterate': (_, file) => drain(file),
  'file.listxattr': (_, file) => file.listxattr(),
  'file.lock': (_, file) => file.lock({ type: 'write' }),
  'file.read': (_, file) => file.read(),
  'file.readFile': (_, file) => file.readFile(),
  'file.readLines': (_, file) => drain(file.readLines()),
  'file.readv': (_, file) => file.readv([Buffer.alloc(1)]),
  'file.removexattr': (_, file) => file.removexattr('user.x'),
  'file.seekData': (_, file) => file.seekData(0),
  'file.seekHole': (_, file) => file.seekHole(0),
  'file.setxattr': (_, file) => file.setxattr('user.x', '3'),
  'file.stat': (_, file) => file.stat(),
  'file.sync': (_, file) => file.sync(),
  'file.truncate': (_, file) => file.truncate(1),
  'file.unlock': (_, file) => file.unlock(),
  'file.utimes': (_, file) => file.utimes(1, 1),
  'file.write': (_, file) => file.write('x'),
  'file.writeFile': (_, file) => file.writeFile('x'),
  'file.writev': (_, file) => file.writev([Buffer.alloc(1)]),
  'file.zerofill': (_, file) => file.zerofill(0, 1),
};

it('every documented method has a test of its interruption', () => {
  const page = readFileSync(join(packageRoot, 'docs/program/typescript.md'), 'utf8');
  const rows = /\n\| group \| methods \|\n(.*?)\n\n/s.exec(page)![1]!;
  const names = [...rows.matchAll(/`(\w{2,})`/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !(name in calls) && name !== 'watch')).toEqual([]);
});

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'a result',
    (error) => (error as { code: string }).code,
  );

it.each(Object.keys(calls))(
  '%s fails with AbortError when its signal is aborted, and sends no further request',
  async (name) => {
    const held = await open();
    const controller = new AbortController();
    const volume = held.volume.with({ signal: controller.signal });
    const file = await volume.open('/a', 'r+');
    const { fds } = held.volume.client.graphClient;
    const openFiles = fds.size;
    held.hold();
    const ended = outcome(calls[name]!(volume, file));
    await expect.poll(held.count).toBeGreaterThan(0);
    controller.abort();
    expect(await ended).toBe('ABORT_ERR');
    expect(held.release()).toBeGreaterThan(0);
    held.hold();
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.release()).toBe(0);
    expect(fds.size).toBe(openFiles);
  },
);

it.each(Object.keys(calls))('%s in progress fails when the volume is closed', async (name) => {
  const held = await open();
  held.hold();
  let ends = 0;
  const call = calls[name]!(held.volume, held.file);
  const ended = outcome(call.finally(() => (ends += 1)));
  const closing = held.volume.close();
  expect(await ended).toBe('GLOSSA_VOLUME_CLOSED');
  held.release();
  await closing;
  expect(ends).toBe(1);
  expect(held.volume.client.graphClient.fds.size).toBe(0);
});

it.each<[string, (held: Held, signal: AbortSignal) => Promise<unknown>]>([
  ['readFile', ({ volume }, signal) => volume.readFile('/a', { signal })],
  ['writeFile', ({ volume }, signal) => volume.writeFile('/a', 'x', { signal })],
  ['stat', ({ volume }, signal) => volume.stat('/a', { signal } as never)],
  ['lstat', ({ volume }, signal) => volume.lstat('/a', { signal } as never)],
  ['readdir', ({ volume }, signal) => volume.readdir('/', { signal, recursive: true } as never)],
  ['file.readFile', ({ file }, signal) => file.readFile({ signal })],
  ['file.writeFile', ({ file }, signal) => file.writeFile('x', { signal })],
])('%s fails with AbortError when the signal of its options is aborted', async (_, call) => {
  const held = await open();
  const controller = new AbortController();
  held.hold();
  const ended = outcome(call(held, controller.signal));
  const other = held.volume.stat('/a');
  await expect.poll(held.count).toBeGreaterThan(1);
  controller.abort();
  expect(await ended).toBe('ABORT_ERR');
  held.release();
  expect((await other).isFile()).toBe(true);
});

it('a method of a file object fails with AbortError when the signal of its options is aborted', async () => {
  const held = await open();
  const object = await held.volume.object('/a');
  const controller = new AbortController();
  held.hold();
  const ended = outcome(object.stat({ signal: controller.signal }));
  controller.abort();
  expect(await ended).toBe('ABORT_ERR');
  held.release();
  expect((await object.stat()).isFile()).toBe(true);
});

it('one signal ends several waits for locks, each with AbortError', async () => {
  const held = await open();
  await held.file.lock({ type: 'write' });
  const controller = new AbortController();
  const other = held.volume.with({ lockOwner: 'ff', signal: controller.signal });
  const file = await other.open('/a', 'r+');
  const ends = [1, 2, 3].map((start) => outcome(file.lock({ type: 'write', start, length: 1 })));
  controller.abort();
  expect(await Promise.all(ends)).toEqual(['ABORT_ERR', 'ABORT_ERR', 'ABORT_ERR']);
});

it('a signal that ends 1,000 calls makes one pass over the requests in flight', async () => {
  const held = await open();
  const controller = new AbortController();
  const volume = held.volume.with({ signal: controller.signal });
  held.hold();
  const ends = Array.from({ length: 1000 }, () => outcome(volume.stat('/a')));
  const list = vi.spyOn(held.volume.client.graphClient.initiator.calls, 'list');
  controller.abort();
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['ABORT_ERR']));
  expect(list).toHaveBeenCalledTimes(1);
  held.release();
});

it('a signal ends 100 calls at once, without a warning of Node', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', warn);
  onTestFinished(() => void process.off('warning', warn));
  const { volume, hold, count, release } = await open();
  hold();
  const controller = new AbortController();
  const outcomes = Array.from({ length: 100 }, () =>
    volume.readFile('/a', { signal: controller.signal }),
  );
  await vi.waitFor(() => expect(count()).toBe(100));
  controller.abort();
  for (const outcome of outcomes)
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
  expect(warnings).toEqual([]);
  release();
});
