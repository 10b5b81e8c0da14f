/** Reads the declarations of Python sources: signatures with types, and comments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reduces a module of Python to a stub: classes, fields and functions that have types, and their comments. */
export function reduceToStub(source: string): string {
  // A comment ends where its quotes do, a function before the next line that is not deeper.
  const part =
    /^(?:class .*|type .*|( {4})?(?:@.*\n {0,4})*(?:async )?def [\s\S]*?:$|( {4})\w+: [^=]*?$)(?:\n +"""[\s\S]*?""")?/gm;
  return Array.from(source.matchAll(part), ([text]) => {
    if (!/^ *(?:@|(?:async )?def )/.test(text)) return text;
    const [signature] = text.split('"""', 1) as [string];
    if (!signature.includes('->')) return '';
    return text === signature ? `${text} ...` : text;
  })
    .filter(Boolean)
    .join('\n');
}

/** Finds the declaration of a class, function or type at the margin of a stub. */
function findDeclaration(stub: string, name: string): string {
  const found = stub
    .split(/\n(?=\S)/)
    .find((text) => new RegExp(`^(?:class|def|type) ${name}\\b`).test(text));
  if (found === undefined) throw new Error(`no declaration of ${name}`);
  return found;
}

/**
 * Replaces the lines `# from MODULE: NAME, NAME` of a stub by declarations of glupy's modules; indented, by the comment
 * and the members of a class.
 */
export const insertDeclarations = (template: string): string =>
  template.replace(
    /^( *)# from (\w+): (.+)$/gm,
    (_, indent: string, module: string, names: string) => {
      const file = join(import.meta.dirname, `../../python/glupy/${module}.py`);
      const stub = reduceToStub(readFileSync(file, 'utf8'));
      const declarations = names.split(', ').map((name) => findDeclaration(stub, name));
      if (indent !== '') return declarations[0]!.replace(/^.*\n/, '');
      return declarations.join('\n\n');
    },
  );
