/** Translates WebAssembly text for the tests, by wabt. */
import loadWabt from 'wabt';

const wabt = await loadWabt();

/** Translates WebAssembly text to the bytes of a module, with the names of its functions. */
export function translate(text: string): Uint8Array {
  const features = { threads: true, memory64: true, exceptions: true, multi_memory: true };
  const module = wabt.parseWat('test.wat', text, features);
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}
