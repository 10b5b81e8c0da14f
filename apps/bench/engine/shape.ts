/**
 * What a value read from a file must look like, and the type that it has then.
 *
 * A shape takes a value and the place where it stands (`workloads[0].name`), and gives the value
 * back with its type. Keys that no shape names are left out of the type and not looked at: a file
 * of a later version may have more.
 */

export type Shape<T> = (value: unknown, at: string) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

/** A value that is not what it has to be. */
export class ShapeError extends Error {
  readonly code = 'GLOSSA_SHAPE';

  constructor(at: string, expected: string, found: unknown) {
    super(`${at === '' ? 'the whole' : at} must be ${expected}, found ${shown(found)}`);
    this.name = 'ShapeError';
  }
}

/** Longer values are cut: the place says enough. */
const SHOWN_MAX = 40;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/** A shape for what a test accepts. */
const checked =
  <T>(expected: string, fits: (value: unknown) => value is T): Shape<T> =>
  (value, at) => {
    if (fits(value)) return value;
    throw new ShapeError(at, expected, value);
  };

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text = checked('a text', (value) => typeof value === 'string');
export const flag = checked('true or false', (value) => typeof value === 'boolean');
/** At least 0, as all that is measured. */
export const amount = checked(
  'a number of at least 0',
  (value): value is number => isNumber(value) && value >= 0,
);
export const whole = checked(
  'a whole number of at least 0',
  (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
);

export const oneOf = <const V extends readonly (string | number)[]>(values: V): Shape<V[number]> =>
  checked(values.map((value) => JSON.stringify(value)).join(' or '), (value): value is V[number] =>
    values.some((it) => it === value),
  );

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, at) =>
    value === null ? null : shape(value, at);

export const list =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, 'a list', value);
    return value.map((item, i) => shape(item, `${at}[${i}]`));
  };

/** A key that came later: without it, `without`. */
export const later =
  <T>(shape: Shape<T>, without: T): Shape<T> =>
  (value, at) =>
    value === undefined ? without : shape(value, at);

/** A list of two. */
export const pair =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length !== 2) throw new ShapeError(at, 'a pair', value);
    return [first(value[0], `${at}[0]`), second(value[1], `${at}[1]`)];
  };

/** Values of one shape by names that are not known. */
export const byName =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at) => {
    if (!isObject(value)) throw new ShapeError(at, 'an object', value);
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, shape(item, inside(at, key))]));
  };

export type Fields = Readonly<Record<string, Shape<unknown>>>;
export type RecordOf<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };

/** All of the keys, each with its shape. */
export const record =
  <F extends Fields>(fields: F): Shape<RecordOf<F>> =>
  (value, at) => {
    if (!isObject(value)) throw new ShapeError(at, 'an object', value);
    const entries = Object.entries(fields);
    return Object.fromEntries(
      entries.map(([key, shape]) => [key, shape(value[key], inside(at, key))]),
    ) as RecordOf<F>;
  };

function inside(at: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
}
