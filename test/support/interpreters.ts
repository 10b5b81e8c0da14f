/**
 * Interpreters for threads that come and go. V8 keeps what it has compiled of a WebAssembly module as
 * long as anybody in the process has one of the same bytes: without that, each thread would compile its
 * interpreter anew, which takes half of its start.
 */
import { parts } from '../../bridges/machine/node/parts.ts';

const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { Module: new (bytes: Uint8Array) => object };
};

let kept: readonly object[] | undefined;

/** From now on, as long as this process lives. */
export function shareInterpreters(): void {
  kept ??= ['quickjs.wasm', 'pyodide/pyodide.asm.wasm'].map(
    (name) => new wasm.Module(parts.bytes(name)),
  );
}
