/** Finds the words that call this program as its user did, for commands that are printed to be typed. */
import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { maskAssignment } from '../runtime/core/secrets.ts';
import { packageRoot } from '../runtime/sys/paths.ts';

/** What was started, and how. */
export interface Start {
  /** The program's file, as Node was given it. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

const ownStart = (): Start => ({
  file: process.argv[1] ?? '',
  env: process.env,
  cwd: process.cwd(),
});

/** The arguments of this process, without secrets that options of volumes have in them. */
export const shownCommandLine = (): string[] => process.argv.slice(2).map(maskAssignment);

/** A word as a shell reads it: quoted where it has to be. */
export const shellWord = (word: string): string =>
  /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A path as it is typed in `folder`: relative if it is below, otherwise absolute. */
export function pathFrom(folder: string, path: string): string {
  const absolute = resolve(path);
  const near = relative(folder, absolute) || '.';
  return isBelow(folder, absolute) ? near : absolute;
}

/** Whether `path` is `folder`, or in it. Both are absolute. */
const isBelow = (folder: string, path: string): boolean => {
  const near = relative(folder, path);
  return near !== '..' && !near.startsWith(`..${sep}`) && !isAbsolute(near);
};

/** The folder whose project this package is installed for: that of node_modules, or a checkout. */
export function projectOf(root: string): string {
  const at = `${root}${sep}`.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? root : root.slice(0, at) || sep;
}

/**
 * The package's folder as files in `folder` name it: from there, so that the project can be moved,
 * as long as both belong to the same one.
 */
export function rootFrom(folder: string, root: string = packageRoot): string {
  const from = resolve(folder);
  if (!isBelow(projectOf(root), from)) return root;
  const near = relative(from, root);
  return near.startsWith('..') ? near : near === '' ? '.' : `.${sep}${near}`;
}

/**
 * The words that call this program in `folder`: `glossa` where the shell finds it, `npx glossa`
 * where it was started so, otherwise its file.
 */
export function programIn(folder: string, start: Start = ownStart()): string {
  const { file, env, cwd } = start;
  if (BY_NPX.test(env.npm_lifecycle_script ?? '')) {
    const project = projectOf(packageRoot);
    const isFound = folder === cwd || isBelow(project, folder) || isCache(project);
    return isFound ? 'npx glossa' : `npx --prefix ${shellWord(project)} glossa`;
  }
  if (onPath('glossa', env.PATH) === realPath(file)) return 'glossa';
  const path = shellWord(fromOrAt(folder, file));
  return basename(file).endsWith('.js') ? `node ${path}` : path;
}

/**
 * What npx runs, as npm tells it to what it starts; others that it has started, and that have started
 * this program, are named there as well. https://docs.npmjs.com/cli/using-npm/scripts#environment
 */
const BY_NPX = /^(['"]?)glossa\1(\s|$)/;

/** Where npx keeps what no project has installed: it finds that from everywhere. */
const isCache = (project: string): boolean => project.includes(`${sep}_npx${sep}`);

/** A program's file: one in a folder needs a slash, or a shell would search for it. */
function fromOrAt(folder: string, file: string): string {
  const path = pathFrom(folder, file);
  return path.includes(sep) ? path : `.${sep}${path}`;
}

function onPath(name: string, path = ''): string | undefined {
  const found = path.split(delimiter).find((folder) => folder !== '' && runs(join(folder, name)));
  return found === undefined ? undefined : realPath(join(found, name));
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: a shell goes on to the next folder, too.
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A program that was taken away while it runs has only its name.
    return path;
  }
}
