/**
 * What a package says of itself: which of its files `import 'name'` and `import 'name/part'` mean. Of
 * package.json, `exports` counts, otherwise `module` and `main`; of conditions import, module, default
 * and require, in the package's order. Only ECMAScript modules can be run.
 */
import type { Sources } from '../host/machine.ts';
import { join } from '../host/paths.ts';

const CONDITIONS: ReadonlySet<string> = new Set(['import', 'module', 'browser', 'default']);
const ENDINGS = ['', '.js', '.mjs', '/index.js', '/index.mjs'];

/** A package's file, in one of these folders or in what npm put there. */
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

type About = Readonly<Record<string, unknown>>;

function readAbout(path: string, sources: Sources): About | undefined {
  if (sources.kind(path) !== 'file') return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(sources.read(path))) as About;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

function fileOf(place: string, about: About, part: string, sources: Sources): string | undefined {
  const { exports } = about;
  const first = (target: string): string | undefined =>
    ENDINGS.map((ending) => join(place, target) + ending).find(
      (path) => sources.kind(path) === 'file',
    );
  if (exports !== undefined) {
    const target = exported(exports, part === '' ? '.' : `./${part}`);
    return target === undefined ? undefined : first(target);
  }
  if (part !== '') return first(part);
  const named = [about.module, about.main].filter((one) => typeof one === 'string');
  for (const one of [...named, 'index']) {
    const found = first(one as string);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What `exports` gives for a part of the package; undefined for what it keeps to itself. */
function exported(exports: unknown, part: string): string | undefined {
  const table = typeof exports === 'object' && exports !== null ? (exports as About) : {};
  const hasParts = Object.keys(table).some((key) => key.startsWith('.'));
  if (!hasParts) return part === '.' ? target(exports) : undefined;
  if (part in table) return target(table[part]);
  for (const [key, value] of Object.entries(table)) {
    const [head, tail] = key.split('*');
    if (tail === undefined || !part.startsWith(head!) || !part.endsWith(tail)) continue;
    const middle = part.slice(head!.length, part.length - tail.length);
    return target(value)?.replaceAll('*', middle);
  }
  return undefined;
}

/** A target, or the first that fits of a target's conditions. */
function target(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(target).find((one) => one !== undefined);
  for (const [key, inside] of Object.entries((value ?? {}) as About)) {
    if (!CONDITIONS.has(key)) continue;
    const found = target(inside);
    if (found !== undefined) return found;
  }
  return undefined;
}
