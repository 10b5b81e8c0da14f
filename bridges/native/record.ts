/**
 * Checks a user's translator record field by field before it runs: types only help in editors, and
 * JavaScript has none.
 */
import { GraphError } from '../../runtime/core/errors.ts';
import { fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { didYouMean } from '../../runtime/core/nearest.ts';
import { optionTypes, type ValueTypes } from '../../runtime/core/option-types.ts';
import { type OptionSpec, printOption, readOption } from '../../runtime/core/options.ts';
import type { DataPath, Fops, Translator } from '../../runtime/core/xlator.ts';

/** The rules of a field; `wrong` lists the faults inside it. */
interface Field {
  readonly expected: string;
  readonly optional?: true;
  is(value: unknown): boolean;
  wrong?(value: never): string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isCount = (value: unknown): boolean =>
  value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 0);

const hook = (args: string): Field => ({
  expected: `a function (${args})`,
  optional: true,
  is: isFunction,
});

const flag: Field = {
  expected: 'true or false',
  optional: true,
  is: (value) => typeof value === 'boolean',
};

const dataPathFields: { readonly [K in keyof Required<DataPath<unknown>>]: Field } = {
  backing: hook('xl, fd'),
  keepsPages: hook('xl, isTimed'),
  tellsAtClose: hook('xl'),
  isOwn: hook('xl, fd'),
  givesTimes: flag,
};

const fields: { readonly [K in keyof Required<Translator<unknown>>]: Field } = {
  type: {
    expected: "'category/name', such as 'features/mine'",
    is: (value) => typeof value === 'string' && /^[\w.-]+\/[\w.-]+$/.test(value),
  },
  description: { expected: 'a sentence', is: isText },
  children: {
    expected: '[least, most], the numbers of subvolumes it takes, such as [1, 1]',
    is: (value) =>
      Array.isArray(value) && value.length === 2 && value.every(isCount) && value[0] <= value[1],
  },
  options: { expected: 'a table of options, {} for none', is: isObject, wrong: wrongOptions },
  ownOptions: hook('xl'),
  openOptions: {
    expected: 'true or false',
    optional: true,
    is: (value) => typeof value === 'boolean',
  },
  moreOptions: { expected: 'tables of options by the case', optional: true, is: isObject },
  fops: {
    expected: 'an object of functions by the names of fops, or a function (xl) that gives one',
    is: (value) => isObject(value) || isFunction(value),
    wrong: (value: object) => (isObject(value) ? wrongFops(value) : []),
  },
  passesThrough: {
    expected: 'true or false, or a function (xl) that says so',
    optional: true,
    is: (value) => typeof value === 'boolean' || isFunction(value),
  },
  observes: {
    expected: 'true or false, or a function (xl) that says so',
    optional: true,
    is: (value) => typeof value === 'boolean' || isFunction(value),
  },
  init: { expected: 'a function (xl, options) that gives xl.priv', is: isFunction },
  check: hook('xl, options'),
  reconfigure: hook('xl, options'),
  succeed: hook('xl, before'),
  inherit: hook('xl, before'),
  holds: hook('xl'),
  waitsFor: hook('xl'),
  reload: hook('xl'),
  notify: hook('xl, event, data'),
  fini: hook('xl'),
  forget: hook('xl, inode, value'),
  release: hook('xl, fd, value'),
  releasedir: hook('xl, fd, value'),
  clientDisconnect: hook('xl, client'),
  clientDestroy: hook('xl, client, value'),
  observed: hook('xl'),
  dump: hook('xl'),
  history: hook('xl'),
  script: hook('xl'),
  reset: hook('xl'),
  dataPath: {
    expected: 'an object of functions',
    optional: true,
    is: isObject,
    wrong: (dataPath: Readonly<Record<string, unknown>>) =>
      wrongFields(dataPath, dataPathFields, 'dataPath.'),
  },
  watches: flag,
};

/** Checks a file's default export. @throws {GraphError} naming all faults */
export function checkRecord(
  path: string,
  { default: record }: Readonly<Record<string, unknown>>,
): Translator<unknown> {
  if (!isObject(record)) {
    const is = record === undefined ? 'there is none' : `it is ${shown(record)}`;
    const expected = 'export default defineTranslator({ … })';
    throw new GraphError([`${path}: the default export must be a translator (${is}): ${expected}`]);
  }
  const problems = wrongFields(record, fields);
  if (problems.length > 0) throw new GraphError(problems.map((text) => `${path}: ${text}`));
  return record as unknown as Translator<unknown>;
}

function wrongFields(
  record: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Field>>,
  prefix = '',
): string[] {
  const problems: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = record[name];
    if (value === undefined && field.optional) continue;
    if (!field.is(value)) {
      const is = value === undefined ? 'is missing' : `is ${shown(value)}`;
      problems.push(`field '${prefix}${name}' ${is}: it must be ${field.expected}`);
    } else problems.push(...(field.wrong?.(value as never) ?? []));
  }
  for (const name of Object.keys(record)) {
    if (name in fields) continue;
    const hint = didYouMean(name, Object.keys(fields));
    problems.push(`'${prefix}${name}' is no field of a translator${hint}`);
  }
  return problems;
}

/** Checks the fops that an instance returns after its `init`. @throws {GraphError} */
export function checkFops(path: string, fops: unknown): Fops<unknown> {
  const problems = isObject(fops)
    ? wrongFops(fops)
    : [`field 'fops' gives ${shown(fops)}: it must give an object of functions`];
  if (problems.length > 0) throw new GraphError(problems.map((text) => `${path}: ${text}`));
  return fops as Fops<unknown>;
}

function wrongFops(fops: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fops).flatMap(([name, fop]) => {
    if (!(fopNames as readonly string[]).includes(name)) {
      return [`fops.${name}: there is no such fop${didYouMean(name, fopNames)}`];
    }
    if (fop === undefined || isFunction(fop)) return [];
    return [`fops.${name} is ${shown(fop)}: it must be a function (frame, xl, …)`];
  });
}

function wrongOptions(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([key, spec]) => {
    const wrong = wrongOption(spec);
    return wrong === undefined ? [] : [`options.${key}${wrong}`];
  });
}

/** Types of defaults: those that `optionTypes` parses a text into. */
const defaults: { readonly [T in keyof ValueTypes]: string } = {
  any: 'string',
  str: 'string',
  int: 'number',
  sizet: 'number',
  percent: 'number',
  percent_or_sizet: 'object',
  bool: 'boolean',
  xlator: 'string',
  path: 'string',
  time: 'number',
  double: 'number',
  addr: 'string',
  addr_list: 'string',
  client_auth_addr: 'string',
  priority_list: 'string',
  size_list: 'string',
};

function wrongOption(spec: unknown): string | undefined {
  if (!isObject(spec)) return ` is ${shown(spec)}: it must be { type, description, … }`;
  const { type, description, min, max, values, aliases } = spec;
  if (typeof type !== 'string' || !Object.hasOwn(optionTypes, type)) {
    const meant = typeof type === 'string' ? didYouMean(type, Object.keys(optionTypes)) : '';
    return `.type is ${shown(type)}${meant}: it must be one of ${Object.keys(optionTypes).join(', ')}`;
  }
  if (!isText(description)) return '.description is missing: it must be a sentence';
  const expected = defaults[type as OptionSpec['type']];
  if (spec.default !== undefined && typeof spec.default !== expected) {
    return `.default is ${shown(spec.default)}: it must be ${article(expected)}, as its type is ${type}`;
  }
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound !== undefined && typeof bound !== 'number') return `.${name} must be a number`;
  }
  return wrongLists(values, aliases) ?? wrongDefault(spec as unknown as OptionSpec);
}

function wrongLists(values: unknown, aliases: unknown): string | undefined {
  for (const [name, list] of Object.entries({ values, aliases })) {
    if (list !== undefined && !(Array.isArray(list) && list.every(isText))) {
      return `.${name} must be an array of texts`;
    }
  }
  return undefined;
}

/** Refuses a default that a volfile could not express, except an empty text. */
function wrongDefault(spec: OptionSpec): string | undefined {
  const { default: value } = spec;
  if (value === undefined || value === null || (value === '' && !('values' in spec))) {
    return undefined;
  }
  const read = readOption(spec, printOption(spec, value as never));
  return 'error' in read ? `.default ${shown(value)} ${read.error}` : undefined;
}

const article = (type: string): string => `${type === 'object' ? 'an' : 'a'} ${type}`;

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
