/** `glossa trace`: shows the requests of a command in a graph, as strace shows system calls. */
import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  chooseView,
  generatePerfetto,
  generateViewLines,
  readViewData,
  type View,
  ViewFile,
  viewFlags,
} from '../apps/trace/recording-views.ts';
import { filterFlags, formatFilter, limitFlags, parseFilter } from '../apps/trace/trace-flags.ts';
import { optionTypes } from '../runtime/core/option-types.ts';
import { DEFAULT_RECORDING_BYTES } from '../runtime/observe/node/recording-file.ts';
import { openRecording, type Recording } from '../runtime/observe/reader.ts';
import { RecordingError } from '../runtime/observe/recording-bytes.ts';
import type { RecordingOptions } from '../server/graph-recording.ts';
import { makeScratch } from '../server/scratch-folders.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { type FlagValues, sizeFlag, takeOperands, textFlag } from '../terminal/flags.ts';
import { readNamedFile } from '../terminal/named-file.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { serverFlags } from './mount.ts';
import { runInMount, takeMount, takeVolfileAndCommand } from './temporary-mount.ts';

/** An opened recording, with the bytes of its file. */
interface RecordingFile {
  readonly recording: Recording;
  readonly bytes: Uint8Array;
}

/**
 * Opens a recording that the user named, for `glossa trace --read` and tests, and declares the flag
 * with which it is bounded when it is written.
 */
const recordingSizeFlag = sizeFlag({
  placeholder: 'SIZE',
  help: `the size at which the recording ends (${optionTypes.sizet.print(DEFAULT_RECORDING_BYTES)}); 0: none`,
});

/** Reads and opens a recording. @throws {Failure} if it is unreadable, or no recording */
async function openRecordingFile(file: string): Promise<RecordingFile> {
  const bytes = await readNamedFile(file, { name: `the recording ${file}` });
  try {
    return { bytes, recording: openRecording(bytes) };
  } catch (error) {
    if (error instanceof RecordingError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

/** The default of --data-max: the bytes recorded of the data of each read or write. */
const DEFAULT_DATA_MAX = 32;

const fileFlags = {
  output: textFlag({
    short: 'o',
    placeholder: 'FILE',
    help: 'keep the recording, and show nothing',
  }),
  'file-size': recordingSizeFlag,
  read: textFlag({ placeholder: 'FILE', help: 'show a recording' }),
};
const traceFlags = { ...viewFlags, ...fileFlags, ...filterFlags, ...limitFlags, ...serverFlags };
type TraceFlags = FlagValues<typeof traceFlags>;

export default defineCommand({
  usage: [
    'glossa trace VOLFILE [options] -- COMMAND [ARGUMENTS]',
    'glossa trace MNT|BRICK [options]',
    'glossa trace --read FILE [--summary | --html PAGE | --perfetto JSON]',
  ],
  description:
    'Runs COMMAND in a mount of what VOLFILE describes, as glossa run does, and then shows on ' +
    'standard error what its requests met: a tree for each, with a line for every volume that it ' +
    'arrived at, its answer, how long that took, and who gave it. Of the mount MNT, or of BRICK, it shows this on ' +
    'standard output as requests end, until Ctrl-C or SIGTERM; root and the user who started it may. A request has to match every flag; ' +
    'of several volumes, fops, paths, processes, users or errnos, one is enough.',
  flags: traceFlags,
  passesRest: true,
  async run({ flags, operands, rest }, terminal) {
    const view = chooseView(flags);
    if (flags.read !== undefined)
      return showRecording(flags.read, view, flags, operands, rest, terminal);
    if (flags.output !== undefined && view.kind !== 'tree') {
      throw new UsageError(`use either --output or --${view.kind}, not both`);
    }
    if (rest === null) return traceMount(flags, view, operands, terminal);
    const task = {
      commandName: 'trace' as const,
      ...takeVolfileAndCommand(operands, rest),
      flags: selectServerFlags(flags),
    };
    const recordingOptions = readRecordingOptions(flags);
    if (flags.output !== undefined) {
      return runInMount(
        { ...task, recordRequest: { ...recordingOptions, file: resolve(flags.output) } },
        terminal,
      );
    }
    const viewOutput = { view, baseDir: dirname(resolve(task.volfile)), stream: 'err' } as const;
    return recordAndShow(viewOutput, terminal, (file) =>
      runInMount({ ...task, recordRequest: { ...recordingOptions, file } }, terminal),
    );
  },
});

/** A view of a recording (tree, summary, page …), and the stream on which it is printed. */
interface ViewOutput {
  readonly view: View;
  /** The folder from which relative paths of modules start. */
  readonly baseDir: string;
  readonly stream: 'out' | 'err';
}

/** Records into a temporary file, and shows it even after a failure; resolves to the exit status. */
async function recordAndShow(
  viewOutput: ViewOutput,
  terminal: Terminal,
  record: (file: string) => Promise<number>,
): Promise<number> {
  const folder = makeScratch('trace-recording');
  const file = join(folder, 'recording');
  try {
    const { view } = viewOutput;
    const viewFile = view.file === undefined ? null : new ViewFile(view.file);
    try {
      return await record(file);
    } finally {
      // A server that failed before it recorded has printed the reason.
      if (!existsSync(file)) viewFile?.discard();
      else
        await printRecording(
          { ...(await openRecordingFile(file)), ...viewOutput, viewFile },
          terminal,
        );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Traces a running mount or brick until Ctrl-C; resolves to the exit status. */
async function traceMount(
  flags: TraceFlags,
  view: View,
  operands: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const operand = await takeMount(operands, selectServerFlags(flags));
  const recordingOptions = readRecordingOptions(flags);
  const { showLive, recordLive } = await import('../apps/trace/show-live.ts');
  if (flags.output !== undefined) {
    return recordLive(operand, { ...recordingOptions, file: resolve(flags.output) }, terminal);
  }
  const isLive = view.requests === null && (view.kind === 'tree' || view.kind === 'summary');
  if (isLive) return showLive(operand, recordingOptions, flags.summary, terminal);
  // The other views need the whole recording.
  return recordAndShow({ view, baseDir: process.cwd(), stream: 'out' }, terminal, (file) =>
    recordLive(operand, { ...recordingOptions, file }, terminal),
  );
}

/** Selects the flags that are passed to the server. */
const selectServerFlags = (flags: TraceFlags): FlagValues<typeof serverFlags> =>
  Object.fromEntries(
    Object.entries(flags).filter(([name]) => Object.hasOwn(serverFlags, name)),
  ) as never;

const readRecordingOptions = (flags: TraceFlags): RecordingOptions => ({
  filter: parseFilter(flags),
  filterText: formatFilter(flags),
  dataMax: flags['data-max'] ?? DEFAULT_DATA_MAX,
  redact: flags.redact,
  fileBytes: flags['file-size'],
});

/** Shows the recording of --read; resolves to the exit status. @throws {UsageError | Failure} */
async function showRecording(
  file: string,
  view: View,
  flags: TraceFlags,
  operands: readonly string[],
  rest: readonly string[] | null,
  terminal: Terminal,
): Promise<number> {
  takeOperands(operands, []);
  const filter = formatFilter(flags);
  if (rest !== null || flags.output !== undefined || filter !== null) {
    const conflict = filter ?? (rest === null ? '--output' : 'COMMAND');
    throw new UsageError(`--read shows what was recorded: ${conflict} is for recording`);
  }
  if (view.file !== undefined && resolve(view.file) === resolve(file)) {
    throw new UsageError(`--${view.kind} would overwrite the recording`);
  }
  const recordingFile = await openRecordingFile(file);
  const viewFile = view.file === undefined ? null : new ViewFile(view.file);
  await printRecording(
    { ...recordingFile, view, viewFile, baseDir: process.cwd(), stream: 'out' },
    terminal,
  );
  return EXIT_OK;
}

/** A recording, and the way to show it. */
interface RecordingView extends RecordingFile, ViewOutput {
  /** The output file; null for a view on the terminal. */
  readonly viewFile: ViewFile | null;
}

/** Shows a recording, and reports its damaged parts on standard error. */
async function printRecording(
  { recording, bytes, view, viewFile, baseDir, stream }: RecordingView,
  terminal: Terminal,
): Promise<void> {
  if (view.kind === 'html') {
    // Loaded here, as only a page needs the search for modules.
    const { generatePage } = await import('../apps/trace/recording-page.ts');
    viewFile!.write(generatePage(recording.head, bytes, baseDir));
  } else {
    const requests = await readViewData(recording, view);
    if (viewFile !== null) viewFile.write(generatePerfetto(requests, recording));
    else {
      const colour = terminal.colour[stream];
      for (const line of generateViewLines(view, requests, recording, colour))
        terminal[stream](line);
    }
  }
  if (!recording.closed) terminal.err('the recording was not ended: it was cut off, or goes on');
  for (const problem of recording.problems) terminal.err(problem);
}
