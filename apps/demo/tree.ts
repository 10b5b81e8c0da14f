/** Makes the empty files of the workload in dir0 … dir9 of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORIES, directoryName, type Workload } from '../bench/engine/searches.ts';

/** Makes the tree; an abort ends it after the pending calls. */
export async function makeTree(
  folder: string,
  { names, directories }: Workload,
  signal: AbortSignal,
): Promise<void> {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const path = join(folder, directoryName(directory));
    signal.throwIfAborted();
    await mkdir(path);
  }
  for (const [file, name] of names.entries()) {
    const path = join(folder, directoryName(directories[file]!), name);
    signal.throwIfAborted();
    await writeFile(path, '', { flag: 'wx' });
  }
}
