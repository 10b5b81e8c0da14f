/** The files that `glossa new` makes out of templates: their texts, and writing them. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { includeDir } from '../../runtime/sys/paths.ts';
import { Failure } from '../../terminal/exit.ts';
import { rootFrom } from '../../terminal/invocation.ts';
import { reason } from '../../terminal/reason.ts';
import { formatSteps, type Kind, readmeSteps, templateFolder } from './kinds.ts';

/** Texts by their paths in the folder that they are for. */
export type Texts = ReadonlyMap<string, string>;

/** What an editor reads instead of our file, when it has these words in it. */
interface Rival {
  readonly file: string;
  readonly words: RegExp;
}

const RIVALS: Readonly<Record<string, readonly Rival[]>> = {
  'pyrightconfig.json': [{ file: 'pyproject.toml', words: /^\[tool\.(based)?pyright\]/m }],
  'jsconfig.json': [{ file: 'tsconfig.json', words: /./ }],
};

/** The module, its test, volfile, README, and files to try it with. */
export function moduleTexts(kind: Kind, name: string, folder: string): Texts {
  const values = {
    NAME: name,
    // A Makefile works without asking where glossa.h is.
    INCLUDE: includeDir,
    STEPS: formatSteps(readmeSteps(kind, name, resolve(folder)), '# '),
  };
  return new Map(
    [kind.folder, 'all'].flatMap((part) =>
      textsIn(part).map(([path, text]) => [path.replaceAll('NAME', name), fill(text, values)]),
    ),
  );
}

/** What tells editors where the types of modules in `folder` are. */
export function editorTexts({ folder: language }: Kind, folder: string): Texts {
  const root = rootFrom(folder);
  return new Map(
    textsIn(join('editors', language)).map(([path, text]) => {
      const place = path.endsWith('.json') ? JSON.stringify(root).slice(1, -1) : root;
      return [path, fill(text, { GLOSSA_ROOT: place })];
    }),
  );
}

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);

function textsIn(part: string): [path: string, text: string][] {
  const folder = join(templateFolder, part);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]);
}

/** Those that are not there yet; and for each that stays as it is, what to tell about it. */
export function sparing(texts: Texts, folder: string): { texts: Texts; kept: string[] } {
  const kept: string[] = [];
  const wanted = [...texts].filter(([path, text]) => {
    const other = inTheWay(path, folder);
    if (other === undefined) return true;
    // Ours, or one that knows the place: nothing is missing in it.
    if (other.text === text || other.text.includes(rootFrom(folder))) return false;
    kept.push(
      `${join(folder, other.file)} is there already and was left as it is; ` +
        `for the types of glossa, take over from this:\n${text.trimEnd()}`,
    );
    return false;
  });
  return { texts: new Map(wanted), kept };
}

/** The file that an editor reads already. */
function inTheWay(path: string, folder: string): { file: string; text: string } | undefined {
  return [{ file: path, words: /^/ }, ...(RIVALS[path] ?? [])]
    .filter(({ file }) => exists(join(folder, file)))
    .map(({ file, words }) => ({ file, words, text: readOrFail(join(folder, file)) }))
    .find(({ words, text }) => words.test(text));
}

function readOrFail(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${reason(error)}`);
  }
}

/**
 * A folder and those above it, noted in `made`. Node's own way to make several tries for ever where
 * the system answers ENOENT, as in /proc.
 */
function makeFolder(path: string, made: string[]): void {
  if (exists(path)) return;
  makeFolder(dirname(path), made);
  mkdirSync(path);
  made.push(path);
}

/** @throws {Failure} when one of them is there already */
export function refuseTaken(texts: Texts, folder: string): void {
  const taken = [...texts.keys()].filter((path) => exists(join(folder, path)));
  if (taken.length === 0) return;
  const verb = taken.length === 1 ? 'is' : 'are';
  throw new Failure(`${taken.join(', ')} ${verb} in ${folder} already: nothing was written`);
}

/** Writes all files, or none. @throws {Failure} */
export function writeTexts(texts: Texts, folder: string): void {
  const made: string[] = [];
  try {
    for (const [path, text] of texts) {
      const file = join(folder, path);
      makeFolder(dirname(file), made);
      writeFileSync(file, text, { flag: 'wx' });
      made.push(file);
    }
  } catch (error) {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
    throw new Failure(`cannot write into ${folder}: ${reason(error)}`);
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // What cannot be looked at cannot be written either, and writing says why.
    return false;
  }
}
