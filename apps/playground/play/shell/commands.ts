/** Defines the shell's commands; each makes the requests that a mount would make for it. */
import { FileError } from '../../../../runtime/api/file-error.ts';
import { formatMode } from '../../../../runtime/api/format-mode.ts';
import type { Volume } from '../../../../runtime/api/volume.ts';
import { EISDIR, strerror } from '../../../../runtime/core/errno.ts';
import { typeOfMode } from '../../../../runtime/core/iatt.ts';
import { formatTime } from '../../../../runtime/core/log.ts';
import { DIRECTORY_COUNT, makeDirectoryName } from '../../../bench/engine/searches.ts';

/** Thrown for wrong arguments of a command. */
export class UsageError extends Error {
  readonly code = 'GLOSSA_SHELL_USAGE';
}

/** The arguments of a command, and the functions by which it prints and sleeps. */
export interface CommandContext {
  readonly volume: Volume;
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly string[];
  /** Prints a line to standard output. */
  out(text: string): void;
  /** Prints `NAME: text` to standard error, and makes the command fail. */
  err(text: string): void;
  /** Lets milliseconds of virtual time pass. */
  sleep(ms: number): Promise<void>;
}

/** A command of the shell, with its help. */
export interface Command {
  readonly usage: string;
  readonly description: string;
  /** Letters of flags; absent: words with `-` are operands. */
  readonly flags?: string;
  /** The least and the greatest number of operands. */
  readonly operandCounts: readonly [least: number, most: number];
  /** Runs the command. @throws {FileError | UsageError} */
  run(context: CommandContext): Promise<void> | void;
}

/** Returns the text that programs print for an error: `No such file or directory`. */
export const describeFailure = ({ errno }: FileError): string => strerror(-errno);

/** Runs `action` on each path, and prints failures. @returns whether none failed */
async function forEachOperand(
  { err, operands }: CommandContext,
  action: (path: string) => unknown,
  paths = operands,
): Promise<boolean> {
  let hasSucceeded = true;
  for (const path of paths) {
    try {
      await action(path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      err(`${path}: ${describeFailure(error)}`);
      hasSucceeded = false;
    }
  }
  return hasSucceeded;
}

/** Makes a command's `run`, which calls `action` for each operand. */
const makeOperandRunner =
  (action: (operand: string, context: CommandContext) => unknown): Command['run'] =>
  async (context) =>
    void (await forEachOperand(context, (operand) => action(operand, context)));

/** Makes the path of a name in a folder. */
const joinPath = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`;

/**
 * Runs `action` on each source and its target, for commands like `mv SOURCE… TARGET`. If TARGET is
 * a folder, each source's target is its own name in that folder; else there must be one source.
 */
async function forEachTarget(
  context: CommandContext,
  action: (from: string, to: string) => unknown,
): Promise<void> {
  const sources = context.operands.slice(0, -1);
  const to = context.operands.at(-1)!;
  const target = await context.volume.stat(to, { throwIfNoEntry: false });
  const isFolder = target?.isDirectory() === true;
  if (sources.length > 1 && !isFolder) throw new UsageError(`${to}: is no folder`);
  const findBaseName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1)!;
  await forEachOperand(
    context,
    (from) => action(from, isFolder ? joinPath(to, findBaseName(from)) : to),
    sources,
  );
}

/** The names of the file types, separated by commas, in the order of ia_type. */
const FILE_TYPE_NAMES =
  'unknown,regular file,directory,symbolic link,block device,character device,fifo,socket';

/** Formats a time without its fraction of a second. */
const formatDate = (ms: number): string => formatTime(ms).slice(0, 19);

/** Formats a line of `ls -l`. */
async function formatLongLine(volume: Volume, path: string, name: string): Promise<string> {
  const stats = await volume.lstat(path);
  const { nlink, uid, gid, mtimeMs } = stats;
  const size = String(stats.size).padStart(6);
  const target = stats.isSymbolicLink() ? ` -> ${await volume.readlink(path)}` : '';
  return `${formatMode(stats.mode)} ${nlink} ${uid} ${gid} ${size} ${formatDate(mtimeMs)} ${name}${target}`;
}

/** The greatest number of operands of commands that take any number. */
const UNLIMITED = Number.POSITIVE_INFINITY;

/** All commands, by name. */
export const commands: Readonly<Record<string, Command>> = {
  cat: {
    usage: 'cat PATH…',
    description: 'shows what is in files',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner(async (path, { volume, out }) => {
      const text = await volume.readFile(path, 'utf8');
      if (text !== '') out(text.replace(/\n$/, ''));
    }),
  },
  chmod: {
    usage: 'chmod MODE PATH…',
    description: 'changes who may do what, in octal: 640',
    operandCounts: [2, UNLIMITED],
    async run(context) {
      const [mode, ...paths] = context.operands;
      if (!/^[0-7]{1,4}$/.test(mode!)) throw new UsageError(`invalid mode: '${mode}'`);
      await forEachOperand(context, (path) => context.volume.chmod(path, mode!), paths);
    },
  },
  cp: {
    usage: 'cp [-r] PATH… TARGET',
    description: 'copies files; -r also folders and all in them',
    flags: 'r',
    operandCounts: [2, UNLIMITED],
    run: (context) =>
      forEachTarget(context, (from, to) =>
        context.volume.cp(from, to, { recursive: context.flags.has('r') }),
      ),
  },
  echo: {
    usage: 'echo [WORD…] [> PATH | >> PATH]',
    description: 'shows its words; > makes a file of them, >> puts them at the end of one',
    operandCounts: [0, UNLIMITED],
    run: ({ operands, out }) => out(operands.join(' ')),
  },
  help: {
    usage: 'help [COMMAND]',
    description: 'shows the commands, or how one is used',
    operandCounts: [0, 1],
    run({ operands: [name], out, err }) {
      const command =
        name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (command !== undefined) out(`${command.usage}\n${command.description}`);
      else if (name !== undefined) err(`${name}: no such command`);
      else {
        for (const { usage } of Object.values(commands)) out(usage);
        out('Paths begin at /. Commands may be put in a line with ; and && between.');
      }
    },
  },
  ln: {
    usage: 'ln [-s] PATH… TARGET',
    description: 'gives a file another name; -s makes a symbolic link that leads to PATH',
    flags: 's',
    operandCounts: [2, UNLIMITED],
    run: (context) =>
      forEachTarget(context, (from, to) =>
        context.flags.has('s') ? context.volume.symlink(from, to) : context.volume.link(from, to),
      ),
  },
  ls: {
    usage: 'ls [-al] [PATH…]',
    description:
      'lists what is in folders; -l with attributes, -a also names that begin with a dot',
    flags: 'al',
    operandCounts: [0, UNLIMITED],
    async run(context) {
      const { volume, flags, out, operands } = context;
      const paths = operands.length === 0 ? ['/'] : operands;
      const show = async (path: string, name: string): Promise<void> =>
        out(flags.has('l') ? await formatLongLine(volume, path, name) : name);
      const list = async (path: string): Promise<void> => {
        const stats = await (flags.has('l') ? volume.lstat(path) : volume.stat(path));
        if (!stats.isDirectory()) return show(path, path);
        if (paths.length > 1) out(`${path}:`);
        const names = (await volume.readdir(path)).sort();
        const shownNames = flags.has('a')
          ? ['.', '..', ...names]
          : names.filter((name) => name[0] !== '.');
        for (const name of shownNames) await show(joinPath(path, name), name);
      };
      await forEachOperand(context, list, paths);
    },
  },
  mkdir: {
    usage: 'mkdir [-p] PATH…',
    description: 'makes folders; -p also those on the way, and is content with one that is there',
    flags: 'p',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner((path, { volume, flags }) =>
      volume.mkdir(path, { recursive: flags.has('p') }),
    ),
  },
  mv: {
    usage: 'mv PATH… TARGET',
    description: 'renames a file, or moves files into a folder',
    operandCounts: [2, UNLIMITED],
    run: (context) => forEachTarget(context, (from, to) => context.volume.rename(from, to)),
  },
  rm: {
    usage: 'rm [-r] PATH…',
    description: 'removes files; -r also folders and all in them',
    flags: 'r',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner(async function remove(
      path: string,
      context: CommandContext,
    ): Promise<void> {
      const { volume, flags } = context;
      if (!(await volume.lstat(path)).isDirectory()) return volume.unlink(path);
      if (!flags.has('r')) throw new FileError(EISDIR, 'rm', path);
      const innerPaths = (await volume.readdir(path)).sort().map((name) => joinPath(path, name));
      if (await forEachOperand(context, (innerPath) => remove(innerPath, context), innerPaths))
        await volume.rmdir(path);
    }),
  },
  rmdir: {
    usage: 'rmdir PATH…',
    description: 'removes empty folders',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner((path, { volume }) => volume.rmdir(path)),
  },
  search: {
    usage: 'search NAME…',
    description:
      'looks for a name in dir0, dir1 … dir9 until it is found, as a program looks for a file in its ' +
      'include directories: the workload of the translator tutorial',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner(async (name, { volume, out, err }) => {
      for (let directory = 0; directory < DIRECTORY_COUNT; directory += 1) {
        const path = `/${makeDirectoryName(directory)}/${name}`;
        if (await volume.exists(path)) return out(path);
      }
      err(`${name}: not found in any of ${DIRECTORY_COUNT} directories`);
    }),
  },
  sleep: {
    usage: 'sleep SECONDS',
    description: 'lets the time of the graph pass; you wait for nothing',
    operandCounts: [1, 1],
    run({ operands: [seconds], sleep }) {
      if (/^\d+(\.\d+)?$/.test(seconds!)) return sleep(Number(seconds) * 1000);
      throw new UsageError(`invalid time interval '${seconds}'`);
    },
  },
  stat: {
    usage: 'stat PATH…',
    description: 'shows the attributes of a file: its iatt',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner(async (path, { volume, out }) => {
      const stats = await volume.lstat(path);
      const { mode, size, nlink, uid, gid, gfid, mtimeMs, ctimeMs } = stats;
      const octal = (mode & 0o7777).toString(8).padStart(4, '0');
      out(`  File: ${path}`);
      out(`  Size: ${size}  ${FILE_TYPE_NAMES.split(',')[typeOfMode(mode)]}  Links: ${nlink}`);
      out(`Access: (${octal}/${formatMode(mode)})  Uid: ${uid}  Gid: ${gid}`);
      out(`  Gfid: ${gfid}`);
      out(`Modify: ${formatDate(mtimeMs)}`);
      out(`Change: ${formatDate(ctimeMs)}`);
    }),
  },
  touch: {
    usage: 'touch PATH…',
    description: 'makes empty files; of one that is there the times become now',
    operandCounts: [1, UNLIMITED],
    run: makeOperandRunner(async (path, { volume }) =>
      (await volume.exists(path)) ? volume.utimes(path) : volume.writeFile(path, ''),
    ),
  },
};
