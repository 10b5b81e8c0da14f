import { mkdtempSync, rmSync } from 'node:fs';
import * as node from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { operations, outcome } from '../../test/support/file-operations.ts';
import memory from '../xlators/storage/memory/index.ts';
import posix from '../xlators/storage/posix/index.ts';
import { Volume } from './volume.ts';

const folders: string[] = [];
const volumes: Volume[] = [];
afterEach(async () => {
  for (const volume of volumes.splice(0)) await volume.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-volume-'));
  folders.push(folder);
  return folder;
}

const storages = {
  memory: () => [{ translator: memory }],
  posix: () => [{ translator: posix, options: { directory: newFolder() } }],
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
          const folder = `${newFolder()}/top`;
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
        { numRuns: 50 },
      );
    },
  );

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
      const expected = await copyOver(node, newFolder());
      expect(await copyOver(volume as unknown as typeof node, '')).toBe(expected);
    },
  );

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
      const expected = await copyTo(node, newFolder());
      expect(await copyTo(volume as unknown as typeof node, '')).toBe(expected);
    },
  );
});
