/**
 * Normalizes and joins POSIX paths. The bridges use it instead of node:path, which a browser lacks.
 */

/** Returns a path without `.`, empty parts, and `..` with the name before it. */
export function normalize(path: string): string {
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  const text = parts.join('/');
  if (isAbsolute) return `/${text}`;
  return text === '' ? '.' : text;
}

/** Joins parts of a path, and normalizes it. */
export const join = (...parts: readonly string[]): string =>
  normalize(parts.filter((part) => part !== '').join('/'));

/** Resolves a relative `path` against the absolute path `base`. */
export const resolve = (base: string, path: string): string =>
  normalize(path.startsWith('/') ? path : `${base}/${path}`);

/** Returns the folder of a normalized path. */
export function dirname(path: string): string {
  const lastSlash = path.lastIndexOf('/');
  if (lastSlash < 0) return '.';
  return lastSlash === 0 ? '/' : path.slice(0, lastSlash);
}

/** Returns the last name of a normalized path, without `ending`; a name equal to `ending` stays. */
export function basename(path: string, ending = ''): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const hasEnding = ending !== '' && name.length > ending.length && name.endsWith(ending);
  return hasEnding ? name.slice(0, -ending.length) : name;
}
