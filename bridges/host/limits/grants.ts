/**
 * Looks up the folders, files, names of the environment and packages that the options of a volume give its
 * module, when the volume starts: a slip in the volfile is an error of the volfile.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import type { GrantedPaths, Machine, Sources } from '../machine.ts';
import { dirname, resolve } from '../paths.ts';

/** What a script may do outside of its interpreter. */
export interface Grants extends GrantedPaths {
  /** Names of the environment and their values; a name without a value is not here. */
  readonly env: Readonly<Record<string, string>>;
}

export interface GrantOptions {
  readonly 'allow-read': string | undefined;
  readonly 'allow-write': string | undefined;
  readonly 'allow-env': string | undefined;
  readonly packages: string | undefined;
}

export interface Granted {
  readonly grants: Grants;
  /** Wheel files and folders, as absolute paths. */
  readonly packages: readonly string[];
}

/** The options' specs, to be spread into those of a host translator. */
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

/** Looks up what the options name. @throws {InitError} for a path that is not there. */
export function findGrants(
  given: GrantOptions,
  baseDir: string,
  { env, sources }: Pick<Machine, 'env' | 'sources'>,
): Granted {
  const paths = (option: keyof GrantOptions) =>
    items(given[option]).map(found(option, baseDir, sources));
  const names = items(given['allow-env']).map((name) => {
    if (/^[^=\0]+$/.test(name)) return name;
    throw new InitError(`option allow-env: '${name}' is no name of an environment variable`);
  });
  const values = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    grants: {
      read: paths('allow-read'),
      write: paths('allow-write'),
      env: Object.fromEntries(values),
    },
    packages: paths('packages'),
  };
}

/** The folders that are granted, or have a file in them that is. */
export const foldersOf = ({ grants, packages }: Granted, sources: Sources): string[] =>
  [...grants.read, ...grants.write, ...packages].map((path) =>
    sources.kind(path) === 'folder' ? path : dirname(path),
  );

const items = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** The real path of an item, which has to be a file or a folder. */
const found =
  (option: string, baseDir: string, sources: Sources) =>
  (item: string): string => {
    const path = resolve(baseDir, item);
    try {
      const real = sources.realPath(path);
      if (sources.kind(real) !== 'other') return real;
    } catch (error) {
      const { code } = error as { code?: string };
      const why = code === 'ENOENT' ? 'there is no such file or folder' : code;
      throw new InitError(`option ${option} ${item}: ${why} (${path})`);
    }
    throw new InitError(`option ${option} ${item}: neither a file nor a folder (${path})`);
  };
