/**
 * Makes access to unknown property names an error with a suggestion, instead of undefined, for the
 * classes that the library gives to modules. The guard is the last prototype in the chain: access
 * to a known property never reaches it, so it costs nothing.
 */
import { findNearest } from '../../../runtime/core/nearest.ts';

const { create, getOwnPropertyDescriptors, getOwnPropertyNames, getPrototypeOf } = Object;
const { setPrototypeOf, prototype: objectPrototype } = Object;
const { defineProperty, get } = Reflect;

/** The settings of a class's guard. */
export interface GuardSettings {
  /** The name that messages show in place of the class's. */
  readonly name?: string;
  /** True if a module may add properties. */
  readonly isOpen?: boolean;
  /** A hint for an unknown name without a suggestion: where such a property belongs. */
  readonly usageHint?: string;
}

/**
 * Removes case and the prefixes of GlusterFS or stat(2): `iaSize`, `st_size` and `size` become
 * equal.
 */
const normalizeName = (name: string): string =>
  name
    .replaceAll('_', '')
    .toLowerCase()
    .replace(/^(ia|st)/, '');

/** Lists the names of an object and its classes, without internal ones. */
function listNames(object: object): string[] {
  const names: string[] = [];
  let current: object | null = object;
  while (current !== null && current !== objectPrototype && !guards.has(current)) {
    names.push(...getOwnPropertyNames(current));
    current = getPrototypeOf(current) as object | null;
  }
  return names.filter((name) => name[0] !== '_' && name !== 'constructor');
}

/** Finds the known name that most resembles `name`; undefined if none does. */
function suggestName(object: object, name: string): string | undefined {
  const names = listNames(object);
  const guess = findNearest(normalizeName(name), names.map(normalizeName));
  return guess === undefined ? undefined : names.find((known) => normalizeName(known) === guess);
}

/** The installed guards. */
const guards = new WeakSet<object>();

/** Names that promises, JSON and consoles read of any object. */
const COMMON_NAMES = Object.fromEntries(
  ['then', 'toJSON', 'length', 'nodeType'].map((name) => [name, undefined]),
);

/**
 * Installs a guard for a class's objects.
 * @param furtherNames properties whose names are harmless to read, besides COMMON_NAMES
 */
export function guard(
  guardedClass: { readonly prototype: object },
  { name, isOpen = false, usageHint }: GuardSettings,
  furtherNames: object = {},
): void {
  /** Throws for a name that resembles a known one, and for any other name if not `isAllowed`. */
  const throwIfUnknown = (object: object, key: string, isAllowed: boolean): void => {
    const guess = suggestName(object, key);
    if (guess === undefined && isAllowed) return;
    const hint = usageHint === undefined ? '' : `: ${usageHint}`;
    const label = name ?? object.constructor.name;
    throw new TypeError(
      `${label} has no '${key}'${guess === undefined ? hint : `; did you mean ${guess}?`}`,
    );
  };
  const guardProxy = new Proxy(objectPrototype, {
    get(_target, key, object) {
      if (typeof key === 'string' && key[0] !== '_' && !(key in objectPrototype))
        throwIfUnknown(object, key, isOpen);
      return get(objectPrototype, key, object);
    },
    set(_target, key, value, object) {
      if (typeof key === 'string' && key[0] !== '_') throwIfUnknown(object, key, isOpen);
      return defineProperty(object, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
  guards.add(guardProxy);
  const harmlessNames = getOwnPropertyDescriptors({ ...COMMON_NAMES, ...furtherNames });
  // Not enumerable, so that loops over names skip them.
  for (const property of Object.values(harmlessNames)) property.enumerable = false;
  setPrototypeOf(guardedClass.prototype, create(guardProxy, harmlessNames));
}
