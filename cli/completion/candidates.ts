/**
 * Finds the candidates for the last word of a command line: the output of `glossa complete --
 * WORDS…`, which the completion scripts of shells call.
 *
 * The first line is `words`, `files` if file names are among the candidates, or `rest N` if word N
 * begins another program's command. Each further line is a candidate, a tab, and its help.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { FS_TYPE, readMounts } from '../../runtime/mount/mountinfo.ts';
import { type Command, type Commands, listSubcommands } from '../../terminal/command.ts';
import { type CompletionKind, defaultKinds } from '../../terminal/completion-kinds.ts';
import { commonFlags, type Flags } from '../../terminal/flags.ts';

/** The kinds that an operand at one position may have, according to all usages. */
interface OperandPosition {
  readonly kinds: readonly CompletionKind[];
  readonly repeats: boolean;
}

/** The options and operands that a command accepts. */
interface Grammar {
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
 * Derives from a command's usages and flags what each word of its command line may be.
 *
 * A usage is the help's: `glossa new python|c NAME [DIR] [options]`. Words in capitals are
 * placeholders, others literal; `…` repeats, and another program's command follows `--`.
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

/** Returns the lines of the output. @param words the words after `glossa`, up to the cursor */
export async function findCandidates(
  words: readonly string[],
  commands: Commands,
): Promise<string[]> {
  const [firstWord = ''] = words;
  if (words.length <= 1 && !firstWord.startsWith('-')) {
    const oneWordCommands = [...commands].filter(([name]) => !name.includes(' '));
    return formatMatches(
      '',
      firstWord,
      oneWordCommands.map(([name, { summary }]) => [name, summary]),
    );
  }
  // `glossa -f VOLFILE MNT` is `glossa mount`.
  const fullWords = firstWord.startsWith('-') ? ['mount', ...words] : [...words];
  const commandWordCount =
    fullWords.length > 2 && commands.has(`${fullWords[0]} ${fullWords[1]}`) ? 2 : 1;
  const name = fullWords.slice(0, commandWordCount).join(' ');
  const entry = commands.get(name);
  if (entry === undefined) return ['words'];
  const { default: command } = await entry.load();
  const topics = name === 'help' ? await getHelpKinds(commands) : {};
  const { options, operands } = deriveGrammar(name, command, topics);
  const position = locateWord(fullWords.slice(commandWordCount), options);
  if (position.role === 'rest') {
    // Counted from the start of the line: the program's name is word 0.
    const restIndex =
      1 + commandWordCount + position.startIndex - (fullWords.length - words.length);
    return [command.passesRest ? `rest ${restIndex}` : 'words'];
  }
  if (position.role === 'option') {
    return formatMatches(
      '',
      position.word,
      [...options].map(([spelling, { help }]) => [spelling, help]),
    );
  }
  if (position.role === 'value')
    return formatCandidates([position.kind], position.prefix, position.word);
  const lastOperand = operands.at(-1);
  const kinds = operands[position.index]?.kinds ?? (lastOperand?.repeats ? lastOperand.kinds : []);
  const subcommands = listSubcommands(name, commands).map((fullName) => fullName.split(' ')[1]!);
  const candidateKinds =
    position.index === 0 && commandWordCount === 1 ? [{ words: subcommands }, ...kinds] : kinds;
  return formatCandidates(candidateKinds, '', position.word);
}

/** Returns the kinds of the placeholders of `glossa help`. */
async function getHelpKinds(commands: Commands): Promise<Record<string, CompletionKind>> {
  const { registry } = await import('../../server/registry.ts');
  return {
    COMMAND: { words: [...commands.keys()] },
    TYPE: { words: [...registry.listTypeNames()] },
  };
}

/**
 * The role of the last word; `word` is the typed text, without a leading `--option=`. A `rest` is
 * another program's command, from the word `startIndex` on.
 */
type WordPosition =
  | { readonly role: 'rest'; readonly startIndex: number }
  | { readonly role: 'option'; readonly word: string }
  | {
      readonly role: 'value';
      readonly kind: CompletionKind;
      readonly prefix: string;
      readonly word: string;
    }
  | { readonly role: 'operand'; readonly index: number; readonly word: string };

/** Determines the role of the last word from the words before it. */
function locateWord(words: readonly string[], options: Grammar['options']): WordPosition {
  const word = words.at(-1)!;
  let operandIndex = 0;
  let expectedKind: CompletionKind | null = null;
  for (const [wordIndex, earlierWord] of words.slice(0, -1).entries()) {
    // bash splits `--option=value` into three words.
    if (expectedKind !== null) expectedKind = earlierWord === '=' ? expectedKind : null;
    else if (earlierWord === '--') return { role: 'rest', startIndex: wordIndex + 1 };
    else if (/^-./.test(earlierWord)) expectedKind = options.get(earlierWord)?.value ?? null;
    else operandIndex += 1;
  }
  if (expectedKind !== null)
    return { role: 'value', kind: expectedKind, prefix: '', word: word.replace(/^=$/, '') };
  const [, prefix, spelling = ''] = /^((--[^=]*)=)/.exec(word) ?? [];
  const kind = options.get(spelling)?.value ?? null;
  if (prefix !== undefined && kind !== null) {
    return { role: 'value', kind, prefix, word: word.slice(prefix.length) };
  }
  return word.startsWith('-')
    ? { role: 'option', word }
    : { role: 'operand', index: operandIndex, word };
}

/**
 * Formats the candidates of some kinds.
 * @param prefix `--option=`, which the shell has in the same word
 */
function formatCandidates(
  kinds: readonly CompletionKind[],
  prefix: string,
  word: string,
): string[] {
  const names = kinds.flatMap((kind) => listNames(kind, word));
  const includesFiles = kinds.some((kind) =>
    typeof kind === 'object' ? 'files' in kind : kind !== 'free',
  );
  return formatMatches(
    includesFiles ? 'files' : '',
    word,
    names.map((name) => [name, '']),
    prefix,
  );
}

/**
 * Formats the rows whose name begins with `word`.
 * @param firstLine the first line of the output; '' means `words`
 * @param rows names with their help
 */
function formatMatches(
  firstLine: string,
  word: string,
  rows: readonly (readonly [string, string])[],
  prefix = '',
): string[] {
  const lines = rows
    .filter(([name]) => name.startsWith(word))
    .map(([name, help]) => prefix + name + (help === '' ? '' : `\t${help.split('\n')[0]}`));
  return [firstLine || 'words', ...new Set(lines)];
}

/** Lists the candidates of a kind, of which some may not begin with `word`. */
function listNames(kind: CompletionKind, word: string): readonly string[] {
  if (kind === 'free') return [];
  if (kind === 'folder') return listFiles(word, null);
  if (kind === 'mount') {
    return readMounts()
      .filter(({ type }) => type === FS_TYPE)
      .map(({ mountpoint }) => mountpoint);
  }
  if ('files' in kind) return listFiles(word, kind.files);
  // A list of words, such as `python,t`: the words before the last comma stay.
  const prefix = kind.several ? word.slice(0, word.lastIndexOf(',') + 1) : '';
  return kind.words.map((candidate) => prefix + candidate);
}

/**
 * Lists folders and files of the typed folder.
 * @param endings the files' endings; an empty list means all files, null means folders only
 */
function listFiles(word: string, endings: readonly string[] | null): string[] {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const showsHidden = word.startsWith('.', folder.length);
  const path = folder.replace(/^~\//, `${homedir()}/`) || '.';
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter(({ name }) => showsHidden || !name.startsWith('.'))
      .flatMap((entry) => {
        if (isFolder(path, entry)) return `${folder}${entry.name}/`;
        const hasEnding =
          endings?.length === 0 || endings?.some((ending) => entry.name.endsWith(ending));
        return hasEnding ? folder + entry.name : [];
      });
  } catch {
    // A missing or unreadable folder has no candidates.
    return [];
  }
}

/** Whether an entry is a folder, or a link to one. */
const isFolder = (path: string, entry: Dirent): boolean =>
  entry.isDirectory() ||
  (entry.isSymbolicLink() &&
    statSync(`${path}/${entry.name}`, { throwIfNoEntry: false })?.isDirectory() === true);
