/**
 * Commands in backticks. They run only when the caller asks for it with `runCommands`; otherwise
 * each is an error at its place.
 *
 * As in GlusterFS, a command's output replaces it in the text before that is parsed, so it may be
 * part of a word, several words or whole statements, and the newline at its end does not count.
 * A command that fails makes the volfile unusable. Unlike GlusterFS, a command in a comment does
 * not run, only a newline is taken off the output, and nothing runs when a backtick is left over.
 */
import { Problems, VolfileError } from './problems.ts';
import { type Replacement, Source } from './source.ts';
import { parse } from './volfile.gen.js';

export interface CommandResult {
  /** The exit status, or why there is none ("killed by SIGKILL"). */
  readonly status: number | string;
  readonly stdout: string;
}

/** Runs a command with `sh -c`, or however the caller sees fit. */
export type CommandRunner = (command: string) => CommandResult | Promise<CommandResult>;

/**
 * The volfile with its commands replaced; they run one after another, in the order of the file.
 * @throws {VolfileError} when one fails, with all that failed.
 */
export async function runCommands(file: string, text: string, run: CommandRunner): Promise<Source> {
  const written = new Source(file, text);
  const words = parse(text).flatMap((statement) => statement.words);
  const problems = new Problems();
  for (const { kind, start, end } of words.flatMap(({ flaws }) => flaws)) {
    if (kind === 'unterminated-command') problems.add(kind, written.place(start, end), []);
  }
  const replacements: Replacement[] = [];
  const commands = problems.hasErrors ? [] : words.flatMap((word) => word.commands);
  for (const { text: quoted, start, end } of commands) {
    const { status, stdout } = await run(quoted.slice(1, -1));
    if (status === 0) replacements.push({ start, end, text: stdout.replace(/\n$/, '') });
    else {
      const why = typeof status === 'number' ? `exited with status ${status}` : status;
      problems.add('command-failed', written.place(start, end), [quoted, why]);
    }
  }
  if (problems.hasErrors) throw new VolfileError(problems.sorted([written]), [written]);
  return new Source(file, text, replacements);
}
