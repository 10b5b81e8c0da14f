/**
 * Runs the commands in backticks of a volfile, for callers that allow it. Without `runCommands`, the parser reports
 * each command as an error.
 *
 * As in GlusterFS, the output replaces the command before the text is parsed: part of a word,
 * several words or whole statements. A command that fails makes the volfile unusable. Unlike in
 * GlusterFS, no command in a comment runs, and no command at all if a backtick has no partner. Only
 * one newline at the end of the output is dropped.
 */

import { parse } from './parse.ts';
import { Problems, VolfileError } from './problems.ts';
import { type Replacement, Source } from './source.ts';

/** The result of a command that has ended. */
export interface CommandResult {
  /** The exit status, or the reason why it is missing ("was killed by SIGKILL"). */
  readonly status: number | string;
  readonly stdout: string;
}

/** Runs a command, usually with `sh -c`. */
export type CommandRunner = (command: string) => CommandResult | Promise<CommandResult>;

/**
 * Replaces the commands of a volfile by their output. They run in the order of the file.
 * @throws {VolfileError} with all commands that failed
 */
export async function runCommands(file: string, text: string, run: CommandRunner): Promise<Source> {
  const writtenSource = new Source(file, text);
  const words = parse(text).flatMap((statement) => statement.words);
  const problems = new Problems();
  for (const { kind, start, end } of words.flatMap(({ flaws }) => flaws)) {
    if (kind === 'unterminated-command')
      problems.add(kind, writtenSource.makePlace(start, end), []);
  }
  const replacements: Replacement[] = [];
  const commands = problems.hasErrors ? [] : words.flatMap((word) => word.commands);
  for (const { text: quoted, start, end } of commands) {
    // The command runs without its backticks.
    const { status, stdout } = await run(quoted.slice(1, -1));
    if (status === 0) replacements.push({ start, end, text: stdout.replace(/\n$/, '') });
    else {
      const cause = typeof status === 'number' ? `exited with status ${status}` : status;
      problems.add('command-failed', writtenSource.makePlace(start, end), [quoted, cause]);
    }
  }
  if (problems.hasErrors)
    throw new VolfileError(problems.sortBySource([writtenSource]), [writtenSource]);
  return new Source(file, text, replacements);
}
