/** Writes the playground to an empty folder, or over an earlier one, for `playground --out`. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, formatReason } from '../../terminal/exit.ts';
import { makeFolder } from '../bench/engine/report-folder.ts';

/** The file that marks a folder as a playground, which may be overwritten. */
const MARKER_FILE = 'glossa-playground.json';
/** The folder of the parts' scripts, whose names change with the version. */
const PARTS_FOLDER = 'parts';

/**
 * Writes the files, after a check that the folder is empty or an earlier playground.
 * @param makeFiles builds the files by their paths; called after the check of the folder
 * @throws {Failure} if the folder has other files, or cannot be written
 */
export async function writePlayground(
  folder: string,
  makeFiles: () => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  failOnError(folder, () => {
    makeFolder(folder);
    if (readdirSync(folder).length > 0 && !existsSync(join(folder, MARKER_FILE))) {
      throw new Failure(`${folder} has other files in it: --out takes a new or an empty folder`);
    }
  });
  const files = await makeFiles();
  failOnError(folder, () => {
    rmSync(join(folder, PARTS_FOLDER), { recursive: true, force: true });
    // The mark comes first, so that an interrupted write can be repeated.
    writeFileSync(join(folder, MARKER_FILE), `${JSON.stringify([...files.keys()], null, 2)}\n`);
    for (const [path, text] of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  });
}

/** Runs an action whose errors become failures that name the folder. */
function failOnError(folder: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot write ${folder}: ${formatReason(error)}`);
  }
}
