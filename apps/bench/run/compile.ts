/** Compiles for a run of the bench: modules, and servers on libfuse in C. */
import { mkdtempSync, rmSync } from 'node:fs';
import { isCompilerMissing, placeResults, planBuild } from '../../../bridges/compilers.ts';
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

/**
 * Compiles a module to the file that its extension tells, a shared object or WebAssembly; returns null, or the error.
 */
export function compileModule(source: string, output: string): string | null {
  const scratch = mkdtempSync(`${output}-`);
  try {
    const plan = planBuild(source, output, scratch);
    let lastOutput = '';
    for (const { command } of plan.steps) {
      const result = runToEnd(command, { folder: plan.folder });
      if (result.status === null || isCompilerMissing(result.errors)) return plan.advice;
      if (result.status !== 0) return `it cannot be compiled: ${result.lastError}`;
      lastOutput = result.output;
    }
    placeResults(plan, lastOutput);
    return null;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
