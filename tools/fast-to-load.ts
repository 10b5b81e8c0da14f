/** Rewrites the code of joined files so that Node loads and runs it faster; the lines of modules stay where they are. */

/** Escapes characters beyond ASCII in code: V8 reads a text faster that has one byte for each character. */
const escapeNonAscii = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The require of a module that is not joined, as rolldown writes it. */
const OUTER_REQUIRE = /^let (\w+) = require\(("[^."][^"]*")\);$/gm;
/** The line after it for a default export, which is the module itself. */
const DEFAULT_EXPORT = /^(\w+) = [\w.]+__toESM\(\1, 1\);$/gm;

/** Lets Node's modules and packages be loaded at their first use: some take 4 to 10 ms, and most starts use few. */
function deferRequires(code: string): string {
  const names = [...code.matchAll(OUTER_REQUIRE)].map(([, name]) => name!);
  if (names.length === 0) return code;
  const use = new RegExp(
    `(?<![.\\w$"'\`])(${names.join('|')})(?:\\.default\\b|(?=\\.[\\w$]))`,
    'g',
  );
  return code
    .replace(DEFAULT_EXPORT, '')
    .replace(use, '($1$$())')
    .replace(OUTER_REQUIRE, 'let $1, $1$$ = () => $1 ??= require($2);');
}

/** The export of a variable, as rolldown writes it: each use in another file calls this function. */
const EXPORT_GETTER =
  /^Object\.defineProperty\(exports, "([^"]+)", \{\n\tenumerable: true,\n\tget: function\(\) \{\n\t\treturn ([\w$]+);\n\t\}\n\}\);$/gm;

/** Exports all but variables as values. A class is a `var` here, and so is a module with all its exports. */
const exportValues = (code: string): string =>
  code.replace(EXPORT_GETTER, (getter, outer: string, inner: string) => {
    const name = inner.replaceAll('$', '\\$');
    const variable = `(?:let|var) (?!${name} = (?:class\\b|/\\*))[^\\n]*(?<![\\w$])${name}(?![\\w$])`;
    return new RegExp(`^${variable}`, 'm').test(code) ? getter : `exports.${outer} = ${inner};`;
  });

/** Rewrites the code of a file. */
export const makeFastToLoad = (code: string): string =>
  exportValues(deferRequires(escapeNonAscii(code)));
