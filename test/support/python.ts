/** Runs programs of CPython with the packages in `python/`, and the glossa under test. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { GLOSSA } from './mount.ts';
import { isInstalled } from './tools.ts';

/** The system's own comes last, as its packages are Debian's. */
const INTERPRETERS = ['python3', '/usr/bin/python3'] as const;

/** Debian's packages of modules. */
export const pythonPackages: Readonly<Record<string, string>> = {
  fsspec: 'python3-fsspec',
  pandas: 'python3-pandas',
  PIL: 'python3-pil',
};

const found = new Map<string, string | null>();

/** The first interpreter that has all of these modules; null if none has. */
export function findPython(...modules: readonly string[]): string | null {
  const key = modules.join(' ');
  const known = found.get(key);
  if (known !== undefined) return known;
  const check = modules.map((name) => `import ${name}`).join('; ');
  const python =
    INTERPRETERS.find(
      (program) => isInstalled('python3') && spawnSync(program, ['-c', check]).status === 0,
    ) ?? null;
  found.set(key, python);
  return python;
}

/** Returns the reason why this machine cannot run a program with these modules, or ''. */
export function findPythonObstacle(...modules: readonly string[]): string {
  if (!isInstalled('python3')) return 'python3 is not installed (python3)';
  const missing = modules.filter((name) => findPython(name) === null);
  if (missing.length > 0) {
    return `${missing.join(', ')} is not installed (${missing.map((name) => pythonPackages[name]).join(' ')})`;
  }
  return findPython(...modules) === null ? `no python3 has ${modules.join(' and ')}` : '';
}

/** The environment in which a program finds the packages and the command. */
export const pythonEnv = {
  GLOSSA,
  PYTHONPATH: join(packageRoot, 'python'),
  PYTHONDONTWRITEBYTECODE: '1',
} as const;

export interface PythonSettings {
  /** Modules that the interpreter must have. */
  readonly modules?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a program; returns its output. @throws {Error} with standard error, unless its status is 0 */
export async function runPython(
  args: readonly string[],
  { modules = [], env = {}, cwd }: PythonSettings = {},
): Promise<string> {
  const child = spawn(findPython(...modules)!, [...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...pythonEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`python3 ended with ${status}:\n${errors}`);
  return output;
}

/** Runs the tests of a directory by unittest; returns the outcome of each by its name, `ok` or the failure. */
export async function runPythonTests(
  folder: string,
  settings: PythonSettings = {},
): Promise<Readonly<Record<string, string>>> {
  const runner = join(packageRoot, 'test/support/python-tests.py');
  return JSON.parse(await runPython([runner, folder], settings)) as Record<string, string>;
}

/** The outcomes if each of these tests has passed. */
export const allPassed = (
  outcomes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(outcomes).map((name) => [name, 'ok']));
