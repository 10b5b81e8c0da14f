/**
 * Finds the files of packages for `import 'name'`, `import 'name/part'` and, inside a package,
 * `import '#name'`. Reads `exports` and `imports` of package.json as Node does (`resolve.exports`),
 * otherwise `module` and `main`; conditions are import, module, browser and default, in the
 * package's order. Only ECMAScript modules can run.
 */
import { exports, imports } from 'resolve.exports';
import type { Sources } from '../host/machine.ts';
import { dirname, join } from '../host/paths.ts';

/** The supported conditions of package.json's `exports` and `imports`. */
const CONDITIONS = ['import', 'module', 'browser', 'default'];
/** Endings that a target may lack, in the order of the search. */
const ENDINGS = ['', '.js', '.mjs', '/index.js', '/index.mjs'];

/** Finds the file that package `name` exports, in these folders or their node_modules. */
export function findPackageFile(
  folders: readonly string[],
  name: string,
  sources: Sources,
): string | undefined {
  const [, root, subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(name) ?? [];
  if (root === undefined) return undefined;
  const candidates = folders.flatMap((folder) => [
    join(folder, root),
    join(folder, 'node_modules', root),
    // The folder of the package itself.
    ...(folder.endsWith(`/${root}`) ? [folder] : []),
  ]);
  for (const folder of candidates) {
    const packageJson = readPackageJson(join(folder, 'package.json'), sources);
    const file =
      packageJson === undefined
        ? undefined
        : findExportedFile(folder, packageJson, subpath, sources);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Finds the file of `#name` for a module at `base`, whose package is in these folders. */
export function findPrivateFile(
  folders: readonly string[],
  base: string,
  name: string,
  sources: Sources,
): string | undefined {
  const isInside = (path: string): boolean =>
    folders.some((each) => `${path}/`.startsWith(each.endsWith('/') ? each : `${each}/`));
  for (let folder = dirname(base); isInside(folder); folder = dirname(folder)) {
    const packageJson = readPackageJson(join(folder, 'package.json'), sources);
    if (packageJson !== undefined) {
      const [target] = readTargets(imports, packageJson, 'imports', name);
      if (target === undefined) return undefined;
      return target.startsWith('./')
        ? findFirstFile(folder, target, sources)
        : findPackageFile([...folders, folder], target, sources);
    }
    if (folder === '/') break;
  }
  return undefined;
}

type PackageJson = Readonly<Record<string, unknown>>;

/** Reads a package.json; undefined if the package has no such file. @throws {Error} for malformed JSON */
function readPackageJson(path: string, sources: Sources): PackageJson | undefined {
  if (sources.findFileKind(path) !== 'file') return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(sources.read(path))) as PackageJson;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

/** Finds the file of a target in a package's folder, with any of ENDINGS. */
const findFirstFile = (folder: string, target: string, sources: Sources): string | undefined =>
  ENDINGS.map((ending) => join(folder, target) + ending).find(
    (path) => sources.findFileKind(path) === 'file',
  );

/**
 * Finds the file of a package's part.
 * @param subpath the part's name in the import; '' for the package itself
 */
function findExportedFile(
  folder: string,
  packageJson: PackageJson,
  subpath: string,
  sources: Sources,
): string | undefined {
  const findTarget = (target: string): string | undefined => findFirstFile(folder, target, sources);
  if (packageJson.exports !== undefined && packageJson.exports !== null) {
    const exported = readTargets(
      exports,
      packageJson,
      'exports',
      subpath === '' ? '.' : `./${subpath}`,
    );
    return exported.map(findTarget).find((path) => path !== undefined);
  }
  if (subpath !== '') return findTarget(subpath);
  const entryTargets = [packageJson.module, packageJson.main].filter(
    (target) => typeof target === 'string',
  );
  return [...entryTargets, 'index']
    .map((target) => findTarget(target as string))
    .find((path) => path !== undefined);
}

/** Reads the targets of a name in a package's table; [] if the table does not export the name. */
function readTargets(
  readTable: typeof exports | typeof imports,
  packageJson: PackageJson,
  table: 'exports' | 'imports',
  name: string,
): readonly string[] {
  const normalized = { name: '', ...packageJson, [table]: adaptTable(packageJson[table]) };
  try {
    // unsafe: only CONDITIONS hold, without those that the package would add.
    return (readTable(normalized as never, name, { conditions: CONDITIONS, unsafe: true }) ??
      []) as string[];
  } catch {
    // The table lacks the name, or excludes it with null.
    return [];
  }
}

/**
 * Adapts a table for `resolve.exports`, which reads patterns as regular expressions, and takes a
 * target's first known condition even if that leads nowhere.
 */
function adaptTable(table: unknown): unknown {
  const [firstKey = ''] = Object.keys(Object(table));
  if (typeof table !== 'object' || !/^[.#]/.test(firstKey)) return dropUnsupported(table) ?? {};
  return Object.fromEntries(
    Object.entries(table as object).map(([key, value]) => [
      key.includes('*') ? key.replace(/[\\^$+?()[\]{}|]/g, '\\$&') : key,
      dropUnsupported(value) ?? null,
    ]),
  );
}

/** Returns a target without its unsupported conditions; undefined if no condition is left. */
function dropUnsupported(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target;
  if (Array.isArray(target))
    return target.map(dropUnsupported).filter((nested) => nested !== undefined);
  const entry = Object.entries(target)
    .filter(([condition]) => CONDITIONS.includes(condition))
    .map(([condition, nested]) => [condition, dropUnsupported(nested)] as const)
    .find(([, nested]) => nested !== undefined);
  return entry?.[1];
}
