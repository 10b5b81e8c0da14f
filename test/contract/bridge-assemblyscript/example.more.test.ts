/** Tests the examples in AssemblyScript, with the flags of their volfiles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fd } from '../../../runtime/core/fd.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { canCompileAssemblyScript, compileAssemblyScript } from '../../support/assemblyscript.ts';
import { startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';

/** Compiles an example, optimised; the path of the module. */
const compile = (name: string): Promise<string> =>
  compileAssemblyScript(
    join(packageRoot, 'examples', name, 'assemblyscript', `${name}.ts`),
    join(libraryFolder(), `${name}.wasm`),
    ['-O'],
  );

describe.skipIf(!canCompileAssemblyScript)('in AssemblyScript', () => {
  it('rot13 is a small module that rotates what is written and read', async () => {
    expect(readFileSync(await compile('rot13')).length).toBeLessThan(100_000);
    const run = await startModule(libraryFolder(), { name: 'rot13.wasm' });
    const fd = new Fd(run.root, 2, 1);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const sent = bytes('Hello, World 1');
    const written = run.ask('writev', fd, sent, 0, 0, null);
    const [write] = run.takeRequests();
    expect(new TextDecoder().decode(write!.args[1] as Uint8Array)).toBe('Uryyb, Jbeyq 1');
    // The module has bytes of its own.
    expect(sent).toEqual(bytes('Hello, World 1'));
    write!.answer(14, 0, null, null, null);
    const read = run.ask('readv', fd, 100, 0, 0, null);
    run.takeRequests()[0]!.answer(14, 0, bytes('Uryyb, Jbeyq 1'), null, null);
    expect(written.opRet).toBe(14);
    expect(new TextDecoder().decode(read.values[0] as Uint8Array)).toBe('Hello, World 1');
    run.expectSettled();
  });
});
