/** Lists the meaning of each word in capitals of usages and flags, for completion in shells. */
import { allLanguages } from '../bridges/languages.ts';

/** The values that a shell may offer for one word of a command line. */
export type CompletionKind =
  /** One of these words; with `several`, any of them, separated by commas. */
  | { readonly words: readonly string[]; readonly several?: boolean }
  /** A file with one of these endings, or any file without; and folders, as the way to a file. */
  | { readonly files: readonly string[] }
  | 'folder'
  /** A mount of glossa. */
  | 'mount'
  /** A word that the shell cannot guess: a name, a number. */
  | 'free';

const languages = allLanguages.map(([name]) => name);

/** Words for names, numbers and times. */
const FREE =
  'BYTES CONDITION HOST:PORT HOST KEY=VALUE MS N NAME PATH PID SERVER ' +
  'SEC SECONDS TEXT TIME UID US VOLUME VOLUME.KEY=VALUE';

export const kinds: Readonly<Record<string, CompletionKind>> = {
  VOLFILE: { files: ['.vol'] },
  MODULE: { files: allLanguages.flatMap(([, { extensions }]) => extensions) },
  FILE: { files: [] },
  DIR: 'folder',
  MNT: 'mount',
  /** A brick is named by its volfile most often. */
  BRICK: { files: ['.vol'] },
  LANGUAGES: { words: languages, several: true },
  'RUN.json': { files: ['.json'] },
  'FIRST.json': { files: ['.json'] },
  'SECOND.json': { files: ['.json'] },
  ...Object.fromEntries(FREE.split(' ').map((word) => [word, 'free' as const])),
};
