/** Rewrites the code of joined files so that Node loads and runs it faster; the lines of modules stay where they are. */

/** Escapes characters beyond ASCII in code: V8 reads a text faster that has one byte for each character. */
const escapeNonAscii = (code: string): string =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The require of one of Node's modules, as rolldown writes it, perhaps with a line for its default export: itself. */
const BUILTIN_REQUIRE =
  /^let (node_\w+) = require\(("node:[^"]+")\);$(?:(\n)\1 = [\w.]+__toESM\(\1, 1\);$)?/gm;
/** The same for a package whose default export is used. */
const PACKAGE_REQUIRE =
  /^let (\w+) = require\(("[^."][^"]*")\);$(\n)\1 = [\w.]+__toESM\(\1, 1\);$/gm;

/** Lets Node's modules and packages be loaded at their first use: some take 4 to 10 ms, and most starts use few. */
function deferRequires(code: string): string {
  const names = (pattern: RegExp): string =>
    [...code.matchAll(pattern)].map(([, name]) => name).join('|') || '(?!)';
  const declaration = 'let $1, $1$$ = () => $1 ??= require($2);$3';
  // A function may have a variable with the name of a package, but none that rolldown has made.
  const use = `(?<![.\\w$])(?:(${names(BUILTIN_REQUIRE)})(?:\\.default\\b|(?=\\.[\\w$]))|(${names(PACKAGE_REQUIRE)})\\.default\\b)`;
  return code
    .replace(new RegExp(use, 'g'), '($1$2$$())')
    .replace(BUILTIN_REQUIRE, declaration)
    .replace(PACKAGE_REQUIRE, declaration);
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
