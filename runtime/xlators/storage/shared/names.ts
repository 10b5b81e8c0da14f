/**
 * The names that a storage takes as one component of a path. A name comes from a kernel, a wire or a
 * script, so nothing may be taken for granted: a `..` or a slash would reach out of the directory
 * it was meant for, and in the root out of the volume.
 */
import { NameError, nameLength } from '../../../core/bytes.ts';
import { EILSEQ, EINVAL, ENAMETOOLONG } from '../../../core/errno.ts';
import { NAME_MAX } from '../../../core/limits.ts';

/** 0 for a name that can be looked up or made, otherwise the errno to refuse it with. */
export function nameFault(name: string): number {
  if (name === '' || name === '.' || name === '..') return EINVAL;
  if (name.includes('/') || name.includes('\0')) return EINVAL;
  // A unit takes one byte at least and three at most (a pair takes four).
  if (name.length > NAME_MAX) return ENAMETOOLONG;
  return encodedFault(name, NAME_MAX);
}

/** 0 for a symbolic link's target or another text of at most `max` bytes without a NUL. */
export function textFault(text: string, max: number): number {
  if (text.includes('\0')) return EINVAL;
  return encodedFault(text, max);
}

function encodedFault(text: string, max: number): number {
  try {
    return nameLength(text) > max ? ENAMETOOLONG : 0;
  } catch (error) {
    if (error instanceof NameError) return EILSEQ;
    throw error;
  }
}
