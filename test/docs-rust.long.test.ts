/** Tests of docs/write/rust.md: Cargo builds its translator, whose test passes under its volfile. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EIO } from '../runtime/core/errno.ts';
import { Fd } from '../runtime/core/operands.ts';
import { crateFolder } from '../runtime/sys/paths.ts';
import { makeFolder } from './support/folder.ts';
import { startModule } from './support/module.ts';
import { runGlossa, withScratch } from './support/mount.ts';
import { libraryFolder } from './support/native.ts';
import { isSkipped } from './support/obstacle.ts';
import { cargo, compileRustText, noCargo, rustCompiler } from './support/rust.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/write/rust.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);

const [keep, count] = blocks('rust') as [string, string];
const [manifest, configuration] = blocks('toml') as [string, string];

describe.skipIf(isSkipped('docs/write/rust.md', noCargo))('the guide to Rust', () => {
  it('has a translator that Cargo builds, with a volfile and a test that passes', async () => {
    const folder = makeFolder({
      'src/lib.rs': keep,
      'Cargo.toml': manifest.replace(/path = ".*"/, `path = "${crateFolder}"`),
      '.cargo/config.toml': configuration,
      'keep.vol': blocks('')[0]!,
      'keep.test.js': blocks('js')[0]!,
    });
    const environment = { ...process.env, RUSTC: rustCompiler };
    const { status, stderr } = spawnSync(cargo, ['build', '--release', '--offline'], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const built = join(folder, 'target/wasm32-unknown-unknown/release/keep.wasm');
    const module = join(folder, 'keep.wasm');
    copyFileSync(built, module);
    await withScratch(async (scratch) => {
      const check = await runGlossa(scratch, ['check', '--strict', join(folder, 'keep.vol')]);
      expect(check, check.err).toMatchObject({ status: 0 });
      const tests = await runGlossa(scratch, ['test', module]);
      expect(tests, tests.err).toMatchObject({ status: 0 });
      expect(tests.out).toContain('a file with the suffix stays');
    });
  });
});

describe.skipIf(rustCompiler === '')('the guide to Rust', () => {
  it('has a translator that counts bytes from the fop to its callback', async () => {
    compileRustText('count', count);
    const run = await startModule(libraryFolder(), { name: 'count.wasm' });
    const read = (opRet: number, opErrno: number) => {
      const reply = run.ask('readv', new Fd(run.root, 0, 1), 100, 0, 0, null);
      const vector = opRet < 0 ? null : new Uint8Array(opRet);
      run.takeRequests()[0]!.answer(opRet, opErrno, vector, null, null);
      return [reply.opRet, reply.opErrno];
    };
    expect([read(7, 0), read(-1, EIO), read(3, 0)]).toEqual([
      [7, 0],
      [-1, EIO],
      [3, 0],
    ]);
    expect(run.dump()).toMatchObject({ 'module.asked': 300, 'module.read': 10 });
    run.expectSettled();
  });
});
