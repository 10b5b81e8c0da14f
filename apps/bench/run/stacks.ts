/** Builds the stacks of a bench from volfiles, or from one translator in several languages. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  allLanguages,
  languages as bridgeLanguages,
  type Language,
} from '../../../bridges/languages.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { maskText } from '../../../runtime/core/secrets.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import {
  type PlainVolume,
  printVolumes,
  toPlainVolumes,
} from '../../../runtime/volfile/description.ts';
import { findPosixProblem } from '../../../runtime/xlators/storage/posix/root.ts';
import { registry } from '../../../server/registry.ts';
import { describeOrFail, inspectFile } from '../../../server/volfiles.ts';
import { Failure, UsageError } from '../../../terminal/exit.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { makeVolume, numberRepeats, stackVolumes } from '../engine/stack-volumes.ts';
import { makeLookupCounterVolume } from './bricks.ts';
import { compileModule } from './compile.ts';
import { parseFlagWords } from './flag-words.ts';
import type { BenchStack } from './stack-mount.ts';

/** The stacks of glossa to measure, and the question about them. */
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

/** A translator, and the languages in which it is measured. */
export interface TranslatorSettings {
  /** The name of an example in examples/, or a folder with the same module in several languages. */
  readonly translator: string;
  /** The languages to measure, separated by commas: `typescript,python`. */
  readonly languageList: string;
  /** Options of the translator's volume: `KEY=VALUE`. */
  readonly options: readonly string[];
  /** Folder for compiled modules. */
  readonly scratch: string;
}

/** The storage of a stack: a folder beside the volfile, or memory where storage/posix cannot run. */
const STORAGE_VOLUME =
  findPosixProblem() === null
    ? makeVolume('storage', 'storage/posix', { directory: 'files' })
    : makeVolume('storage', 'storage/memory');

/** The volumes below the translator: the storage, and a counter of lookups. */
const BRICK_VOLUMES: readonly PlainVolume[] = stackVolumes(
  [STORAGE_VOLUME],
  [makeLookupCounterVolume('brick')],
);

/** The volume of the translator, without its name and place in the stack. */
type TranslatorVolume = Pick<PlainVolume, 'type' | 'options'>;
/** The translator's volume, or a text that explains why it cannot be built. */
type VolumeOrProblem = TranslatorVolume | string;

/** Builds a stack for each language of --in. @throws {Failure | UsageError} */
export function makeTranslatorStacks(settings: TranslatorSettings): Stacks {
  const { translator, languageList, scratch } = settings;
  const folder = findTranslatorFolder(translator);
  const name = basename(folder);
  const translatorOptions = settings.options.map(splitOption);
  const stacks: BenchStack[] = [];
  const warnings: string[] = [];
  for (const language of parseFlagWords('--in', [languageList], languageWords)) {
    const volumeOrProblem = buildVolume(language, folder, name, scratch);
    if (typeof volumeOrProblem === 'string') {
      warnings.push(`${language} is left out: ${volumeOrProblem}`);
      continue;
    }
    const volumes = [...BRICK_VOLUMES];
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
        ? `${BRICK_VOLUMES[0]!.type === 'storage/memory' ? 'Memory' : 'A folder'}, without ${name}.`
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
function findTranslatorFolder(translator: string): string {
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

/** Splits `KEY=VALUE`. @throws {UsageError} without a key */
function splitOption(text: string): readonly [string, string] {
  const separatorIndex = text.indexOf('=');
  if (separatorIndex < 1) throw new UsageError(`--option takes KEY=VALUE, not '${text}'`);
  return [text.slice(0, separatorIndex), text.slice(separatorIndex + 1)];
}

/** Returns the path of the first name that exists in the folder; undefined without one. */
const findFirstFile = (folder: string, names: readonly string[]): string | undefined =>
  names.map((name) => join(folder, name)).find((path) => existsSync(path));

/** Lists possible paths of a module: in the folder itself, or in a subfolder for the language. */
const listCandidatePaths = (
  language: string,
  name: string,
  extensions: readonly string[],
): string[] =>
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

/** Builds the translator's volume for a language or the word `none`. */
function buildMainThreadVolume(
  language: string,
  folder: string,
  name: string,
  scratch: string,
): VolumeOrProblem {
  const languageEntry = (bridgeLanguages as Readonly<Record<string, Language>>)[language];
  // The word `none`: its stack has no volume of the translator.
  if (languageEntry === undefined) return { type: '', options: [] };
  const { compiledFrom } = languageEntry;
  if (compiledFrom !== null) {
    // Sources in C are in the folder `c`, also for other targets.
    const candidates = listCandidatePaths(compiledFrom.slice(1), name, [compiledFrom]);
    return compileVolume(folder, candidates, name, scratch, languageEntry);
  }
  const candidates = listCandidatePaths(language, name, languageEntry.extensions);
  const path = findFirstFile(folder, candidates);
  const problem = `${folder} has neither ${candidates.join(' nor ')}`;
  if (languageEntry.hosted === null)
    return path === undefined ? makeBuiltInVolume(name, problem) : makeNativeVolume(path);
  if (path === undefined) return problem;
  return makeHostedVolume(path);
}

/** Makes the volume of a module that features/glupy loads. */
const makeHostedVolume = (path: string): TranslatorVolume => ({
  type: 'features/glupy',
  options: [
    ['module-name', basename(path)],
    ['module-path', dirname(path)],
  ],
});

/** Makes the volume of a module that features/native loads. */
const makeNativeVolume = (path: string): TranslatorVolume => ({
  type: 'features/native',
  options: [['module-path', path]],
});

/** Makes the volume of a translator in TypeScript, which is part of glossa. */
function makeBuiltInVolume(name: string, problem: string): VolumeOrProblem {
  const type = `features/${name}`;
  if (registry.has(type)) return { type, options: [] };
  return `${problem}, and there is no type ${type}`;
}

/** Compiles the first source that exists, and makes the volume that runs it. */
function compileVolume(
  folder: string,
  candidates: readonly string[],
  name: string,
  scratch: string,
  { extensions, hosted }: Language,
): VolumeOrProblem {
  const source = findFirstFile(folder, candidates);
  if (source === undefined) return `${folder} has neither ${candidates.join(' nor ')}`;
  const output = join(scratch, `${name}${extensions[0]}`);
  return (
    compileModule(source, output) ??
    (hosted === null ? makeNativeVolume(output) : makeHostedVolume(output))
  );
}
