/**
 * Checks names and texts from the kernel, the network or a module before a storage uses them. A name `..`, or one
 * with a slash, could lead out of its directory, and from the root out of the volume.
 */
import { NameError, nameLength } from '../../../core/bytes.ts';
import { EILSEQ, EINVAL, ENAMETOOLONG } from '../../../core/errno.ts';
import { NAME_MAX } from '../../../core/limits.ts';

/** Returns 0 for a valid name of one entry, otherwise the errno. */
export function findNameFault(name: string): number {
  if (name === '' || name === '.' || name === '..') return EINVAL;
  if (name.includes('/') || name.includes('\0')) return EINVAL;
  // Each UTF-16 unit takes at least one byte: no need to encode a longer text.
  if (name.length > NAME_MAX) return ENAMETOOLONG;
  return findEncodedFault(name, NAME_MAX);
}

/** Returns 0 for a text of at most `max` bytes without a NUL, otherwise the errno. */
export function findTextFault(text: string, max: number): number {
  if (text.includes('\0')) return EINVAL;
  return findEncodedFault(text, max);
}

/** Returns 0 for a text of at most `max` bytes in UTF-8, otherwise the errno. */
function findEncodedFault(text: string, max: number): number {
  try {
    return nameLength(text) > max ? ENAMETOOLONG : 0;
  } catch (error) {
    if (error instanceof NameError) return EILSEQ;
    throw error;
  }
}
