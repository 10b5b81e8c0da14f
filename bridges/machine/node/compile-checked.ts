/**
 * Compiles WebAssembly that was checked before, and lets V8 check each function again only when it is called first. An
 * interpreter calls a tenth of its functions.
 *
 * V8 ends the process if the call finds a function invalid, so that no other module may be compiled meanwhile: the main
 * thread does nothing else, and the volumes' threads compile modules of users. Source: V8's `CompileLazy` in
 * `src/wasm/module-compiler.cc`.
 */
import { isMainThread } from 'node:worker_threads';
import { setV8Flag } from '../../../runtime/sys/v8-flags.ts';
import type { CompileWith } from '../../host/machine.ts';
import { countThreads } from './thread.ts';

/** Checks all functions at once in a thread, or beside one. */
export const compileChecked: CompileWith = (compile) => {
  if (!isMainThread || countThreads() > 0) return compile();
  setV8Flag('wasm-lazy-validation', true);
  try {
    return compile();
  } finally {
    setV8Flag('wasm-lazy-validation', false);
  }
};
