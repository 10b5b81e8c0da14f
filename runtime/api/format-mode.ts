/** Formats the mode of a file for people. Called by `glossa fs` and by the playground's shell. */
import { typeOfMode } from '../core/iatt.ts';

/** The letter of each file type, by ia_type. */
const TYPE_LETTERS = '?-dlbcps';

/** Formats a mode with its type as `ls -l` does: `drwxr-xr-x`. */
export function formatMode(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) =>
    (mode >> (8 - index)) & 1 ? letter : '-',
  );
  const markBit = (bit: number, index: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[index] = letters[index] === 'x' ? letter : letter.toUpperCase();
  };
  // The set-user-id, set-group-id and sticky bits stand at the place of an `x`.
  markBit(0o4000, 2, 's');
  markBit(0o2000, 5, 's');
  markBit(0o1000, 8, 't');
  return TYPE_LETTERS[typeOfMode(mode)] + letters.join('');
}
