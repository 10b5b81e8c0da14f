/** The playground written to a folder: into an empty one, or over one that was written before. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import { makeFolder, OutError } from '../bench/engine/out.ts';

/** Lists what was written, so that it may be written again; its name is not one of anybody else's. */
const LIST = 'glossa-playground.json';

/**
 * @param make gives the files by their paths; called once it is known that they may be written
 * @throws {Failure} where there are other files, or nothing can be written
 */
export async function writePlayground(
  folder: string,
  make: () => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  const before = prepare(folder);
  const files = await make();
  try {
    const old = before.filter((path) => !files.has(path));
    for (const path of old) rmSync(join(folder, path), { force: true });
    // First the list: what is cut short may be written again, too.
    writeFileSync(join(folder, LIST), `${JSON.stringify([...files.keys()], null, 2)}\n`);
    for (const [path, text] of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  } catch (error) {
    throw new Failure(`cannot write ${folder}: ${reason(error)}`);
  }
}

/** What was written before, if anything. @throws {Failure} */
function prepare(folder: string): readonly string[] {
  try {
    if (makeFolder(folder) || readdirSync(folder).length === 0) return [];
  } catch (error) {
    throw new Failure(
      error instanceof OutError ? error.message : `cannot read ${folder}: ${reason(error)}`,
    );
  }
  if (!existsSync(join(folder, LIST))) {
    throw new Failure(`${folder} has other files in it: --out takes a new or an empty folder`);
  }
  return listed(join(folder, LIST));
}

function listed(path: string): readonly string[] {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Failure(`${path} does not list what was written: ${reason(error)}`);
  }
  // Nothing outside of the folder is removed, whatever somebody has written there.
  const isOwn = (it: unknown): it is string =>
    typeof it === 'string' && /^(parts\/)?[\w.-]+$/.test(it) && !/^\.+$/.test(it);
  if (Array.isArray(list) && list.every(isOwn)) return list;
  throw new Failure(`${path} does not list what was written: remove the folder`);
}
