/**
 * A small shell over a graph. It is no program of its own: each command makes requests through a
 * `Driver`, as programs on a mount make them, and says what a program would say.
 */
import { type Driver, FopError } from '../../../../runtime/api/driver.ts';
import { Files } from '../../../../runtime/api/files.ts';
import { strerror } from '../../../../runtime/core/errno.ts';
import { didYouMean } from '../../../../runtime/core/nearest.ts';
import { changing } from './change.ts';
import { type Command, FAILED, type Given, MANY, OK, USAGE, UsageError } from './command.ts';
import { looking } from './look.ts';
import { USERS, userNumber } from './users.ts';
import { LineSyntaxError, parseLine, type SimpleCommand } from './words.ts';

/** The file operations of the shell's programs. */
export const filesOf = (driver: Driver): Files =>
  new Files(driver, { asKernel: true, umask: 0o022 });

/** A command that does not exist, as shells say it. */
const NOT_FOUND = 127;
const AS_USAGE = 'as USER COMMAND…';

export interface ShellSettings {
  /** Who asks the graph for a user. */
  driverFor(uid: number): Driver;
  sleep(ms: number): Promise<void>;
}

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

const SECONDS = /^\d+(\.\d+)?$/;

const sleep: Command = {
  usage: 'sleep SECONDS',
  does: 'lets the time of the graph pass; you wait for nothing',
  takes: [1, 1],
  async run({ operands: [seconds], sleep: pass }) {
    if (!SECONDS.test(seconds!)) throw new UsageError(`invalid time interval '${seconds}'`);
    await pass(Number(seconds) * 1000);
    return OK;
  },
};

const help: Command = {
  usage: 'help [COMMAND]',
  does: 'shows the commands, or how one is used',
  takes: [0, 1],
  async run({ operands: [name], out, err }) {
    const one = name === undefined ? undefined : usages[name];
    if (name === undefined) {
      for (const [usage] of Object.values(usages)) out(usage);
      out('Paths begin at /. Commands may be put in a line with ; and && between.');
    } else if (one === undefined) {
      err(`${name}: no such command`);
      return FAILED;
    } else out(`${one[0]}\n${one[1]}`);
    return OK;
  },
};

const commands: Readonly<Record<string, Command>> = { ...looking, ...changing, help, sleep };

const as: readonly [string, string] = [
  AS_USAGE,
  `does it as another user: ${Object.keys(USERS).join(', ')}, or a number`,
];

const usages: Readonly<Record<string, readonly [usage: string, does: string]>> = Object.fromEntries(
  Object.entries({
    ...Object.fromEntries(
      Object.entries(commands).map(([name, { usage, does }]) => [name, [usage, does] as const]),
    ),
    as,
  }).sort(([a], [b]) => (a < b ? -1 : 1)),
);

export const commandNames: readonly string[] = Object.keys(usages);

/** Flags and operands of a command's words. @throws {UsageError} */
function given(command: Command, words: readonly string[]): Pick<Given, 'flags' | 'operands'> {
  const flags = new Set<string>();
  const operands: string[] = [];
  const known = command.flags;
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
  const [least, most] = command.takes;
  if (operands.length < least) throw new UsageError('missing operand');
  if (most !== MANY && operands.length > most) {
    throw new UsageError(`extra operand '${operands[most]}'`);
  }
  return { flags, operands };
}

/** The receivers of a command's standard output and standard error. */
type Streams = Readonly<Record<'out' | 'err', (text: string) => void>>;

export class Shell {
  private readonly settings: ShellSettings;

  constructor(settings: ShellSettings) {
    this.settings = settings;
  }

  /** Carries a line out; it fails by its status alone. */
  async run(line: string, uid: number): Promise<ShellResult> {
    const output: Written[] = [];
    const shown: Streams = {
      out: (text) => void output.push({ text, isError: false }),
      err: (text) => void output.push({ text, isError: true }),
    };
    let status = OK;
    try {
      for (const command of parseLine(line)) {
        if (command.ifSucceeded && status !== OK) continue;
        status = await this.runOne(command, uid, shown);
      }
    } catch (error) {
      if (!(error instanceof LineSyntaxError)) throw error;
      shown.err(error.message);
      status = USAGE;
    }
    return { output, status };
  }

  private async runOne({ words, to }: SimpleCommand, uid: number, shown: Streams): Promise<number> {
    const kept: string[] = [];
    const who = asWhom(words, uid);
    if ('wrong' in who) {
      shown.err(who.wrong);
      return USAGE;
    }
    const files = filesOf(this.settings.driverFor(who.uid));
    const out = to === null ? shown.out : (text: string): void => void kept.push(text);
    const status = await this.carryOut(who.words, files, { out, err: shown.err });
    if (to === null) return status;
    const data = new TextEncoder().encode(kept.map((text) => `${text}\n`).join(''));
    try {
      await files.writeFile(to.path, data, { append: to.appends });
    } catch (error) {
      if (!(error instanceof FopError)) throw error;
      shown.err(`${to.path}: ${strerror(error.errno)}`);
      return FAILED;
    }
    return status;
  }

  private async carryOut(
    [name, ...words]: readonly [string, ...string[]],
    files: Files,
    streams: Streams,
  ): Promise<number> {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const instead = name === 'cd' ? ': paths begin at /' : didYouMean(name, commandNames);
      streams.err(`${name}: command not found${instead}`);
      return NOT_FOUND;
    }
    const err = (text: string): void => streams.err(`${name}: ${text}`);
    try {
      return await command.run({
        ...given(command, words),
        name,
        files,
        out: streams.out,
        err,
        sleep: this.settings.sleep,
      });
    } catch (error) {
      if (error instanceof FopError) {
        err(strerror(error.errno));
        return FAILED;
      }
      if (!(error instanceof UsageError)) throw error;
      err(error.message);
      streams.err(`usage: ${command.usage}`);
      return USAGE;
    }
  }
}

type Whom =
  | { readonly uid: number; readonly words: readonly [string, ...string[]] }
  | { readonly wrong: string };

/** `as USER` may stand before a command. */
function asWhom(words: readonly string[], uid: number): Whom {
  const [name, user, ...rest] = words as readonly [string, ...string[]];
  if (name !== 'as') return { uid, words: [name, ...words.slice(1)] };
  if (user === undefined || rest.length === 0) {
    return { wrong: `as: missing operand\nusage: ${AS_USAGE}` };
  }
  const number = userNumber(user);
  if (number === undefined)
    return { wrong: `as: ${user}: no such user${didYouMean(user, Object.keys(USERS))}` };
  return asWhom(rest, number);
}
