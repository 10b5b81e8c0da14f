import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeContext, HeldLeaf, makeTranslator, startGraph } from '../../test/support/core.ts';
import { EACCES, ENOTCONN } from '../core/errno.ts';
import { fail, tail } from '../core/gen/fops.gen.ts';
import memory from '../xlators/storage/memory/index.ts';
import type { GlobOptions } from './glob.ts';
import { Volume } from './volume.ts';

const FILES = ['/a/b/z.ts', '/a/x.ts', '/a/.y.ts', '/.h/q.ts', '/top.ts', '/x (1).ts'];

/** A volume with these files, with an empty directory and a link, and with the paths that were listed. */
async function open(errno = 0): Promise<{ volume: Volume; listed: string[] }> {
  const listed: string[] = [];
  const above = makeTranslator('above', {
    opendir(frame, xl, loc, ...args) {
      listed.push(loc.path);
      if (errno !== 0 && loc.path === '/a/b') fail.opendir(frame, errno);
      else tail.opendir(frame, xl.children[0]!, loc, ...args);
    },
  });
  const graph = await startGraph(
    [{ translator: memory as never }, { translator: above }],
    new FakeContext(),
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  for (const path of ['/a/b', '/.h', '/d']) await volume.mkdir(path, { recursive: true });
  for (const path of FILES) await volume.writeFile(path, '');
  await volume.symlink('a', '/link');
  return { volume, listed };
}

async function collect<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all.sort();
}

describe('glob', () => {
  it.each<[string | string[], GlobOptions, string[]]>([
    ['**/*.ts', {}, ['a/b/z.ts', 'a/x.ts', 'top.ts', 'x (1).ts']],
    ['**', { cwd: '/a' }, ['.', 'b', 'b/z.ts', 'x.ts']],
    ['a/**', {}, ['a', 'a/b', 'a/b/z.ts', 'a/x.ts']],
    ['/a/*', { cwd: '/d' }, ['/a/b', '/a/x.ts']],
    ['../*.ts', { cwd: '/d' }, ['../top.ts', '../x (1).ts']],
    ['*/', {}, ['a', 'd']],
    ['.*/*', {}, ['.h/q.ts']],
    ['{a,a/b}/*.ts', {}, ['a/b/z.ts', 'a/x.ts']],
    ['link/*', {}, ['link/b', 'link/x.ts']],
    ['x (1).ts', {}, ['x (1).ts']],
    ['!(a|d|link)', {}, ['top.ts', 'x (1).ts']],
    [['a/*', 'a/x.ts', '/top.ts'], {}, ['/top.ts', 'a/b', 'a/x.ts']],
    ['**/*.ts', { exclude: ['a/b', 'x*'] }, ['a/x.ts', 'top.ts']],
    ['**/*.ts', { exclude: (path: string) => path === 'a' }, ['top.ts', 'x (1).ts']],
    ['absent/*', {}, []],
    ['*', { cwd: '/absent' }, []],
  ])(
    'pattern %j with options %j finds %j, as do fs.glob and fs.globSync',
    async (patterns, options, expected) => {
      const { volume } = await open();
      expect(await collect(volume.glob(patterns, options))).toEqual(expected);
      const fs = volume.fs as unknown as Record<
        'glob' | 'globSync',
        (...args: unknown[]) => string[]
      >;
      expect(fs.globSync(patterns, options).sort()).toEqual(expected);
      const called = new Promise((resolve) =>
        fs.glob(patterns, options, (_: unknown, found: string[]) => resolve(found.sort())),
      );
      expect(await called).toEqual(expected);
    },
  );

  it('lists only directories in which the pattern has a wildcard, and no excluded one', async () => {
    const { volume, listed } = await open();
    await collect(volume.glob('a/b/*.ts'));
    expect(listed).toEqual(['/a/b']);
    await collect(volume.glob('**', { cwd: '/a', exclude: ['b'] }));
    expect(listed).toEqual(['/a/b', '/a']);
  });

  it('finds nothing below a link that leads to itself, and still finds other files', async () => {
    const { volume } = await open();
    await volume.symlink('loop', '/loop');
    expect(await collect(volume.glob('loop/*'))).toEqual([]);
    expect(await collect(volume.glob(['loop/x.ts', 'a/x.ts', 'link/x.ts']))).toEqual([
      'a/x.ts',
      'link/x.ts',
    ]);
  });

  it('with withFileTypes returns entries with the paths of their directories', async () => {
    const { volume } = await open();
    const entries = await collect(volume.glob('*/x.ts', { withFileTypes: true }));
    expect(entries).toMatchObject([{ name: 'x.ts', parentPath: '/a' }]);
    expect(entries[0]!.isFile()).toBe(true);
  });

  it('skips a directory that it is not permitted to list, and fails for one that is not connected', async () => {
    const { volume } = await open(EACCES);
    expect(await collect(volume.glob('a/**/*.ts'))).toEqual(['a/x.ts']);
    const { volume: broken } = await open(ENOTCONN);
    await expect(collect(broken.glob('**/*.ts'))).rejects.toMatchObject({
      code: 'ENOTCONN',
      path: '/a/b',
    });
  });

  it.each<[string, unknown, unknown, string]>([
    ['a pattern that is a number', 7, {}, 'ERR_INVALID_ARG_TYPE'],
    ['a list with a number', ['a', 7], {}, 'ERR_INVALID_ARG_TYPE'],
    ['.. after a star', '*/../a', {}, 'ERR_INVALID_ARG_VALUE'],
    ['exclude that is a number', '*', { exclude: 7 }, 'ERR_INVALID_ARG_TYPE'],
    ['cwd with a NUL', '*', { cwd: 'a\0b' }, 'ERR_INVALID_ARG_VALUE'],
  ])('refuses %s before a request is sent', async (_, patterns, options, code) => {
    const leaf = new HeldLeaf();
    const volume = Volume.fromGraph(await startGraph([{ translator: leaf.translator }]));
    await expect(
      collect(volume.glob(patterns as string, options as GlobOptions)),
    ).rejects.toMatchObject({ name: 'TypeError', code });
    expect(leaf.requests).toEqual([]);
  });
});
