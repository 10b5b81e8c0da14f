/** Lists the commands of `glossa debug`, named as in gdb; finds and completes a command. */

import { formatSuggestion } from '../../runtime/core/nearest.ts';
import { DebugError } from '../../runtime/debug/debug-error.ts';
import { formatTable } from '../../terminal/layout.ts';

/** Each row: name, short form ('' for none), arguments and effect; in the order of the help. */
// biome-ignore format: one command, one line
const commandTable = [
  ['break', 'b', 'WHERE', 'stop there: FOP, FOP@VOLUME, FOP_cbk@VOLUME, @VOLUME, changed@VOLUME, path PATTERN, errno NAME, or several'],
  ['delete', 'd', '[N]', 'take breakpoint N away, or all of them'],
  ['info', 'i', 'WHAT', 'list breakpoints, requests (those that are held) or volumes'],
  ['run', 'r', '[COMMAND]', 'mount, run COMMAND there, and wait until a request stops or COMMAND ends'],
  ['continue', 'c', '', 'let the request go on, and wait for the next stop'],
  ['step', 's', '', 'to the next wind or reply of the request'],
  ['next', 'n', '', 'until a reply is back at this volume'],
  ['finish', 'fin', '', 'until this volume has answered'],
  ['backtrace', 'bt', '', 'the volumes on the way of the request'],
  ['frame', 'f', '[N]', 'look at volume N of these'],
  ['up', '', '', 'look at the volume above'],
  ['down', '', '', 'look at the volume below'],
  ['print', 'p', '[VALUE]', 'show a value (loc, buf.ia_size, xdata["key"], local, state), or all of them'],
  ['set', '', 'VALUE = TEXT', 'change the reply: op_ret, op_errno, buf.ia_size, xdata["key"]'],
  ['request', 'thread', 'N', 'go to another request that is held'],
  ['detach', '', '', 'delete all breakpoints, and let everything go on'],
  ['help', 'h', '', 'this list'],
  ['quit', 'q', '', 'let everything go on, unmount, and end; so does Ctrl-D'],
] as const;

export type CommandName = (typeof commandTable)[number][0];

const commandNames: readonly CommandName[] = commandTable.map(([name]) => name);
const namesByShortForm: ReadonlyMap<string, CommandName> = new Map([
  ...commandTable.map(([name, short]) => [short, name] as const),
  // A second name in gdb.
  ['where', 'backtrace'],
]);

/** Finds a command by name, short form, or the beginning of its name. @throws {DebugError} */
export function findCommandName(word: string): CommandName {
  const exactMatch =
    commandNames.find((name) => name === word) ??
    (word === '' ? undefined : namesByShortForm.get(word));
  if (exactMatch !== undefined) return exactMatch;
  const matches = commandNames.filter((name) => name.startsWith(word));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1) throw new DebugError(`'${word}' may be ${matches.join(' or ')}`);
  throw new DebugError(
    `there is no command '${word}'${formatSuggestion(word, commandNames) || ": 'help' lists them"}`,
  );
}

/** The topics of the command `info`. */
export const INFO_SUBJECTS = ['breakpoints', 'requests', 'volumes'] as const;

/** Finds the topic of `info` whose name begins with `word`. @throws {DebugError} */
export function findInfoSubject(word: string): (typeof INFO_SUBJECTS)[number] {
  const matches = INFO_SUBJECTS.filter((name) => word !== '' && name.startsWith(word));
  if (matches.length === 1) return matches[0]!;
  throw new DebugError(
    `info tells of ${INFO_SUBJECTS.join(', ')}${word === '' ? '' : `: not of '${word}'`}${formatSuggestion(word, INFO_SUBJECTS)}`,
  );
}

/** Formats the output of the command `help`. */
export function formatHelp(): string {
  const rows = commandTable.map(([name, short, args, help]) => {
    const spellings = short === '' ? name : `${name}, ${short}`;
    return [args === '' ? spellings : `${spellings} ${args}`, help];
  });
  return formatTable(rows).join('\n');
}

/**
 * Makes the function that completes the last word of a line: a command, a topic of `info` (or of a
 * short form, such as `i`), a volume after `@`, or the beginning of a breakpoint. It returns the
 * candidates and the word, as node:readline expects.
 */
export function makeCompleter(
  volumes: () => readonly string[],
  fops: readonly string[],
): (line: string) => [string[], string] {
  return (line) => {
    const words = line.trimStart().split(/\s+/);
    const lastWord = words.at(-1)!;
    const candidates =
      words.length === 1
        ? commandNames
        : words[0]!.startsWith('i')
          ? INFO_SUBJECTS
          : lastWord.includes('@')
            ? volumes().map((name) => `${lastWord.slice(0, lastWord.indexOf('@'))}@${name}`)
            : [...fops, 'path', 'errno', 'changed@'];
    return [candidates.filter((candidate) => candidate.startsWith(lastWord)), lastWord];
  };
}
