/**
 * Keeps interpreters for threads that come and go. V8 drops the compiled code of a WebAssembly
 * module with its last user; otherwise each thread would compile its interpreter anew, half of its
 * start.
 */
import { parts } from '../../bridges/machine/node/parts.ts';

const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { Module: new (bytes: Uint8Array) => object };
};

const referenced: object[] = [];

/** From now on, as long as this process lives. */
export function shareInterpreters(): void {
  if (referenced.length > 0) return;
  for (const name of ['quickjs.wasm', 'pyodide/pyodide.asm.wasm']) {
    referenced.push(new wasm.Module(parts.readBytes(name)));
  }
}
