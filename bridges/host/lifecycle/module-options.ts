/**
 * Checks the options that a module declares, and reads their values from the volfile, as strictly
 * as for a built-in translator.
 */
import { GraphError, InitError } from '../../../runtime/core/errors.ts';
import { printable } from '../../../runtime/core/log.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { optionTypes } from '../../../runtime/core/option-types.ts';
import {
  checkOptions,
  genericOptions,
  type OptionSpec,
  type Options,
  type OptionType,
  parseOptionValue,
  type Values,
} from '../../../runtime/core/options.ts';
import type { Suspicion, Xlator } from '../../../runtime/core/xlator.ts';
import type { ModuleDescription } from '../guest.ts';

/** An option as the guest describes it, unchecked. */
export type RawOption = Readonly<Record<string, unknown>>;

/** Option types that accept a number, and may have `min` and `max`. */
const NUMERIC_TYPES = [
  'int',
  'sizet',
  'percent',
  'percent_or_sizet',
  'time',
  'double',
  'size_list',
];

const isText = (value: unknown): value is string => typeof value === 'string';

/** The check of each property of a declaration, and a description of valid values for errors. */
const propertyChecks: Readonly<
  Record<string, readonly [isValid: (value: unknown) => boolean, expected: string]>
> = {
  help: [isText, 'a text'],
  reconfigurable: [(value) => typeof value === 'boolean', 'true or false'],
  values: [
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every((v) => isText(v) && v !== ''),
    'a list of texts',
  ],
};

/** Checks a module's declaration. @throws {GraphError} with the line of each fault */
export function readDeclarations(
  declarations: Readonly<Record<string, RawOption>>,
  path: string,
): Options {
  const problems: string[] = [];
  const options = Object.entries(declarations).flatMap(([key, raw]): [string, OptionSpec][] => {
    try {
      return [[key, readDeclaration(key, raw)]];
    } catch (error) {
      const [file, line] = Array.isArray(raw.place) ? raw.place : [path];
      const position = line === undefined ? path : `${file}:${line}`;
      problems.push(printable(`${position}: option '${key}': ${(error as Error).message}`));
      return [];
    }
  });
  if (problems.length > 0) throw new GraphError(problems);
  return Object.fromEntries(options);
}

/** Checks the declaration of one option. @throws {Error} with the fault */
function readDeclaration(key: string, raw: RawOption): OptionSpec {
  const {
    type,
    description = '',
    default: declaredDefault,
    min,
    max,
    place: _,
    ...otherProperties
  } = raw;
  if (/\s|^$/.test(key)) throw new Error('a volfile cannot name it: a key has no blanks');
  if (!isText(type) || !Object.hasOwn(optionTypes, type)) {
    throw new Error(
      `its type ${quoteValue(type)} is unknown${formatSuggestion(String(type), typeNames)}`,
    );
  }
  const isNumeric = NUMERIC_TYPES.includes(type);
  const allowedNames = ['help', 'reconfigurable', ...(type === 'str' ? ['values'] : [])];
  // Authors write `help`, which the guest's library sends as `description`.
  const properties = { help: description, ...otherProperties };
  for (const [name, value] of Object.entries(properties)) {
    if (!allowedNames.includes(name))
      throw new Error(describeUnknownProperty(name, allowedNames, isNumeric));
    const [isValid, expected] = propertyChecks[name]!;
    if (!isValid(value)) throw new Error(`its ${name} ${quoteValue(value)} is not ${expected}`);
  }
  if (!isNumeric && (min ?? max) !== undefined) {
    throw new Error(
      describeUnknownProperty(min === undefined ? 'max' : 'min', allowedNames, isNumeric),
    );
  }
  const { help, ...rest } = properties;
  const unboundedSpec = { ...rest, type, description: help } as OptionSpec;
  const bounds = Object.entries({ min, max }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, parseProperty(name, unboundedSpec, value)]],
  );
  const spec = { ...unboundedSpec, ...Object.fromEntries(bounds) } as OptionSpec & RawOption;
  if (Number(spec.min) > Number(spec.max)) throw new Error('its min is above its max');
  if (declaredDefault === undefined || declaredDefault === null) return spec;
  return { ...spec, default: parseProperty('default', spec, declaredDefault) } as OptionSpec;
}

const typeNames = Object.keys(optionTypes);

const describeUnknownProperty = (
  name: string,
  allowedNames: readonly string[],
  isNumeric: boolean,
): string => {
  const knownNames = ['default', ...(isNumeric ? ['min', 'max'] : []), ...allowedNames];
  return `it has no '${name}'${formatSuggestion(name, knownNames)}; it may have ${knownNames.join(', ')}`;
};

/** Parses a property of the declaration as a volfile's value. */
function parseProperty(name: string, spec: OptionSpec, value: unknown): unknown {
  // A default may be empty; a volfile's value cannot.
  if (value === '' && spec.type === 'str' && !('values' in spec)) return value;
  const accepted = optionTypes[spec.type].describeAccepted(spec);
  const text = toVolfileText(spec.type, value);
  if (text === undefined)
    throw new Error(`its ${name} ${quoteValue(value)} is of another kind; it takes ${accepted}`);
  const result = parseOptionValue(spec, text);
  if ('value' in result) return result.value;
  throw new Error(`its ${name} ${quoteValue(value)} ${result.error}`);
}

/** Converts a value to a volfile's text; undefined for a wrong type. */
function toVolfileText(type: OptionType, value: unknown): string | undefined {
  if (isText(value)) return value;
  if (typeof value === 'boolean') return type === 'bool' ? String(value) : undefined;
  const isNumeric = NUMERIC_TYPES.includes(type) || type === 'bool';
  return typeof value === 'number' && isNumeric ? String(value) : undefined;
}

/** Formats a value as its author would write it. */
function quoteValue(value: unknown): string {
  // The JavaScript library sends values that JSON lacks (NaN, functions) as { shown: text }.
  const special = value as { shown?: unknown } | null | undefined;
  if (isText(special?.shown)) return special.shown;
  return isText(value) ? `'${value}'` : String(JSON.stringify(value));
}

/** Parses a guest's description of its module. @throws {GraphError} for invalid options */
export function readDescription(json: string, path: string): ModuleDescription {
  const description = JSON.parse(json) as ModuleDescription & {
    options: Record<string, RawOption>;
  };
  return { ...description, options: readDeclarations(description.options, path) };
}

/**
 * Reads the values of all options from the volfile, and warns of doubtful ones.
 * @param hostOptions the options that a module must not declare
 * @param path the module's file, for messages
 * @throws {InitError} for an invalid declaration, {GraphError} for wrong values
 */
export function readOptionValues(
  xl: Xlator<unknown>,
  hostOptions: Options,
  declaredOptions: Options,
  path: string,
  openOptions = false,
): Values<Options> {
  const reservedKeys = Object.keys(declaredOptions).filter((key) => key in hostOptions);
  if (reservedKeys.length > 0) {
    throw new InitError(`${path}: option ${reservedKeys.join(', ')} belongs to ${xl.type} itself`);
  }
  // All keys together, so that a misspelt host option gets a suggestion too.
  const allOptions: Options = { ...genericOptions, ...hostOptions, ...declaredOptions };
  const { values, problems } = checkOptions(allOptions, xl.volfileOptions, {
    openOptions,
    strict: xl.context.strict,
  });
  const suspicions = (wanted: string): Suspicion[] =>
    problems
      .filter(({ severity }) => severity === wanted)
      .map(({ position, message }) => ({ position: position ?? path, text: message }));
  xl.warnSuspicious(suspicions('warning'));
  const errors = suspicions('error');
  if (errors.length > 0)
    throw new GraphError(errors.map(({ position, text }) => `${position}: ${text}`));
  return values;
}

/** As `readOptionValues`, of the module's own options only; null for an option without a value. */
export function readModuleOptions(
  xl: Xlator<unknown>,
  hostOptions: Options,
  declaredOptions: Options,
  path: string,
): Record<string, unknown> {
  const reserved = { ...genericOptions, ...hostOptions };
  const values = readOptionValues(xl, reserved, declaredOptions, path);
  return Object.fromEntries(Object.keys(declaredOptions).map((key) => [key, values[key] ?? null]));
}
