/** Removes the oldest files of a kind in a folder, so that they do not fill the disk (`removeOldest`). */
import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes all but the newest files whose names are of a kind. What another process removes meanwhile is no error.
 * @param keptCount the number of files that stay
 * @throws {NodeJS.ErrnoException} if the folder cannot be read
 */
export function removeOldest(
  folder: string,
  isOfKind: (name: string) => boolean,
  keptCount: number,
): void {
  const files = readdirSync(folder)
    .filter(isOfKind)
    .map((name) => join(folder, name))
    .flatMap((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? [{ file, mtimeMs: stat.mtimeMs }] : [];
    })
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { file } of files.slice(keptCount)) removeIfPresent(file);
}

/** Removes a file, if it exists. */
export function removeIfPresent(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // The file was never created, or another process has removed it.
  }
}
