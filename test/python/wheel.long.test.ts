/** Installs the Python package into an environment of its own, without a package index, and opens a volume with it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { skipFor, skipWithoutTools } from '../support/tools.ts';

const PROGRAM = `
import glossa, sys
from glossa import aio
with glossa.Volume('data.vol', command=sys.argv[1:]) as volume:
    volume.write_text('/a', 'installed')
    print(glossa.__file__, volume.read_text('/a'), aio.Volume.__name__)
`;

const VOLFILE = 'volume data\n    type storage/posix\n    option directory files\nend-volume\n';

let folder: string;
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Skips the test where Python cannot make environments. */
function skipWithoutVenv(): void {
  skipWithoutTools('python3');
  try {
    run('python3', '-c', 'import ensurepip');
  } catch {
    skipFor('ensurepip is not installed (python3-venv)');
  }
}

beforeAll(async () => {
  folder = makeFolder();
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'data.vol'), VOLFILE);
});

it('pip installs the folder python/ without an index, and the installed package opens a volume', () => {
  skipWithoutVenv();
  run('python3', '-m', 'venv', 'environment');
  const python = join(folder, 'environment/bin/python3');
  run(python, '-m', 'pip', 'install', '--quiet', '--no-index', resolve('python'));
  const printed = run(python, '-c', PROGRAM, process.execPath, resolve('dist/cli/main.cjs'));
  expect(printed).toContain(join(folder, 'environment'));
  expect(printed).toContain('installed Volume');
});

it('two wheels of the same sources are equal, and contain the types', () => {
  skipWithoutTools('python3');
  const backend = resolve('python/backend.py');
  const make = (name: string): string => {
    mkdirSync(join(folder, name));
    run('python3', backend, name);
    return join(folder, name, readdirSync(join(folder, name))[0]!);
  };
  const [one, other] = [make('one'), make('other')];
  const list = run('python3', '-m', 'zipfile', '--list', one);
  expect(list).toContain('glossa/py.typed');
  expect(list).not.toContain('__pycache__');
  expect(run('cmp', one, other)).toBe('');
});

it('a checkout that is not built names npm ci, to a program and to pip', () => {
  skipWithoutTools('python3');
  cpSync('python', join(folder, 'checkout/python'), {
    recursive: true,
    filter: (path) => !/_operations\.py$|__pycache__/.test(path),
  });
  for (const args of [
    ['-c', 'import glossa'],
    ['backend.py', '.'],
  ]) {
    const cwd = join(folder, 'checkout/python');
    const { status, stderr } = spawnSync('python3', args, { cwd, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/checkout is not built: run npm ci in it\n$/);
  }
});
