/**
 * Interpreters for threads that come and go. V8 keeps what it has compiled of a WebAssembly module as
 * long as anybody in the process has one of the same bytes: without that, each thread would compile its
 * interpreter anew, which takes half of its start.
 */
import { parts } from '../../bridges/machine/node/parts.ts';

const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { Module: new (bytes: Uint8Array) => object };
};

const kept: object[] = [];

/** From now on, as long as this process lives. */
export function shareInterpreters(): void {
  if (kept.length > 0) return;
  for (const name of ['quickjs.wasm', 'pyodide/pyodide.asm.wasm']) {
    kept.push(new wasm.Module(parts.bytes(name)));
  }
}
