/** Loads sucrase, which takes types out of TypeScript, at its first use: loading is a tenth of a start. */
import { createRequire } from 'node:module';

type Sucrase = typeof import('sucrase');

let loaded: Sucrase | undefined;

/** The package, from its first use on. */
export function sucrase(): Sucrase {
  loaded ??= createRequire(import.meta.url)('#sucrase') as Sucrase;
  return loaded;
}
