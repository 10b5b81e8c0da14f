/** The meaning of the words in capitals of usages and flags, for completion in shells. */
import { allLanguages } from '../bridges/languages.ts';

/** What can stand in a place of a command line. */
export type Kind =
  /** One of these words, or with `several` some of them, between commas. */
  | { readonly words: readonly string[]; readonly several?: boolean }
  /** A file whose name ends so, or any if no ending is named; and folders, as the way to one. */
  | { readonly files: readonly string[] }
  | 'folder'
  /** A mount of ours. */
  | 'mount'
  /** What nobody can guess: a name, a number. */
  | 'free';

const languages = allLanguages.map(([name]) => name);

/** Names, numbers and others that the shell cannot know. */
const FREE =
  'BYTES CONDITION HOST:PORT HOST KEY=VALUE MS N NAME PATH PID SERVER ' +
  'SEC SECONDS TEXT TIME UID US VOLUME VOLUME.KEY=VALUE';

export const kinds: Readonly<Record<string, Kind>> = {
  VOLFILE: { files: ['.vol'] },
  MODULE: { files: allLanguages.flatMap(([, { extensions }]) => extensions) },
  FILE: { files: [] },
  DIR: 'folder',
  MNT: 'mount',
  /** Most of all by its volfile. */
  BRICK: { files: ['.vol'] },
  LANGUAGES: { words: languages, several: true },
  'RUN.json': { files: ['.json'] },
  'FIRST.json': { files: ['.json'] },
  'SECOND.json': { files: ['.json'] },
  ...Object.fromEntries(FREE.split(' ').map((word) => [word, 'free' as const])),
};
