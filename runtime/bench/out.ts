/**
 * The folder of a report. It is made before anything is measured, so that a run of an hour does not
 * end with a refusal; and it is never mixed up with what was there before, unless that is wanted.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder that cannot be written to. */
export class OutError extends Error {
  readonly code = 'GLOSSA_BENCH_OUT';

  constructor(message: string) {
    super(message);
    this.name = 'OutError';
  }
}

/**
 * Makes the folder, and those above it.
 * @param force it may be there; files of the same names will be replaced, others stay.
 * @throws {OutError}
 */
export function openOut(dir: string, { force }: { readonly force: boolean }): void {
  try {
    if (mkdirSync(dir, { recursive: true }) !== undefined) return;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OutError(code === 'EEXIST' ? `${dir} is a file` : `cannot make ${dir}: ${message}`);
  }
  if (!force) throw new OutError(`${dir} exists; with --force, its report is replaced`);
}

/** Writes files by their names: each as a whole or not at all. @throws {OutError} */
export function writeOut(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    try {
      writeFileSync(`${path}.new`, content);
      renameSync(`${path}.new`, path);
    } catch (error) {
      throw new OutError(`cannot write ${path}: ${(error as Error).message}`);
    }
  }
}
