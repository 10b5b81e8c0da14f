/**
 * Compares a translator's state before and after a call: its properties and the entries of their
 * values. Runs none of the module's code (bounded-text.ts).
 */

import {
  cutText,
  formatValue,
  readCollectionSize,
  readMapEntries,
  readSetValues,
} from './bounded-text.ts';
import { isProxy } from './proxies.ts';

/** The most entries compared per call. Of a larger value only the size is compared. */
const MAX_ENTRIES = 1000;
/** The most changes that a list names. */
const MAX_CHANGES = 20;
/** The most characters of a key or value. */
const MAX_CHARACTERS = 60;

const { getOwnPropertyDescriptor, getPrototypeOf, is, prototype: objectPrototype } = Object;
const { isArray } = Array;
const { ownKeys } = Reflect;
/** Stands for the value of a set's members, which have no values. */
const SET_MEMBER = Symbol('set member');

/** A value's entries by key; their number if too many to compare; null for a value without entries. */
type ValueEntries = ReadonlyMap<unknown, unknown> | number | null;

interface SampledProperty {
  readonly value: unknown;
  readonly entries: ValueEntries;
}

/** Properties by name; their number if too many to compare. */
export type State = Map<string, SampledProperty> | number;

/** Samples the state, for `describeChanges`. */
export function sampleState(translator: object): State {
  // Reading a Proxy would run the module's traps: it counts as having no properties.
  if (isProxy(translator)) return 0;
  const names = ownKeys(translator);
  if (names.length > MAX_ENTRIES) return names.length;
  const state = new Map<string, SampledProperty>();
  let remaining = MAX_ENTRIES;
  for (const name of names) {
    const property = getOwnPropertyDescriptor(translator, name);
    if (typeof name !== 'string' || property === undefined || !('value' in property)) continue;
    const entries = readEntries(property.value, remaining);
    if (typeof entries === 'object') remaining -= entries?.size ?? 0;
    state.set(name, { value: property.value, entries });
  }
  return state;
}

/**
 * Reads the entries of an array, Map, Set or plain object; null for a value without entries.
 * @param remaining the number of entries that may be compared; of more only the number is returned
 */
function readEntries(value: unknown, remaining: number): ValueEntries {
  if (typeof value !== 'object' || value === null || isProxy(value)) return null;
  if (isArray(value)) {
    if (value.length > remaining) return value.length;
    return new Map(value.map((each, index) => [`[${index}]`, each]));
  }
  const pairCount = readCollectionSize('map', value);
  if (pairCount >= 0) return pairCount > remaining ? pairCount : new Map(readMapEntries(value));
  const memberCount = readCollectionSize('set', value);
  if (memberCount > remaining) return memberCount;
  if (memberCount >= 0) {
    const entries = new Map<unknown, unknown>();
    for (const each of readSetValues(value)) entries.set(each, SET_MEMBER);
    return entries;
  }
  const prototype = getPrototypeOf(value) as unknown;
  return prototype === null || prototype === objectPrototype
    ? readProperties(value, remaining)
    : null;
}

/** Reads the properties of a plain object, without getters. */
function readProperties(value: object, remaining: number): ValueEntries {
  const names = ownKeys(value);
  if (names.length > remaining) return names.length;
  const entries = new Map<unknown, unknown>();
  for (const name of names) {
    const property = getOwnPropertyDescriptor(value, name);
    if (property !== undefined && 'value' in property) entries.set(name, property.value);
  }
  return entries;
}

/** Returns the changes since a sample, as texts. */
export function describeChanges(translator: object, before: State): string[] {
  const after = sampleState(translator);
  if (typeof before === 'number' || typeof after === 'number') {
    const counts = [before, after].map((each) => (typeof each === 'number' ? each : each.size));
    return counts[0] === counts[1] ? [] : [`${counts[0]} → ${counts[1]} properties`];
  }
  const texts: string[] = [];
  for (const [name, { value, entries }] of after) {
    const previous = before.get(name);
    if (previous === undefined) texts.push(`+${cutName(name)}=${formatShort(value)}`);
    else if (!is(previous.value, value)) texts.push(`${cutName(name)}=${formatShort(value)}`);
    else {
      const innerChanges = describeEntryChanges(previous.entries, entries, isArray(value));
      if (innerChanges !== '') texts.push(`${cutName(name)}: ${innerChanges}`);
    }
  }
  for (const name of before.keys()) if (!after.has(name)) texts.push(`-${cutName(name)}`);
  return texts.length <= MAX_CHANGES ? texts : [...texts.slice(0, MAX_CHANGES), '…'];
}

/** Describes the changes inside a property's value. */
function describeEntryChanges(before: ValueEntries, after: ValueEntries, isList: boolean): string {
  if (before === null || after === null) return '';
  if (typeof before === 'number' || typeof after === 'number') {
    const counts = [before, after].map((each) => (typeof each === 'number' ? each : each.size));
    return counts[0] === counts[1] ? '' : `${counts[0]} → ${counts[1]} entries`;
  }
  const formatKey = (key: unknown): string => (isList ? String(key) : formatShort(key));
  const formatPair = (key: unknown, value: unknown): string =>
    value === SET_MEMBER ? formatKey(key) : `${formatKey(key)}=${formatShort(value)}`;
  const texts: string[] = [];
  for (const key of before.keys()) if (!after.has(key)) texts.push(`-${formatKey(key)}`);
  for (const [key, value] of after) {
    if (!before.has(key)) texts.push(`+${formatPair(key, value)}`);
    else if (!is(before.get(key), value)) texts.push(formatPair(key, value));
  }
  if (texts.length <= MAX_CHANGES) return texts.join(', ');
  return [...texts.slice(0, MAX_CHANGES), `… ${texts.length - MAX_CHANGES} more`].join(', ');
}

const cutName = (name: string): string => cutText(name, MAX_CHARACTERS);
const formatShort = (value: unknown): string => cutText(formatValue(value), MAX_CHARACTERS);
