/**
 * Formats values as source text, `{a: 1}`, in a bounded length, without running the module's code:
 * no getter, `toString`, `toJSON`, iterator or Proxy trap.
 */
import { isProxy } from './proxies.ts';

const DEPTH = 3;
const MOST_ITEMS = 20;
const MOST_CHARACTERS = 1000;
const PLAIN = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
const { isArray } = Array;
const { stringify } = JSON;
const { apply } = Reflect;
const primitive = String;
const sizeOf = {
  map: getOwnPropertyDescriptor(Map.prototype, 'size')!.get!,
  set: getOwnPropertyDescriptor(Set.prototype, 'size')!.get!,
};
const { entries } = Map.prototype;
const { values } = Set.prototype;

export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** A property's value; undefined for a getter. */
export const held = (of: object, key: string): unknown => getOwnPropertyDescriptor(of, key)?.value;

/** The size of a Map or Set by the built-in getter; -1 for any other object. */
export function sizeAs(kind: keyof typeof sizeOf, value: object): number {
  try {
    return apply(sizeOf[kind], value, []) as number;
  } catch {
    // The getter throws for other objects.
    return -1;
  }
}

export const entriesOf = (value: object): IterableIterator<[unknown, unknown]> =>
  apply(entries, value, []) as IterableIterator<[unknown, unknown]>;
export const valuesOf = (value: object): IterableIterator<unknown> =>
  apply(values, value, []) as IterableIterator<unknown>;

/** The class's name and a blank; '' for a plain object. */
function classOf(value: object): string {
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype === null || isProxy(prototype)) return '';
  const made = held(prototype, 'constructor');
  const name = typeof made === 'function' && !isProxy(made) ? held(made, 'name') : undefined;
  return typeof name !== 'string' || name === 'Object' || name === '' ? '' : `${cut(name, 60)} `;
}

function listed(texts: string[], count: number): string {
  return [...texts, ...(count > texts.length ? ['…'] : [])].join(', ');
}

function collectionOf(value: object, depth: number): string | null {
  const texts: string[] = [];
  const pairs = sizeAs('map', value);
  if (pairs >= 0) {
    for (const [key, each] of entriesOf(value)) {
      if (texts.length === MOST_ITEMS) break;
      texts.push(`${shown(key, depth + 1)} => ${shown(each, depth + 1)}`);
    }
    return `${classOf(value)}{${listed(texts, pairs)}}`;
  }
  const count = sizeAs('set', value);
  if (count < 0) return null;
  for (const each of valuesOf(value)) {
    if (texts.length === MOST_ITEMS) break;
    texts.push(shown(each, depth + 1));
  }
  return `${classOf(value)}{${listed(texts, count)}}`;
}

function itemsOf(value: object, depth: number): string {
  const list = isArray(value);
  const names = keys(value).slice(0, MOST_ITEMS + 1);
  const items = names.slice(0, MOST_ITEMS).map((key) => {
    const property = getOwnPropertyDescriptor(value, key);
    const text =
      property !== undefined && 'value' in property ? shown(property.value, depth + 1) : '[getter]';
    return list ? text : `${PLAIN.test(key) ? cut(key, 60) : stringify(cut(key, 60))}: ${text}`;
  });
  const whole = listed(items, names.length);
  return list ? `[${whole}]` : `${classOf(value)}{${whole}}`;
}

export function shown(value: unknown, depth = 0): string {
  if (typeof value === 'string') return stringify(cut(value, MOST_CHARACTERS));
  if (typeof value === 'bigint') return `${value}n`;
  if (isProxy(value)) return '[Proxy]';
  if (typeof value === 'function') {
    const name = held(value, 'name');
    return `[function ${typeof name === 'string' ? cut(name, 60) : ''}]`;
  }
  if (value === null || typeof value !== 'object') return primitive(value);
  // Circular values end here too.
  if (depth >= DEPTH) return isArray(value) ? '[…]' : `${classOf(value)}{…}`;
  return collectionOf(value, depth) ?? itemsOf(value, depth);
}

/** A thrown string itself, or another thrown value's contents. */
export const thrownText = (value: unknown): string =>
  cut(typeof value === 'string' ? value : shown(value), MOST_CHARACTERS);
