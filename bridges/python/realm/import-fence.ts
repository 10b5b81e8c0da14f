/**
 * Closes the JavaScript functions that Python's C code imports (the third layer of ../fence.ts). It
 * runs in the interpreter's realm, a JavaScript context of its own. ../load.ts calls `wrapImports`
 * when Pyodide starts, and then `close`.
 */

type ImportedFunction = (...args: unknown[]) => unknown;

/**
 * Makes the fence of one interpreter.
 * @returns `wrapImports`, which wraps the interpreter's imports so that those reaching JavaScript
 *   can be closed, and `close`, which closes them
 */
export default function makeFence(
  mayStayOpen: (name: string) => boolean,
  logRefusal: (name: string) => void,
) {
  let isClosed = false;
  const throwRefusal = (name: string): never => {
    try {
      logRefusal(name);
    } catch {
      // The refusal stands even if logging fails.
    }
    throw new Error(`${name}: a module reaches nothing of JavaScript`);
  };
  return {
    wrapImports(imports: Readonly<Record<string, unknown>>): Record<string, unknown> {
      const wrappedImports = { ...imports };
      for (const [name, imported] of Object.entries(imports)) {
        if (typeof imported !== 'function' || mayStayOpen(name) === true) continue;
        wrappedImports[name] = (...args: unknown[]) =>
          isClosed ? throwRefusal(name) : (imported as ImportedFunction)(...args);
      }
      return wrappedImports;
    },
    close(): void {
      isClosed = true;
    },
  };
}
