/**
 * Checks a user's translator record (the argument of `defineTranslator`) field by field before it
 * runs. TypeScript's types help in editors only, and JavaScript has no types.
 */
import { GraphError } from '../../runtime/core/errors.ts';
import { fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { formatSuggestion } from '../../runtime/core/nearest.ts';
import { optionTypes, type ValueTypes } from '../../runtime/core/option-types.ts';
import { type OptionSpec, parseOptionValue, printOption } from '../../runtime/core/options.ts';
import type { DataPath, Fops, Translator } from '../../runtime/core/xlator.ts';

/** The rule of a field. */
interface FieldRule {
  /** The valid values, in the words of a message. */
  readonly expected: string;
  readonly optional?: true;
  isValid(value: unknown): boolean;
  /** Lists the faults inside a valid value. */
  findProblems?(value: never): string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
/** True for a number of subvolumes; Infinity is valid as the upper bound. */
const isChildCount = (value: unknown): boolean =>
  value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && (value as number) >= 0);

/** Makes the rule of an optional function. @param args its parameters, for messages */
const makeHookRule = (args: string): FieldRule => ({
  expected: `a function (${args})`,
  optional: true,
  isValid: isFunction,
});

/** The rule of an optional boolean. */
const FLAG_RULE: FieldRule = {
  expected: 'true or false',
  optional: true,
  isValid: (value) => typeof value === 'boolean',
};

/** The rule of an optional boolean that may depend on the volume. */
const COMPUTED_FLAG_RULE: FieldRule = {
  expected: 'true or false, or a function (xl) that says so',
  optional: true,
  isValid: (value) => typeof value === 'boolean' || isFunction(value),
};

/** The rules of the fields of `dataPath`. */
const dataPathRules: { readonly [K in keyof Required<DataPath<unknown>>]: FieldRule } = {
  backing: makeHookRule('xl, fd'),
  hasWriters: makeHookRule('xl, inode'),
  keepsPages: makeHookRule('xl, isTimed'),
  tellsAtClose: makeHookRule('xl'),
  isOwn: makeHookRule('xl, fd'),
  givesTimes: FLAG_RULE,
};

/** The rules of a translator record's fields. */
const translatorRules: { readonly [K in keyof Required<Translator<unknown>>]: FieldRule } = {
  type: {
    expected: "'category/name', such as 'features/mine'",
    isValid: (value) => typeof value === 'string' && /^[\w.-]+\/[\w.-]+$/.test(value),
  },
  description: { expected: 'a sentence', isValid: isText },
  children: {
    expected: '[least, most], the numbers of subvolumes it takes, such as [1, 1]',
    isValid: (value) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every(isChildCount) &&
      value[0] <= value[1],
  },
  options: {
    expected: 'a table of options, {} for none',
    isValid: isObject,
    findProblems: findOptionProblems,
  },
  ownOptions: makeHookRule('xl'),
  openOptions: FLAG_RULE,
  moreOptions: { expected: 'tables of options by the case', optional: true, isValid: isObject },
  fops: {
    expected: 'an object of functions by the names of fops, or a function (xl) that gives one',
    isValid: (value) => isObject(value) || isFunction(value),
    findProblems: (value: object) => (isObject(value) ? findFopProblems(value) : []),
  },
  passesThrough: COMPUTED_FLAG_RULE,
  observes: COMPUTED_FLAG_RULE,
  init: { expected: 'a function (xl, options) that gives xl.priv', isValid: isFunction },
  check: makeHookRule('xl, options'),
  reach: makeHookRule('options, baseDir'),
  reconfigure: makeHookRule('xl, options'),
  succeed: makeHookRule('xl, before'),
  inherit: makeHookRule('xl, before'),
  exchanged: makeHookRule('xl'),
  holds: makeHookRule('xl'),
  waitsFor: makeHookRule('xl'),
  reload: makeHookRule('xl'),
  notify: makeHookRule('xl, event, data'),
  fini: makeHookRule('xl'),
  forget: makeHookRule('xl, inode, value'),
  release: makeHookRule('xl, fd, value'),
  releasedir: makeHookRule('xl, fd, value'),
  clientDisconnect: makeHookRule('xl, client'),
  clientDestroy: makeHookRule('xl, client, value'),
  observed: makeHookRule('xl'),
  dump: makeHookRule('xl'),
  locateFailure: makeHookRule('xl'),
  history: makeHookRule('xl'),
  script: makeHookRule('xl'),
  reset: makeHookRule('xl'),
  dataPath: {
    expected: 'an object of functions',
    optional: true,
    isValid: isObject,
    findProblems: (dataPath: Readonly<Record<string, unknown>>) =>
      findFieldProblems(dataPath, dataPathRules, 'dataPath.'),
  },
  watches: FLAG_RULE,
  isRemote: FLAG_RULE,
  listsUnopened: FLAG_RULE,
};

/** Checks a file's default export. @throws {GraphError} naming all faults */
export function checkRecord(
  path: string,
  { default: record }: Readonly<Record<string, unknown>>,
): Translator<unknown> {
  if (!isObject(record)) {
    const actual = record === undefined ? 'it is missing' : `it is ${formatValue(record)}`;
    const expected = 'export default defineTranslator({ … })';
    throw new GraphError([
      `${path}: the default export must be a translator (${actual}): ${expected}`,
    ]);
  }
  const problems = findFieldProblems(record, translatorRules);
  if (problems.length > 0) throw new GraphError(problems.map((text) => `${path}: ${text}`));
  return record as unknown as Translator<unknown>;
}

/** Lists the faults of a record's fields. @param prefix put before their names in messages */
function findFieldProblems(
  record: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, FieldRule>>,
  prefix = '',
): string[] {
  const problems: string[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const value = record[name];
    if (value === undefined && rule.optional) continue;
    if (!rule.isValid(value)) {
      const actual = value === undefined ? 'is missing' : `is ${formatValue(value)}`;
      problems.push(`field '${prefix}${name}' ${actual}: it must be ${rule.expected}`);
    } else problems.push(...(rule.findProblems?.(value as never) ?? []));
  }
  for (const name of Object.keys(record)) {
    const problem = describeUnknownField(name, rules, prefix);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** Describes the fault of a field's name; undefined for a known one. */
export function describeUnknownField(
  name: string,
  rules: Readonly<Record<string, FieldRule>> = translatorRules,
  prefix = '',
): string | undefined {
  if (Object.hasOwn(rules, name)) return undefined;
  const hint = formatSuggestion(name, Object.keys(rules));
  return `'${prefix}${name}' is no field of a translator${hint}`;
}

/** Describes the fault of a fop's name; undefined for a known one. */
export function describeUnknownFop(name: string): string | undefined {
  if ((fopNames as readonly string[]).includes(name)) return undefined;
  return `fops.${name}: there is no such fop${formatSuggestion(name, fopNames)}`;
}

/** Checks the fops that an instance returns after its `init`. @throws {GraphError} */
export function checkFops(path: string, fops: unknown): Fops<unknown> {
  const problems = isObject(fops)
    ? findFopProblems(fops)
    : [`field 'fops' gives ${formatValue(fops)}: it must give an object of functions`];
  if (problems.length > 0) throw new GraphError(problems.map((text) => `${path}: ${text}`));
  return fops as Fops<unknown>;
}

/** Lists unknown fops, and those that are no functions. */
function findFopProblems(fops: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fops).flatMap(([name, fop]) => {
    const problem = describeUnknownFop(name);
    if (problem !== undefined) return [problem];
    if (fop === undefined || isFunction(fop)) return [];
    return [`fops.${name} is ${formatValue(fop)}: it must be a function (frame, xl, …)`];
  });
}

function findOptionProblems(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([key, spec]) => {
    const problem = describeOptionProblem(spec);
    return problem === undefined ? [] : [`options.${key}${problem}`];
  });
}

/** The JavaScript types of parsed default values, by option type. */
const defaultTypes: { readonly [T in keyof ValueTypes]: string } = {
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

/** Describes the first fault of an option, as a text to follow its name; undefined for none. */
function describeOptionProblem(spec: unknown): string | undefined {
  if (!isObject(spec)) return ` is ${formatValue(spec)}: it must be { type, description, … }`;
  const { type, description, min, max, values, aliases } = spec;
  if (typeof type !== 'string' || !Object.hasOwn(optionTypes, type)) {
    const hint = typeof type === 'string' ? formatSuggestion(type, Object.keys(optionTypes)) : '';
    return `.type is ${formatValue(type)}${hint}: it must be one of ${Object.keys(optionTypes).join(', ')}`;
  }
  if (!isText(description)) return '.description is missing: it must be a sentence';
  const expected = defaultTypes[type as OptionSpec['type']];
  if (spec.default !== undefined && typeof spec.default !== expected) {
    return `.default is ${formatValue(spec.default)}: it must be ${addArticle(expected)}, as its type is ${type}`;
  }
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound !== undefined && typeof bound !== 'number') return `.${name} must be a number`;
  }
  return (
    describeListProblem(values, aliases) ?? describeDefaultProblem(spec as unknown as OptionSpec)
  );
}

/** Describes a fault of the lists `values` and `aliases`; undefined for none. */
function describeListProblem(values: unknown, aliases: unknown): string | undefined {
  for (const [name, list] of Object.entries({ values, aliases })) {
    if (list !== undefined && !(Array.isArray(list) && list.every(isText))) {
      return `.${name} must be an array of texts`;
    }
  }
  return undefined;
}

/**
 * Describes the fault of a default that a volfile could not express; undefined for none. An empty
 * text is allowed.
 */
function describeDefaultProblem(spec: OptionSpec): string | undefined {
  const { default: value } = spec;
  if (value === undefined || value === null || (value === '' && !('values' in spec))) {
    return undefined;
  }
  const parsed = parseOptionValue(spec, printOption(spec, value as never));
  return 'error' in parsed ? `.default ${formatValue(value)} ${parsed.error}` : undefined;
}

/** Puts 'a' or 'an' before the name of a JavaScript type. */
const addArticle = (type: string): string => `${type === 'object' ? 'an' : 'a'} ${type}`;

/** Formats a value for a message, in at most 60 characters. */
function formatValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
