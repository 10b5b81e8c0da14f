/** Operations on files by path, chosen at random, for comparing a volume with `fs/promises` on a disk. */
import type * as node from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';

/** A volume's caller is root by default. On a disk only root is free to take its own rights from a directory. */
const MODES = process.getuid?.() === 0 ? [0o644, 0o755, 0o600] : [0o744, 0o755, 0o700];

/** One operation, as a function of `fs/promises` of Node or a volume, and a path below `root`. */
export type Act = (fs: typeof node, root: string) => Promise<unknown>;
export interface Operation {
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
const IS_NODE_20 = process.version.startsWith('v20.');

/** Node's cp handles `..` by text in some places and by lookup in others. */
const plainPaths = paths.filter((path) => !path.includes('..'));
const words = fc.constantFrom('', 'one', 'two words');
const operation = (name: string, args: readonly unknown[], act: Act): Operation => ({
  text: `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`,
  act,
});

/** A path below the directory of `root`, which a link may lead to. */
const withoutTop = (path: string, root: string): string =>
  path.startsWith(dirname(root))
    ? `/${path.slice(dirname(root).length).replace(/^\/+/, '')}`
    : path;

/** The attributes that are compared. */
const essence = (stats: Awaited<ReturnType<typeof node.stat>>) => ({
  mode: stats.mode,
  // The length of a link that `cp` has made absolute depends on the root.
  size: stats.isDirectory() || stats.isSymbolicLink() ? 0 : stats.size,
  nlink: stats.isDirectory() ? 0 : stats.nlink,
  isLink: stats.isSymbolicLink(),
});

export const operations: fc.Arbitrary<Operation> = fc.oneof(
  ...(['stat', 'lstat'] as const).map((name) =>
    paths.map((path) =>
      operation(name, [path], async (fs, root) => essence(await fs[name](root + path))),
    ),
  ),
  ...(['rmdir', 'unlink', 'realpath', 'readlink'] as const).map((name) =>
    paths.map((path) =>
      operation(name, [path], async (fs, root) => {
        const result = await fs[name](root + path);
        return typeof result === 'string' ? withoutTop(result, root) : result;
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
  fc.tuple(paths, fc.boolean(), fc.boolean()).map(([path, recursive, force]) =>
    operation('rm', [path, recursive, force], async (fs, root) => {
      // Node does nothing to a link with a slash behind it, and reports success. Here it fails (remove-tree.test.ts).
      const isLink = path.endsWith('/') && (await isSymbolicLink(fs, root + path.slice(0, -1)));
      return recursive && isLink ? 'a link' : fs.rm(root + path, { recursive, force });
    }),
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
    .tuple(paths, fc.constantFrom(...MODES))
    .map(([path, mode]) =>
      operation('chmod', [path, mode], (fs, root) => fs.chmod(root + path, mode)),
    ),
  fc
    .tuple(paths, fc.nat(9))
    .map(([path, size]) =>
      operation('truncate', [path, size], (fs, root) => fs.truncate(root + path, size)),
    ),
  fc.tuple(plainPaths, plainPaths, fc.boolean(), fc.boolean()).map(([from, to, recursive, force]) =>
    operation('cp', [from, to, recursive, force], async (fs, root) => {
      const isLink = [await isSymbolicLink(fs, root + from), await isSymbolicLink(fs, root + to)];
      const errors = [await findError(fs, root + from), await findError(fs, root + to)];
      // Node looks up what the source links to, so that it fails if that is absent; its `cpSync` differs.
      if (!isLink.includes(false) && errors[0] !== null) return 'dangling';
      // Node looks both paths up at the same time, and fails with the first error.
      if (errors[0] !== null && errors[1] === 'ENOTDIR') return 'two errors';
      // Node 20 ignores errorOnExist for directories.
      if (IS_NODE_20 && !force && (await isDirectory(fs, root + to))) return 'errorOnExist';
      return fs.cp(root + from, root + to, { recursive, force, errorOnExist: !force });
    }),
  ),
);

/** Finds the code of the error of a stat; null without one. */
const findError = (fs: typeof node, path: string): Promise<string | null> =>
  fs.stat(path).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code!,
  );

const isDirectory = (fs: typeof node, path: string): Promise<boolean> =>
  fs.stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

const isSymbolicLink = (fs: typeof node, path: string): Promise<boolean> =>
  fs.lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );

function entryText(entry: unknown, root: string): string {
  if (typeof entry === 'string') return entry;
  const { name, parentPath, path } = entry as Awaited<ReturnType<typeof node.readdir>>[0] &
    Record<'name' | 'parentPath' | 'path', string> & { isDirectory(): boolean };
  const above = (parentPath ?? path).replace(root, '');
  const isDirectory = (entry as { isDirectory(): boolean }).isDirectory();
  return `${above} ${name} ${isDirectory}`;
}

/** The outcome of an operation: its result, or the error's code. */
export async function outcome(act: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await act };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === undefined) throw error;
    return { code };
  }
}
