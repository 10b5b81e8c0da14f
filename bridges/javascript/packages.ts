/**
 * Finds the files of packages for `import 'name'`, `import 'name/part'` and, inside a package,
 * `import '#name'`. Reads `exports` and `imports` of package.json as Node does (`resolve.exports`),
 * otherwise `module` and `main`; conditions are import, module, browser and default, in the
 * package's order. Only ECMAScript modules can run.
 */
import { exports, imports } from 'resolve.exports';
import type { Sources } from '../host/machine.ts';
import { dirname, join } from '../host/paths.ts';

const CONDITIONS = ['import', 'module', 'browser', 'default'];
const ENDINGS = ['', '.js', '.mjs', '/index.js', '/index.mjs'];

/** Finds a package's file in these folders or their node_modules. */
export function packageFile(
  folders: readonly string[],
  name: string,
  sources: Sources,
): string | undefined {
  const [, root, part = ''] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(name) ?? [];
  if (root === undefined) return undefined;
  const places = folders.flatMap((folder) => [
    join(folder, root),
    join(folder, 'node_modules', root),
    // The folder of the package itself.
    ...(folder.endsWith(`/${root}`) ? [folder] : []),
  ]);
  for (const place of places) {
    const about = readAbout(join(place, 'package.json'), sources);
    const found = about === undefined ? undefined : fileOf(place, about, part, sources);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Finds the file of `#name` for a module at `base`, whose package is in these folders. */
export function privateFile(
  folders: readonly string[],
  base: string,
  name: string,
  sources: Sources,
): string | undefined {
  const isInside = (place: string): boolean =>
    folders.some((folder) => `${place}/`.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
  for (let place = dirname(base); isInside(place); place = dirname(place)) {
    const about = readAbout(join(place, 'package.json'), sources);
    if (about !== undefined) {
      const [target] = targets(imports, about, 'imports', name);
      if (target === undefined) return undefined;
      return target.startsWith('./')
        ? firstFile(place, target, sources)
        : packageFile([...folders, place], target, sources);
    }
    if (place === '/') break;
  }
  return undefined;
}

type About = Readonly<Record<string, unknown>>;

function readAbout(path: string, sources: Sources): About | undefined {
  if (sources.kind(path) !== 'file') return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(sources.read(path))) as About;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

const firstFile = (place: string, target: string, sources: Sources): string | undefined =>
  ENDINGS.map((ending) => join(place, target) + ending).find(
    (path) => sources.kind(path) === 'file',
  );

function fileOf(place: string, about: About, part: string, sources: Sources): string | undefined {
  const first = (target: string): string | undefined => firstFile(place, target, sources);
  if (about.exports !== undefined && about.exports !== null) {
    const inside = targets(exports, about, 'exports', part === '' ? '.' : `./${part}`);
    return inside.map(first).find((path) => path !== undefined);
  }
  if (part !== '') return first(part);
  const named = [about.module, about.main].filter((one) => typeof one === 'string');
  return [...named, 'index'].map((one) => first(one as string)).find((path) => path !== undefined);
}

/** The targets of a name in a package's table; [] for a name that it does not export. */
function targets(
  find: typeof exports | typeof imports,
  about: About,
  table: 'exports' | 'imports',
  name: string,
): readonly string[] {
  const one = { name: '', ...about, [table]: plainTable(about[table]) };
  try {
    return (find(one as never, name, { conditions: CONDITIONS, unsafe: true }) ?? []) as string[];
  } catch {
    // The table lacks the name, or has null for it.
    return [];
  }
}

/**
 * Adapts a table for `resolve.exports`, which reads patterns as regular expressions, and takes a
 * target's first known condition even if that leads nowhere.
 */
function plainTable(table: unknown): unknown {
  const [first = ''] = Object.keys(Object(table));
  if (typeof table !== 'object' || !/^[.#]/.test(first)) return known(table) ?? {};
  return Object.fromEntries(
    Object.entries(table as object).map(([key, value]) => [
      key.includes('*') ? key.replace(/[\\^$+?()[\]{}|]/g, '\\$&') : key,
      known(value) ?? null,
    ]),
  );
}

/** A target without unsupported conditions; undefined if none is left. */
function known(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target;
  if (Array.isArray(target)) return target.map(known).filter((one) => one !== undefined);
  const found = Object.entries(target)
    .filter(([condition]) => CONDITIONS.includes(condition))
    .map(([condition, inside]) => [condition, known(inside)] as const)
    .find(([, inside]) => inside !== undefined);
  return found?.[1];
}
