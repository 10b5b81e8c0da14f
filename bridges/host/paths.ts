/** Paths as POSIX has them: the same text in, the same text out on every machine. */

/** Without `.`, `..` and empty parts, as far as it has names to take away. */
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

export const join = (...parts: readonly string[]): string =>
  normalize(parts.filter((part) => part !== '').join('/'));

/** `path`, beginning at the absolute path `base` where it is a relative one. */
export const resolve = (base: string, path: string): string =>
  normalize(path.startsWith('/') ? path : `${base}/${path}`);

/** The folder of a normalized path. */
export function dirname(path: string): string {
  const at = path.lastIndexOf('/');
  if (at < 0) return '.';
  return at === 0 ? '/' : path.slice(0, at);
}

/** The last name of a normalized path, without `ending` where it has more than that. */
export function basename(path: string, ending = ''): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isMore = ending !== '' && name.length > ending.length && name.endsWith(ending);
  return isMore ? name.slice(0, -ending.length) : name;
}
