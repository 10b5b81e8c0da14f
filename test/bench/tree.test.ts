import { expect, it } from 'vitest';
import { treeFiles } from './tree.ts';

it('is the same in every run', () => {
  expect([...treeFiles(300)]).toEqual([...treeFiles(300)]);
});

it('has as many files as wanted, of different content, twenty in a directory three deep', () => {
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

it('has programs among them', () => {
  const files = [...treeFiles(200)];
  expect(files.filter(({ executable }) => executable)).toHaveLength(4);
});
