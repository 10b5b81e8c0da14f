/**
 * A small shell over a graph. It is no program of its own: each command makes requests through a
 * `Driver`, as programs on a mount make them, and says what a program would say.
 */
import { type Driver, FopError } from '../../../../runtime/api/driver.ts';
import { Files } from '../../../../runtime/api/files.ts';
import { strerror } from '../../../../runtime/core/errno.ts';
import { IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import { didYouMean } from '../../../../runtime/core/nearest.ts';
import { type Command, commands, type Given, UsageError } from './commands.ts';
import { LineSyntaxError, parseLine, quoteWord, type SimpleCommand } from './words.ts';

/** Statuses, as programs end with them. */
const OK = 0;
const FAILED = 1;
const USAGE = 2;
const NOT_FOUND = 127;

/** One piece of a command's output, without the end of its last line. */
export interface Written {
  readonly text: string;
  /** Written to standard error. */
  readonly isError: boolean;
}

export interface ShellResult {
  /** In the order in which it was written. */
  readonly output: readonly Written[];
  readonly status: number;
}

/** All that was written, as a terminal shows it. */
export const textOf = (output: readonly Written[]): string =>
  output.map(({ text }) => text).join('\n');

const commandNames = Object.keys(commands);

/** Flags and operands of a command's words. @throws {UsageError} */
function given(
  { flags: known, takes: [least, most] }: Command,
  words: readonly string[],
): Pick<Given, 'flags' | 'operands'> {
  const flags = new Set<string>();
  const operands: string[] = [];
  let flagsEnd = known === undefined;
  for (const word of words) {
    if (flagsEnd || !/^-./.test(word)) operands.push(word);
    else if (word === '--') flagsEnd = true;
    else {
      for (const letter of word.slice(1)) {
        if (!known!.includes(letter)) throw new UsageError(`invalid option -- '${letter}'`);
        flags.add(letter);
      }
    }
  }
  if (operands.length < least) throw new UsageError('missing operand');
  if (operands.length > most) throw new UsageError(`extra operand '${operands[most]}'`);
  return { flags, operands };
}

/** The receivers of a command's standard output and standard error. */
type Streams = Readonly<Record<'out' | 'err', (text: string) => void>>;

export class Shell {
  private readonly files: Files;
  private readonly sleep: Given['sleep'];

  constructor(driver: Driver, sleep: Given['sleep']) {
    this.files = new Files(driver, { asKernel: true, umask: 0o022 });
    this.sleep = sleep;
  }

  /** Carries a line out; it fails by its status alone. */
  async run(line: string): Promise<ShellResult> {
    const output: Written[] = [];
    const shown: Streams = {
      out: (text) => void output.push({ text, isError: false }),
      err: (text) => void output.push({ text, isError: true }),
    };
    let status = OK;
    try {
      for (const command of parseLine(line)) {
        if (command.ifSucceeded && status !== OK) continue;
        status = await this.runOne(command, shown);
      }
    } catch (error) {
      if (!(error instanceof LineSyntaxError)) throw error;
      shown.err(error.message);
      status = USAGE;
    }
    return { output, status };
  }

  private async runOne({ words, to }: SimpleCommand, shown: Streams): Promise<number> {
    const kept: string[] = [];
    const out = to === null ? shown.out : (text: string): void => void kept.push(`${text}\n`);
    const status = await this.carryOut(words, { ...shown, out });
    if (to === null) return status;
    try {
      const data = new TextEncoder().encode(kept.join(''));
      await this.files.writeFile(to.path, data, { append: to.appends });
      return status;
    } catch (error) {
      if (!(error instanceof FopError)) throw error;
      shown.err(`${to.path}: ${strerror(error.errno)}`);
      return FAILED;
    }
  }

  private async carryOut(
    [name = '', ...words]: readonly string[],
    { out, err: tell }: Streams,
  ): Promise<number> {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const instead = name === 'cd' ? ': paths begin at /' : didYouMean(name, commandNames);
      tell(`${name}: command not found${instead}`);
      return NOT_FOUND;
    }
    let status = OK;
    const err = (text: string): void => {
      tell(`${name}: ${text}`);
      status = FAILED;
    };
    try {
      const { files, sleep } = this;
      await command.run({ ...given(command, words), files, out, err, sleep });
    } catch (error) {
      if (error instanceof FopError) err(strerror(error.errno));
      else if (error instanceof UsageError) {
        err(error.message);
        tell(`usage: ${command.usage}`);
        status = USAGE;
      } else throw error;
    }
    return status;
  }

  /** Whole words that may stand where the last one of a line is: commands, paths. */
  async complete(line: string): Promise<readonly string[]> {
    const words = lastWords(line);
    const word = words.pop();
    if (word === undefined) return [];
    const isName = words.length === 0 || words[0] === 'help';
    if (isName) return commandNames.filter((name) => name.startsWith(word));
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    const { files } = this;
    try {
      const found: string[] = [];
      for (const name of await files.list(folder || '/')) {
        if (!name.startsWith(word.slice(folder.length))) continue;
        const { buf } = await files.lookup(`${folder}/${name}`);
        found.push(quoteWord(`${folder}${name}${buf.iaType === IA_IFDIR ? '/' : ''}`));
      }
      return found;
    } catch (error) {
      if (error instanceof FopError) return [];
      throw error;
    }
  }
}

/** A mark that is no blank, so that a word ends here and an empty one is there. */
const MARK = '\u0001';

/** The words of the command that is being typed, the last of which may be empty; none where it is no command. */
function lastWords(line: string): string[] {
  try {
    const { words = [], to } = parseLine(`${line}${MARK}`).at(-1) ?? {};
    const marked = to?.path.endsWith(MARK) ? ['>', to.path] : [...words];
    const last = marked.pop() ?? '';
    return last.endsWith(MARK) ? [...marked, last.slice(0, -MARK.length)] : [];
  } catch (error) {
    if (error instanceof LineSyntaxError) return [];
    throw error;
  }
}
