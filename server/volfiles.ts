/** Volfiles on disk: read, checked, and their problems shown. */
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { decodeName } from '../runtime/core/bytes.ts';
import { didYouMean } from '../runtime/core/nearest.ts';
import { whyUntrusted } from '../runtime/sys/untrusted-code.ts';
import type { CommandRunner } from '../runtime/volfile/commands.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { printable } from '../runtime/volfile/printable.ts';
import {
  countSeverities,
  formatProblems,
  listProblems,
  VolfileError,
} from '../runtime/volfile/problems.ts';
import { Source, VOLFILE_SIZE_MAX as sizeMax } from '../runtime/volfile/source.ts';
import {
  inspectVolfile,
  type VolfileInspection,
  type VolfileSettings,
} from '../runtime/volfile/volfile.ts';
import { Failure } from '../terminal/exit.ts';
import { readNamedFile, readStandardInput } from '../terminal/named-file.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { refuseStuck } from './stuck.ts';
import { refuseModule } from './volfile-operand.ts';

export interface InspectSettings extends VolfileSettings {
  /** Commands in backticks run. */
  readonly allowShell?: boolean;
}

/** What stands for standard input on the command line, and what that is called in messages. */
export const STDIN = '-';
const STDIN_NAME = '<stdin>';

/** A file of the command line, as it is named in messages. */
export const shownName = (file: string): string => (file === STDIN ? STDIN_NAME : file);

/**
 * What there is to say about a file.
 *
 * @throws {Failure} when it cannot be read
 * @throws {UsageError} when it is a module
 */
export async function inspectFile(
  file: string,
  settings: InspectSettings,
): Promise<VolfileInspection> {
  refuseModule(file);
  await refuseStuck(file);
  const guess = () => neighbour(file);
  const bytes = await readNamedFile(file, { name: `the volfile ${file}`, sizeMax, guess });
  return inspectText(file, decodeName(bytes), settings);
}

/** The same of standard input, whose relative paths start at the current folder. */
export async function inspectInput(settings: InspectSettings): Promise<VolfileInspection> {
  const bytes = await readStandardInput({ name: `the volfile ${STDIN_NAME}`, sizeMax });
  return inspectText(STDIN_NAME, decodeName(bytes), settings);
}

/** The same of a text that is no file. */
export async function inspectText(
  path: string,
  text: string,
  { allowShell = false, ...settings }: InspectSettings,
): Promise<VolfileInspection> {
  const inspectSource = async (source: Source): Promise<VolfileInspection> => {
    await settings.registry?.loadFor?.(source.text);
    return inspectVolfile(source, settings);
  };
  if (!allowShell) return inspectSource(new Source(path, text));
  const { runCommands } = await import('../runtime/volfile/commands.ts');
  try {
    return await inspectSource(await runCommands(path, text, await shell(dirname(path))));
  } catch (error) {
    if (!(error instanceof VolfileError)) throw error;
    return {
      problems: error.problems,
      sources: error.sources,
      volumes: [],
      description: undefined,
    };
  }
}

/** Remarks that others can change a volfile. @throws {Failure} where that is an error */
export function vouchFor(path: string, strict: boolean, remark: (text: string) => void): void {
  const why = whyUntrusted(path, strict);
  if (why === null) return;
  const text = `${printable(path)}: ${why}`;
  if (strict) throw new Failure(text);
  remark(text);
}

/** A file of the same folder whose name is nearly the one given. */
function neighbour(path: string): string {
  try {
    return didYouMean(basename(path), readdirSync(dirname(path)));
  } catch {
    // Without its folder, the file has no neighbours.
    return '';
  }
}

/** Runs commands of a volfile where its relative paths start. Their errors are for the user. */
async function shell(cwd: string): Promise<CommandRunner> {
  const { spawnSync } = await import('node:child_process');
  return (command) => {
    const { status, signal, stdout, error } = spawnSync('sh', ['-c', command], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined) return { status: `did not run: ${error.message}`, stdout: '' };
    return { status: status ?? `was killed by ${signal}`, stdout: decodeName(stdout) };
  };
}

/** The volfile's description; its warnings are shown. @throws {Failure} with every problem */
export function describeOrFail(
  { description, problems, sources }: VolfileInspection,
  terminal: Terminal,
): VolfileDescription {
  const shown = formatProblems(problems, sources, { colour: terminal.colour.err });
  if (description === undefined) throw new Failure(shown, listProblems(problems));
  if (problems.length > 0 && terminal.talk !== 'quiet') terminal.err(shown);
  return description;
}

/** `2 errors, 1 warning`; `no problems`. */
export function countProblems({ problems }: VolfileInspection, colour: boolean): string {
  const counts = countSeverities(problems);
  return (
    counts.map(([severity, words]) => paint(severity, words, colour)).join(', ') ||
    paint('good', 'no problems', colour)
  );
}
