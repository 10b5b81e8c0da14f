/** Compiles programs and modules in C for a run. */
import { includeDir } from '../../../runtime/sys/paths.ts';
import { runToEnd } from './others/implementation.ts';

const NO_COMPILER = 'there is no C compiler (apt install gcc libc6-dev)';

/** Compiles a program: null, or the error. @param flags added to those for speed and warnings */
export function compile(source: string, output: string, flags: readonly string[]): string | null {
  const args = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', output, source, ...flags];
  const { status, lastError: complaint } = runToEnd(['cc', ...args]);
  if (status === 0) return null;
  return status === null ? NO_COMPILER : `it cannot be compiled: ${complaint}`;
}

/** Compiles a module for features/native: null, or the error. */
export const compileModule = (source: string, object: string): string | null =>
  compile(source, object, ['-shared', '-fPIC', `-I${includeDir}`]);
