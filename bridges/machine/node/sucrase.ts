/** What takes types out of TypeScript: 40 files, a tenth of a start that has no TypeScript to read. */
import { createRequire } from 'node:module';

type Sucrase = typeof import('sucrase');

let loaded: Sucrase | undefined;

/** The package, from its first use on. */
export function sucrase(): Sucrase {
  loaded ??= createRequire(import.meta.url)('sucrase') as Sucrase;
  return loaded;
}
