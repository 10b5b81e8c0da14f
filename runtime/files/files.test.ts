/** A file system by path behaves as storage/memory, whether its methods answer at once or later. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { makePathMemory } from '../../test/support/path-memory.ts';
import { runStep, type Step, steps } from '../../test/support/volume-steps.ts';
import { connect, Driver, ROOT_CALLER } from '../api/driver.ts';
import { Volume } from '../api/volume.ts';
import type { Dict } from '../core/dict.ts';
import { EEXIST } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import { Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/operands.ts';
import type { Translator } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import { defineFiles, type Files } from './define-files.ts';

const makeTranslator = (files: Files) =>
  defineFiles({ type: 'test/files', description: 'Files by path.', init: () => files });

async function open(translator: Translator<never>, context = new FakeContext()): Promise<Volume> {
  const graph = await startGraph([{ translator }] as never, context);
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return volume;
}

const openFiles = (files: Files): Promise<Volume> => open(makeTranslator(files) as never);

/** Renames of entries over their parents, and of a directory into itself, whose errors precede those of the types. */
const refusedRenames = [
  ['mkdir /a', 'mkdir /a/b', 'write /a/c', 'rename /a/c /a', 'rename /a/b /a'],
  ['mkdir /a', 'mkdir /a/b', 'rename /a /a/b', 'rename /a /a/b 1', 'rename /a /a/c 1'],
].map((lines) => [
  lines.map((line) => {
    const [fop, path, other = '', number = 0] = line.split(' ');
    return [fop!, path!, other, Number(number)] satisfies Step;
  }),
]) as [Step[]][];

describe.each([{ later: false }, { later: true }])(
  'a file system by path, later: $later',
  (way) => {
    it('answers as storage/memory', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (list) => {
          const [ours, theirs] = [
            await openFiles(makePathMemory(way)),
            await open(memory as never),
          ];
          for (const step of list)
            expect([step, await runStep(ours, step)]).toEqual([step, await runStep(theirs, step)]);
        }),
        { numRuns: 60, examples: refusedRenames },
      );
    });
  },
);

it('changes of 20,000 names that wait for one another need no deeper stack', async () => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const files = makePathMemory();
  const volume = await openFiles({
    ...files,
    mkdir: (path: string, mode: number) => (path === '/first' ? held : files.mkdir!(path, mode)),
  });
  const driver = new Driver(connect(volume.client.graph, 'kernel'), ROOT_CALLER);
  const make = (path: string) =>
    driver
      .resolveParent(path)
      .then((place) => driver.wind('mkdir', driver.makeLoc(place), 0o755, 0, null));
  const first = make('/first');
  const others = Array.from({ length: 20_000 }, () => make('/other'));
  goOn();
  await first;
  const replies = await Promise.all(others);
  expect(replies.filter(({ opRet }) => opRet === 0).length).toBe(1);
  expect(replies.every(({ opRet, opErrno }) => opRet === 0 || opErrno === EEXIST)).toBe(true);
});

it('a removed directory that is in use has the last attributes, and no extended ones', async () => {
  const volume = await openFiles(makePathMemory());
  const driver = new Driver(connect(volume.client.graph, 'kernel'), ROOT_CALLER);
  const loc = driver.makeLoc(await driver.resolveParent('/d'));
  const [inode] = (await driver.expect('mkdir', loc, 0o755, 0, null)).values as [Inode];
  const fd = driver.makeFd(inode, 0, true);
  await driver.expect('opendir', new Loc(inode), fd, null);
  await driver.expect('rmdir', loc, 0, null);
  const ask = (name: string) => driver.expect('getxattr', new Loc(inode), name, null);
  await expect(ask('user.a')).rejects.toThrow('ENODATA');
  await expect(ask('system.posix_acl_access')).rejects.toThrow('EOPNOTSUPP');
  const wanted = Object.assign(new Iatt(), { iaProt: 0o700 });
  const changed = await driver.expect('setattr', new Loc(inode), wanted, SET_ATTR.MODE, null);
  expect(changed.values[1]).toMatchObject({ iaProt: 0o700, iaNlink: 0 });
  fd.release();
});

it('an inode that was listed and looked up leads to its file after a rename', async () => {
  const volume = await openFiles(makePathMemory());
  await volume.mkdir('/d');
  await volume.writeFile('/d/a', 'text');
  const driver = new Driver(connect(volume.client.graph, 'kernel'), ROOT_CALLER);
  const list = async () => {
    const { inode } = await driver.find('/d');
    const fd = driver.makeFd(inode, 0, true);
    await driver.expect('opendir', new Loc(inode), fd, null);
    await driver.expect('readdirp', fd, 4096, 0, null);
    fd.release();
  };
  await list();
  const { inode } = await driver.find('/d/a');
  await list();
  const { inode: dir } = await driver.find('/d');
  const { root } = inode.table;
  await driver.expect('rename', new Loc(inode, dir, 'a'), new Loc(null, root, 'b'), null);
  const reply = await driver.expect('stat', new Loc(inode), null);
  expect(reply.values[0]).toMatchObject({ iaSize: 4 });
  driver.client.disconnect();
});

it('lists 100,000 extended attributes, one call after the other', async () => {
  const files = makePathMemory();
  const volume = await openFiles(files);
  await volume.writeFile('/f', 'x');
  const { xattrs } = files.nodes.get('/f')!;
  for (let n = 0; n < 100_000; n++) xattrs.set(`user.${n}`, Buffer.from('v'));
  const driver = new Driver(connect(volume.client.graph, 'kernel'), ROOT_CALLER);
  const { inode } = await driver.find('/f');
  const reply = await driver.expect('getxattr', new Loc(inode), null, null);
  expect((reply.values[0] as Dict).size).toBe(100_000);
  driver.client.disconnect();
});

it('a caller that gives up is not held by a read that is late, and is by a write, whose result counts', async () => {
  const held: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => held.push(resolve));
  const files = makePathMemory({ later: false });
  const context = new FakeContext();
  const translator = makeTranslator({
    ...files,
    read: async (path, offset, size, handle) => {
      await wait();
      return files.read(path, offset, size, handle);
    },
    write: async (path, offset, data, handle) => {
      await wait();
      return files.write!(path, offset, data, handle);
    },
  });
  const volume = await open(translator as never, context);
  await volume.open('/a', 'w').then((file) => file.close());
  const { calls } = volume.client.graphClient.initiator;
  for (const [isHeld, flags] of [
    [false, 'r'],
    [true, 'r+'],
  ] as const) {
    const controller = new AbortController();
    const file = await volume.with({ signal: controller.signal }).open('/a', flags);
    const asked = isHeld
      ? file.write(Buffer.from('late'), 0, 4, 0)
      : file.read(Buffer.alloc(1), 0, 1, 0);
    await expect.poll(() => held.length).toBe(1);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ABORT_ERR' });
    // It may still answer a caller that has only handled a signal.
    expect(calls.list().length).toBe(1);
    context.advance(5000);
    expect(calls.list().length).toBe(isHeld ? 1 : 0);
    held.pop()!();
    await expect.poll(() => calls.list().length).toBe(0);
    await volume.stat('/a');
  }
  const stats = await volume.stat('/a');
  expect(stats.size).toBe(4);
});
