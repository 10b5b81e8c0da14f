/** Checks the options that a module declares, as strictly as those of a built-in translator. */
import { GraphError, InitError } from '../../../runtime/core/errors.ts';
import { printable } from '../../../runtime/core/log.ts';
import { didYouMean } from '../../../runtime/core/nearest.ts';
import { optionTypes } from '../../../runtime/core/option-types.ts';
import {
  checkOptions,
  genericOptions,
  type OptionSpec,
  type Options,
  type OptionType,
  readOption,
} from '../../../runtime/core/options.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ModuleDescription } from '../guest.ts';

/** An option as the guest describes it, unchecked. */
export type RawOption = Readonly<Record<string, unknown>>;

const BOUNDED = ['int', 'sizet', 'percent', 'percent_or_sizet', 'time', 'double', 'size_list'];

const isText = (value: unknown): value is string => typeof value === 'string';

/** The check of each part of a declaration, and its description in errors. */
const parts: Readonly<Record<string, readonly [is: (value: unknown) => boolean, what: string]>> = {
  help: [isText, 'a text'],
  reconfigurable: [(value) => typeof value === 'boolean', 'true or false'],
  values: [
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every((v) => isText(v) && v !== ''),
    'a list of texts',
  ],
};

/** Checks a module's declaration. @throws {GraphError} with the line of each fault */
export function readDeclared(declared: Readonly<Record<string, RawOption>>, path: string): Options {
  const problems: string[] = [];
  const options = Object.entries(declared).flatMap(([key, raw]): [string, OptionSpec][] => {
    try {
      return [[key, readOne(key, raw)]];
    } catch (error) {
      const [file, line] = Array.isArray(raw.place) ? raw.place : [path];
      const place = line === undefined ? path : `${file}:${line}`;
      problems.push(printable(`${place}: option '${key}': ${(error as Error).message}`));
      return [];
    }
  });
  if (problems.length > 0) throw new GraphError(problems);
  return Object.fromEntries(options);
}

/** @throws {Error} with the fault */
function readOne(key: string, raw: RawOption): OptionSpec {
  const { type, description = '', default: preset, min, max, place: _, ...more } = raw;
  if (/\s|^$/.test(key)) throw new Error('a volfile cannot name it: a key has no blanks');
  if (!isText(type) || !Object.hasOwn(optionTypes, type)) {
    throw new Error(`its type ${shown(type)} is none${didYouMean(String(type), types)}`);
  }
  const bounded = BOUNDED.includes(type);
  const allowed = ['help', 'reconfigurable', ...(type === 'str' ? ['values'] : [])];
  const given = { help: description, ...more };
  for (const [name, value] of Object.entries(given)) {
    if (!allowed.includes(name)) throw new Error(unknownPart(name, allowed, bounded));
    const [is, what] = parts[name]!;
    if (!is(value)) throw new Error(`its ${name} ${shown(value)} is not ${what}`);
  }
  if (!bounded && (min ?? max) !== undefined) {
    throw new Error(unknownPart(min === undefined ? 'max' : 'min', allowed, bounded));
  }
  const { help, ...rest } = given;
  const bare = { ...rest, type, description: help } as OptionSpec;
  const bounds = Object.entries({ min, max }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, readPart(name, bare, value)]],
  );
  const spec = { ...bare, ...Object.fromEntries(bounds) } as OptionSpec & RawOption;
  if (Number(spec.min) > Number(spec.max)) throw new Error('its min is above its max');
  if (preset === undefined || preset === null) return spec;
  return { ...spec, default: readPart('default', spec, preset) } as OptionSpec;
}

const types = Object.keys(optionTypes);

const unknownPart = (name: string, allowed: readonly string[], bounded: boolean): string => {
  const known = ['default', ...(bounded ? ['min', 'max'] : []), ...allowed];
  return `it has no '${name}'${didYouMean(name, known)}; it may have ${known.join(', ')}`;
};

/** Parses a value of the declaration as a volfile's value. */
function readPart(name: string, spec: OptionSpec, value: unknown): unknown {
  // A default may be empty; a volfile's value cannot.
  if (value === '' && spec.type === 'str' && !('values' in spec)) return value;
  const accepted = optionTypes[spec.type].accepts(spec);
  const text = textOf(spec.type, value);
  if (text === undefined)
    throw new Error(`its ${name} ${shown(value)} is of another kind; it takes ${accepted}`);
  const read = readOption(spec, text);
  if ('value' in read) return read.value;
  throw new Error(`its ${name} ${shown(value)} ${read.error}`);
}

/** A value as text of a volfile; undefined for a wrong type. */
function textOf(type: OptionType, value: unknown): string | undefined {
  if (isText(value)) return value;
  if (typeof value === 'boolean') return type === 'bool' ? String(value) : undefined;
  const numbers = BOUNDED.includes(type) || type === 'bool';
  return typeof value === 'number' && numbers ? String(value) : undefined;
}

/** A value as its author would write it. */
function shown(value: unknown): string {
  const told = value as { shown?: unknown } | null | undefined;
  if (isText(told?.shown)) return told.shown;
  return isText(value) ? `'${value}'` : String(JSON.stringify(value));
}

/** Parses a guest's description of its module. @throws {GraphError} for invalid options */
export function readDescription(json: string, path: string): ModuleDescription {
  const found = JSON.parse(json) as ModuleDescription & { options: Record<string, RawOption> };
  return { ...found, options: readDeclared(found.options, path) };
}

/**
 * Reads the module's options from the volfile; an option without a value is null.
 * @param own the host translator's own options, `type` its name
 * @param path the module's file, for messages
 * @throws {InitError} for an invalid declaration, {GraphError} for wrong values
 */
export function moduleOptions(
  xl: Xlator<unknown>,
  own: Options,
  declared: Options,
  path: string,
): Record<string, unknown> {
  const taken = Object.keys(declared).filter((key) => key in own || key in genericOptions);
  if (taken.length > 0) {
    throw new InitError(`${path}: option ${taken.join(', ')} belongs to ${xl.type} itself`);
  }
  // All keys together, so that a misspelt host option gets a suggestion too.
  const all: Options = { ...genericOptions, ...own, ...declared };
  const { values, problems } = checkOptions(all, xl.given, { strict: xl.context.strict });
  const errors = problems.filter(({ severity }) => severity === 'error');
  const doubts = problems.filter(({ severity }) => severity === 'warning');
  xl.warnSuspicious(doubts.map(({ where, message }) => ({ where: where ?? path, text: message })));
  if (errors.length > 0) {
    throw new GraphError(errors.map((p) => `${p.where ?? path}: ${p.message}`));
  }
  return Object.fromEntries(Object.keys(declared).map((key) => [key, values[key] ?? null]));
}
