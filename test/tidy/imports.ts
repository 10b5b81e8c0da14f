/** Reads the imports of a file with a parser, so that comments and strings do not count. */
import { dirname, join } from 'node:path';
import { parseSync } from 'vite';
import type { SourceFile } from './sources.ts';

export interface Import {
  /** The imported path, as in the source. */
  readonly specifier: string;
  /** A relative specifier, resolved from the top of the checkout; others unchanged. */
  readonly target: string;
  /** Whether the import is of types only, so that it does not exist at run time. */
  readonly isType: boolean;
}

/** Lists static imports, re-exports, and `import()` of a literal; no `import('…')` in a type. */
export function readImports({ path, text }: SourceFile): Import[] {
  const { module } = parseSync(path, text);
  const imports: (readonly [specifier: string, isType: boolean])[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    imports.push([
      moduleRequest.value,
      entries.length > 0 && entries.every((entry) => entry.isType),
    ]);
  }
  for (const { entries } of module.staticExports) {
    const request = entries[0]?.moduleRequest;
    if (request) imports.push([request.value, entries.every((entry) => entry.isType)]);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const specifierText = text.slice(moduleRequest.start, moduleRequest.end);
    const specifier = /^['"`]([^'"`$]+)['"`]$/.exec(specifierText)?.[1];
    if (specifier !== undefined) imports.push([specifier, false]);
  }
  return imports.map(([specifier, isType]) => ({
    specifier,
    target: specifier.startsWith('.') ? join(dirname(path), specifier) : specifier,
    isType,
  }));
}
