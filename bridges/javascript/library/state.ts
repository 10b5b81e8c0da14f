/**
 * Compares a translator's state before and after a call: its properties and the entries of their
 * values. Runs none of the module's code (bounded-text.ts).
 */

import { cut, entriesOf, shown, sizeAs, valuesOf } from './bounded-text.ts';
import { isProxy } from './proxies.ts';

/** Entries compared per call; of larger values only the size is. */
const MOST_ENTRIES = 1000;
/** Changes listed at most. */
const MOST_NAMED = 20;
/** Characters of a key or value at most. */
const MOST_CHARACTERS = 60;

const { getOwnPropertyDescriptor, getPrototypeOf, is, prototype: plain } = Object;
const { isArray } = Array;
const { ownKeys } = Reflect;
const NOTHING = Symbol('nothing');

/** Entries by key; their number if too many; null for a value without entries. */
type Entries = ReadonlyMap<unknown, unknown> | number | null;

interface SampledProperty {
  readonly value: unknown;
  readonly entries: Entries;
}

/** Properties by name; their number if too many. */
export type State = Map<string, SampledProperty> | number;

/** Samples the state, for `changes`. */
export function remember(translator: object): State {
  if (isProxy(translator)) return 0;
  const names = ownKeys(translator);
  if (names.length > MOST_ENTRIES) return names.length;
  const state = new Map<string, SampledProperty>();
  let left = MOST_ENTRIES;
  for (const name of names) {
    const property = getOwnPropertyDescriptor(translator, name);
    if (typeof name !== 'string' || property === undefined || !('value' in property)) continue;
    const entries = entriesIn(property.value, left);
    if (typeof entries === 'object') left -= entries?.size ?? 0;
    state.set(name, { value: property.value, entries });
  }
  return state;
}

function entriesIn(value: unknown, left: number): Entries {
  if (typeof value !== 'object' || value === null || isProxy(value)) return null;
  if (isArray(value)) {
    if (value.length > left) return value.length;
    return new Map(value.map((each, at) => [`[${at}]`, each]));
  }
  const pairs = sizeAs('map', value);
  if (pairs >= 0) return pairs > left ? pairs : new Map(entriesOf(value));
  const count = sizeAs('set', value);
  if (count > left) return count;
  if (count >= 0) {
    const found = new Map<unknown, unknown>();
    for (const each of valuesOf(value)) found.set(each, NOTHING);
    return found;
  }
  const prototype = getPrototypeOf(value) as unknown;
  return prototype === null || prototype === plain ? propertiesOf(value, left) : null;
}

function propertiesOf(value: object, left: number): Entries {
  const names = ownKeys(value);
  if (names.length > left) return names.length;
  const found = new Map<unknown, unknown>();
  for (const name of names) {
    const property = getOwnPropertyDescriptor(value, name);
    if (property !== undefined && 'value' in property) found.set(name, property.value);
  }
  return found;
}

/** The changes as texts. */
export function changes(translator: object, before: State): string[] {
  const after = remember(translator);
  if (typeof before === 'number' || typeof after === 'number') {
    const counts = [before, after].map((each) => (typeof each === 'number' ? each : each.size));
    return counts[0] === counts[1] ? [] : [`${counts[0]} → ${counts[1]} properties`];
  }
  const found: string[] = [];
  for (const [name, { value, entries }] of after) {
    const was = before.get(name);
    if (was === undefined) found.push(`+${brief(name)}=${inShort(value)}`);
    else if (!is(was.value, value)) found.push(`${brief(name)}=${inShort(value)}`);
    else {
      const inner = inside(was.entries, entries, isArray(value));
      if (inner !== '') found.push(`${brief(name)}: ${inner}`);
    }
  }
  for (const name of before.keys()) if (!after.has(name)) found.push(`-${brief(name)}`);
  return found.length <= MOST_NAMED ? found : [...found.slice(0, MOST_NAMED), '…'];
}

/** The changes inside a property's value, as text. */
function inside(before: Entries, after: Entries, isList: boolean): string {
  if (before === null || after === null) return '';
  if (typeof before === 'number' || typeof after === 'number') {
    const counts = [before, after].map((each) => (typeof each === 'number' ? each : each.size));
    return counts[0] === counts[1] ? '' : `${counts[0]} → ${counts[1]} entries`;
  }
  const key = (of: unknown): string => (isList ? String(of) : inShort(of));
  const pair = (of: unknown, value: unknown): string =>
    value === NOTHING ? key(of) : `${key(of)}=${inShort(value)}`;
  const found: string[] = [];
  for (const each of before.keys()) if (!after.has(each)) found.push(`-${key(each)}`);
  for (const [each, value] of after) {
    if (!before.has(each)) found.push(`+${pair(each, value)}`);
    else if (!is(before.get(each), value)) found.push(pair(each, value));
  }
  if (found.length <= MOST_NAMED) return found.join(', ');
  return [...found.slice(0, MOST_NAMED), `… ${found.length - MOST_NAMED} more`].join(', ');
}

const brief = (name: string): string => cut(name, MOST_CHARACTERS);
const inShort = (value: unknown): string => cut(shown(value), MOST_CHARACTERS);
