/**
 * What was thrown and is no Error, as one writes it down: `{a: 1}`. Nothing of the value's own runs,
 * no getter, `toString` or `toJSON`, but the traps of a Proxy; and the text has a bound.
 */
const DEPTH = 3;
const MOST_ITEMS = 20;
const MOST_CHARACTERS = 1000;
const PLAIN = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
const { isArray } = Array;
const { stringify } = JSON;
const primitive = String;

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** What a property holds; undefined for one that is computed. */
const held = (of: object, key: string): unknown => getOwnPropertyDescriptor(of, key)?.value;

/** The name of the class, with a blank behind; nothing for a plain object. */
function classOf(value: object): string {
  const prototype = getPrototypeOf(value) as object | null;
  const made = prototype === null ? undefined : held(prototype, 'constructor');
  const name = typeof made === 'function' ? held(made, 'name') : undefined;
  return typeof name !== 'string' || name === 'Object' || name === '' ? '' : `${cut(name, 60)} `;
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
  if (names.length > MOST_ITEMS) items.push('…');
  const whole = items.join(', ');
  return list ? `[${whole}]` : `${classOf(value)}{${whole}}`;
}

function shown(value: unknown, depth: number): string {
  if (typeof value === 'string') return stringify(cut(value, MOST_CHARACTERS));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') {
    const name = held(value, 'name');
    return `[function ${typeof name === 'string' ? cut(name, 60) : ''}]`;
  }
  if (value === null || typeof value !== 'object') return primitive(value);
  // A circle ends here too.
  if (depth >= DEPTH) return isArray(value) ? '[…]' : `${classOf(value)}{…}`;
  return itemsOf(value, depth);
}

/** A thrown text is told as it is; of anything other, what it is made of. */
export const thrownText = (value: unknown): string =>
  cut(typeof value === 'string' ? value : shown(value, 0), MOST_CHARACTERS);
