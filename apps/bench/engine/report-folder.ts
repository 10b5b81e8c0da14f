/**
 * Makes and fills the folder of a report. Callers make it before the measurement, so that a path
 * that cannot be used fails at once and not after an hour.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../../terminal/exit.ts';

/**
 * Makes a folder and its parents, as `mkdir -p`. (mkdirSync with `recursive` never returns if the
 * parent cannot be made, as below /proc.)
 * @returns false when the folder exists already
 * @throws {Failure}
 */
export function makeFolder(dir: string): boolean {
  try {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return false;
    if (dirname(dir) !== dir) makeFolder(dirname(dir));
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const isBlockedByFile = code === 'EEXIST' || code === 'ENOTDIR';
    throw new Failure(
      isBlockedByFile ? `${dir} is a file, or below one` : `cannot make ${dir}: ${message}`,
    );
  }
}

/**
 * Makes the folder of a report and its parents. Accepts an empty folder, which a failed run leaves.
 * @param force whether to accept a folder with a report, which writeReportFolder then replaces;
 * other files stay
 * @throws {Failure}
 */
export function prepareReportFolder(dir: string, { force }: { readonly force: boolean }): void {
  if (makeFolder(dir)) return;
  if (!force && readdirSync(dir).length > 0)
    throw new Failure(`${dir} exists; with --force, its report is replaced`);
}

/**
 * Writes files into the folder, each atomically.
 * @param files contents by name
 * @throws {Failure}
 */
export function writeReportFolder(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    try {
      // Another user may have made a symbolic link of this name: remove it, and never follow one.
      rmSync(`${path}.new`, { force: true });
      writeFileSync(`${path}.new`, content, { flag: 'wx' });
      renameSync(`${path}.new`, path);
    } catch (error) {
      throw new Failure(`cannot write ${path}: ${(error as Error).message}`);
    }
  }
}
