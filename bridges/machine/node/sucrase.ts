/** Loads sucrase (which strips types) on first use: its 40 files take a tenth of a start. */
import { createRequire } from 'node:module';

type Sucrase = typeof import('sucrase');

let loaded: Sucrase | undefined;

export function loadSucrase(): Sucrase {
  loaded ??= createRequire(import.meta.url)('#sucrase') as Sucrase;
  return loaded;
}
