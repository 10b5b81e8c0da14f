/** Runs the programs of docs/program/volume.md: the blocks of a language, one after the other. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { GLOSSA } from '../support/mount.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { readBlocks } from '../texts/plan.ts';

const blocks = readBlocks('docs/program/volume.md');
const joinBlocks = (wanted: string): string =>
  blocks.flatMap(({ language, text }) => (language === wanted ? [text] : [])).join('\n');

/** A folder with the page's volfile and a program. */
function makeFolder(name: string, program: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'files.vol'), joinBlocks(''));
  writeFileSync(join(folder, name), program);
  const compilerOptions = {
    paths: { glossa: [join(packageRoot, 'index.ts')] },
    typeRoots: [join(packageRoot, 'node_modules/@types')],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(packageRoot, 'tsconfig.json'),
      compilerOptions,
      include: ['.'],
    }),
  );
  return folder;
}

function run(folder: string, command: string, ...args: readonly string[]): string {
  const env = { ...process.env, PYTHONPATH: join(packageRoot, 'python'), GLOSSA };
  const { stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env });
  expect(stderr).toBe('');
  return stdout;
}

/** The lines that the program of each language prints. */
const OUTPUT = `all is well
first
first line
second line
reports directory
log file
/ 1
/reports 0
/reports/2026 1
23 true
door 3
ENOENT /absent
EACCES
EAGAIN
1000
`;

it('the TypeScript program in docs/program/volume.md prints its documented output', () => {
  const folder = makeFolder('page.ts', joinBlocks('ts'));
  const tsx = import.meta.resolve('tsx');
  expect(run(folder, process.execPath, '--import', tsx, 'page.ts')).toBe(OUTPUT);
});

it('the TypeScript program in docs/program/volume.md has no type errors', () => {
  const folder = makeFolder('page.ts', joinBlocks('ts'));
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  // The runtime's own types are checked elsewhere.
  expect(stdout.split('\n').filter((line) => line.includes('page.ts'))).toEqual([]);
});

const title = 'the program of the page in Python prints its lines';
const obstacle = isInstalled('python3') ? '' : 'python3 is not installed';

it.skipIf(isSkipped(title, obstacle))(title, () => {
  const folder = makeFolder('page.py', joinBlocks('python'));
  expect(run(folder, 'python3', '-B', '-W', 'error', 'page.py')).toBe(OUTPUT);
});
