/** `glossa fs cp`: copies files and trees into a volume, out of one, and within. */
import { copyTree } from '../../runtime/api/copy.ts';
import { FileError, withErrorContext } from '../../runtime/api/file-error.ts';
import type { Steps } from '../../runtime/api/steps.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFDIR } from '../../runtime/core/iatt.ts';
import { joinPath } from '../../runtime/core/operands.ts';
import { defineCommand } from '../../terminal/command.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import { type FlagValues, stepFlags, toggleFlag } from '../../terminal/flags.ts';
import { printStep } from '../../terminal/terminal.ts';
import { writeToOutput } from './cat.ts';
import { CopyProgress } from './copy-progress.ts';
import {
  findLastName,
  formatPathIn,
  OpenVolumes,
  type Operand,
  parseOperand,
  volumeFlags,
} from './operand.ts';
import { copyStandardInput } from './standard-input.ts';
import { runVolumeCommand, type VolumeCommand } from './volume-command.ts';

/** The operand that means standard input or output. */
const STREAM_OPERAND = '-';

const copyFlags = {
  recursive: toggleFlag({ short: 'r', help: 'directories, with all that is in them' }),
  preserve: toggleFlag({ short: 'p', help: 'keep mode, times, and for root owner and group' }),
  archive: toggleFlag({ short: 'a', help: 'the same as -r -p' }),
  'no-clobber': toggleFlag({ short: 'n', help: 'leave files that are there as they are' }),
  ...stepFlags,
  ...volumeFlags,
};

type CopyFlags = FlagValues<typeof copyFlags>;

export default defineCommand({
  usage: ['glossa fs cp FROM… TO [options]'],
  description:
    'Copies FROM to TO, or into the directory TO. One of them at least is VOLFILE:/PATH or HOST:/NAME:/PATH, ' +
    'a file of a volume; the other may be a local path, or - for standard input or output. Many files are ' +
    'copied at a time. A copy has its name only when it is whole: until then it is .NAME. and six random ' +
    'characters in the same directory, also after kill -9. A file that is there is replaced, and keeps ' +
    'mode and owner. With -r, symbolic links are copied as links.',
  flags: copyFlags,
  placeholderKinds: { FROM: { files: [] }, TO: { files: [] } },
  async run({ flags, operands }, terminal) {
    if (operands.length < 2) {
      throw new UsageError(operands.length === 0 ? 'FROM and TO are missing' : 'TO is missing');
    }
    const sources = operands.slice(0, -1);
    const target = operands.at(-1)!;
    const namedOperands = [...sources, target]
      .filter((text) => text !== STREAM_OPERAND)
      .map(parseOperand);
    if (namedOperands.every(({ source }) => source === null))
      throw new UsageError('neither FROM nor TO is VOLFILE:/PATH: cp(1) copies local files');
    if (sources.includes(STREAM_OPERAND) && (sources.length > 1 || target === STREAM_OPERAND))
      throw new UsageError('- is one file, and is copied to one file of a volume');
    const volumes = new OpenVolumes(flags);
    return runVolumeCommand('fs cp', terminal, volumes, async (command) => {
      if (target === STREAM_OPERAND) {
        for (const source of namedOperands) {
          const { steps } = await command.open(source);
          await command.attempt(source, () => writeToOutput(steps, source, command));
        }
        return;
      }
      const targetOperand = namedOperands.at(-1)!;
      const volume = (await command.openUninterrupted(targetOperand)).steps;
      const isDirectory = await volume.run(findIsDirectory(volume, targetOperand));
      if (sources[0] === STREAM_OPERAND) {
        if (isDirectory)
          throw new Failure(`${targetOperand.text}: is a directory: name the file in it`);
        return copyStandardInput(volume, targetOperand, command);
      }
      if (sources.length > 1 && !isDirectory)
        throw new Failure(
          `${targetOperand.text}: is no directory, and there are several files to copy`,
        );
      await copyAll(
        namedOperands.slice(0, -1),
        { operand: targetOperand, volume, isDirectory },
        flags,
        command,
      );
    });
  },
});

/** The file or directory to which the sources are copied. */
interface Target {
  readonly operand: Operand;
  readonly volume: VolumeSteps;
  readonly isDirectory: boolean;
}

/**
 * Returns whether the target is a directory. @throws {FileError} ENOTDIR for a path such as `file/`
 */
function* findIsDirectory({ files }: VolumeSteps, { path }: Operand): Steps<boolean> {
  const file = yield* withErrorContext('stat', path, files.findIfExists(path, 'follow'));
  return file?.buf.iaType === IA_IFDIR;
}

/** Copies all sources, one after the other, and shows the progress. */
async function copyAll(
  sources: readonly Operand[],
  target: Target,
  flags: CopyFlags,
  command: VolumeCommand,
): Promise<void> {
  const progress = new CopyProgress(command.terminal);
  try {
    const sourceLocations: [volume: VolumeSteps, path: string][] = [];
    for (const source of sources)
      sourceLocations.push([(await command.openUninterrupted(source)).steps, source.path]);
    progress.countSources(sourceLocations);
    for (const [index, source] of sources.entries()) {
      // The empty prefix: errors of a copy already have the volume in their paths.
      await command.attempt({ ...source, prefix: '' }, () =>
        copyOperand(source, sourceLocations[index]![0], target, flags, command, progress),
      );
    }
  } finally {
    progress.end();
  }
}

/** Copies a source to the target, or into it if it is a directory. @throws {FileError | Failure} */
async function copyOperand(
  source: Operand,
  from: VolumeSteps,
  { operand, volume: to, isDirectory }: Target,
  flags: CopyFlags,
  command: VolumeCommand,
  progress: CopyProgress,
): Promise<void> {
  const { signal, terminal } = command;
  const isRecursive = flags.recursive || flags.archive;
  const name = findLastName(source.path);
  // The content of a root, and of `.`, is copied into the directory itself.
  const hasName = name !== '' && name !== '.' && name !== '..';
  const targetPath = isDirectory && hasName ? joinPath(operand.path, name) : operand.path;
  const formatTarget = (path: string): string => formatPathIn(operand, path);
  const copy = copyTree({ from, to }, source.path, targetPath, {
    recursive: isRecursive,
    dereference: !isRecursive,
    verbatimSymlinks: true,
    isWhole: true,
    preserve: flags.preserve || flags.archive,
    force: !flags['no-clobber'],
    formatSource: (path) => formatPathIn(source, path),
    formatTarget,
    onFile(path) {
      signal.throwIfAborted();
      if (flags.verbose) {
        progress.clear();
        printStep(`${formatPathIn(source, path)}`, terminal);
      }
    },
    onPiece(byteCount) {
      signal.throwIfAborted();
      progress.onPiece(byteCount);
    },
    onDone: progress.onDone,
    onFailure(error) {
      progress.clear();
      command.report(error);
    },
  });
  try {
    await to.run(copy);
  } catch (error) {
    progress.clear();
    // The code of Node's `cp` for a directory that is copied without `recursive`.
    if (error instanceof FileError && (error.code as string) === 'ERR_FS_EISDIR')
      throw new Failure(`${source.text}: is a directory: use -r`);
    throw error;
  }
}
