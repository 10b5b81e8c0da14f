/** Makes the empty files that the searches look for, in dir0 … dir9 of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORY_COUNT, makeDirectoryName, type SearchPlan } from '../bench/engine/searches.ts';

/** Makes the tree. @throws the signal's reason, once the pending call has ended */
export async function makeTree(
  folder: string,
  { names, directories }: SearchPlan,
  signal: AbortSignal,
): Promise<void> {
  for (let directory = 0; directory < DIRECTORY_COUNT; directory += 1) {
    const path = join(folder, makeDirectoryName(directory));
    signal.throwIfAborted();
    await mkdir(path);
  }
  for (const [index, name] of names.entries()) {
    const path = join(folder, makeDirectoryName(directories[index]!), name);
    signal.throwIfAborted();
    await writeFile(path, '', { flag: 'wx' });
  }
}
