import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { makeFolder } from '../test/support/folder.ts';
import {
  findProjectRoot,
  makePackageRootPath,
  makePathFromFolder,
  makeProgramCommand,
  quoteWord,
} from './invocation.ts';

it.each([
  ['plain-name_1.py', 'plain-name_1.py'],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['$HOME', "'$HOME'"],
  ['~', "'~'"],
  ['', "''"],
])('quoteWord quotes %s as %s', (word, typed) => expect(quoteWord(word)).toBe(typed));

it('makePathFromFolder returns a relative path for a file below the folder, and an absolute one otherwise', () => {
  expect(makePathFromFolder('/a', '/a/b/c')).toBe('b/c');
  expect(makePathFromFolder('/a', '/a')).toBe('.');
  expect(makePathFromFolder('/a', '/ab')).toBe('/ab');
  expect(makePathFromFolder('/a', '/a/..b')).toBe('..b');
});

it('makePackageRootPath returns a relative path within the package’s project, and an absolute one elsewhere', () => {
  const local = '/home/me/project/node_modules/glossa';
  expect(findProjectRoot(local)).toBe('/home/me/project');
  expect(makePackageRootPath('/home/me/project/mine', local)).toBe('../node_modules/glossa');
  expect(makePackageRootPath('/home/me/project', local)).toBe('./node_modules/glossa');
  expect(makePackageRootPath('/home/me/other', local)).toBe(local);
  expect(makePackageRootPath('/home/me', '/usr/lib/node_modules/glossa')).toBe(
    '/usr/lib/node_modules/glossa',
  );
  expect(makePackageRootPath('/src/glossa', '/src/glossa')).toBe('.');
  expect(makePackageRootPath('/src/glossa/a/b', '/src/glossa')).toBe('../..');
});

describe('makeProgramCommand', () => {
  const file = join(packageRoot, 'dist/cli/main.cjs');
  const npx = { file, cwd: '/home/me', env: { npm_lifecycle_script: "'glossa'" } };

  it('returns a command with npx when npx has started glossa, and adds --prefix in other folders', () => {
    for (const folder of [packageRoot, join(packageRoot, 'a'), '/home/me']) {
      expect(makeProgramCommand(folder, npx)).toBe('npx glossa');
    }
    const other = { ...npx, env: { npm_lifecycle_script: 'vitest run glossa' } };
    expect(makeProgramCommand(packageRoot, other)).toBe('node dist/cli/main.cjs');
    const elsewhere = `npx --prefix ${quoteWord(packageRoot)} glossa`;
    expect(makeProgramCommand('/home/other', npx)).toBe(elsewhere);
  });

  it('returns only the name of the program when PATH finds it, and otherwise the path of its file', () => {
    const at = makeFolder();
    mkdirSync(join(at, 'bin'));
    mkdirSync(join(at, 'other'));
    writeFileSync(join(at, 'main.js'), '', { mode: 0o755 });
    writeFileSync(join(at, 'other/glossa'), '', { mode: 0o755 });
    symlinkSync('../main.js', join(at, 'bin/glossa'));
    const start = (name: string, PATH?: string) => ({
      file: join(at, name),
      cwd: at,
      env: { PATH },
    });
    expect(makeProgramCommand(at, start('main.js', `/nowhere:${at}/bin`))).toBe('glossa');
    expect(makeProgramCommand(at, start('bin/glossa', `${at}/bin`))).toBe('glossa');
    expect(makeProgramCommand(at, start('bin/glossa', `${at}/other:${at}/bin`))).toBe('bin/glossa');
    expect(makeProgramCommand(at, start('main.js'))).toBe('node ./main.js');
    expect(makeProgramCommand('/', start('main.js'))).toBe(`node ${join(at, 'main.js').slice(1)}`);
    expect(makeProgramCommand('/usr', start('main.js'))).toBe(`node ${join(at, 'main.js')}`);
  });
});
