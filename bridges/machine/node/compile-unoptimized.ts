/**
 * Compiles WebAssembly by V8's first compiler only. The optimising one takes memory with the square of a function's
 * branches: gigabytes for some of 20 KB, and above 100 KB V8 ends the process. The first one takes them at once, as
 * V8 reads these flags again when it compiles a function later.
 *
 * Source: V8's `GetDefaultTiersPerModule` in `src/wasm/module-compiler.cc`.
 */
import { setV8Flag } from '../../../runtime/sys/v8-flags.ts';
import type { CompileWith } from '../../host/machine.ts';

const FLAGS = ['wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'] as const;

export const compileUnoptimized: CompileWith = (compile) => {
  for (const flag of FLAGS) setV8Flag(flag, false);
  try {
    return compile();
  } finally {
    for (const flag of FLAGS) setV8Flag(flag, true);
  }
};
