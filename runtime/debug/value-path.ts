/** Parses the name of a value (`*loc`, `buf.ia_size`, `xdata["user.key"]`), and finds the value. */
import { didYouMean } from '../core/nearest.ts';
import { DebugError } from './debug-error.ts';
import type { Scope } from './scopes.ts';
import type { Value } from './shown-values.ts';

const PART = /^(?:\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]|(?:->|\.)?([A-Za-z_](?:\w|-(?!>))*))/;

/** Splits a value's path into names. @throws {DebugError} */
export function parsePath(text: string): string[] {
  const names: string[] = [];
  let rest = text.trim().replace(/^[*&]\s*/, '');
  while (rest !== '') {
    const match = PART.exec(rest);
    if (match === null || (names.length > 0 && /^\w/.test(rest))) {
      throw new DebugError(
        `'${text.trim()}' is not the name of a value, such as loc.path or xdata["key"]`,
      );
    }
    const [all, double, single, index, name] = match;
    names.push(double ?? single ?? (index === undefined ? name! : `[${index}]`));
    rest = rest.slice(all.length);
  }
  if (names.length === 0) throw new DebugError('name a value, such as loc.path or xdata["key"]');
  return names;
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

function among(values: readonly Value[], name: string): Value | undefined {
  return (
    values.find((one) => one.name === name) ?? values.find((one) => plain(one.name) === plain(name))
  );
}

/** A scope as a value with parts. */
const asValue = ({ name, values }: Scope): Value => ({
  name,
  type: 'scope',
  text: name,
  parts: values,
});

/**
 * Finds the value of a path: the first of that name in all scopes, or in the scope that it names.
 * @throws {DebugError} with the names that exist
 */
export function findValue(scopes: readonly Scope[], path: readonly string[]): Value {
  const [first = '', ...rest] = path;
  let found: Value | undefined;
  for (const { values } of scopes) found ??= among(values, first);
  found ??= among(scopes.map(asValue), first);
  if (found === undefined) {
    const names = scopes.flatMap(({ values }) => values.map(({ name }) => name));
    throw new DebugError(
      `there is no '${first}' here${didYouMean(first, names) || `: there is ${names.join(', ')}`}`,
    );
  }
  for (const name of rest) {
    const part = among(found.parts, name);
    if (part === undefined) {
      const names = found.parts.map((one) => one.name);
      const there = names.length === 0 ? `: it is ${found.text}` : `: there is ${names.join(', ')}`;
      throw new DebugError(`${found.name} has no '${name}'${didYouMean(name, names) || there}`);
    }
    found = part;
  }
  return found;
}
