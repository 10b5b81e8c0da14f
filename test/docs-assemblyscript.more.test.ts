/** Tests of docs/write/assemblyscript.md: its build line makes its translator, whose test passes under its volfile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EIO } from '../runtime/core/errno.ts';
import { Fd } from '../runtime/core/fd.ts';
import {
  canCompileAssemblyScript,
  compileAssemblyScript,
  compileAssemblyScriptText,
  documentedFlags,
} from './support/assemblyscript.ts';
import { makeFolder, startModule } from './support/module.ts';
import { runGlossa, withScratch } from './support/mount.ts';
import { libraryFolder } from './support/native.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/write/assemblyscript.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);

const [keep, count] = blocks('ts') as [string, string];

describe.skipIf(!canCompileAssemblyScript)('the guide to AssemblyScript', () => {
  it('has a translator that its flags build, with a volfile and a test that passes', async () => {
    const folder = makeFolder({
      'keep.ts': keep,
      'keep.vol': blocks('')[0]!,
      'keep.test.js': blocks('js')[0]!,
    });
    const line = /^npx asc keep\.ts -o keep\.wasm --lib "\$\(.*\)" (.*)$/m.exec(blocks('sh')[0]!)!;
    expect(line[1]!.split(' ')).toEqual(['-O', ...documentedFlags]);
    const module = join(folder, 'keep.wasm');
    await compileAssemblyScript(join(folder, 'keep.ts'), module, ['-O']);
    await withScratch(async (scratch) => {
      const check = await runGlossa(scratch, ['check', '--strict', join(folder, 'keep.vol')]);
      expect(check, check.err).toMatchObject({ status: 0 });
      const tests = await runGlossa(scratch, ['test', module]);
      expect(tests, tests.err).toMatchObject({ status: 0 });
      expect(tests.out).toContain('a file with the suffix stays');
    });
  });

  it('has a translator that counts bytes from the fop to its callback', async () => {
    await compileAssemblyScriptText('count', count);
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
