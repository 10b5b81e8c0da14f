import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { findJoinedModule, type JoinedModules } from './joined-source.ts';

test('a line of a joined file belongs to the module that begins above it', () => {
  const root = makeFolder();
  const folder = join(root, 'dist/joined');
  mkdirSync(folder, { recursive: true });
  const modules: JoinedModules = {
    'mount.cjs': [
      ['a.js', 2],
      ['b.js', 5],
    ],
  };
  writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules));
  const find = (line: number) => findJoinedModule(join(folder, 'mount.cjs'), line);
  expect([1, 3, 4, 6].map(find)).toEqual([
    null,
    { file: 'a.js', line: 1 },
    { file: 'a.js', line: 2 },
    { file: 'b.js', line: 1 },
  ]);
});

test('other files are not joined, and a removed one has no modules', () => {
  expect(findJoinedModule('/a/core/a.js', 3)).toBeNull();
  expect(findJoinedModule('/absent/dist/joined/mount.cjs', 3)).toBeNull();
});
