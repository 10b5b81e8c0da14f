/** What to write instead of what does not load: names that are not there, and other syntax. */
import { didYouMean } from '../../runtime/core/nearest.ts';
import { ELSEWHERE } from './library/elsewhere.ts';

const NO_EXPORT = /^SyntaxError: Could not find export '(.*?)' in module '(.*?)'/;
const NO_NAME = /\bReferenceError: '?([\w$]+)'? is not defined/;
const NOTHING = /\bTypeError: .*(?:not a function|of undefined\b)/;
const PLACE = /^\s*at (?:.*? \()?(\/.*?):(\d+):(\d+)\)?$/m;

/** A module's line, by its file and number; undefined where the source is not known. */
export type LineOf = (file: string, line: number) => string | undefined;

/** What `glossa` has for modules. */
export type Exports = () => readonly string[];

/** The name of an export that is not there, with its line. */
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

/** All that the text of the library's index exports, which ends with a list of it. */
export function exportedNames(index: string): string[] {
  const [, list = ''] = /\bexport\s*\{([^}]*)\}/.exec(index) ?? [];
  return list.split(',').map((name) => name.trim().replace(/^.* as /, ''));
}

/** ` (what to write)` for a message with its stack; nothing when nothing is known. */
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
    const [, why] = ELSEWHERE.find(([names]) => used(names)) ?? [];
    return why === undefined ? '' : ` (${why})`;
  }
  if (!/^(?:.*: )?SyntaxError: /.test(text) || place === null) return '';
  return syntaxFix(line, place[1]!);
}

/** Line → what another language it is, or what is one word too many. */
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

/** The line that does not read, and where in it. */
export function syntaxLine(text: string, lineOf: LineOf): string {
  const place = PLACE.exec(text);
  if (!/SyntaxError: /.test(text) || place === null) return '';
  const line = lineOf(place[1]!, Number(place[2]));
  if (line === undefined || line.length > 200) return '';
  return `\n    ${line}\n    ${' '.repeat(Math.max(0, Number(place[3]) - 1))}^`;
}
