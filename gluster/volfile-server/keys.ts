/** What clients ask for, and the name of the file that it means. */
import { encodeName } from '../../runtime/core/bytes.ts';
import { NAME_MAX } from '../../runtime/core/limits.ts';

/** Every file that is served ends so. */
export const EXTENSION = '.vol';

/**
 * The volume that a key means: `V`, or `/V` as mount(8) asks for it. Null for what can be no name of a
 * file in one folder, so that no key becomes a path: with a slash in it, hidden, too long, or with
 * characters that no terminal should be sent.
 */
export function volumeOfKey(key: string): string | null {
  const name = key.startsWith('/') ? key.slice(1) : key;
  if (name === '' || name.startsWith('.') || name.includes('/')) return null;
  if (/\p{Cc}/u.test(name)) return null;
  return encodeName(name).length + EXTENSION.length <= NAME_MAX ? name : null;
}
