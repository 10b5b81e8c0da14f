import { expect, it } from 'vitest';
import { makeSources } from './sources.ts';

const sources = makeSources({ '/a/b/one.py': '1', '/a/two.py': new TextEncoder().encode('2') });

it('the module files of a page are listed and read with the folders that contain them', () => {
  expect(
    ['/', '/a', '/a/b', '/a/b/one.py', '/a/./two.py', '/a/b/two.py'].map(sources.findFileKind),
  ).toEqual(['folder', 'folder', 'folder', 'file', 'file', undefined]);
  expect(sources.list('/a')).toEqual([
    { name: 'b', isFolder: true },
    { name: 'two.py', isFolder: false },
  ]);
  expect(new TextDecoder().decode(sources.read('/a/two.py'))).toBe('2');
  expect(sources.findRealPath('/a/b/../two.py')).toBe('/a/two.py');
});

it.each([
  ['list', () => sources.list('/none')],
  ['read', () => sources.read('/a')],
  ['realPath', () => sources.findRealPath('/a/three.py')],
])('the module files of a page: %s throws ENOENT for a missing path', (_, ask) => {
  expect(ask).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

it('a module file of a page is refused if its path is relative', () => {
  expect(() => makeSources({ 'one.py': '' })).toThrow("modules: 'one.py' is no absolute path");
});
