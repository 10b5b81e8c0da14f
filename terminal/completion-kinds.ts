/**
 * Lists the values that a shell offers for each placeholder (`VOLFILE`, `MNT`) of usages and flags.
 */
import { allLanguages } from '../bridges/languages.ts';

/** The values that a shell may offer for a word of a command line. */
export type CompletionKind =
  /** The words, one of which is offered; with `several`, a list of them with commas. */
  | { readonly words: readonly string[]; readonly several?: boolean }
  /**
   * A file with one of these endings (any file if the list is empty); and folders on the way to it.
   */
  | { readonly files: readonly string[] }
  | 'folder'
  /** A mount of glossa. */
  | 'mount'
  /** A word that the shell cannot guess: a name, a number. */
  | 'free';

/** The names of the languages of modules. */
const languages = allLanguages.map(([name]) => name);

/** Placeholders for names, numbers and times, which a shell cannot complete. */
const FREE_PLACEHOLDERS =
  'BYTES CONDITION HOST:PORT HOST KEY=VALUE MS N NAME PATH PID SERVER ' +
  'SEC SECONDS SIZE TEXT TIME UID US VOLUME VOLUME.KEY=VALUE';

/** The kinds of all placeholders; a command may have others (`Command.placeholderKinds`). */
export const defaultKinds: Readonly<Record<string, CompletionKind>> = {
  VOLFILE: { files: ['.vol'] },
  'VOLFILE:/PATH': { files: ['.vol'] },
  MODULE: { files: allLanguages.flatMap(([, { extensions }]) => extensions) },
  FILE: { files: [] },
  DIR: 'folder',
  MNT: 'mount',
  // A brick has several names, of which only its volfile can be completed.
  BRICK: { files: ['.vol'] },
  LANGUAGES: { words: languages, several: true },
  'RUN.json': { files: ['.json'] },
  'FIRST.json': { files: ['.json'] },
  'SECOND.json': { files: ['.json'] },
  ...Object.fromEntries(FREE_PLACEHOLDERS.split(' ').map((word) => [word, 'free' as const])),
};
