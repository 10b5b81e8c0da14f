/**
 * Options of translators: what a translator declares, and what becomes of the `option KEY VALUE`
 * lines of a volfile.
 *
 * A translator declares a table key → `OptionSpec`; `checkOptions` turns the texts given into typed
 * values (`Values`), defaults filled in, and lists what is wrong. The same table prints the help
 * (`describeOption`). How the text of each type reads, and where that differs from GlusterFS, is in
 * option-types.ts.
 *
 * Rules taken over from GlusterFS: of a key given twice the last counts; an alias stands for its
 * option; a default is not checked against the range. Unlike GlusterFS, keys are literal (no
 * globs), an unknown option is a warning, and a key and its alias given together are pointed out.
 *
 * Source: GlusterFS `libglusterfs/src/options.c`, `options.h`.
 */

import { didYouMean, nearest } from './nearest.ts';
import { type Items, optionTypes, type PercentOrSize, type ValueTypes } from './option-types.ts';
import { shownValue } from './secrets.ts';

export type { PercentOrSize } from './option-types.ts';

export type OptionType = keyof ValueTypes;

/** Of an option without effect: what management writes, or the default. */
export type UsualValue = string | number | boolean | null | undefined;

interface CommonSpec {
  /** One or two sentences for the help and the reference pages. */
  readonly description: string;
  /** May be changed on a running volume; otherwise a change takes a new graph. */
  readonly reconfigurable?: boolean;
  /** Other keys the option may be given by. */
  readonly aliases?: readonly string[];
  /** It is accepted without effect: the value of which `glossa check` says nothing, null for any. */
  readonly usual?: UsualValue;
}

/** Bounds are inclusive and in the unit of the value: bytes, seconds, percent or a plain number. */
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
        /** A time may be a fraction of a second: what people wait for, GlusterFS has none of. */
        readonly fractions?: boolean;
      } & Bounds)
    | { readonly type: 'bool'; readonly default?: boolean }
    | {
        readonly type: 'str';
        readonly default?: string;
        readonly values?: readonly string[];
        /** It is a list, with commas between. */
        readonly items?: Items;
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

export type Options = Readonly<Record<string, OptionSpec>>;

/** What a spec's text is parsed into; a `str` with allowed values has just these. */
type ValueOf<S extends OptionSpec> = S extends {
  readonly type: 'str';
  readonly values: readonly (infer V)[];
}
  ? V
  : ValueTypes[S['type']];

/** The values of a table of options: `undefined` is possible where there is no default. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly default: NonNullable<unknown> }
    ? ValueOf<O[K]>
    : ValueOf<O[K]> | undefined;
};

/** Declares a table with its literal types kept, so that `Values<typeof table>` is exact. */
export const defineOptions = <const O extends Options>(options: O): O => options;

/** Declares options all of which may be changed on a running volume. */
export const reconfigurableOptions = <const O extends Options>(options: O): O => {
  const all = Object.entries(options).map(([key, spec]) => [
    key,
    { ...spec, reconfigurable: true },
  ]);
  return Object.fromEntries(all) as O;
};

/** What every translator accepts besides its own. */
export const genericOptions = defineOptions({
  'log-level': {
    type: 'str',
    values: ['NONE', 'CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG', 'TRACE'],
    description: 'What this volume logs; without it, what the process logs.',
    reconfigurable: true,
  },
});

/** The value of one option's text, or a sentence that says what is wrong and what is accepted. */
export function parseOption<S extends OptionSpec>(
  key: string,
  spec: S,
  text: string,
): { value: ValueOf<S> } | { error: string } {
  const read = readOption(spec, text);
  return 'value' in read
    ? read
    : { error: `option '${key}': '${shownValue(key, text)}' ${read.error}` };
}

/** The same without the words for what is meant: the error goes on after `option 'K': 'V' `. */
export function readOption<S extends OptionSpec>(
  spec: S,
  text: string,
): { value: ValueOf<S> } | { error: string } {
  const parsed = optionTypes[spec.type].parse(text, spec);
  if ('value' in parsed) return parsed as { value: ValueOf<S> };
  const hint = parsed.hint === undefined ? '' : ` (${parsed.hint})`;
  return { error: `${parsed.fault}${hint}; it takes ${optionTypes[spec.type].accepts(spec)}` };
}

/**
 * One option as a volfile or a command line gives it; `where` is a place for messages
 * (`file:line:column`).
 */
export interface GivenOption {
  readonly key: string;
  readonly value: string;
  readonly where?: string | undefined;
}

export interface OptionProblem {
  readonly severity: 'error' | 'warning';
  /** The key as it was given. */
  readonly key: string;
  readonly message: string;
  readonly where: string | undefined;
}

export interface CheckOptions {
  /** An unknown option is an error. */
  readonly strict?: boolean | undefined;
  /** Unknown options, or those of this form, are for others to judge (a script, say): no problem, just listed. */
  readonly open?: boolean | RegExp;
  /** Names of the graph's volumes: what an option of type xlator may name. Unchecked without. */
  readonly volumes?: readonly string[];
}

export interface CheckedOptions<O extends Options> {
  /** Every key of the table; a value in error is replaced by the default. */
  readonly values: Values<O>;
  /** In the order given. With an error among them, the values are not to be used. */
  readonly problems: readonly OptionProblem[];
  /** What is not in the table, in the order given. */
  readonly unknown: readonly GivenOption[];
}

/** Values of the options given, for a table of options. Nothing is thrown. */
export function checkOptions<O extends Options>(
  specs: O,
  given: Iterable<GivenOption>,
  how: CheckOptions = {},
): CheckedOptions<O> {
  const keys = firstKeys(specs);
  const values = new Map<string, unknown>();
  for (const [key, spec] of Object.entries(specs)) values.set(key, spec.default);
  const problems: OptionProblem[] = [];
  const unknown: GivenOption[] = [];
  const givenAs = new Map<string, string>();
  for (const option of given) {
    const { key, value, where } = option;
    const report = (severity: OptionProblem['severity'], message: string): void => {
      problems.push({ severity, key, message, where });
    };
    const first = keys.get(key);
    if (first === undefined) {
      unknown.push(option);
      const { open } = how;
      if (open instanceof RegExp ? open.test(key) : open) continue;
      const message = `option '${key}' is not known here${didYouMean(key, keys.keys())}`;
      report(how.strict ? 'error' : 'warning', message);
      continue;
    }
    const other = givenAs.get(first);
    if (other !== undefined && other !== key) {
      report('warning', `options '${other}' and '${key}' are the same; the last one counts`);
    }
    givenAs.set(first, key);
    const spec = specs[first]!;
    const parsed = parseOption(key, spec, value);
    const unnamed = spec.type === 'xlator' ? volumeError(key, value, how.volumes) : '';
    if ('error' in parsed) report('error', parsed.error);
    else if (unnamed !== '') report('error', unnamed);
    else values.set(first, parsed.value);
  }
  return { values: Object.fromEntries(values) as Values<O>, problems, unknown };
}

/**
 * The message for a required option that is missing, or that was misspelt among those given.
 * `question` asks the user for it.
 */
export function missingOption(key: string, question: string, given: Iterable<GivenOption>): string {
  const slip = [...given].find((option) => nearest(option.key, [key]) !== undefined);
  return slip === undefined
    ? `option ${key} is missing: ${question}`
    : `option '${slip.key}' is not known here (did you mean '${key}'?)`;
}

/**
 * Every key and alias → the key it stands for. A Map, because a volfile may well say `constructor`.
 */
function firstKeys(specs: Options): Map<string, string> {
  const keys = new Map<string, string>();
  for (const key of Object.keys(specs)) keys.set(key, key);
  for (const [key, spec] of Object.entries(specs)) {
    for (const alias of spec.aliases ?? []) if (!keys.has(alias)) keys.set(alias, key);
  }
  return keys;
}

/** What is wrong with a volume's name; nothing is when it is in the graph, or none is known. */
function volumeError(key: string, name: string, volumes: readonly string[] = [name]): string {
  if (volumes.includes(name)) return '';
  return `option '${key}': the graph has no volume '${name}'${didYouMean(name, volumes)}`;
}

/** A default or other value in the units one would write in a volfile. */
export const printOption = <S extends OptionSpec>(spec: S, value: ValueOf<S>): string =>
  optionTypes[spec.type].print(value as never);

/**
 * Help for one option: a line with key, type and default, then indented what it is for and what it
 * takes. No newline at the end.
 */
export function describeOption(key: string, spec: OptionSpec): string {
  const value = spec.default === undefined ? '' : ` = ${printOption(spec, spec.default)}`;
  const notes = [
    `Takes ${optionTypes[spec.type].accepts(spec)}.`,
    ...(spec.aliases?.length ? [`Also written ${spec.aliases.join(', ')}.`] : []),
    ...(spec.reconfigurable ? ['Can be changed on a running volume.'] : []),
  ];
  return `${key} (${spec.type})${value}\n    ${spec.description}\n    ${notes.join(' ')}`;
}
