/** Makes the dicts that a compiled module receives (for guest.ts): its options, and earlier code's state. */
import { Dict, type DictType, type DictValue } from '../../runtime/core/dict.ts';
import type { Options } from '../../runtime/core/options.ts';

/** Option types whose values cross as doubles. */
const DOUBLE_OPTION_TYPES: ReadonlySet<string> = new Set(['double', 'percent']);

/** Makes the dict of option values for C: true becomes 1; options without a value are omitted. */
export function makeOptionDict(options: Options, values: Readonly<Record<string, unknown>>): Dict {
  const dict = new Dict();
  for (const [key, { type }] of Object.entries(options)) {
    const value = values[key];
    if (value === null || value === undefined) continue;
    if (typeof value === 'boolean') dict.set(key, value ? 1 : 0, 'int');
    else if (typeof value === 'string') dict.set(key, value, 'str');
    else dict.set(key, value as number, DOUBLE_OPTION_TYPES.has(type) ? 'double' : 'int');
  }
  return dict;
}

/** Makes a dict from the result of `dump_state`. */
export function makeStateDict(pairs: Readonly<Record<string, unknown>>): Dict {
  const dict = new Dict();
  for (const [key, value] of Object.entries(pairs)) {
    if (typeof value !== 'number' && typeof value !== 'string') continue;
    const type: DictType | undefined = Number.isSafeInteger(value) ? 'int' : undefined;
    dict.set(key, value as DictValue, type);
  }
  return dict;
}
