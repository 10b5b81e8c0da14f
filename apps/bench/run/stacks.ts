/** Builds the stacks of a bench from volfiles, or from one translator in several languages. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import {
  allLanguages,
  languages as bridgeLanguages,
  type Language,
} from '../../../bridges/languages.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { maskText } from '../../../runtime/core/secrets.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { type PlainVolume, toPlainVolumes } from '../../../runtime/volfile/description.ts';
import { printVolumes } from '../../../runtime/volfile/print.ts';
import { registry } from '../../../server/registry.ts';
import { describeOrFail, inspectFile } from '../../../server/volfiles.ts';
import { Failure, UsageError } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { numberRepeats } from '../engine/stacks.ts';
import { compileModule } from './compile.ts';
import { parseFlagWords } from './flag-words.ts';
import type { BenchStack } from './stack-mount.ts';

export interface Stacks {
  readonly stacks: readonly BenchStack[];
  /** Warnings about omitted stacks. */
  readonly warnings: readonly string[];
  /** The question that the report answers: `How fast is a?` */
  readonly question: string;
  /**
   * Names of the stacks of one translator in several languages, which must pass on equal lookups.
   */
  readonly sameLookupStacks: readonly string[];
}

// -- volfiles ------------------------------------------------------------------------------------

/** Builds a stack from each volfile. @throws {Failure} with all errors of the volfiles */
export async function readVolfileStacks(
  paths: readonly string[],
  terminal: Terminal,
): Promise<Stacks> {
  const names = numberRepeats(paths.map((path) => basename(path, extname(path))));
  const stacks: BenchStack[] = [];
  for (const [i, path] of paths.entries()) {
    const inspection = await inspectFile(path, { registry });
    stacks.push({
      name: names[i]!,
      description: `The volfile ${path}.`,
      path: resolve(path),
      volfile: maskText(readFileSync(path, 'utf8')),
      volumes: toPlainVolumes(describeOrFail(inspection, terminal)),
    });
  }
  const namesText = joinNames(names);
  const question =
    names.length === 1 ? `How fast is ${namesText}?` : `How do ${namesText} compare?`;
  return { stacks, warnings: [], question, sameLookupStacks: [] };
}

/** Joins names: `a, b and c`. */
export const joinNames = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

// -- one translator in several languages ---------------------------------------------------------

/** Suffix of a language whose module runs in a worker thread (`option isolation thread`). */
const THREAD_SUFFIX = '-thread';

/** Words of --in: languages, and `none` for the stack without a translator. */
export const languageWords = [
  ...new Set(['typescript', ...allLanguages.map(([name]) => name)]),
  ...allLanguages.filter(([, { hosted }]) => hosted !== null).map(([name]) => name + THREAD_SUFFIX),
  'none',
];

export interface TranslatorSettings {
  /** A name of examples/, or a folder with the same module in several languages. */
  readonly translator: string;
  /** `typescript,python`. */
  readonly languageWords: string;
  /** Options of the translator's volume: `KEY=VALUE`. */
  readonly options: readonly string[];
  /** Folder for compiled modules. */
  readonly scratch: string;
}

const BRICK: readonly PlainVolume[] = [
  { name: 'storage', type: 'storage/posix', options: [['directory', 'files']], subvolumes: [] },
  {
    name: 'brick',
    type: 'debug/io-stats',
    options: [['count-fop-hits', 'on']],
    subvolumes: ['storage'],
  },
];

type Volume = Pick<PlainVolume, 'type' | 'options'>;
/** A volume of the translator, or a text that explains why it cannot be built. */
type VolumeOrProblem = Volume | string;

/** Builds a stack for each language of --in. @throws {Failure | UsageError} */
export function makeTranslatorStacks(settings: TranslatorSettings): Stacks {
  const { translator, languageWords: languageNames, scratch } = settings;
  const folder = findFolder(translator);
  const name = basename(folder);
  const translatorOptions = settings.options.map(splitOption);
  const stacks: BenchStack[] = [];
  const warnings: string[] = [];
  for (const language of parseFlagWords('--in', [languageNames], languageWords)) {
    const volumeOrProblem = buildVolume(language, folder, name, scratch);
    if (typeof volumeOrProblem === 'string') {
      warnings.push(`${language} is left out: ${volumeOrProblem}`);
      continue;
    }
    const volumes = [...BRICK];
    if (language !== 'none') {
      const options = [...volumeOrProblem.options, ...translatorOptions];
      volumes.push({ name, type: volumeOrProblem.type, options, subvolumes: ['brick'] });
    }
    const volfile = printVolumes(volumes);
    const path = join(scratch, `${language}.vol`);
    writeFileSync(path, volfile);
    const [codeLanguage] = splitThreadSuffix(language);
    const threadText = codeLanguage === language ? '' : ', in a thread of its own';
    const description =
      language === 'none'
        ? `A folder, without ${name}.`
        : `${name}, written in ${codeLanguage}${threadText}.`;
    stacks.push({ name: language, description, path, volfile, volumes });
  }
  if (stacks.length === 0) throw new Failure(warnings.join('\n'));
  const names = stacks.map((stack) => stack.name);
  const translatorStacks = names.filter((language) => language !== 'none');
  const question =
    translatorStacks.length === 0
      ? `How fast is it without ${name}?`
      : `What does ${name} cost in ${joinNames(translatorStacks)}?`;
  return { stacks, warnings, question, sameLookupStacks: translatorStacks };
}

/** Finds the folder of a translator: a path, or an example's name. @throws {Failure} */
function findFolder(translator: string): string {
  const isFolder = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const example = join(packageRoot, 'examples', translator);
  const folder = [resolve(translator), example].find(isFolder);
  if (folder !== undefined) return folder;
  const guess = formatSuggestion(translator, readdirSync(join(packageRoot, 'examples')));
  throw new Failure(
    `--translator takes an example or a folder with a module in several languages; there is no ` +
      `'${translator}', neither here nor among the examples${guess}`,
  );
}

function splitOption(text: string): readonly [string, string] {
  const separatorAt = text.indexOf('=');
  if (separatorAt < 1) throw new UsageError(`--option takes KEY=VALUE, not '${text}'`);
  return [text.slice(0, separatorAt), text.slice(separatorAt + 1)];
}

const findFirstFile = (folder: string, names: readonly string[]): string | undefined =>
  names.map((name) => join(folder, name)).find((path) => existsSync(path));

/** Lists possible paths of a module: in the folder itself, or in a subfolder for the language. */
const listCandidates = (language: string, name: string, extensions: readonly string[]): string[] =>
  extensions.flatMap((extension) => [`${name}${extension}`, `${language}/${name}${extension}`]);

/** Splits a word of --in: the language, and whether it had the suffix `-thread`. */
const splitThreadSuffix = (language: string): [string, boolean] =>
  language.endsWith(THREAD_SUFFIX)
    ? [language.slice(0, -THREAD_SUFFIX.length), true]
    : [language, false];

/** Builds the translator's volume for a word of --in; with the suffix, in a worker thread. */
function buildVolume(
  languageWord: string,
  folder: string,
  name: string,
  scratch: string,
): VolumeOrProblem {
  const [language, isInThread] = splitThreadSuffix(languageWord);
  const volumeOrProblem = buildMainThreadVolume(language, folder, name, scratch);
  if (!isInThread || typeof volumeOrProblem === 'string') return volumeOrProblem;
  return { ...volumeOrProblem, options: [...volumeOrProblem.options, ['isolation', 'thread']] };
}

function buildMainThreadVolume(
  language: string,
  folder: string,
  name: string,
  scratch: string,
): VolumeOrProblem {
  const languageEntry = (bridgeLanguages as Readonly<Record<string, Language>>)[language];
  // The word `none`: its stack has no volume of the translator.
  if (languageEntry === undefined) return { type: '', options: [] };
  if (languageEntry.compiledFrom !== null) {
    return compileVolume(
      folder,
      listCandidates(language, name, [languageEntry.compiledFrom]),
      name,
      scratch,
    );
  }
  const candidates = listCandidates(language, name, languageEntry.extensions);
  const path = findFirstFile(folder, candidates);
  const problem = `${folder} has neither ${candidates.join(' nor ')}`;
  if (languageEntry.hosted === null)
    return path === undefined ? makeBuiltInVolume(name, problem) : makeNativeVolume(path);
  if (path === undefined) return problem;
  return {
    type: 'features/glupy',
    options: [
      ['module-name', basename(path)],
      ['module-path', join(path, '..')],
    ],
  };
}

const makeNativeVolume = (path: string): Volume => ({
  type: 'features/native',
  options: [['module-path', path]],
});

/** Makes the volume of a translator in TypeScript, which is part of glossa. */
function makeBuiltInVolume(name: string, problem: string): VolumeOrProblem {
  const type = `features/${name}`;
  if (registry.has(type)) return { type, options: [] };
  return `${problem}, and there is no type ${type}`;
}

function compileVolume(
  folder: string,
  candidates: readonly string[],
  name: string,
  scratch: string,
): VolumeOrProblem {
  const source = findFirstFile(folder, candidates);
  if (source === undefined) return `${folder} has neither ${candidates.join(' nor ')}`;
  const libraryPath = join(scratch, `${name}.so`);
  return compileModule(source, libraryPath) ?? makeNativeVolume(libraryPath);
}
