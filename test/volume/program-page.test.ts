/**
 * Runs the programs of pages in docs/program as a reader does, in an empty folder with what the page
 * shows and no more: its commands, its volfile by the name that the text has for it, and the blocks
 * of a language, one after the other.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { makeFolder } from '../support/folder.ts';
import { GLOSSA } from '../support/mount.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { findTypeErrors, makeProject } from '../support/typescript-project.ts';
import { readBlocks, readPage } from '../texts/plan.ts';
import { programPages } from '../texts/table.ts';

/** The blocks of a language that are not marked, or with '' the volfile. */
const joinBlocks = (page: string, wanted: string): string =>
  readBlocks(page)
    .flatMap(({ language, text, marks }) =>
      language === wanted && marks.length === 0 ? [text] : [],
    )
    .join('\n');

/** A folder with the page's volfile and its program in one language. */
function makePageFolder(page: string, name: string, language: string): string {
  const folder = makeFolder();
  makeProject(folder);
  const [, volfile] = /`([\w-]+\.vol)`/.exec(readPage(page))!;
  writeFileSync(join(folder, volfile!), joinBlocks(page, ''));
  run(folder, 'sh', '-ec', joinBlocks(page, 'sh'));
  writeFileSync(join(folder, name), joinBlocks(page, language));
  return folder;
}

function run(folder: string, command: string, ...args: readonly string[]): string {
  const env = { ...process.env, PYTHONPATH: join(packageRoot, 'python'), GLOSSA };
  const { stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', env });
  expect(stderr).toBe('');
  return stdout;
}

/** Node's flags for a program with types: Node 22.18 and later need none. */
const withTypes = (process.features as { typescript?: unknown }).typescript
  ? []
  : ['--import', import.meta.resolve('tsx')];

/** The lines that a page's program prints, in each language. */
const outputs: Readonly<Record<string, string>> = {
  'docs/program/volume.md': `all is well
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
`,
  'docs/program/chunks.md': `volume1_0002 4100
5adbd040
1 resized
host1
true
host2 administrator
ESTALE
old
`,
  'docs/program/typescript.md': `all is well

/ 0
/reports 1
all is well

AbortError
`,
};

const pythonOutputs: Readonly<Record<string, string>> = {
  'docs/program/volume.md': outputs['docs/program/volume.md']!,
  'docs/program/chunks-python.md': `volume1_0002 4100 b'data'
5adbd040
1 resized
host1
True
host2 administrator
Stale file handle
written
host1 1
`,
  'docs/program/python.md': `['today.txt'] 12
b'01\\x00\\x00\\x0056789' 10
notes.txt 18
today.txt 12
True
40
b'all is well\\n'
notes.txt remember the milk

`,
};

it('each page of programs has its output here', () => {
  const listed = new Set([...Object.keys(outputs), ...Object.keys(pythonOutputs)]);
  expect([...listed].sort()).toEqual(programPages);
});

describe.each(Object.entries(outputs))('the TypeScript program in %s', (page, output) => {
  it('prints its documented output', () => {
    const folder = makePageFolder(page, 'program.mts', 'ts');
    expect(run(folder, process.execPath, ...withTypes, 'program.mts')).toBe(output);
  });

  it('has no type errors', () => {
    const folder = makePageFolder(page, 'program.mts', 'ts');
    expect(findTypeErrors(folder)).toBe('');
  }, 120_000);
});

describe.each(Object.entries(pythonOutputs))('the Python program in %s', (page, output) => {
  const title = 'prints its documented lines';
  const obstacle = isInstalled('python3') ? '' : 'python3 is not installed';

  it.skipIf(isSkipped(title, obstacle))(title, () => {
    const folder = makePageFolder(page, 'page.py', 'python');
    expect(run(folder, 'python3', '-B', '-W', 'error', 'page.py')).toBe(output);
  });
});
