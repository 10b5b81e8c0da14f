/** `glossa fs cp`: copies files and trees into a volume, out of one, and within. */
import { copyTree } from '../../runtime/api/copy.ts';
import { FileError, withErrorContext } from '../../runtime/api/file-error.ts';
import { closeAfter } from '../../runtime/api/open-file.ts';
import { awaitPromise, type Steps } from '../../runtime/api/steps.ts';
import { visitTree } from '../../runtime/api/tree.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { makeWholeFile } from '../../runtime/api/whole-file.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../runtime/core/iatt.ts';
import { O_CREAT, O_EXCL, O_WRONLY } from '../../runtime/core/open-flags.ts';
import { joinPath } from '../../runtime/core/operands.ts';
import { defineCommand } from '../../terminal/command.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import { type FlagValues, stepFlags, toggleFlag } from '../../terminal/flags.ts';
import { rejectOnAbort } from '../../terminal/interruption.ts';
import { ProgressLine } from '../../terminal/progress.ts';
import { formatSize } from '../../terminal/quantities.ts';
import { printStep, type Terminal } from '../../terminal/terminal.ts';
import { writeToOutput } from './cat.ts';
import {
  findLastName,
  formatPathIn,
  OpenVolumes,
  type Operand,
  parseOperand,
  runVolumeCommand,
  type VolumeCommand,
  volumeFlags,
} from './volume-command.ts';

/** The time between two updates of the line. */
const UPDATE_INTERVAL_MS = 100;

/** Amounts that were copied, or are to be copied. */
interface Amount {
  /** Files, directories and links. */
  fileCount: number;
  byteCount: number;
}

/** Counts what a copy has done, and shows it on a terminal; elsewhere, it shows nothing. */
class CopyProgress {
  private readonly line: ProgressLine;
  private readonly startMs = performance.now();
  private readonly timer: NodeJS.Timeout | null;
  private readonly doneAmount: Amount = { fileCount: 0, byteCount: 0 };
  /** The amount of all sources; null until they are counted. */
  private totalAmount: Amount | null = null;

  constructor(terminal: Terminal) {
    this.line = new ProgressLine(terminal);
    this.timer = this.isShown ? setInterval(() => this.show(), UPDATE_INTERVAL_MS).unref() : null;
  }

  private get isShown(): boolean {
    return this.line.isShown;
  }

  /** Counts bytes that were copied. */
  readonly onPiece = (byteCount: number): void => {
    this.doneAmount.byteCount += byteCount;
  };

  /** Counts a file, directory or link that was copied. */
  readonly onDone = (): void => {
    this.doneAmount.fileCount += 1;
  };

  /** Counts the sources while the copy runs; without a terminal, it does nothing. */
  countSources(sources: readonly (readonly [volume: VolumeSteps, path: string])[]): void {
    if (!this.isShown) return;
    const amount: Amount = { fileCount: 0, byteCount: 0 };
    const counts = sources.map(([volume, path]) => volume.run(countTree(volume, path, amount)));
    Promise.all(counts).then(
      () => {
        this.totalAmount = amount;
      },
      () => {
        // The copy meets the same error, and reports it; the line then has no percentage.
      },
    );
  }

  private show(): void {
    const { doneAmount: done, totalAmount: total } = this;
    const elapsedSeconds = (performance.now() - this.startMs) / 1000;
    const speed = `${formatSize(done.byteCount / elapsedSeconds)}/s`;
    if (total === null) {
      this.line.showText(`${done.fileCount} files, ${formatSize(done.byteCount)}  ${speed}`);
      return;
    }
    // Each file adds a byte, so that empty files advance the bar, too.
    this.line.show({
      doneCount: Math.min(done.byteCount + done.fileCount, total.byteCount + total.fileCount),
      totalCount: Math.max(total.byteCount + total.fileCount, 1),
      elapsedSeconds,
      item: `${done.fileCount} of ${total.fileCount} files, ${formatSize(done.byteCount)} of ${formatSize(total.byteCount)}  ${speed}`,
    });
  }

  /** Clears the line before a message is printed; the next update shows it again. */
  clear(): void {
    this.line.clear();
  }

  /** Ends the progress line. */
  end(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.line.clear();
  }
}

/** Adds a file, or a tree of files, to `amount`. */
function* countTree(volume: VolumeSteps, path: string, amount: Amount): Steps<void> {
  const add = ({ iaType, iaSize }: Iatt): void => {
    amount.fileCount += 1;
    if (iaType === IA_IFREG) amount.byteCount += iaSize;
  };
  const top = yield* withErrorContext('stat', path, volume.files.find(path, 'nofollow'));
  if (top.buf.iaType !== IA_IFDIR) return add(top.buf);
  yield* visitTree(
    volume.driver,
    { inode: top.inode, path },
    {
      enter: ({ buf = top.buf }) => void add(buf),
      visit: ({ buf }) => void add(buf),
      // The copy reports the error.
      fail() {},
    },
  );
}

/** Bytes that are written together, by several requests at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Writes standard input into a file, which appears when it is complete. @throws {FileError} */
async function copyStandardInput(
  volume: VolumeSteps,
  { path, text }: Operand,
  { signal }: VolumeCommand,
): Promise<void> {
  const pieces = joinChunks(process.stdin)[Symbol.asyncIterator]();
  function* copy(): Steps<void> {
    const target = yield* withErrorContext(
      'stat',
      text,
      volume.files.findIfExists(path, 'nofollow'),
    );
    const wholeFileSteps = makeWholeFile(volume, path, target?.inode, function* (temporary) {
      const file = yield* volume.files.create(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666);
      yield* closeAfter(file, function* (openFile) {
        for (let offset = 0; ; ) {
          const nextPiece = rejectOnAbort(pieces.next(), signal);
          const piece = yield* awaitPromise(nextPiece);
          if (piece.done === true) return;
          offset += yield* openFile.write(piece.value, offset);
        }
      });
      return file.fd.inode;
    });
    yield* withErrorContext('cp', text, wholeFileSteps);
  }
  try {
    await volume.run(copy());
  } finally {
    // An open standard input would keep the process alive.
    process.stdin.destroy();
  }
}

/** Joins the chunks of a stream until each piece has at least PIECE_BYTES. */
async function* joinChunks(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    byteCount += chunk.length;
    if (byteCount < PIECE_BYTES) continue;
    yield Buffer.concat(chunks);
    chunks = [];
    byteCount = 0;
  }
  if (byteCount > 0) yield Buffer.concat(chunks);
}

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
