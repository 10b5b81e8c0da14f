/**
 * The folder of a report. It is made before anything is measured, so that a run of an hour does not
 * end with a refusal; and it is never mixed up with what was there before, unless that is wanted.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../../terminal/exit.ts';

/**
 * Makes a folder, and those above it; `mkdir -p`. (mkdirSync with `recursive` never returns where no
 * folder can be made for want of its parent, as below /proc.)
 * @returns false when it is there already
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
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    throw new Failure(isFile ? `${dir} is a file, or below one` : `cannot make ${dir}: ${message}`);
  }
}

/**
 * Makes the folder, and those above it. An empty one, such as a run that failed leaves, will do.
 * @param force it may be there; its report will be replaced, other files stay.
 * @throws {Failure}
 */
export function openReportFolder(dir: string, { force }: { readonly force: boolean }): void {
  if (makeFolder(dir)) return;
  if (!force && readdirSync(dir).length > 0)
    throw new Failure(`${dir} exists; with --force, its report is replaced`);
}

/** Writes files by their names, each as a whole or not at all. @throws {Failure} */
export function writeReportFolder(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    try {
      // Somebody else may have laid a link there, where others can write the folder.
      rmSync(`${path}.new`, { force: true });
      writeFileSync(`${path}.new`, content, { flag: 'wx' });
      renameSync(`${path}.new`, path);
    } catch (error) {
      throw new Failure(`cannot write ${path}: ${(error as Error).message}`);
    }
  }
}
