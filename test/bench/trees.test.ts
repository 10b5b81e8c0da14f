/** Tests of the generated tree of source files. */
import { expect, it } from 'vitest';
import { treeFiles } from './trees.ts';

it('the generated tree of files has the same names and contents in every run', () => {
  expect([...treeFiles(300)]).toEqual([...treeFiles(300)]);
});

it('the generated tree has the requested number of distinct files, twenty in each directory at depth three', () => {
  const files = [...treeFiles(20_000)];
  expect(new Set(files.map(({ path }) => path)).size).toBe(20_000);
  expect(new Set(files.map(({ content }) => content)).size).toBe(20_000);
  const directories = new Map<string, number>();
  for (const { path } of files) {
    const directory = path.slice(0, path.lastIndexOf('/'));
    directories.set(directory, (directories.get(directory) ?? 0) + 1);
  }
  expect(directories.size).toBe(1000);
  expect(new Set(directories.values())).toEqual(new Set([20]));
  expect([...directories.keys()].every((path) => path.split('/').length === 3)).toBe(true);
});

it('one file in fifty of the generated tree is executable', () => {
  const files = [...treeFiles(200)];
  expect(files.filter(({ executable }) => executable)).toHaveLength(4);
});
