/**
 * Leaves out what Pyodide exports for shared libraries, which modules cannot load: 8,270 of 8,560 functions and
 * variables of C. At each start V8 would make an object of each, and Pyodide's runtime would keep all in variables.
 */
import { EngineError } from './errors.ts';

/** The runtime's variables, and the function that sets them; it has no braces inside. */
const VARIABLES_AND_FUNCTION =
  /var ([\w$]+(?:,[\w$]+)+);function assignWasmExports\(wasmExports\)\{([^{}]*)\}/;

/** An assignment of that function: the variable, and the export's name. */
const ASSIGNMENT = /([\w$]+)=Module\["[^"]+"\]=wasmExports\["([^"]+)"\](?:\.value>>>0)?;/g;

/**
 * Removes the variables of exports that neither the rest of the runtime nor the loader names.
 * @throws {EngineError} if the runtime is not the known one
 */
export function dropUnusedExports(runtime: string, loader: string): string {
  const found = VARIABLES_AND_FUNCTION.exec(runtime);
  if (found === null)
    throw new EngineError('setup', 'pyodide.asm.mjs has no assignWasmExports as it was known');
  const [whole, variables = '', body = ''] = found;
  const before = runtime.slice(0, found.index);
  const after = runtime.slice(found.index + whole.length);
  const words = new Set([before, after, loader].flatMap((text) => text.match(/[\w$]+/g) ?? []));
  const unused = new Set<string>();
  const usedBody = body.replace(ASSIGNMENT, (assignment, variable: string, name: string) => {
    if (words.has(variable) || words.has(name)) return assignment;
    unused.add(variable);
    return '';
  });
  const usedVariables = variables.split(',').filter((variable) => !unused.has(variable));
  return (
    `${before}var ${usedVariables.join(',')};` +
    `function assignWasmExports(wasmExports){${usedBody}}${after}`
  );
}

/** Lists the exports that a runtime names, after `dropUnusedExports`. */
export const listUsedExports = (runtime: string): string[] =>
  Array.from(
    runtime.matchAll(/wasmExports(?:\["([^"]+)"\]|\.(\w+))/g),
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
