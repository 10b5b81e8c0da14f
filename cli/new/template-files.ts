/** Fills templates with values, and writes the files, for `glossa new` and `glossa new volume`. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { includeDir, librariesByLanguage } from '../../runtime/sys/paths.ts';
import { Failure, formatReason } from '../../terminal/exit.ts';
import { makePackageRootPath } from '../../terminal/invocation.ts';
import {
  formatNextCommands,
  listReadmeCommands,
  makeModuleFileName,
  type TemplateLanguage,
  templateFolder,
} from './template-languages.ts';

/** The texts of files, by path within the new folder. */
export type FileTexts = ReadonlyMap<string, string>;

/** A file that an editor reads in place of the one from glossa, if its text matches the pattern. */
interface OverridingConfig {
  readonly file: string;
  readonly pattern: RegExp;
}

/** For each file that glossa writes, the files that override it. */
const OVERRIDING_CONFIGS: Readonly<Record<string, readonly OverridingConfig[]>> = {
  'pyrightconfig.json': [{ file: 'pyproject.toml', pattern: /^\[tool\.(based)?pyright\]/m }],
  'jsconfig.json': [{ file: 'tsconfig.json', pattern: /./ }],
};

/** Makes the texts of a module: its source, test, volfile, README, and files to try it with. */
export function makeModuleTexts(
  language: TemplateLanguage,
  name: string,
  folder: string,
): FileTexts {
  const values = {
    NAME: name,
    MODULE: makeModuleFileName(language, name),
    // For the Makefile, which then finds the header or library without calling glossa.
    INCLUDE: includeDir,
    LIBRARY: librariesByLanguage[language.folder] ?? '',
    STEPS: formatNextCommands(listReadmeCommands(language, name, resolve(folder)), '# '),
  };
  return new Map(
    // Files that depend on the target of the module are in a folder beside that of the language.
    (language.kind === 'files'
      ? [`files-${language.folder}`]
      : [language.folder, `${language.folder}-${language.target}`, 'all']
    ).flatMap((folderName) =>
      readTemplates(folderName).map(([path, text]) => [
        path.replaceAll('NAME', name),
        fillTemplate(text, values),
      ]),
    ),
  );
}

/** Makes the files that tell editors where the types are that modules in `folder` use. */
export function makeEditorTexts({ folder: language }: TemplateLanguage, folder: string): FileTexts {
  const root = makePackageRootPath(folder);
  return new Map(
    readTemplates(join('editors', language)).map(([path, text]) => {
      // In JSON, the template has the quotes around the path.
      const escapedRoot = path.endsWith('.json') ? JSON.stringify(root).slice(1, -1) : root;
      return [path, fillTemplate(text, { GLOSSA_ROOT: escapedRoot })];
    }),
  );
}

/** Replaces each `{{KEY}}` of a template by its value. */
const fillTemplate = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);

/** Reads all templates of a folder, by path within it. */
function readTemplates(folderName: string): [path: string, text: string][] {
  const folder = join(templateFolder, folderName);
  if (!pathExists(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]);
}

/** Selects the files to write, and warns of existing files that lack the settings for glossa. */
export function findMissingTexts(
  texts: FileTexts,
  folder: string,
): { texts: FileTexts; warnings: string[] } {
  const warnings: string[] = [];
  const missingEntries = [...texts].filter(([path, text]) => {
    const existingConfig = findExistingConfig(path, folder);
    if (existingConfig === undefined) return true;
    // Written by glossa, or names glossa's folder: no setting is missing.
    if (existingConfig.text === text || existingConfig.text.includes(makePackageRootPath(folder)))
      return false;
    warnings.push(
      `${join(folder, existingConfig.file)} exists and was left unchanged; ` +
        `for the types of glossa, add these settings to it:\n${text.trimEnd()}`,
    );
    return false;
  });
  return { texts: new Map(missingEntries), warnings };
}

/** Finds the existing file that an editor reads: `path` itself, or one that overrides it. */
function findExistingConfig(
  path: string,
  folder: string,
): { file: string; text: string } | undefined {
  return [{ file: path, pattern: /^/ }, ...(OVERRIDING_CONFIGS[path] ?? [])]
    .filter(({ file }) => pathExists(join(folder, file)))
    .map(({ file, pattern }) => ({ file, pattern, text: readOrFail(join(folder, file)) }))
    .find(({ pattern, text }) => pattern.test(text));
}

function readOrFail(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${formatReason(error)}`);
  }
}

/**
 * Makes a folder and its parents, and adds each to `created`. Node's recursive mkdir would loop for
 * ever where the system returns ENOENT, as in /proc.
 */
function makeFolder(path: string, created: string[]): void {
  if (pathExists(path)) return;
  makeFolder(dirname(path), created);
  mkdirSync(path);
  created.push(path);
}

/** Refuses to write if one of the files exists. @throws {Failure} */
export function refuseExisting(texts: FileTexts, folder: string): void {
  const existingPaths = [...texts.keys()].filter((path) => pathExists(join(folder, path)));
  if (existingPaths.length === 0) return;
  const verb = existingPaths.length === 1 ? 'is' : 'are';
  throw new Failure(
    `${existingPaths.join(', ')} ${verb} in ${folder} already: nothing was written`,
  );
}

/** Writes all files, or none. @throws {Failure} */
export function writeTexts(texts: FileTexts, folder: string): void {
  const created: string[] = [];
  try {
    for (const [path, text] of texts) {
      const file = join(folder, path);
      makeFolder(dirname(file), created);
      writeFileSync(file, text, { flag: 'wx' });
      created.push(file);
    }
  } catch (error) {
    for (const path of created.reverse()) rmSync(path, { recursive: true, force: true });
    throw new Failure(`cannot write into ${folder}: ${formatReason(error)}`);
  }
}

function pathExists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // An unreadable path cannot be written either; the write reports the reason.
    return false;
  }
}
