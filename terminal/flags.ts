/**
 * The flags of commands: each command declares a table, from which its arguments are read and its
 * help is printed. The reading itself is `parseArgs` of node:util; this says what is wrong with an
 * argument, and gives the values their types.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from '../runtime/core/nearest.ts';
import { UsageError } from './exit.ts';
import { columns } from './layout.ts';

export interface Flag<T> {
  /** A letter. */
  readonly short?: string;
  /** What the help calls its value; a flag without takes none. */
  readonly value?: string;
  /** Words that its value may be, where there are no others; of a list, several between commas. */
  readonly values?: readonly string[];
  /** Whether it may be given several times. */
  readonly repeats?: boolean;
  /** A line for the help, or several. */
  readonly help: string;
  /** The value of the texts given, in order: none when the flag is absent. `flag` is `--name`. */
  read(given: readonly string[], flag: string): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<F extends Flags> = { readonly [K in keyof F]: ReturnType<F[K]['read']> };

/** What a command line says. */
export interface Given<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly operands: readonly string[];
  /** What stands behind `--` for somebody else; null without one. */
  readonly rest: readonly string[] | null;
}

interface Looks {
  readonly short?: string;
  readonly help: string;
}

/** Given or not. */
export const toggle = (looks: Looks): Flag<boolean> => ({
  ...looks,
  read: (given) => given.length > 0,
});

/** A text; the last one counts. */
export const text = (looks: Looks & { readonly value: string }): Flag<string | undefined> => ({
  ...looks,
  read: (given) => given.at(-1),
});

/** Every text given. */
export const list = (
  looks: Looks & { readonly value: string; readonly values?: readonly string[] },
): Flag<readonly string[]> => ({
  ...looks,
  repeats: true,
  read: (given) => given,
});

/** A number of at least 0; a fraction of one unless `whole`. */
export const number = (
  looks: Looks & { readonly value: string; readonly whole?: boolean },
): Flag<number | undefined> => ({
  ...looks,
  read(given, flag) {
    const last = given.at(-1);
    if (last === undefined) return undefined;
    const form = looks.whole ? /^\d+$/ : /^(\d+(\.\d*)?|\.\d+)$/;
    if (form.test(last)) return Number(last);
    throw new UsageError(`${flag} takes a ${looks.whole ? 'whole ' : ''}number, not '${last}'`);
  },
});

/** One of several words, in any case. */
export const choice = <V extends string>(
  looks: Looks & { readonly value: string; readonly values: readonly V[] },
): Flag<V | undefined> => ({
  ...looks,
  read(given, flag) {
    const last = given.at(-1);
    if (last === undefined) return undefined;
    const { values } = looks;
    const found = values.find((value) => value.toLowerCase() === last.toLowerCase());
    if (found !== undefined) return found;
    const guess = didYouMean(last, values) || `; it takes ${values.join(', ')}`;
    throw new UsageError(`${flag} does not know '${last}'${guess}`);
  },
});

/** Of commands that say more than what was asked for; what each does with it is in terminal.ts. */
export const quietFlag = {
  quiet: toggle({ short: 'q', help: 'say only what is wrong' }),
} satisfies Flags;

/** Of those that can tell more. */
export const talkFlags = {
  ...quietFlag,
  verbose: toggle({ short: 'v', help: 'say more' }),
} satisfies Flags;

/** Of those that take several steps. */
export const stepFlags = {
  ...quietFlag,
  verbose: toggle({ short: 'v', help: 'say each step' }),
} satisfies Flags;

/** What every command accepts. */
export const commonFlags = {
  debug: toggle({ help: 'where an unexpected error came from' }),
  help: toggle({ short: '?', help: 'this text' }),
} satisfies Flags;

/**
 * Reads arguments by a table of flags. What is behind `--` are operands that may begin with a dash,
 * or with `hasRest` somebody else's arguments.
 * @throws {UsageError}
 */
export function readFlags<F extends Flags>(
  flags: F,
  args: readonly string[],
  { hasRest = false } = {},
): Given<F> {
  const entries = Object.entries(flags);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      entries.map(([name, { short, value }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) } as const,
      ]),
    ),
    // What is wrong is said here, in our words.
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>(entries.map(([name]) => [name, []]));
  const operands: string[] = [];
  let rest: string[] | null = null;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') rest = hasRest ? [] : null;
    else if (token.kind === 'positional') (rest ?? operands).push(token.value);
    else given.get(knownName(flags, token.name, token.rawName))!.push(givenValue(flags, token));
  }
  const values = entries.map(([name, flag]) => [name, flag.read(given.get(name)!, `--${name}`)]);
  return { flags: Object.fromEntries(values) as FlagValues<F>, operands, rest };
}

function knownName(flags: Flags, name: string, written: string): string {
  if (Object.hasOwn(flags, name)) return name;
  // What most people try first.
  if (name === 'h' && Object.hasOwn(flags, 'help')) return 'help';
  const guess = didYouMean(
    written,
    Object.keys(flags).map((known) => `--${known}`),
  );
  throw new UsageError(`unknown option '${written}'${guess}`);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function givenValue(flags: Flags, { name, rawName, value, inlineValue }: OptionToken): string {
  const wanted = flags[name]?.value;
  if (wanted === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value, found '${value}'`);
    return '';
  }
  const isNextFlag = !inlineValue && value !== undefined && /^-./.test(value);
  if (value === undefined || isNextFlag) {
    const found = isNextFlag ? `, found '${value}'` : '';
    throw new UsageError(`${rawName} needs a value (${wanted})${found}`);
  }
  return value;
}

/**
 * The operands by their names: as many as are named, `[NAME]` may be missing.
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

/** The table for the help, without a newline at the end. */
export function describeFlags(flags: Flags, width: number): string {
  const rows = Object.entries(flags).map(([name, { short, value, help }]) => {
    const letter = short === undefined ? '   ' : `-${short},`;
    return [`${letter} --${name}${value === undefined ? '' : ` ${value}`}`, help] as const;
  });
  return columns(rows, width);
}
