/** Declares the used parts of the global WebAssembly, which Node's types lack. */

/** A compiled module. */
export type CompiledModule = object;

/** Imports of an instance: functions and others by module and name. */
export type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A memory. Its buffer is another one after each growth. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Bytes of a page. */
export const PAGE_BYTES = 64 * 1024;

export const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => CompiledModule;
    Instance: new (module: CompiledModule, imports: Imports) => { readonly exports: unknown };
    Memory: new (descriptor: object) => WasmMemory;
    RuntimeError: new (message?: string) => Error;
  };
};
