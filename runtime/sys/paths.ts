/** Finds the paths of glossa's own files, whether it runs from the sources or was built; and resolves links. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Finds the nearest directory above this file that has a package.json. */
function findPackageRoot(): string {
  let folder = import.meta.dirname;
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

/** The directory of the crate for translators in Rust. */
export const crateFolder: string = join(packageRoot, 'bridges/rust');

/** The directories that compilers of modules need, by language. */
export const librariesByLanguage: Readonly<Record<string, string>> = {
  c: includeDir,
  rust: crateFolder,
};

/** Returns the path of a file of dist, such as `bridges/isolated-volume.cjs`, which also programs in the sources start. */
export const makeBuiltPath = (path: string): string => join(packageRoot, 'dist', path);

/** Resolves symbolic links; returns a text unchanged that leads to no file. */
export function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The file is missing, the text is no path, or an emulator of another machine shows a file where none is.
    return path;
  }
}
