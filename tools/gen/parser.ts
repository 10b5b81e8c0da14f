/** Generates the parser of volfiles from its grammar (Peggy). runtime/volfile/parse.ts gives it types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import peggy from 'peggy';

const GRAMMAR = 'runtime/volfile/volfile.peggy';

export function generateParser(): string {
  const grammar = readFileSync(join(import.meta.dirname, '../..', GRAMMAR), 'utf8');
  const parser = peggy.generate(grammar, {
    grammarSource: GRAMMAR,
    output: 'source',
    format: 'es',
  });
  return `// Generated from ${GRAMMAR} by tools/gen/parser.ts (npm run gen). Do not edit.
// @ts-nocheck: the generator writes JavaScript.
${parser}`;
}
