/**
 * Parses command lines by the table of flags that each command declares; the help prints the same
 * table. `parseArgs` of node:util splits the arguments; this file checks them and converts the
 * values.
 */
import { parseArgs } from 'node:util';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { optionTypes } from '../runtime/core/option-types.ts';
import { UsageError } from './exit.ts';
import { formatColumns } from './layout.ts';

/** A flag of a command line, whose values there are converted to a `T`. */
export interface Flag<T> {
  /** The letter of its short form, such as `q` for `-q`. */
  readonly short?: string;
  /** The placeholder of its value, such as `FILE`; absent for a flag that takes no value. */
  readonly placeholder?: string;
  /** All words that its value may be. A list flag accepts several, separated by commas, which its command splits. */
  readonly values?: readonly string[];
  /** Whether a command line may repeat it. */
  readonly repeats?: boolean;
  /** The explanation in the help. */
  readonly help: string;
  /**
   * Converts the flag's values on the command line into one result.
   * @param texts in their order; empty if the flag is absent
   * @param flag `--name`, for messages
   * @throws {UsageError}
   */
  convert(texts: readonly string[], flag: string): T;
}

/** The flags of a command, by name without dashes. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The values of flags, by name. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: ReturnType<F[K]['convert']> };

/** A command line as parsed. */
export interface ParsedFlags<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly operands: readonly string[];
  /** The arguments after `--`, for another program; null without `--`. */
  readonly rest: readonly string[] | null;
}

/** The settings that all kinds of flags have. */
interface FlagSettings {
  readonly short?: string;
  readonly help: string;
}

/** Declares a flag without a value: true if it is present. */
export const toggleFlag = (settings: FlagSettings): Flag<boolean> => ({
  ...settings,
  convert: (texts) => texts.length > 0,
});

/** Declares a flag whose value is a text; when repeated, the last one counts. */
export const textFlag = (
  settings: FlagSettings & { readonly placeholder: string },
): Flag<string | undefined> => ({
  ...settings,
  convert: (texts) => texts.at(-1),
});

/** Declares a flag whose result lists the values of all repetitions, not split at commas. */
export const listFlag = (
  settings: FlagSettings & { readonly placeholder: string; readonly values?: readonly string[] },
): Flag<readonly string[]> => ({
  ...settings,
  repeats: true,
  convert: (texts) => texts,
});

/** Declares a flag whose value is a number of at least 0; with `isWhole`, without a fraction. */
export const numberFlag = (
  settings: FlagSettings & { readonly placeholder: string; readonly isWhole?: boolean },
): Flag<number | undefined> => ({
  ...settings,
  convert(texts, flag) {
    const lastText = texts.at(-1);
    if (lastText === undefined) return undefined;
    const pattern = settings.isWhole ? /^\d+$/ : /^(\d+(\.\d*)?|\.\d+)$/;
    if (pattern.test(lastText)) return Number(lastText);
    throw new UsageError(
      `${flag} takes a ${settings.isWhole ? 'whole ' : ''}number, not '${lastText}'`,
    );
  },
});

/** Declares a flag whose value is a size, as in a volfile (`10MB`); the result is in bytes. */
export const sizeFlag = (
  settings: FlagSettings & { readonly placeholder: string },
): Flag<number | undefined> => ({
  ...settings,
  convert(texts, flag) {
    const lastText = texts.at(-1);
    if (lastText === undefined) return undefined;
    const parsed = optionTypes.sizet.parse(lastText, { type: 'sizet' });
    if ('value' in parsed) return parsed.value;
    const hint = parsed.hint ?? `it takes ${optionTypes.sizet.describeAccepted({ type: 'sizet' })}`;
    throw new UsageError(`${flag}: '${lastText}' ${parsed.fault} (${hint})`);
  },
});

/** Declares a flag whose value is one of several words, in any case. */
export const choiceFlag = <V extends string>(
  settings: FlagSettings & { readonly placeholder: string; readonly values: readonly V[] },
): Flag<V | undefined> => ({
  ...settings,
  convert(texts, flag) {
    const lastText = texts.at(-1);
    if (lastText === undefined) return undefined;
    const { values } = settings;
    const match = values.find((value) => value.toLowerCase() === lastText.toLowerCase());
    if (match !== undefined) return match;
    const hint = formatSuggestion(lastText, values) || `; it takes ${values.join(', ')}`;
    throw new UsageError(`${flag} does not know '${lastText}'${hint}`);
  },
});

/** The flag of commands that print more than their result; cli/dispatch.ts turns it into a `Verbosity`. */
export const quietFlag = {
  quiet: toggleFlag({ short: 'q', help: 'say only what is wrong' }),
} satisfies Flags;

/** The flags of commands that can print details. */
export const verbosityFlags = {
  ...quietFlag,
  verbose: toggleFlag({ short: 'v', help: 'say more' }),
} satisfies Flags;

/** The flags of commands that can print each of their steps. */
export const stepFlags = {
  ...quietFlag,
  verbose: toggleFlag({ short: 'v', help: 'say each step' }),
} satisfies Flags;

/** Flags of every command. */
export const commonFlags = {
  debug: toggleFlag({ help: 'where an unexpected error came from' }),
  help: toggleFlag({ short: '?', help: 'this text' }),
} satisfies Flags;

/**
 * Reads arguments by a table of flags. The arguments after `--` are operands, even with a leading
 * dash; with `passesRest` they are another program's, and returned in `rest`.
 * @throws {UsageError}
 */
export function readFlags<F extends Flags>(
  flags: F,
  args: readonly string[],
  { passesRest = false } = {},
): ParsedFlags<F> {
  const entries = Object.entries(flags);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      entries.map(([name, { short, placeholder }]) => [
        name,
        {
          type: placeholder === undefined ? 'boolean' : 'string',
          ...(short && { short }),
        } as const,
      ]),
    ),
    // parseArgs reports no errors: this file does, in its own words.
    strict: false,
    tokens: true,
  });
  const texts = new Map<string, string[]>(entries.map(([name]) => [name, []]));
  const operands: string[] = [];
  let rest: string[] | null = null;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') rest = passesRest ? [] : null;
    else if (token.kind === 'positional') (rest ?? operands).push(token.value);
    else
      texts
        .get(requireKnownName(flags, token.name, token.rawName))!
        .push(requireValue(flags, token));
  }
  const values = entries.map(([name, flag]) => [name, flag.convert(texts.get(name)!, `--${name}`)]);
  return { flags: Object.fromEntries(values) as FlagValues<F>, operands, rest };
}

/** Returns the flag's name, or `help` for -h. @throws {UsageError} for an unknown flag */
function requireKnownName(flags: Flags, name: string, rawName: string): string {
  if (Object.hasOwn(flags, name)) return name;
  // Users who do not know -? try -h.
  if (name === 'h' && Object.hasOwn(flags, 'help')) return 'help';
  const hint = formatSuggestion(
    rawName,
    Object.keys(flags).map((known) => `--${known}`),
  );
  throw new UsageError(`unknown option '${rawName}'${hint}`);
}

/** An option on the command line, as node:util's parseArgs reports it. */
interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value is in the same argument (`--name=value`). */
  readonly inlineValue: boolean | undefined;
}

/** Returns the value of a flag; `''` for a flag that takes none. @throws {UsageError} */
function requireValue(flags: Flags, { name, rawName, value, inlineValue }: OptionToken): string {
  const placeholder = flags[name]?.placeholder;
  if (placeholder === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value, found '${value}'`);
    return '';
  }
  // parseArgs takes the next argument for the value, even if that is a flag.
  const isNextFlag = !inlineValue && value !== undefined && /^-./.test(value);
  if (value === undefined || isNextFlag) {
    const actual = isNextFlag ? `, found '${value}'` : '';
    throw new UsageError(`${rawName} needs a value (${placeholder})${actual}`);
  }
  return value;
}

/**
 * Checks the number of operands, and returns one for each name. An operand named `[NAME]` is
 * optional: undefined if it is absent.
 * @throws {UsageError}
 */
export function takeOperands<const N extends readonly string[]>(
  operands: readonly string[],
  names: N,
): { readonly [I in keyof N]: N[I] extends `[${string}` ? string | undefined : string } {
  const missing = names.slice(operands.length).filter((name) => !name.startsWith('['));
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'is' : 'are';
    throw new UsageError(`${missing.join(' and ')} ${verb} missing`);
  }
  const surplus = operands[names.length];
  if (surplus !== undefined) throw new UsageError(`unexpected '${surplus}'`);
  return names.map((_, i) => operands[i]) as never;
}

/** Formats the flags as a table for the help, without a newline at the end. */
export function formatFlags(flags: Flags, width: number): string {
  const rows = Object.entries(flags).map(([name, { short, placeholder, help }]) => {
    const letter = short === undefined ? '   ' : `-${short},`;
    return [
      `${letter} --${name}${placeholder === undefined ? '' : ` ${placeholder}`}`,
      help,
    ] as const;
  });
  return formatColumns(rows, width);
}
