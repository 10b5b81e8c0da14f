/** The playground written to a folder: into an empty one, or over one that was written before. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import { makeFolder } from '../bench/engine/report-folder.ts';

/** Marks a folder that was written by this, so that it may be written again. */
const MARK = 'glossa-playground.json';
/** Its files alone have names that change from version to version. */
const PARTS = 'parts';

/**
 * @param make gives the files by their paths; called once it is known that they may be written
 * @throws {Failure} where there are other files, or nothing can be written
 */
export async function writePlayground(
  folder: string,
  make: () => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  orFail(folder, () => {
    makeFolder(folder);
    if (readdirSync(folder).length > 0 && !existsSync(join(folder, MARK))) {
      throw new Failure(`${folder} has other files in it: --out takes a new or an empty folder`);
    }
  });
  const files = await make();
  orFail(folder, () => {
    rmSync(join(folder, PARTS), { recursive: true, force: true });
    // First the mark: what is cut short may be written again, too.
    writeFileSync(join(folder, MARK), `${JSON.stringify([...files.keys()], null, 2)}\n`);
    for (const [path, text] of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  });
}

function orFail(folder: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot write ${folder}: ${reason(error)}`);
  }
}
