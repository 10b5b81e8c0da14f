import { mkdtempSync, rmSync } from 'node:fs';
import * as node from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
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

/** One operation, as a function of `fs/promises` of Node or a volume, and a path below `root`. */
type Act = (fs: typeof node, root: string) => Promise<unknown>;
interface Operation {
  readonly text: string;
  readonly act: Act;
}

const paths = fc.constantFrom(
  '/a',
  '/b',
  '/a/b',
  '/a/c',
  '/a/b/c',
  '/d',
  '/d/',
  '/a/./b',
  '/d/../a',
);
/** Node's cp handles `..` by text in some places and by lookup in others. */
const plainPaths = paths.filter((path) => !path.includes('..'));
const words = fc.constantFrom('', 'one', 'two words');
const operation = (name: string, args: readonly unknown[], act: Act): Operation => ({
  text: `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`,
  act,
});

/** The attributes that are compared. */
const essence = (stats: Awaited<ReturnType<typeof node.stat>>) => ({
  mode: stats.mode,
  size: stats.isDirectory() ? 0 : stats.size,
  nlink: stats.isDirectory() ? 0 : stats.nlink,
  isLink: stats.isSymbolicLink(),
});

const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...(['stat', 'lstat'] as const).map((name) =>
    paths.map((path) =>
      operation(name, [path], async (fs, root) => essence(await fs[name](root + path))),
    ),
  ),
  ...(['rmdir', 'unlink', 'realpath', 'readlink'] as const).map((name) =>
    paths.map((path) =>
      operation(name, [path], async (fs, root) => {
        const result = await fs[name](root + path);
        return typeof result === 'string' ? result.replace(root, '') || '/' : result;
      }),
    ),
  ),
  fc
    .tuple(paths, fc.boolean())
    .map(([path, recursive]) =>
      operation('mkdir', [path, recursive], async (fs, root) =>
        (await fs.mkdir(root + path, { recursive }))?.replace(root, '').replace(/\/$/, ''),
      ),
    ),
  fc
    .tuple(paths, fc.boolean(), fc.boolean())
    .map(([path, recursive, force]) =>
      operation('rm', [path, recursive, force], (fs, root) =>
        fs.rm(root + path, { recursive, force }),
      ),
    ),
  fc.tuple(paths, fc.boolean(), fc.boolean()).map(([path, withFileTypes, recursive]) =>
    operation('readdir', [path, withFileTypes, recursive], async (fs, root) => {
      // Without types, Node's recursive list follows links, in a loop to the limit; with types it does not.
      const options = { withFileTypes, recursive: recursive && withFileTypes };
      const list = await fs.readdir(root + path, options as never);
      return list.map((entry: unknown) => entryText(entry, root)).sort();
    }),
  ),
  fc
    .tuple(paths, words, fc.constantFrom('w', 'a', 'wx', 'r+', 'ax', 'a+'))
    .map(([path, text, flag]) =>
      operation('writeFile', [path, text, flag], (fs, root) =>
        fs.writeFile(root + path, text, { flag }),
      ),
    ),
  fc
    .tuple(paths, fc.constantFrom('utf8', 'hex'))
    .map(([path, encoding]) =>
      operation('readFile', [path, encoding], (fs, root) =>
        fs.readFile(root + path, encoding as 'utf8'),
      ),
    ),
  ...(['rename', 'link'] as const).map((name) =>
    fc
      .tuple(paths, paths)
      .map(([from, to]) =>
        operation(name, [from, to], (fs, root) => fs[name](root + from, root + to)),
      ),
  ),
  fc.tuple(paths, paths).map(([from, to]) =>
    operation('copyFile', [from, to], async (fs, root) => {
      // libuv leaves an empty file behind.
      if ((await fs.stat(root + from)).isDirectory()) return 'a directory';
      return fs.copyFile(root + from, root + to);
    }),
  ),
  fc
    .tuple(fc.constantFrom('a', 'b/c', '../d', 'absent', 'b'), paths)
    .map(([target, path]) =>
      operation('symlink', [target, path], (fs, root) => fs.symlink(target, root + path)),
    ),
  fc
    .tuple(paths, fc.constantFrom(0o644, 0o755, 0o600))
    .map(([path, mode]) =>
      operation('chmod', [path, mode], (fs, root) => fs.chmod(root + path, mode)),
    ),
  fc
    .tuple(paths, fc.nat(9))
    .map(([path, size]) =>
      operation('truncate', [path, size], (fs, root) => fs.truncate(root + path, size)),
    ),
  fc
    .tuple(plainPaths, plainPaths, fc.boolean(), fc.boolean())
    .map(([from, to, recursive, force]) =>
      operation('cp', [from, to, recursive, force], (fs, root) =>
        fs.cp(root + from, root + to, { recursive, force, errorOnExist: !force }),
      ),
    ),
);

function entryText(entry: unknown, root: string): string {
  if (typeof entry === 'string') return entry;
  const { name, parentPath, path } = entry as Awaited<ReturnType<typeof node.readdir>>[0] &
    Record<'name' | 'parentPath' | 'path', string> & { isDirectory(): boolean };
  const above = (parentPath ?? path).replace(root, '').replace(/\/+$/, '') || '/';
  const isDirectory = (entry as { isDirectory(): boolean }).isDirectory();
  return `${above} ${name} ${isDirectory}`;
}

/** The outcome of an operation: its result, or the error's code. */
async function outcome(act: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await act };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === undefined) throw error;
    return { code };
  }
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
    'over storage/%s returns through its %s the results of fs/promises on a disk, for random operations',
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
});
