/**
 * Loads the package sucrase, which strips types, on first use: loading its 40 files takes a tenth of
 * the time in which glossa starts.
 */
import { createRequire } from 'node:module';

type Sucrase = typeof import('sucrase');

let loaded: Sucrase | undefined;

/** Returns the package, which the first call loads. */
export function loadSucrase(): Sucrase {
  loaded ??= createRequire(import.meta.filename)('#sucrase') as Sucrase;
  return loaded;
}
