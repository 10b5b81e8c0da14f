/**
 * Runs lines of a small shell over a volume. Its commands make requests as programs on a mount do,
 * and print what these programs print.
 */
import { FileError } from '../../../../runtime/api/file-error.ts';
import type { Volume } from '../../../../runtime/api/volume.ts';
import { formatSuggestion } from '../../../../runtime/core/nearest.ts';
import type { OutputPiece } from '../protocol.ts';
import {
  type Command,
  type CommandContext,
  commands,
  describeFailure,
  UsageError,
} from './commands.ts';

/** One command of a line, with the file for its output. */
export interface SimpleCommand {
  readonly words: readonly string[];
  /** The file for the output, after `>` or (`appends`) `>>`; null: the terminal. */
  readonly outputFile: { readonly path: string; readonly appends: boolean } | null;
  /** Whether it runs only if the command before it succeeded: `&&`. */
  readonly ifSucceeded: boolean;
}

/**
 * Parses a shell line into commands: words with POSIX quotes, `>` and `>>`, `;` and `&&`, and
 * comments. It expands neither variables nor patterns.
 *
 *   echo 'two words' > "a file"; cat a\ file   # and so on
 */
class LineSyntaxError extends Error {
  readonly code = 'GLOSSA_SHELL';
}

/** A word without its quotes, or one of the operators `;`, `&&`, `>` and `>>`. */
type Token = { readonly word: string } | { readonly operator: string };

/** Matches blanks, a comment, an operator (group 1), or a word with its quotes (group 2). */
const TOKEN_PATTERN =
  /\s+|#.*|(&&|>>|>|;)|((?:[^\s&>;|<`'"\\]|\\.|\\$|'[^']*'|"(?:\\.|[^"\\])*")+)/sy;

/** Matches what a backslash escapes between double quotes. */
const ESCAPED_IN_QUOTES = /\\(["\\$`])/g;

/** Removes a word's quotes and backslashes. */
const unquote = (word: string): string =>
  word.replace(
    /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs,
    (_, bare?: string, single?: string, double?: string) =>
      bare ?? single ?? double!.replace(ESCAPED_IN_QUOTES, '$1'),
  );

/** Splits a line into words and operators. @throws {LineSyntaxError} */
function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  for (let position = 0; position < line.length; position = TOKEN_PATTERN.lastIndex) {
    TOKEN_PATTERN.lastIndex = position;
    const match = TOKEN_PATTERN.exec(line);
    const character = line[position]!;
    if (match === null) {
      throw new LineSyntaxError(
        `'"`.includes(character)
          ? `unexpected end of line while looking for matching ${character}`
          : `this shell has no '${character}': help lists its commands`,
      );
    }
    const [, operator, word] = match;
    if (operator !== undefined) tokens.push({ operator });
    if (word !== undefined) tokens.push({ word: unquote(word) });
  }
  return tokens;
}

/** Makes the error for an unexpected token. @param token undefined: the end of the line */
const makeTokenError = (token: Token | undefined): LineSyntaxError => {
  const tokenText = token === undefined ? 'newline' : 'word' in token ? token.word : token.operator;
  return new LineSyntaxError(`syntax error near unexpected token '${tokenText}'`);
};

/** Parses a line. @throws {LineSyntaxError} */
export function parseLine(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  const remaining = tokenize(line);
  let ifSucceeded = false;
  while (remaining.length > 0) {
    const words: string[] = [];
    let outputFile: SimpleCommand['outputFile'] = null;
    let endToken: Token | undefined;
    while (remaining.length > 0 && endToken === undefined) {
      const token = remaining.shift()!;
      if ('word' in token) words.push(token.word);
      else if (token.operator[0] !== '>') endToken = token;
      else {
        const path = remaining.shift();
        if (path === undefined || !('word' in path)) throw makeTokenError(path);
        outputFile = { path: path.word, appends: token.operator === '>>' };
      }
    }
    if (words.length === 0) throw makeTokenError(endToken);
    commands.push({ words, outputFile, ifSucceeded });
    ifSucceeded = endToken !== undefined && 'operator' in endToken && endToken.operator === '&&';
    if (ifSucceeded && remaining.length === 0) throw makeTokenError(undefined);
  }
  return commands;
}

/** Matches words that need no quotes. */
const PLAIN_WORD_PATTERN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for typing, if necessary. */
export const quoteWord = (word: string): string =>
  PLAIN_WORD_PATTERN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Exit statuses, as POSIX shells and programs have them. */
const STATUS_OK = 0;
const STATUS_FAILED = 1;
const STATUS_USAGE = 2;
const STATUS_NOT_FOUND = 127;

/** The outcome of a shell line. */
export interface ShellResult {
  /** The pieces of output, in order. */
  readonly output: readonly OutputPiece[];
  /** Exit status: 0 for success. */
  readonly status: number;
}

/** Joins all pieces of output, as a terminal shows them. */
export const joinOutput = (output: readonly OutputPiece[]): string =>
  output.map(({ text }) => text).join('\n');

const commandNames = Object.keys(commands);

/** Parses a command's words into flags and operands. @throws {UsageError} */
function parseArguments(
  { flags: flagLetters, operandCounts: [minCount, maxCount] }: Command,
  words: readonly string[],
): Pick<CommandContext, 'flags' | 'operands'> {
  const flags = new Set<string>();
  const operands: string[] = [];
  let areFlagsOver = flagLetters === undefined;
  for (const word of words) {
    if (areFlagsOver || !/^-./.test(word)) operands.push(word);
    else if (word === '--') areFlagsOver = true;
    else {
      for (const letter of word.slice(1)) {
        if (!flagLetters!.includes(letter)) throw new UsageError(`invalid option -- '${letter}'`);
        flags.add(letter);
      }
    }
  }
  if (operands.length < minCount) throw new UsageError('missing operand');
  if (operands.length > maxCount) throw new UsageError(`extra operand '${operands[maxCount]}'`);
  return { flags, operands };
}

/** The receivers of a command's standard output and standard error. */
type Streams = Readonly<Record<'out' | 'err', (text: string) => void>>;

/** A shell over one volume. */
export class Shell {
  private readonly volume: Volume;
  private readonly sleep: CommandContext['sleep'];

  constructor(volume: Volume, sleep: CommandContext['sleep']) {
    this.volume = volume;
    this.sleep = sleep;
  }

  /**
   * Runs a line. A command's error is not thrown: the output has its message, and the status is
   * above 0.
   */
  async run(line: string): Promise<ShellResult> {
    const output: OutputPiece[] = [];
    const streams: Streams = {
      out: (text) => void output.push({ text, isError: false }),
      err: (text) => void output.push({ text, isError: true }),
    };
    let status = STATUS_OK;
    try {
      for (const command of parseLine(line)) {
        if (command.ifSucceeded && status !== STATUS_OK) continue;
        status = await this.runSimpleCommand(command, streams);
      }
    } catch (error) {
      if (!(error instanceof LineSyntaxError)) throw error;
      streams.err(error.message);
      status = STATUS_USAGE;
    }
    return { output, status };
  }

  /** Runs a command, and writes its output to a file after `>` or `>>`. @returns its status */
  private async runSimpleCommand(
    { words, outputFile }: SimpleCommand,
    streams: Streams,
  ): Promise<number> {
    const capturedLines: string[] = [];
    const out =
      outputFile === null
        ? streams.out
        : (text: string): void => void capturedLines.push(`${text}\n`);
    const status = await this.execute(words, { ...streams, out });
    if (outputFile === null) return status;
    try {
      const flag = outputFile.appends ? 'a' : 'w';
      await this.volume.writeFile(outputFile.path, capturedLines.join(''), { flag });
      return status;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      streams.err(`${outputFile.path}: ${describeFailure(error)}`);
      return STATUS_FAILED;
    }
  }

  /** Runs the command that the first word names. @returns its status */
  private async execute(
    [name = '', ...words]: readonly string[],
    { out, err: printError }: Streams,
  ): Promise<number> {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const hint = name === 'cd' ? ': paths begin at /' : formatSuggestion(name, commandNames);
      printError(`${name}: command not found${hint}`);
      return STATUS_NOT_FOUND;
    }
    let status = STATUS_OK;
    const err = (text: string): void => {
      printError(`${name}: ${text}`);
      status = STATUS_FAILED;
    };
    try {
      const { volume, sleep } = this;
      await command.run({ ...parseArguments(command, words), volume, out, err, sleep });
    } catch (error) {
      if (error instanceof FileError) err(describeFailure(error));
      else if (error instanceof UsageError) {
        err(error.message);
        printError(`usage: ${command.usage}`);
        status = STATUS_USAGE;
      } else throw error;
    }
    return status;
  }

  /** Completes the last word of a line: commands or paths. */
  async complete(line: string): Promise<readonly string[]> {
    const words = parseLastWords(line);
    const word = words.pop();
    if (word === undefined) return [];
    const isName = words.length === 0 || words[0] === 'help';
    if (isName) return commandNames.filter((name) => name.startsWith(word));
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    try {
      const entries = await this.volume.readdir(folder || '/', { withFileTypes: true });
      return entries
        .filter(({ name }) => name.startsWith(word.slice(folder.length)))
        .map((entry) => quoteWord(`${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`))
        .sort();
    } catch (error) {
      if (error instanceof FileError) return [];
      throw error;
    }
  }
}

/** Appended to a line before it is parsed, so that even an empty last word is a word. */
const END_MARK = '\u0001';

/**
 * Returns the words of the last command; the last word may be empty. Returns `['>', path]` if the
 * line ends with a path after `>`, and no words if it cannot be parsed.
 */
function parseLastWords(line: string): string[] {
  try {
    const { words = [], outputFile } = parseLine(`${line}${END_MARK}`).at(-1) ?? {};
    const allWords = outputFile?.path.endsWith(END_MARK) ? ['>', outputFile.path] : [...words];
    const last = allWords.pop() ?? '';
    return last.endsWith(END_MARK) ? [...allWords, last.slice(0, -END_MARK.length)] : [];
  } catch (error) {
    if (error instanceof LineSyntaxError) return [];
    throw error;
  }
}
