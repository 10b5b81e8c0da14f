/** Compiles C for a run of the bench: modules for features/native, and servers on libfuse. */
import { includeDir } from '../../../runtime/sys/paths.ts';
import { runToEnd } from './others/implementation.ts';

/** The error without a C compiler. */
const NO_COMPILER = 'there is no C compiler (apt install gcc libc6-dev)';

/** Compiles a C file; returns null, or the error. @param flags further flags of cc */
export function compile(source: string, output: string, flags: readonly string[]): string | null {
  const args = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', output, source, ...flags];
  const { status, lastError } = runToEnd(['cc', ...args]);
  if (status === 0) return null;
  return status === null ? NO_COMPILER : `it cannot be compiled: ${lastError}`;
}

/** Compiles a module for features/native to a shared object; returns null, or the error. */
export const compileModule = (source: string, object: string): string | null =>
  compile(source, object, ['-shared', '-fPIC', `-I${includeDir}`]);

/** Compiles a module for features/glupy to WebAssembly; returns null, or the error. */
export function compileToWasm(source: string, output: string): string | null {
  const flags = [
    ...['--target=wasm32-wasi', '-mexec-model=reactor', '-O2', '-Wl,--stack-first'],
    // Instructions that every supported Node has; without them loops stand in for them.
    ...['-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext', '-msimd128'],
  ];
  const args = [...flags, `-I${includeDir}`, '-o', output, source];
  const { status, lastError } = runToEnd(['clang', ...args]);
  if (status === 0) return null;
  return status === null
    ? 'clang is not installed (apt install clang lld wasi-libc libclang-rt-dev-wasm32)'
    : `it cannot be compiled to WebAssembly: ${lastError}`;
}
