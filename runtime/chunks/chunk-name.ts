/** Checks and makes names of chunks, for `ChunkStore` and the disks made of chunks. */

import { FileError } from '../api/file-error.ts';
import { nameLength } from '../core/bytes.ts';
import { EINVAL } from '../core/errno.ts';
import { NAME_MAX } from '../core/limits.ts';

/** Digits of a chunk's index in its name; a greater index has more. */
const INDEX_DIGITS = 4;

/**
 * Names the chunk of a volume, such as `volume1_0002`.
 * Source: Archipelago, `src/include/mapper.h` of its first map format.
 */
export const formatChunkName = (volumeName: string, index: number): string =>
  `${volumeName}_${String(index).padStart(INDEX_DIGITS, '0')}`;

/**
 * A chunk is a file of this name. A name with a dot in front could be that of an unfinished copy.
 * @param syscall the operation that the error names. @throws {FileError} EINVAL
 */
export function checkChunkName(name: string, syscall: string): void {
  const isNameOfFile = name !== '' && !name.startsWith('.') && !/[/\0]/.test(name);
  if (!isNameOfFile || nameLength(name) > NAME_MAX) throw new FileError(EINVAL, syscall, name);
}
