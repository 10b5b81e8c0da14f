/**
 * Rows of the table of POSIX: a condition, the system calls, and the expected result.
 *
 * The bare directory must have the expected result, too; otherwise the row is wrong. Commands are
 * those of scripts (`../script.ts`), separated by `;`. Without a number process 0 runs them, as
 * root; 1 is a user, 2 another user in the first one's group. The last command's result counts.
 */
import { parseScript, type Script } from '../script.ts';

export interface Row {
  /** The condition. */
  readonly when: string;
  /** The beginning of the last command's result: `0 ok`, `-1 ENOENT`. */
  readonly result: string;
  readonly script: Script;
}

/** The rows of an operation. */
export interface Table {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Common first commands of rows, by their abbreviation. */
const abbreviations: Readonly<Record<string, string>> = {
  FILE: 'open 7 f O_RDWR|O_CREAT 0644; close 7',
  DIR: 'mkdir d 0755',
  OPEN: 'open 0 f O_RDWR|O_CREAT 0644',
  LOOP: 'symlink l2 l1; symlink l1 l2',
  LINK: 'symlink f l',
  FIFO: 'mknod p S_IFIFO|0644 0',
  // A directory of the first user, writable by all, with a file in it.
  THEIRS: '1 mkdir t 0777; 1 chmod t 0777; 1 mknod t/f S_IFREG|0666 0',
};

/** The longest name. */
const NAME_255 = 'n'.repeat(255);
/** Placeholders of rows for names and paths at and beyond their limits. */
const longNames: readonly (readonly [RegExp, string])[] = [
  [/\bNAME_256\b/g, `${NAME_255}n`],
  [/\bNAME_255\b/g, NAME_255],
  [/\bPATH_4096\b/g, './'.repeat(2048)],
  [/\bPATH_4095\b/g, `${'./'.repeat(2047)}f`],
];

/** Replaces the abbreviations and placeholders of a row. */
function expand(text: string): string {
  const expanded = text.replace(/\b[A-Z]+\b(?=;|$)/g, (word) => abbreviations[word] ?? word);
  return longNames.reduce((result, [pattern, value]) => result.replace(pattern, value), expanded);
}

/** Makes a row: the result (`ok`, an errno's name, or a number and data), the condition, the commands. */
export function makeRow(returned: string, when: string, commands: string): Row {
  const lines = expand(commands)
    .split(';')
    .map((line) => line.trim())
    .map((line) =>
      /^[0-3]!? /.test(line) ? line : line.startsWith('! ') ? `0${line}` : `0 ${line}`,
    );
  const isErrno = /^E[A-Z0-9]+$/.test(returned);
  const result = isErrno ? `-1 ${returned}` : returned === 'ok' ? '0 ok' : returned;
  return { when, result, script: parseScript(lines.join('\n')) };
}

export const makeTable = (name: string, ...rows: Row[]): Table => ({ name, rows });
