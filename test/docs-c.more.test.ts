/** Tests of docs/write/c.md: its commands build its translators, whose test passes under its volfile. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { includeDir } from '../runtime/sys/paths.ts';
import { makeFolder } from './support/folder.ts';
import { runGlossa, withScratch } from './support/mount.ts';
import { canCompileCpp, canCompileWasm } from './support/wasm.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/write/c.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);

const [buildWasm, buildCpp, buildObject] = blocks('sh') as [string, string, string];

/** Runs commands of the page in a folder with its files. */
function build(commands: string): string {
  const folder = makeFolder({
    'keep.c': blocks('c')[0]!,
    'keep.cpp': blocks('cpp')[0]!,
    'keep.vol': blocks('')[0]!,
    'keep.test.js': blocks('js')[0]!,
  });
  const glossa = `glossa() { echo '${includeDir}'; }`;
  const script = `set -e\n${glossa}\n${commands}`;
  const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return folder;
}

async function expectKept(folder: string): Promise<void> {
  await withScratch(async (scratch) => {
    const check = await runGlossa(scratch, ['check', '--strict', join(folder, 'keep.vol')]);
    expect(check, check.err).toMatchObject({ status: 0 });
    const tests = await runGlossa(scratch, ['test', join(folder, 'keep.wasm')]);
    expect(tests, tests.err).toMatchObject({ status: 0 });
    expect(tests.out).toContain('a file with the suffix stays');
  });
}

describe('the guide to C and C++', () => {
  it.skipIf(!canCompileWasm)('has a translator in C, a volfile and a test that passes', () =>
    expectKept(build(buildWasm)),
  );

  it.skipIf(!canCompileCpp)('has the same translator in C++, for which the test passes, too', () =>
    expectKept(build(buildCpp)),
  );

  it.skipIf(!canCompileWasm)('has a command that makes a shared object of the same source', () => {
    const folder = build(buildObject);
    expect(readFileSync(join(folder, 'keep.so')).subarray(1, 4).toString()).toBe('ELF');
  });
});
