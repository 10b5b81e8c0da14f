/**
 * What can be typed behind `glossa`: read from the table of commands, from their usages and flags.
 *
 * A usage is what the help shows: `glossa new python|c NAME [DIR] [options]`. Words in capitals
 * stand for something, others for themselves; `…` may be repeated, and behind `--` stands
 * somebody else's command.
 */
import { type Command, type Commands, subcommandsOf } from '../../terminal/command.ts';
import { type Kind, kinds as kindsOfAll } from '../../terminal/completion-kinds.ts';
import { commonFlags, type Flag } from '../../terminal/flags.ts';

export type Grammar = readonly CommandGrammar[];

export interface CommandGrammar {
  /** Of one word or two. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionGrammar[];
  /** In their order; the last may stand for all behind it. */
  readonly operands: readonly OperandGrammar[];
  /** Whether a command of somebody else's stands behind `--`. */
  readonly hasRest: boolean;
}

export interface OptionGrammar {
  /** Without dashes. */
  readonly name: string;
  readonly short: string | undefined;
  readonly help: string;
  readonly repeats: boolean;
  /** What the help calls its value, and what that can be; null without one. */
  readonly value: { readonly label: string; readonly kind: Kind } | null;
}

export interface OperandGrammar {
  /** As in the usage: `MODULE|VOLFILE`. */
  readonly label: string;
  /** What it can be, in any of the usages. */
  readonly kinds: readonly Kind[];
  readonly repeats: boolean;
}

/** @param types of translators, which `glossa help` explains */
export async function grammarOf(commands: Commands, types: readonly string[]): Promise<Grammar> {
  const topics = { COMMAND: { words: [...commands.keys()] }, TYPE: { words: types } };
  const read = [...commands].map(async ([name, { summary, load }]): Promise<CommandGrammar> => {
    const { default: command } = await load();
    const kinds = { ...kindsOfAll, ...topics, ...command.kinds };
    return {
      ...{ name, summary, hasRest: command.hasRest ?? false },
      options: optionsOf(name, command, kinds),
      operands: withSubcommands(operandsOf(name, command, kinds), subcommandsOf(name, commands)),
    };
  });
  return Promise.all(read);
}

/** The first operand can be the second word of a command. */
function withSubcommands(
  operands: OperandGrammar[],
  subcommands: readonly string[],
): readonly OperandGrammar[] {
  if (subcommands.length === 0) return operands;
  const words = subcommands.map((name) => name.split(' ')[1]!);
  const [first = { label: 'COMMAND', kinds: [], repeats: false }, ...others] = operands;
  return [{ ...first, kinds: together([{ words }, ...first.kinds]) }, ...others];
}

type Kinds = Readonly<Record<string, Kind>>;

function optionsOf(command: string, { flags }: Command, kinds: Kinds): OptionGrammar[] {
  const all: Readonly<Record<string, Flag<unknown>>> = { ...flags, ...commonFlags, ...flags };
  return Object.entries(all).map(([name, { short, help, value, values, repeats = false }]) => {
    const given = values && { words: values, several: repeats };
    const kind = value === undefined ? null : (given ?? kindOf(value, kinds, command));
    return { name, short, help, repeats, value: kind && { label: value!, kind } };
  });
}

function kindOf(word: string, kinds: Kinds, command: string): Kind {
  const kind = kinds[word];
  if (kind === undefined) throw new Error(`${command}: nothing says what ${word} stands for`);
  return kind;
}

/** The places of all usages, one upon the other. */
function operandsOf(name: string, { usage, flags }: Command, kinds: Kinds): OperandGrammar[] {
  const usages = usage
    .filter((line) => line.startsWith(`glossa ${name} `))
    .map((line) => placesOf(line.slice(`glossa ${name} `.length), flags));
  const length = Math.max(0, ...usages.map((places) => places.length));
  return Array.from({ length }, (_, at) => {
    const here = usages.flatMap((places) => places[at] ?? []);
    const words = [...new Set(here.flatMap(({ words }) => words))];
    const found = words.map((word) =>
      word === word.toLowerCase() ? { words: [word] } : kindOf(word, kinds, name),
    );
    return {
      label: words.join('|'),
      kinds: together(found),
      repeats: here.some(({ repeats }) => repeats),
    };
  });
}

/** Words beside words, and endings beside endings. */
function together(found: readonly Kind[]): Kind[] {
  const words = found.flatMap((kind) =>
    typeof kind === 'object' && 'words' in kind ? kind.words : [],
  );
  const files = found.flatMap((kind) =>
    typeof kind === 'object' && 'files' in kind ? kind.files : [],
  );
  return [
    ...(words.length > 0 ? [{ words: [...new Set(words)] }] : []),
    ...(files.length > 0 ? [{ files }] : []),
    ...found.filter(
      (kind) => typeof kind === 'string' || ('files' in kind && kind.files.length === 0),
    ),
  ];
}

interface Place {
  readonly words: readonly string[];
  readonly repeats: boolean;
}

/** The operands of a usage: without its flags, their values, and what is behind `--`. */
function placesOf(usage: string, flags: Command['flags']): Place[] {
  const places: Place[] = [];
  const words = usage.replace('[options]', '').split(' ').filter(Boolean);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!.replace(/^\[|\]$/g, '');
    if (word === '--') break;
    if (word.startsWith('--')) {
      if (flags[word.slice(2)]?.value !== undefined) at++;
      continue;
    }
    places.push({ words: word.replace('…', '').split('|'), repeats: word.endsWith('…') });
  }
  return places;
}
