/** Finds the paths of glossa's own files, whether it runs from the sources or was built. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Finds the nearest directory above this file that has a package.json. */
function findPackageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('glossa is not installed whole: package.json is missing');
    folder = parent;
  }
  return folder;
}

/** The directory with package.json, python/, examples/ and volfiles/. */
export const packageRoot: string = findPackageRoot();

/** The directory of glossa.h. */
export const includeDir: string = join(packageRoot, 'bridges', 'native');

/**
 * Finds the built file of a worker thread.
 * @param url of the file beside the calling code; if glossa runs from its sources, the file is in dist/ instead
 */
export function findBuiltFile(url: URL): string {
  const sourceFile = fileURLToPath(url);
  return existsSync(sourceFile)
    ? sourceFile
    : join(packageRoot, 'dist', relative(packageRoot, sourceFile));
}
