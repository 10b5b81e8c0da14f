/**
 * Finds the folders, files, environment variables and packages that a volume's options grant its
 * module. Runs at the volume's start, so that a misspelt path is an error of the volfile.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import type { GrantedPaths, Machine, Sources } from '../machine.ts';
import { dirname, resolve } from '../paths.ts';

/** A module's permissions outside of its interpreter. */
export interface Grants extends GrantedPaths {
  /** Granted environment variables that are set, with their values. */
  readonly env: Readonly<Record<string, string>>;
}

/** Values of `grantOptions`. */
export interface GrantOptions {
  readonly 'allow-read': string | undefined;
  readonly 'allow-write': string | undefined;
  readonly 'allow-env': string | undefined;
  readonly packages: string | undefined;
}

/** All that a volume's options grant its module. */
export interface VolumeGrants {
  readonly grants: Grants;
  /** Absolute paths of wheel files and folders. */
  readonly packages: readonly string[];
}

/** Specs of the grant options, which features/glupy adds to its own. */
export const grantOptions = {
  'allow-read': {
    type: 'str',
    description:
      'Files and folders that the module may read, separated by commas; relative ones start at ' +
      "the volfile's folder. Default: none.",
  },
  'allow-write': {
    type: 'str',
    description: 'The same for writing. It does not allow reading.',
  },
  'allow-env': {
    type: 'str',
    description: 'Names of environment variables that the module may see, separated by commas.',
  },
  packages: {
    type: 'str',
    description:
      'What the module imports from: local wheel files of pure Python, and folders, separated by ' +
      'commas.',
  },
} as const;

/** Finds the granted paths, packages and variables. @throws {InitError} for a missing path */
export function findGrants(
  options: GrantOptions,
  baseDir: string,
  { env, sources }: Pick<Machine, 'env' | 'sources'>,
): VolumeGrants {
  const findPaths = (option: keyof GrantOptions) =>
    splitItems(options[option]).map(makePathFinder(option, baseDir, sources));
  const names = splitItems(options['allow-env']).map((name) => {
    if (/^[^=\0]+$/.test(name)) return name;
    throw new InitError(`option allow-env: '${name}' is no name of an environment variable`);
  });
  const values = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    grants: {
      read: findPaths('allow-read'),
      write: findPaths('allow-write'),
      env: Object.fromEntries(values),
    },
    packages: findPaths('packages'),
  };
}

/** Lists the granted folders, and the folders of granted files. */
export const listGrantedFolders = (
  { grants, packages }: VolumeGrants,
  sources: Sources,
): string[] =>
  [...grants.read, ...grants.write, ...packages].map((path) =>
    sources.findFileKind(path) === 'folder' ? path : dirname(path),
  );

const splitItems = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Makes the function that finds the real path of an option's item: a file or folder. */
const makePathFinder =
  (option: string, baseDir: string, sources: Sources) =>
  (item: string): string => {
    const path = resolve(baseDir, item);
    try {
      const realPath = sources.findRealPath(path);
      if (sources.findFileKind(realPath) !== 'other') return realPath;
    } catch (error) {
      const { code } = error as { code?: string };
      const reason = code === 'ENOENT' ? 'there is no such file or folder' : code;
      throw new InitError(`option ${option} ${item}: ${reason} (${path})`);
    }
    throw new InitError(`option ${option} ${item}: neither a file nor a folder (${path})`);
  };
