/**
 * Derives how to start this program as its user did (`glossa`, `npx glossa`, a path), for commands
 * that messages print. Also quotes words for a shell, and shortens paths.
 */
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { maskAssignment } from '../runtime/core/secrets.ts';
import { packageRoot } from '../runtime/sys/paths.ts';

/** The start of this process by its user: the program's file, variables and folder. */
export interface Invocation {
  /** The program's file, as Node received it. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Reads the start of this process. */
const readInvocation = (): Invocation => ({
  file: process.argv[1] ?? '',
  env: process.env,
  cwd: process.cwd(),
});

/** Returns the arguments of this process, with secrets in volume options masked. */
export const maskCommandLine = (): string[] => process.argv.slice(2).map(maskAssignment);

/** Quotes a word for a shell, if it needs quotes. */
export const quoteWord = (word: string): string =>
  /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Returns a path as a user in `folder` would type it: relative if it is below, otherwise absolute.
 */
export function makePathFromFolder(folder: string, path: string): string {
  const absolute = resolve(path);
  const relativePath = relative(folder, absolute) || '.';
  return isBelow(folder, absolute) ? relativePath : absolute;
}

/** Whether `path` is `folder`, or in it. Both are absolute. */
const isBelow = (folder: string, path: string): boolean => {
  const relativePath = relative(folder, path);
  return relativePath !== '..' && !relativePath.startsWith(`..${sep}`) && !isAbsolute(relativePath);
};

/**
 * Finds the project that a package is installed in: the folder around node_modules; without one,
 * the package's own folder `root`.
 */
export function findProjectRoot(root: string): string {
  const nodeModulesAt = `${root}${sep}`.indexOf(`${sep}node_modules${sep}`);
  return nodeModulesAt < 0 ? root : root.slice(0, nodeModulesAt) || sep;
}

/**
 * Returns the package's folder as a file in `folder` should name it: relative if both belong to the
 * same project, so that the project can be moved.
 */
export function makePackageRootPath(folder: string, root: string = packageRoot): string {
  const absoluteFolder = resolve(folder);
  if (!isBelow(findProjectRoot(root), absoluteFolder)) return root;
  const relativePath = relative(absoluteFolder, root);
  return relativePath.startsWith('..')
    ? relativePath
    : relativePath === ''
      ? '.'
      : `.${sep}${relativePath}`;
}

/**
 * Returns the words that call this program in `folder`: `npx glossa` if npx started it, `glossa` if
 * the shell finds it on PATH, otherwise its file.
 */
export function makeProgramCommand(
  folder: string,
  invocation: Invocation = readInvocation(),
): string {
  const { file, env, cwd } = invocation;
  if (STARTED_BY_NPX.test(env.npm_lifecycle_script ?? '')) {
    const project = findProjectRoot(packageRoot);
    // There npx finds the package without --prefix.
    const npxFindsIt = folder === cwd || isBelow(project, folder) || isNpxCache(project);
    return npxFindsIt ? 'npx glossa' : `npx --prefix ${quoteWord(project)} glossa`;
  }
  if (findOnPath('glossa', env.PATH) === resolveLinks(file)) return 'glossa';
  const path = quoteWord(makePathWithSlash(folder, file));
  return /\.c?js$/.test(file) ? `node ${path}` : path;
}

/**
 * Matches the variable npm_lifecycle_script if npx itself started this program. If an npm script
 * started it, the variable has the script's command instead.
 * https://docs.npmjs.com/cli/using-npm/scripts#environment
 */
const STARTED_BY_NPX = /^(['"]?)glossa\1(\s|$)/;

/** Whether a project is npx's cache, whose packages npx finds from any folder. */
const isNpxCache = (project: string): boolean => project.includes(`${sep}_npx${sep}`);

/** Returns a program's path with a slash in it: without one, a shell would search PATH for it. */
function makePathWithSlash(folder: string, file: string): string {
  const path = makePathFromFolder(folder, file);
  return path.includes(sep) ? path : `.${sep}${path}`;
}

/** Finds a program as a shell does, in the folders of PATH; undefined if it is in none. */
function findOnPath(name: string, path = ''): string | undefined {
  const matchingFolder = path
    .split(delimiter)
    .find((folder) => folder !== '' && isExecutable(join(folder, name)));
  return matchingFolder === undefined ? undefined : resolveLinks(join(matchingFolder, name));
}

/** Whether this user may execute a file. */
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing, or not executable: a shell goes on to the next folder, too.
    return false;
  }
}

/** Resolves symbolic links; returns a missing path unchanged. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A program that was deleted while it runs has only its name.
    return path;
  }
}
