/** Suggests fixes for a module that does not load: missing names, foreign syntax. */
import { didYouMean } from '../../runtime/core/nearest.ts';
import { FOREIGN_GLOBALS } from './library/foreign-globals.ts';

const NO_EXPORT = /^SyntaxError: Could not find export '(.*?)' in module '(.*?)'/;
const NO_NAME = /\bReferenceError: '?([\w$]+)'? is not defined/;
const NOTHING = /\bTypeError: .*(?:not a function|of undefined\b)/;
const PLACE = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;

/** Returns a module's line by file and number; undefined for an unknown source. */
export type LineOf = (file: string, line: number) => string | undefined;

/** Returns the names that `glossa` exports to modules. */
export type Exports = () => readonly string[];

/** Finds the name of a missing export, and its line. */
export function missingExport(
  message: string,
  path: string,
  source: string,
  exports: Exports,
): string | undefined {
  const [, name, module] = NO_EXPORT.exec(message) ?? [];
  if (name === undefined) return undefined;
  const isOurs = module!.startsWith('glossa:');
  const asked = new RegExp(`\\bimport\\b[^;]*?(?<![\\w$])${name === 'default' ? '' : name}`);
  const found = asked.exec(source);
  const line =
    found === null ? 1 : source.slice(0, found.index + found[0].length).split('\n').length;
  const guess = isOurs && name !== 'default' ? didYouMean(name, exports()) : '';
  const what = isOurs ? "'glossa'" : module!;
  const instead = name === 'default' ? ': its names are imported in braces, { … }' : '';
  return `${path}:${line}: ${what} has no export '${name}'${guess}${instead}`;
}

/** Reads the exported names from the list at the end of the library's index. */
export function exportedNames(index: string): string[] {
  const [, list = ''] = /\bexport\s*\{([^}]*)\}/.exec(index) ?? [];
  return list.split(',').map((name) => name.trim().replace(/^.* as /, ''));
}

/** A hint in brackets for a message with its stack; '' if none is known. */
export function fixOf(text: string, lineOf: LineOf, exports: Exports): string {
  const [, name] = NO_NAME.exec(text) ?? [];
  if (name !== undefined) {
    return exports().includes(name) ? ` (write import { ${name} } from 'glossa')` : '';
  }
  const place = PLACE.exec(text);
  const line = place === null ? '' : (lineOf(place[1]!, Number(place[2])) ?? '');
  if (NOTHING.test(text)) {
    const used = (names: string): boolean =>
      names.split(' ').some((each) => new RegExp(`(?<![\\w$.'"])${each}\\s*[.([]`).test(line));
    const [, why] = FOREIGN_GLOBALS.find(([names]) => used(names)) ?? [];
    return why === undefined ? '' : ` (${why})`;
  }
  if (!/^(?:.*: )?SyntaxError: /.test(text) || place === null) return '';
  return syntaxFix(line, place[1]!);
}

/** Patterns of foreign syntax or superfluous words, with the fix. */
const SYNTAX: readonly (readonly [form: RegExp, fix: string])[] = [
  [/^\s*function\s+\w+\s*\(/, 'a method has no function in front'],
  [/^\s*(?:from\s+\w+\s+import|def\s|class\s+\w+\(.*\):)/, 'this is Python: name the file .py'],
  [/^\s*(?:const|let|var)\s+\w+\s*=.*;$/, 'a field of a class has no const in front'],
];
const TYPES =
  /^\s*(?:import type\b|interface\s|type\s+\w+\s*=|(?:private|public|protected|readonly|declare)\s)|[(,]\s*\w+\??\s*:\s*\w|\)\s*:\s*\w/;

function syntaxFix(line: string, file: string): string {
  if (!/\.m?ts$/.test(file) && TYPES.test(line)) return ' (types are for files named .ts)';
  const [, fix] = SYNTAX.find(([form]) => form.test(line)) ?? [];
  return fix === undefined ? '' : ` (${fix})`;
}

/** The line of a syntax error, with the position in it. */
export function syntaxLine(text: string, lineOf: LineOf): string {
  const place = PLACE.exec(text);
  if (!/SyntaxError: /.test(text) || place === null) return '';
  const line = lineOf(place[1]!, Number(place[2]));
  if (line === undefined || line.length > 200) return '';
  return `\n    ${line}\n    ${' '.repeat(Math.max(0, Number(place[3]) - 1))}^`;
}
