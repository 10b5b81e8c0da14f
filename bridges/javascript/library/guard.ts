/**
 * Names that an object has not: reading or setting one is an error that says what is meant, where
 * JavaScript would give undefined and forget what was set. The guard stands at the end of the
 * prototype chain, where only such names come: what is there costs nothing.
 */
import { nearest } from '../../../runtime/core/nearest.ts';

const { create, getOwnPropertyDescriptors, getOwnPropertyNames, getPrototypeOf } = Object;
const { setPrototypeOf, prototype: plain } = Object;
const { defineProperty, get } = Reflect;

export interface GuardSettings {
  /** What it is called in messages, where that is not its class's name. */
  readonly name?: string;
  /** Whether a script may put properties of its own on it. */
  readonly open?: boolean;
  /** Where to put what is not on it. */
  readonly instead?: string;
}

/** Without what GlusterFS and stat(2) have in front: `iaSize`, `st_size` and `size` are alike. */
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

/** What other code asks of any object, to see what it is. */
const ASKED = Object.fromEntries(
  ['then', 'toJSON', 'length', 'nodeType'].map((name) => [name, undefined]),
);

/** Puts a guard below a class's objects; `more` are properties that are asked for on each. */
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
  // A loop over the names that are there does not find them.
  for (const property of Object.values(asked)) property.enumerable = false;
  setPrototypeOf(made.prototype, create(end, asked));
}
