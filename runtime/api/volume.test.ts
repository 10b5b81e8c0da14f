import * as node from 'node:fs/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { operations, outcome } from '../../test/support/file-operations.ts';
import { makeFolder } from '../../test/support/folder.ts';
import memory from '../xlators/storage/memory/index.ts';
import posix from '../xlators/storage/posix/index.ts';
import { Volume } from './volume.ts';

const volumes: Volume[] = [];
afterEach(async () => {
  for (const volume of volumes.splice(0)) await volume.close();
});

const storages = {
  memory: () => [{ translator: memory }],
  posix: () => [{ translator: posix, options: { directory: makeFolder() } }],
};

async function open(storage: keyof typeof storages): Promise<Volume> {
  const graph = await startGraph(storages[storage]() as never, new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  volumes.push(volume);
  return volume;
}

/** The shapes of a volume, each with the functions of `fs/promises`. */
const shapes: Readonly<Record<string, (volume: Volume) => unknown>> = {
  promises: (volume) => volume,
  callbacks: ({ fs }) =>
    new Proxy(fs, { get: (_, name) => promisify(fs[name as 'stat'] as never) }),
  'synchronous functions': ({ fs }) =>
    new Proxy(fs, {
      get:
        (_, name) =>
        async (...args: never[]) =>
          (fs[`${String(name)}Sync` as 'statSync'] as (...args: never[]) => unknown)(...args),
    }),
};

describe('a volume', () => {
  it.each([
    ['memory', 'promises'],
    ['memory', 'synchronous functions'],
    ['posix', 'promises'],
    ['posix', 'callbacks'],
  ] as const)(
    'over storage/%s gives through its %s the same results as Node on a disk, for random operations',
    async (storage, shape) => {
      await fc.assert(
        fc.asyncProperty(fc.array(operations, { minLength: 5, maxLength: 30 }), async (list) => {
          const folder = `${makeFolder()}/top`;
          await node.mkdir(folder, { mode: 0o700 });
          const volume = await open(storage);
          const fs = shapes[shape]!(volume) as typeof node;
          await fs.mkdir('/top', { mode: 0o700 });
          const done: string[] = [];
          for (const { text, act } of list) {
            done.push(text);
            const expected = await outcome(act(node, folder));
            expect(await outcome(act(fs, '/top')), done.join('\n')).toEqual(expected);
          }
          await volume.close();
        }),
        { numRuns: 25 },
      );
    },
  );

  it.each([
    ...[
      '/a/b',
      '/a/b/',
      '/a/./b/',
      '/a//b',
      '//a/b//',
      '/a/../a/b',
      '/a/b/c/..',
      '/a/link',
      '/a/link/',
    ],
    ...['/', '//', '/.'],
  ])('lists a tree by the path %s with the parent paths of Node on a disk', async (path) => {
    const list = async (fs: typeof node, folder: string): Promise<string[]> => {
      await fs.mkdir(`${folder}/a/b/c/d`, { recursive: true });
      for (const name of ['f', 'c/g']) await fs.writeFile(`${folder}/a/b/${name}`, '');
      const link = path.includes('link');
      if (link) await fs.symlink('b', `${folder}/a/link`);
      const entries = await fs.readdir(folder + path, { recursive: true, withFileTypes: true });
      return entries
        .map((entry) => `${(entry.parentPath ?? entry.path).replace(folder, '')} ${entry.name}`)
        .sort();
    };
    const volume = (await open('memory')) as unknown as typeof node;
    await volume.mkdir('/top');
    expect(await list(volume, '/top')).toEqual(await list(node, makeFolder()));
  });

  it('lists a tree by a relative path with parent paths as in Node', async () => {
    const volume = await open('memory');
    await volume.mkdir('/a/b/c', { recursive: true });
    const list = async (path: string): Promise<string[]> => {
      const entries = await volume.readdir(path, { recursive: true, withFileTypes: true });
      return (entries as { parentPath: string; name: string }[]).map(
        ({ parentPath, name }) => `${parentPath} ${name}`,
      );
    };
    // The first directory has the path of the call, and those in it the normalized path.
    expect(await list('a/./b/..')).toEqual(['a/./b/.. b', 'a/b c']);
    expect(await list('./')).toEqual(['./ a', 'a b', 'a/b c']);
    expect(await list('../a')).toEqual(['../a b', '../a/b c']);
  });

  const occupants: Readonly<Record<string, (fs: typeof node, path: string) => Promise<void>>> = {
    'a file': (fs, path) => fs.writeFile(path, ''),
    'a link to nothing': (fs, path) => fs.symlink('nothing', path),
    'a link to a directory': (fs, path) => fs.symlink('../other', path),
    'a link to a file': (fs, path) => fs.symlink('../file', path),
  };
  const cases = Object.keys(occupants).flatMap((name) =>
    [false, true].map((dereference) => ({ name, dereference })),
  );

  it.each(cases)(
    'copies a tree with a directory over $name as Node does on a disk, with dereference: $dereference',
    async ({ name, dereference }) => {
      const copyOver = async (fs: typeof node, folder: string): Promise<string> => {
        for (const directory of ['from', 'to', 'other', 'from/sub'])
          await fs.mkdir(`${folder}/${directory}`);
        for (const file of ['file', 'from/sub/file']) await fs.writeFile(`${folder}/${file}`, '');
        await occupants[name]!(fs, `${folder}/to/sub`);
        const copy = fs.cp(`${folder}/from`, `${folder}/to`, { recursive: true, dereference });
        return copy.then(
          () => 'copied',
          (error: NodeJS.ErrnoException) => error.code!,
        );
      };
      const volume = await open('memory');
      const expected = await copyOver(node, makeFolder());
      expect(await copyOver(volume as unknown as typeof node, '')).toBe(expected);
    },
  );

  it.each(
    Object.keys(occupants).flatMap((name) => [true, false].map((force) => ({ name, force }))),
  )(
    'copies a link over $name as Node does on a disk, with force: $force',
    async ({ name, force }) => {
      const copyLink = async (fs: typeof node, folder: string): Promise<string> => {
        for (const directory of ['to', 'other', 'source']) await fs.mkdir(`${folder}/${directory}`);
        await fs.writeFile(`${folder}/file`, '');
        await fs.symlink('source', `${folder}/link`);
        await occupants[name]!(fs, `${folder}/to/sub`);
        const copy = fs.cp(`${folder}/link`, `${folder}/to/sub`, { force, errorOnExist: true });
        return copy.then(
          async () => (await fs.readlink(`${folder}/to/sub`)).replace(folder, ''),
          (error: NodeJS.ErrnoException) => error.code!,
        );
      };
      const volume = await open('memory');
      const expected = await copyLink(node, makeFolder());
      expect(await copyLink(volume as unknown as typeof node, '')).toBe(expected);
    },
  );

  it('refuses with errorOnExist to copy a tree into an existing directory', async () => {
    const volume = await open('memory');
    await volume.mkdir('/from');
    await volume.mkdir('/to');
    const copyWith = (options: object): Promise<string> =>
      volume.cp('/from', '/to', { recursive: true, ...options }).then(
        () => 'copied',
        ({ code }) => code,
      );
    expect(await copyWith({ force: false, errorOnExist: true })).toBe('ERR_FS_CP_EEXIST');
    expect(await copyWith({ force: true, errorOnExist: true })).toBe('copied');
    expect(await copyWith({ force: false })).toBe('copied');
  });

  it.each(Object.keys(occupants))(
    'copies a tree to a name with a slash behind it, which is %s, as Node does on a disk',
    async (name) => {
      const copyTo = async (fs: typeof node, folder: string): Promise<string> => {
        for (const directory of ['from', 'to', 'other']) await fs.mkdir(`${folder}/${directory}`);
        await fs.writeFile(`${folder}/file`, '');
        await occupants[name]!(fs, `${folder}/to/sub`);
        const copy = fs.cp(`${folder}/from`, `${folder}/to/sub/`, { recursive: true });
        return copy.then(
          () => 'copied',
          (error: NodeJS.ErrnoException) => error.code!,
        );
      };
      const volume = await open('memory');
      const expected = await copyTo(node, makeFolder());
      expect(await copyTo(volume as unknown as typeof node, '')).toBe(expected);
    },
  );
});
