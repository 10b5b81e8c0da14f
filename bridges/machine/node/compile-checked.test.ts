import { describe, expect, it } from 'vitest';
import { wasm } from '../../host/web-assembly.ts';
import { compileChecked } from './compile-checked.ts';
import { countThreads, startThread } from './thread.ts';

let moduleCount = 0;

/** Compiles `(module (func (result i32)))`, whose function lacks the result. V8 has not seen these bytes before. */
function compileInvalid(): object {
  moduleCount += 1;
  const head = [0, 97, 115, 109, 1, 0, 0, 0];
  const customSection = [0, 3, 1, 110, moduleCount];
  const sections = [...[1, 5, 1, 96, 0, 1, 127], ...[3, 2, 1, 0], ...[10, 4, 1, 2, 0, 11]];
  return new wasm.Module(new Uint8Array([...head, ...customSection, ...sections]));
}

describe('WebAssembly that was checked before', () => {
  it('is compiled without a check of its functions', () => {
    expect(compileChecked(compileInvalid)).toBeInstanceOf(wasm.Module);
  });

  it('leaves the check of other modules as it is, even if it cannot be compiled', () => {
    expect(() => compileChecked(() => new wasm.Module(new Uint8Array(8)))).toThrow('magic word');
    expect(compileInvalid).toThrow('Compiling function');
    compileChecked(compileInvalid);
    expect(compileInvalid).toThrow('Compiling function');
  });

  it('is checked while a volume has a thread, which may compile the module of a user', async () => {
    const thread = startThread('test', 0, {}, { onWake() {}, onEnd() {} });
    expect(() => compileChecked(compileInvalid)).toThrow('Compiling function');
    await thread.terminate();
    expect(countThreads()).toBe(0);
    compileChecked(compileInvalid);
  });
});
