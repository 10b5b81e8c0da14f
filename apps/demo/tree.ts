/** Makes the empty files that the searches look for, in dir0 … dir9 of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORIES, directoryName, type Workload } from '../bench/engine/searches.ts';

/** Makes the tree. @throws the signal's reason, once the pending call has ended */
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
  for (const [index, name] of names.entries()) {
    const path = join(folder, directoryName(directories[index]!), name);
    signal.throwIfAborted();
    await writeFile(path, '', { flag: 'wx' });
  }
}
