/** What the words in capitals stand for that usages and flags are written with, for a shell. */
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
  BYTES: 'free',
  CONDITION: 'free',
  'HOST:PORT': 'free',
  HOST: 'free',
  'KEY=VALUE': 'free',
  MS: 'free',
  N: 'free',
  NAME: 'free',
  PATH: 'free',
  PID: 'free',
  SERVER: 'free',
  SEC: 'free',
  SECONDS: 'free',
  TEXT: 'free',
  TIME: 'free',
  UID: 'free',
  US: 'free',
  VOLUME: 'free',
  'VOLUME.KEY=VALUE': 'free',
};
