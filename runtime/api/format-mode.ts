/** Formats the mode of a file for people. Called by `glossa fs` and by the playground's shell. */
import { typeOfMode } from '../core/iatt.ts';

/** The letter of each file type, by ia_type. */
const TYPE_LETTERS = '?-dlbcps';

/** Formats a mode with its type as `ls -l` does: `drwxr-xr-x`. */
export function formatMode(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-'));
  const mark = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  };
  mark(0o4000, 2, 's');
  mark(0o2000, 5, 's');
  mark(0o1000, 8, 't');
  return TYPE_LETTERS[typeOfMode(mode)] + letters.join('');
}
