import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { pathFrom, programIn, projectOf, rootFrom, shellWord } from './invocation.ts';

it.each([
  ['plain-name_1.py', 'plain-name_1.py'],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['$HOME', "'$HOME'"],
  ['~', "'~'"],
  ['', "''"],
])('shellWord quotes %s as %s', (word, typed) => expect(shellWord(word)).toBe(typed));

it('pathFrom is relative for a path below the folder, and absolute for any other', () => {
  expect(pathFrom('/a', '/a/b/c')).toBe('b/c');
  expect(pathFrom('/a', '/a')).toBe('.');
  expect(pathFrom('/a', '/ab')).toBe('/ab');
  expect(pathFrom('/a', '/a/..b')).toBe('..b');
});

it('rootFrom is relative within the package’s project, and absolute elsewhere', () => {
  const local = '/home/me/project/node_modules/glossa';
  expect(projectOf(local)).toBe('/home/me/project');
  expect(rootFrom('/home/me/project/mine', local)).toBe('../node_modules/glossa');
  expect(rootFrom('/home/me/project', local)).toBe('./node_modules/glossa');
  expect(rootFrom('/home/me/other', local)).toBe(local);
  expect(rootFrom('/home/me', '/usr/lib/node_modules/glossa')).toBe('/usr/lib/node_modules/glossa');
  expect(rootFrom('/src/glossa', '/src/glossa')).toBe('.');
  expect(rootFrom('/src/glossa/a/b', '/src/glossa')).toBe('../..');
});

describe('programIn', () => {
  const file = join(packageRoot, 'dist/cli/main.js');
  const npx = { file, cwd: '/home/me', env: { npm_lifecycle_script: "'glossa'" } };

  it('started by npx, names npx in the project and in the folder of the call', () => {
    for (const folder of [packageRoot, join(packageRoot, 'a'), '/home/me']) {
      expect(programIn(folder, npx)).toBe('npx glossa');
    }
    const other = { ...npx, env: { npm_lifecycle_script: 'vitest run glossa' } };
    expect(programIn(packageRoot, other)).toBe('node dist/cli/main.js');
    const elsewhere = `npx --prefix ${shellWord(packageRoot)} glossa`;
    expect(programIn('/home/other', npx)).toBe(elsewhere);
  });

  it('names the program alone when PATH leads to it, and otherwise its file', () => {
    const at = mkdtempSync(join(tmpdir(), 'glossa-invocation-'));
    onTestFinished(() => rmSync(at, { recursive: true, force: true }));
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
    expect(programIn(at, start('main.js', `/nowhere:${at}/bin`))).toBe('glossa');
    expect(programIn(at, start('bin/glossa', `${at}/bin`))).toBe('glossa');
    expect(programIn(at, start('bin/glossa', `${at}/other:${at}/bin`))).toBe('bin/glossa');
    expect(programIn(at, start('main.js'))).toBe('node ./main.js');
    expect(programIn('/', start('main.js'))).toBe(`node ${join(at, 'main.js').slice(1)}`);
    expect(programIn('/usr', start('main.js'))).toBe(`node ${join(at, 'main.js')}`);
  });
});
