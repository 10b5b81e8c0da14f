/**
 * Makes access to unknown property names an error with a suggestion, instead of undefined. The
 * guard is at the end of the prototype chain, where known names never arrive, so they cost no time.
 */
import { nearest } from '../../../runtime/core/nearest.ts';

const { create, getOwnPropertyDescriptors, getOwnPropertyNames, getPrototypeOf } = Object;
const { setPrototypeOf, prototype: plain } = Object;
const { defineProperty, get } = Reflect;

export interface GuardSettings {
  /** The name in messages, if not the class's. */
  readonly name?: string;
  /** True if a module may add properties. */
  readonly open?: boolean;
  /** A hint where such a property belongs. */
  readonly instead?: string;
}

/** A name without GlusterFS's or stat(2)'s prefix: `iaSize`, `st_size`, `size` are alike. */
const bare = (name: string): string =>
  name
    .replaceAll('_', '')
    .toLowerCase()
    .replace(/^(ia|st)/, '');

function namesOf(thing: object): string[] {
  const found: string[] = [];
  for (let at: object | null = thing; at !== null && at !== plain; at = getPrototypeOf(at)) {
    if (guards.has(at)) break;
    found.push(...getOwnPropertyNames(at));
  }
  return found.filter((name) => name[0] !== '_' && name !== 'constructor');
}

function meant(thing: object, name: string): string | undefined {
  const names = namesOf(thing);
  const guess = nearest(bare(name), names.map(bare));
  return guess === undefined ? undefined : names.find((each) => bare(each) === guess);
}

const guards = new WeakSet<object>();

/** Names that other code reads of any object. */
const ASKED = Object.fromEntries(
  ['then', 'toJSON', 'length', 'nodeType'].map((name) => [name, undefined]),
);

/** Installs a guard for a class's objects; `more` are further harmless names. */
export function guard(
  made: { readonly prototype: object },
  { name, open = false, instead }: GuardSettings,
  more: object = {},
): void {
  const fail = (thing: object, key: string, mayBe: boolean): void => {
    const guess = meant(thing, key);
    if (guess === undefined && mayBe) return;
    const put = instead === undefined ? '' : `: ${instead}`;
    const called = name ?? thing.constructor.name;
    throw new TypeError(
      `${called} has no '${key}'${guess === undefined ? put : `; did you mean ${guess}?`}`,
    );
  };
  const end = new Proxy(plain, {
    get(_target, key, thing) {
      if (typeof key === 'string' && key[0] !== '_' && !(key in plain)) fail(thing, key, open);
      return get(plain, key, thing);
    },
    set(_target, key, value, thing) {
      if (typeof key === 'string' && key[0] !== '_') fail(thing, key, open);
      return defineProperty(thing, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
  guards.add(end);
  const asked = getOwnPropertyDescriptors({ ...ASKED, ...more });
  // Hidden from loops over names.
  for (const property of Object.values(asked)) property.enumerable = false;
  setPrototypeOf(made.prototype, create(end, asked));
}
