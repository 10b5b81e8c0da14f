/** Suggests fixes for a module that does not load: missing names, foreign syntax. */
import { formatSuggestion } from '../../runtime/core/nearest.ts';
import { FOREIGN_GLOBALS } from './library/foreign-globals.ts';

// Messages of QuickJS, and the first line of a stack in a module's file.
const NO_EXPORT_ERROR = /^SyntaxError: Could not find export '(.*?)' in module '(.*?)'/;
const UNDEFINED_NAME_ERROR = /\bReferenceError: '?([\w$]+)'? is not defined/;
const MISSING_VALUE_ERROR = /\bTypeError: .*(?:not a function|of undefined\b)/;
const STACK_POSITION = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;

/** Maximum length of a line that `renderSyntaxLine` renders. */
const MAX_RENDERED_LENGTH = 200;

/** Returns a module's line by file and number; undefined for an unknown source. */
export type ReadLine = (file: string, line: number) => string | undefined;

/** Returns the names that `glossa` exports to modules. */
export type ListExports = () => readonly string[];

/**
 * Makes the error text for an import of a name that its module does not export, with the line of
 * that import; undefined if `message` is another error.
 */
export function explainMissingExport(
  message: string,
  path: string,
  source: string,
  listExports: ListExports,
): string | undefined {
  const [, name, module] = NO_EXPORT_ERROR.exec(message) ?? [];
  if (name === undefined) return undefined;
  const isLibrary = module!.startsWith('glossa:');
  const importPattern = new RegExp(
    `\\bimport\\b[^;]*?(?<![\\w$])${name === 'default' ? '' : name}`,
  );
  const match = importPattern.exec(source);
  const line =
    match === null ? 1 : source.slice(0, match.index + match[0].length).split('\n').length;
  const suggestion = isLibrary && name !== 'default' ? formatSuggestion(name, listExports()) : '';
  const importedModule = isLibrary ? "'glossa'" : module!;
  const correction = name === 'default' ? ': its names are imported in braces, { … }' : '';
  return `${path}:${line}: ${importedModule} has no export '${name}'${suggestion}${correction}`;
}

/** Reads the exported names from the list at the end of the library's index. */
export function readExportedNames(index: string): string[] {
  const [, list = ''] = /\bexport\s*\{([^}]*)\}/.exec(index) ?? [];
  return list.split(',').map((name) => name.trim().replace(/^.* as /, ''));
}

/** Suggests a fix, in brackets, for a message with its stack; '' if no rule fits. */
export function suggestFix(text: string, readLine: ReadLine, listExports: ListExports): string {
  const [, name] = UNDEFINED_NAME_ERROR.exec(text) ?? [];
  if (name !== undefined) {
    return listExports().includes(name) ? ` (write import { ${name} } from 'glossa')` : '';
  }
  const position = STACK_POSITION.exec(text);
  const line = position === null ? '' : (readLine(position[1]!, Number(position[2])) ?? '');
  if (MISSING_VALUE_ERROR.test(text)) {
    const isUsed = (names: string): boolean =>
      names
        .split(' ')
        .some((globalName) => new RegExp(`(?<![\\w$.'"])${globalName}\\s*[.([]`).test(line));
    const [, why] = FOREIGN_GLOBALS.find(([names]) => isUsed(names)) ?? [];
    return why === undefined ? '' : ` (${why})`;
  }
  if (!/^(?:.*: )?SyntaxError: /.test(text) || position === null) return '';
  return suggestSyntaxFix(line, position[1]!);
}

/** Patterns of foreign syntax or superfluous words, with the fix. */
const FOREIGN_SYNTAX: readonly (readonly [form: RegExp, fix: string])[] = [
  [/^\s*function\s+\w+\s*\(/, 'a method has no function in front'],
  [/^\s*(?:from\s+\w+\s+import|def\s|class\s+\w+\(.*\):)/, 'this is Python: name the file .py'],
  [/^\s*(?:const|let|var)\s+\w+\s*=.*;$/, 'a field of a class has no const in front'],
];
/** Matches a line with TypeScript's types. */
const TYPE_SYNTAX =
  /^\s*(?:import type\b|interface\s|type\s+\w+\s*=|(?:private|public|protected|readonly|declare)\s)|[(,]\s*\w+\??\s*:\s*\w|\)\s*:\s*\w/;

/** Suggests a fix, in brackets, for a line with a syntax error; '' if no rule fits. */
function suggestSyntaxFix(line: string, file: string): string {
  if (!/\.m?ts$/.test(file) && TYPE_SYNTAX.test(line)) return ' (types are for files named .ts)';
  const [, fix] = FOREIGN_SYNTAX.find(([pattern]) => pattern.test(line)) ?? [];
  return fix === undefined ? '' : ` (${fix})`;
}

/** Renders a syntax error's line, with a mark under its position; '' for another error. */
export function renderSyntaxLine(text: string, readLine: ReadLine): string {
  const position = STACK_POSITION.exec(text);
  if (!/SyntaxError: /.test(text) || position === null) return '';
  const line = readLine(position[1]!, Number(position[2]));
  if (line === undefined || line.length > MAX_RENDERED_LENGTH) return '';
  return `\n    ${line}\n    ${' '.repeat(Math.max(0, Number(position[3]) - 1))}^`;
}
