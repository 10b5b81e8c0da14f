/**
 * Checks the `option KEY VALUE` lines of a volfile against a translator's table of `OptionSpec`s: `checkOptions`
 * returns typed values with defaults, and the problems. `describeOption` prints help from the same table.
 *
 * As in GlusterFS, the last of repeated keys counts, and defaults are not checked against the range. Unlike there,
 * keys are literal (no patterns); an unknown option, and a key that stands beside its alias, cause a warning.
 *
 * Source: GlusterFS `libglusterfs/src/options.c`, `options.h`.
 */

import { findNearest, formatSuggestion } from './nearest.ts';
import {
  type ListItems,
  optionTypes,
  type PercentOrSize,
  type ValueTypes,
} from './option-types.ts';
import { maskValue } from './secrets.ts';

export type { PercentOrSize } from './option-types.ts';

/** The name of a type in `optionTypes`. */
export type OptionType = keyof ValueTypes;

/** The usual value of an option without effect: the one that glusterd writes, or the default. */
export type UsualValue = string | number | boolean | null | undefined;

/** The fields of a spec that options of every type have. */
interface CommonSpec {
  /** One or two sentences for the help and the reference pages. */
  readonly description: string;
  /** Whether the option may change on a running volume; otherwise a change needs a new graph. */
  readonly reconfigurable?: boolean;
  /** Other keys of the option. */
  readonly aliases?: readonly string[];
  /** For an option without effect: the value for which `glossa check` prints nothing, null for any. */
  readonly usual?: UsualValue;
}

/** The inclusive bounds of a value, in its unit: bytes, seconds, percent or a plain number. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** One option. A `default` is a value, not a text; without one the value may be undefined. */
export type OptionSpec = CommonSpec &
  (
    | ({
        readonly type: 'int' | 'sizet' | 'percent' | 'time' | 'double';
        readonly default?: number;
        /** Whether a time may have a fraction of a second, which GlusterFS does not allow. */
        readonly fractions?: boolean;
      } & Bounds)
    | { readonly type: 'bool'; readonly default?: boolean }
    | {
        readonly type: 'str';
        readonly default?: string;
        readonly values?: readonly string[];
        /** The allowed items, if the value is a comma-separated list. */
        readonly items?: ListItems;
      }
    // The bounds hold for sizes; a percentage is always 0 … 100.
    | ({ readonly type: 'percent_or_sizet'; readonly default?: PercentOrSize } & Bounds)
    // The bounds hold for every size of the list.
    | ({ readonly type: 'size_list'; readonly default?: string } & Bounds)
    | {
        readonly type:
          | 'any'
          | 'xlator'
          | 'path'
          | 'addr'
          | 'addr_list'
          | 'client_auth_addr'
          | 'priority_list';
        readonly default?: string;
      }
  );

/** A translator's table of options, by key. */
export type Options = Readonly<Record<string, OptionSpec>>;

/** The value type of a spec; a `str` with allowed values is their union. */
type ValueOf<S extends OptionSpec> = S extends {
  readonly type: 'str';
  readonly values: readonly (infer V)[];
}
  ? V
  : ValueTypes[S['type']];

/** The values of a table of options; `undefined` is possible without a default. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly default: NonNullable<unknown> }
    ? ValueOf<O[K]>
    : ValueOf<O[K]> | undefined;
};

/** Declares a table with literal types, so that `Values<typeof table>` is exact. */
export const defineOptions = <const O extends Options>(options: O): O => options;

/** Declares options that may all change on a running volume. */
export const defineReconfigurableOptions = <const O extends Options>(options: O): O => {
  const entries = Object.entries(options).map(([key, spec]) => [
    key,
    { ...spec, reconfigurable: true },
  ]);
  return Object.fromEntries(entries) as O;
};

/** The options that every translator accepts. */
export const genericOptions = defineOptions({
  'log-level': {
    type: 'str',
    values: ['NONE', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG', 'TRACE'],
    description: 'Log level of this volume; by default that of the process.',
    reconfigurable: true,
  },
});

/** Parses one option's text; the error names the fault and the accepted values. */
export function parseOption<S extends OptionSpec>(
  key: string,
  spec: S,
  text: string,
): { value: ValueOf<S> } | { error: string } {
  const parsed = parseOptionValue(spec, text);
  return 'value' in parsed
    ? parsed
    : { error: `option '${key}': '${maskValue(key, text)}' ${parsed.error}` };
}

/** Parses the text of a value. The error is the end of a sentence that begins `option 'K': 'V' `. */
export function parseOptionValue<S extends OptionSpec>(
  spec: S,
  text: string,
): { value: ValueOf<S> } | { error: string } {
  const parsed = optionTypes[spec.type].parse(text, spec);
  if ('value' in parsed) return parsed as { value: ValueOf<S> };
  const hint = parsed.hint === undefined ? '' : ` (${parsed.hint})`;
  return {
    error: `${parsed.fault}${hint}; it takes ${optionTypes[spec.type].describeAccepted(spec)}`,
  };
}

/** An option of a volfile or command line. `position`, as `file:line:column`, is for messages. */
export interface VolfileOption {
  readonly key: string;
  readonly value: string;
  readonly position?: string | undefined;
}

/** A fault of one option that `checkOptions` has found. */
export interface OptionProblem {
  readonly severity: 'error' | 'warning';
  /** The key as written. */
  readonly key: string;
  readonly message: string;
  readonly position: string | undefined;
}

/** Settings of `checkOptions`. */
export interface CheckOptions {
  /** Whether an unknown option is an error, not a warning. */
  readonly strict?: boolean | undefined;
  /** The translator's `openOptions`: unknown options, or those that match, are no problem, as a module checks them. */
  readonly openOptions?: boolean | RegExp;
  /** Names of the graph's volumes, which options of type xlator must name; unchecked if absent. */
  readonly volumeNames?: readonly string[];
}

/** The result of `checkOptions`. */
export interface CheckedOptions<O extends Options> {
  /** A value for every key of the table; the default in place of an invalid one. */
  readonly values: Values<O>;
  /** The problems in the order of the options. If one is an error, the values must not be used. */
  readonly problems: readonly OptionProblem[];
  /** Options that are not in the table, in their order. */
  readonly unknown: readonly VolfileOption[];
}

/** Checks the given options against a table. Never throws. */
export function checkOptions<O extends Options>(
  specs: O,
  options: Iterable<VolfileOption>,
  settings: CheckOptions = {},
): CheckedOptions<O> {
  const mainKeyByKey = mapKeys(specs);
  const values = new Map<string, unknown>();
  for (const [key, spec] of Object.entries(specs)) values.set(key, spec.default);
  const problems: OptionProblem[] = [];
  const unknown: VolfileOption[] = [];
  const writtenKeys = new Map<string, string>();
  for (const option of options) {
    const { key, value, position } = option;
    const report = (severity: OptionProblem['severity'], message: string): void => {
      problems.push({ severity, key, message, position });
    };
    const mainKey = mainKeyByKey.get(key);
    if (mainKey === undefined) {
      unknown.push(option);
      const { openOptions } = settings;
      if (openOptions instanceof RegExp ? openOptions.test(key) : openOptions) continue;
      const message = `option '${key}' is not known here${formatSuggestion(key, mainKeyByKey.keys())}`;
      report(settings.strict ? 'error' : 'warning', message);
      continue;
    }
    const earlierKey = writtenKeys.get(mainKey);
    if (earlierKey !== undefined && earlierKey !== key) {
      report('warning', `options '${earlierKey}' and '${key}' are the same; the last one counts`);
    }
    writtenKeys.set(mainKey, key);
    const spec = specs[mainKey]!;
    const parsed = parseOption(key, spec, value);
    const volumeProblem =
      spec.type === 'xlator' ? checkVolumeName(key, value, settings.volumeNames) : '';
    if ('error' in parsed) report('error', parsed.error);
    else if (volumeProblem !== '') report('error', volumeProblem);
    else values.set(mainKey, parsed.value);
  }
  return { values: Object.fromEntries(values) as Values<O>, problems, unknown };
}

/**
 * Returns the message for a required option that is missing or misspelt.
 * @param question asks the user for the value, after `option KEY is missing: `
 */
export function describeMissingOption(
  key: string,
  question: string,
  options: Iterable<VolfileOption>,
): string {
  const misspelt = [...options].find((option) => findNearest(option.key, [key]) !== undefined);
  return misspelt === undefined
    ? `option ${key} is missing: ${question}`
    : `option '${misspelt.key}' is not known here (did you mean '${key}'?)`;
}

/** Maps every key and alias to the key. The result is a Map, because a volfile may have an option `constructor`. */
function mapKeys(specs: Options): Map<string, string> {
  const mainKeyByKey = new Map<string, string>();
  for (const key of Object.keys(specs)) mainKeyByKey.set(key, key);
  for (const [key, spec] of Object.entries(specs)) {
    for (const alias of spec.aliases ?? [])
      if (!mainKeyByKey.has(alias)) mainKeyByKey.set(alias, key);
  }
  return mainKeyByKey;
}

/** Describes the fault of a volume's name. Returns '' if the graph has the volume, or `volumes` is absent. */
function checkVolumeName(key: string, name: string, volumes: readonly string[] = [name]): string {
  if (volumes.includes(name)) return '';
  return `option '${key}': the graph has no volume '${name}'${formatSuggestion(name, volumes)}`;
}

/** Prints a value in the units of a volfile. */
export const printOption = <S extends OptionSpec>(spec: S, value: ValueOf<S>): string =>
  optionTypes[spec.type].print(value as never);

/**
 * Formats the help for one option: a line with key, type and default, then indented its purpose and accepted
 * values. No newline at the end.
 */
export function describeOption(key: string, spec: OptionSpec): string {
  const value = spec.default === undefined ? '' : ` = ${printOption(spec, spec.default)}`;
  const notes = [
    `Takes ${optionTypes[spec.type].describeAccepted(spec)}.`,
    ...(spec.aliases?.length ? [`Also written ${spec.aliases.join(', ')}.`] : []),
    ...(spec.reconfigurable ? ['Can be changed on a running volume.'] : []),
  ];
  return `${key} (${spec.type})${value}\n    ${spec.description}\n    ${notes.join(' ')}`;
}
