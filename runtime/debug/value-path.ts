/** Parses the name of a value (`*loc`, `buf.ia_size`, `xdata["user.key"]`), and finds the value. */
import { formatSuggestion } from '../core/nearest.ts';
import { DebugError } from './debug-error.ts';
import type { Scope, ShownValue } from './shown-values.ts';

/** Matches one part of a path: `["key"]`, `['key']`, `[0]`, or a name, perhaps after `.` or `->`. */
const PART_PATTERN =
  /^(?:\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]|(?:->|\.)?([A-Za-z_](?:\w|-(?!>))*))/;

/** Splits a value's path into names. @throws {DebugError} */
export function parsePath(text: string): string[] {
  const names: string[] = [];
  // C's `*loc` and `&loc` show the same value as `loc`.
  let remainingText = text.trim().replace(/^[*&]\s*/, '');
  while (remainingText !== '') {
    // A name after the first part needs `.` or `->`.
    const match = PART_PATTERN.exec(remainingText);
    if (match === null || (names.length > 0 && /^\w/.test(remainingText))) {
      throw new DebugError(
        `'${text.trim()}' is not the name of a value, such as loc.path or xdata["key"]`,
      );
    }
    const [matchedText, doubleQuoted, singleQuoted, index, name] = match;
    names.push(doubleQuoted ?? singleQuoted ?? (index === undefined ? name! : `[${index}]`));
    remainingText = remainingText.slice(matchedText.length);
  }
  if (names.length === 0) throw new DebugError('name a value, such as loc.path or xdata["key"]');
  return names;
}

const normalizeName = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** Finds a value by name; without an exact match, ignores case and underscores. */
function findByName(values: readonly ShownValue[], name: string): ShownValue | undefined {
  return (
    values.find((value) => value.name === name) ??
    values.find((value) => normalizeName(value.name) === normalizeName(name))
  );
}

/** Makes a value of a scope, so that a path can name the scope. */
const makeScopeValue = ({ name, values }: Scope): ShownValue => ({
  name,
  type: 'scope',
  text: name,
  parts: values,
});

/**
 * Finds the value of a path. Its first name is that of a value in any scope, or else of a scope.
 * @throws {DebugError} with the names that exist
 */
export function findValue(scopes: readonly Scope[], path: readonly string[]): ShownValue {
  const [first = '', ...rest] = path;
  let match: ShownValue | undefined;
  for (const { values } of scopes) match ??= findByName(values, first);
  match ??= findByName(scopes.map(makeScopeValue), first);
  if (match === undefined) {
    const names = scopes.flatMap(({ values }) => values.map(({ name }) => name));
    throw new DebugError(
      `there is no '${first}' here${formatSuggestion(first, names) || `: there is ${names.join(', ')}`}`,
    );
  }
  for (const name of rest) {
    const part = findByName(match.parts, name);
    if (part === undefined) {
      const names = match.parts.map((value) => value.name);
      const alternatives =
        names.length === 0 ? `: it is ${match.text}` : `: there is ${names.join(', ')}`;
      throw new DebugError(
        `${match.name} has no '${name}'${formatSuggestion(name, names) || alternatives}`,
      );
    }
    match = part;
  }
  return match;
}
