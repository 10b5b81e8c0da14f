/**
 * Derives from a command's usages and flags what each word of its command line may be, for
 * candidates.ts.
 *
 * A usage is the help's: `glossa new python|c NAME [DIR] [options]`. Words in capitals are
 * placeholders, others literal; `…` repeats, and another program's command follows `--`.
 */
import type { Command } from '../../terminal/command.ts';
import { type CompletionKind, defaultKinds } from '../../terminal/completion-kinds.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';

/** The kinds that an operand at one position may have, according to all usages. */
export interface OperandPosition {
  readonly kinds: readonly CompletionKind[];
  readonly repeats: boolean;
}

/** The options and operands that a command accepts. */
export interface Grammar {
  /**
   * The help of each option and the kind of its value (null for a flag without value), by `--name`
   * and by `-n`.
   */
  readonly options: ReadonlyMap<
    string,
    { readonly help: string; readonly value: CompletionKind | null }
  >;
  readonly operands: readonly OperandPosition[];
}

/**
 * Derives the grammar of a command.
 * @param topics the kinds of the placeholders COMMAND and TYPE of `glossa help`
 */
export function deriveGrammar(
  name: string,
  { usage, flags, placeholderKinds }: Command,
  topics: Readonly<Record<string, CompletionKind>>,
): Grammar {
  const findKind = (word: string): CompletionKind => {
    const kind =
      word === word.toLowerCase()
        ? { words: [word] }
        : { ...defaultKinds, ...topics, ...placeholderKinds }[word];
    if (kind === undefined) throw new Error(`${name}: ${word} has no completion kind`);
    return kind;
  };
  const allFlags: Flags = { ...flags, ...commonFlags };
  const options = new Map(
    Object.entries(allFlags).flatMap(([long, { short, help, placeholder, values, repeats }]) => {
      const listedKind = values && { words: values, several: repeats === true };
      const option = {
        help,
        value: placeholder === undefined ? null : (listedKind ?? findKind(placeholder)),
      };
      return [`--${long}`, ...(short === undefined ? [] : [`-${short}`])].map(
        (spelling) => [spelling, option] as const,
      );
    }),
  );
  const usages = usage
    .filter((line) => line.startsWith(`glossa ${name} `))
    .map((line) => listOperands(line.slice(`glossa ${name} `.length), options));
  const length = Math.max(0, ...usages.map((usageOperands) => usageOperands.length));
  const operands = Array.from({ length }, (_, position) => {
    const usageWords = usages.flatMap((usageOperands) => usageOperands[position] ?? []);
    // `bash|zsh` is a choice of words.
    const alternatives = usageWords.flatMap((word) => word.replace('…', '').split('|'));
    return {
      kinds: [...new Set(alternatives)].map(findKind),
      repeats: usageWords.some((word) => word.endsWith('…')),
    };
  });
  return { options, operands };
}

/** Lists the operands of a usage, without options, their values, and the part after `--`. */
function listOperands(usage: string, options: Grammar['options']): string[] {
  const [operandPart = ''] = usage.replace('[options]', '').split(/(?:^|[ [])-- /);
  const words = operandPart.split(' ').map((word) => word.replace(/^\[|\]$/g, ''));
  return words.filter((word, index) => {
    const isValue = (options.get(words[index - 1] ?? '')?.value ?? null) !== null;
    return !isValue && /^[^-|]/.test(word);
  });
}
