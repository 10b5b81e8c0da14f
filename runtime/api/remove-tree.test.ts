/** `rm` of paths with a slash, `.` or `..` at their end, on a volume and by Node on a disk. */
import * as node from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

async function openVolume(): Promise<Volume> {
  const graph = await startGraph([{ translator: memory }] as never, new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return volume;
}

const TREE = [
  ...['directory', 'directory/file', 'directory/sub', 'directory/sub/file', 'file'],
  ...['link', 'second-link', 'link-to-file', 'dangling'],
];

const exists = (fs: typeof node, path: string): Promise<boolean> =>
  fs.lstat(path).then(
    () => true,
    () => false,
  );

/** Makes a tree, removes one path of it, and returns the error's code and the remaining paths. */
async function remove(
  fs: typeof node,
  folder: string,
  path: string,
  options: { readonly recursive?: boolean; readonly force?: boolean },
): Promise<{ code: string; remaining: string[] }> {
  await fs.mkdir(`${folder}/directory/sub`, { recursive: true });
  for (const file of ['file', 'directory/file', 'directory/sub/file'])
    await fs.writeFile(`${folder}/${file}`, '');
  await fs.symlink('directory', `${folder}/link`);
  await fs.symlink('link/', `${folder}/second-link`);
  await fs.symlink('file', `${folder}/link-to-file`);
  await fs.symlink('absent', `${folder}/dangling`);
  const code = await fs.rm(`${folder}/${path}`, options).then(
    () => 'removed',
    (error: NodeJS.ErrnoException) => error.code!,
  );
  const remaining: string[] = [];
  for (const each of TREE) if (await exists(fs, `${folder}/${each}`)) remaining.push(each);
  return { code, remaining };
}

const optionSets = [
  {},
  { force: true },
  { recursive: true },
  { recursive: true, force: true },
] as const;
const names = ['directory', 'link', 'second-link', 'link-to-file', 'dangling', 'file', 'absent'];
const cases = ['', '/', '//', '/.', '/./'].flatMap((ending) =>
  names.flatMap((name) => optionSets.map((options) => ({ path: name + ending, options }))),
);
const isLinkToDirectory = (path: string): boolean => /^(second-)?link\/+$/.test(path);

it.each(cases)('rm of $path with $options does as Node on a disk', async ({ path, options }) => {
  const volume = (await openVolume()) as unknown as typeof node;
  await volume.mkdir('/top');
  const actual = await remove(volume, '/top', path, options);
  const expected = await remove(node, makeFolder(), path, options);
  // Node removes nothing there, and reports success. rmdir(2) and rm(1) report ENOTDIR.
  const isSilent = isLinkToDirectory(path) && 'recursive' in options;
  expect(actual).toEqual(isSilent ? { ...expected, code: 'ENOTDIR' } : expected);
});

it.each(['directory/sub/..', 'link/..', 'directory/..', 'directory/../', '.', 'directory/../..'])(
  'rm of %s, which ends in a dot, removes nothing',
  async (path) => {
    const volume = (await openVolume()) as unknown as typeof node;
    await volume.mkdir('/top');
    const { code, remaining } = await remove(volume, '/top', path, { recursive: true });
    expect(code).toBe(path === '.' ? 'EINVAL' : 'ENOTEMPTY');
    expect(remaining).toEqual(TREE);
  },
);

it('rm of the root empties it', async () => {
  for (const path of ['/', '//']) {
    const volume = await openVolume();
    await volume.mkdir('/a/b', { recursive: true });
    await volume.rm(path, { recursive: true });
    expect(await volume.readdir('/')).toEqual([]);
  }
});
