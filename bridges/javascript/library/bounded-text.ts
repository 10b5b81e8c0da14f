/**
 * Formats values as source text, `{a: 1}`, in a bounded length, without running the module's code:
 * no getter, `toString`, `toJSON`, iterator or Proxy trap.
 */
import { isProxy } from './proxies.ts';

// Limits of a text: the depth of nested values, the items of each value, and lengths.
const MAX_DEPTH = 3;
const MAX_ITEMS = 20;
const MAX_CHARACTERS = 1000;
const MAX_NAME_CHARACTERS = 60;
const IDENTIFIER = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

// Captured before a module runs, which may overwrite the built-ins.
const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
const { isArray } = Array;
const { stringify } = JSON;
const { apply } = Reflect;
const formatPrimitive = String;
const sizeGetters = {
  map: getOwnPropertyDescriptor(Map.prototype, 'size')!.get!,
  set: getOwnPropertyDescriptor(Set.prototype, 'size')!.get!,
};
const { entries } = Map.prototype;
const { values } = Set.prototype;

/** Shortens a text to `limit` characters and an ellipsis. */
export const cutText = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit)}…` : text;

/** Reads an own property's value; undefined for a getter, which is not called. */
export const readProperty = (object: object, key: string): unknown =>
  getOwnPropertyDescriptor(object, key)?.value;

/** Reads the size of a Map or Set with the built-in getter; -1 for any other object. */
export function readCollectionSize(kind: keyof typeof sizeGetters, value: object): number {
  try {
    return apply(sizeGetters[kind], value, []) as number;
  } catch {
    // The getter throws for other objects.
    return -1;
  }
}

// These functions use the built-in iterators, even if the module has overridden them.
export const readMapEntries = (value: object): IterableIterator<[unknown, unknown]> =>
  apply(entries, value, []) as IterableIterator<[unknown, unknown]>;
export const readSetValues = (value: object): IterableIterator<unknown> =>
  apply(values, value, []) as IterableIterator<unknown>;

/** Returns the class's name and a blank; '' for a plain object. */
function formatClassPrefix(value: object): string {
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype === null || isProxy(prototype)) return '';
  const ownClass = readProperty(prototype, 'constructor');
  const name =
    typeof ownClass === 'function' && !isProxy(ownClass)
      ? readProperty(ownClass, 'name')
      : undefined;
  return typeof name !== 'string' || name === 'Object' || name === ''
    ? ''
    : `${cutText(name, MAX_NAME_CHARACTERS)} `;
}

/** Joins the texts, with an ellipsis if the value has more items (`itemCount`). */
function joinItems(texts: string[], itemCount: number): string {
  return [...texts, ...(itemCount > texts.length ? ['…'] : [])].join(', ');
}

/** Formats a Map or Set; returns null for any other object. */
function formatCollection(value: object, depth: number): string | null {
  const texts: string[] = [];
  const pairCount = readCollectionSize('map', value);
  // A negative size means that the object is no Map.
  if (pairCount >= 0) {
    for (const [key, item] of readMapEntries(value)) {
      if (texts.length === MAX_ITEMS) break;
      texts.push(`${formatValue(key, depth + 1)} => ${formatValue(item, depth + 1)}`);
    }
    return `${formatClassPrefix(value)}{${joinItems(texts, pairCount)}}`;
  }
  const itemCount = readCollectionSize('set', value);
  if (itemCount < 0) return null;
  for (const item of readSetValues(value)) {
    if (texts.length === MAX_ITEMS) break;
    texts.push(formatValue(item, depth + 1));
  }
  return `${formatClassPrefix(value)}{${joinItems(texts, itemCount)}}`;
}

/** Formats a property's name, in quotes unless it is an identifier. */
function formatKey(key: string): string {
  const name = cutText(key, MAX_NAME_CHARACTERS);
  return IDENTIFIER.test(key) ? name : stringify(name);
}

/** Formats the elements of an array, or the properties of an object. */
function formatItems(value: object, depth: number): string {
  const isList = isArray(value);
  const names = keys(value).slice(0, MAX_ITEMS + 1);
  const items = names.slice(0, MAX_ITEMS).map((key) => {
    const property = getOwnPropertyDescriptor(value, key);
    const text =
      property !== undefined && 'value' in property
        ? formatValue(property.value, depth + 1)
        : '[getter]';
    return isList ? text : `${formatKey(key)}: ${text}`;
  });
  const joined = joinItems(items, names.length);
  return isList ? `[${joined}]` : `${formatClassPrefix(value)}{${joined}}`;
}

/** Formats a value as source text. @param depth the number of values that contain it */
export function formatValue(value: unknown, depth = 0): string {
  if (typeof value === 'string') return stringify(cutText(value, MAX_CHARACTERS));
  if (typeof value === 'bigint') return `${value}n`;
  if (isProxy(value)) return '[Proxy]';
  if (typeof value === 'function') {
    const name = readProperty(value, 'name');
    return `[function ${typeof name === 'string' ? cutText(name, MAX_NAME_CHARACTERS) : ''}]`;
  }
  if (value === null || typeof value !== 'object') return formatPrimitive(value);
  // The depth also ends circular values.
  if (depth >= MAX_DEPTH) return isArray(value) ? '[…]' : `${formatClassPrefix(value)}{…}`;
  return formatCollection(value, depth) ?? formatItems(value, depth);
}

/** Formats a thrown value: a string as it is, another value as source text. */
export const formatThrown = (value: unknown): string =>
  cutText(typeof value === 'string' ? value : formatValue(value), MAX_CHARACTERS);
