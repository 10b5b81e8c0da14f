/** The files that the workload searches, made in a folder: empty, in dir0 … dir9. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORIES, directoryName, type Workload } from '../../bench/searches.ts';

export function makeTree(folder: string, { names, homes }: Workload): void {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    mkdirSync(join(folder, directoryName(directory)), { recursive: true });
  }
  for (const [file, name] of names.entries()) {
    closeSync(openSync(join(folder, directoryName(homes[file]!), name), 'wx'));
  }
}
