/** The files that the workload searches, made in a folder: empty, in dir0 … dir9. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIRECTORIES, directoryName, type Workload } from '../bench/engine/searches.ts';

/** Ends when it is aborted, and what is under way is done. */
export async function makeTree(
  folder: string,
  { names, homes }: Workload,
  signal: AbortSignal,
): Promise<void> {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const path = join(folder, directoryName(directory));
    signal.throwIfAborted();
    await mkdir(path);
  }
  for (const [file, name] of names.entries()) {
    const path = join(folder, directoryName(homes[file]!), name);
    signal.throwIfAborted();
    await writeFile(path, '', { flag: 'wx' });
  }
}
