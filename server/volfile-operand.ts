/** Refuses operands that are no volfile, without reading them. */
import { statSync } from 'node:fs';
import { UsageError } from '../terminal/exit.ts';
import { refuseStuck } from './stuck.ts';

/** A beginner's likeliest mistake. @throws {UsageError} when the file is a module */
export function refuseModule(path: string): void {
  if (!/\.(py|m?js)$/.test(path)) return;
  const how = `'glossa dev ${path}' mounts it; a volfile names it by option module-name`;
  throw new UsageError(`${path} is a module, and no volfile: ${how}`);
}

/** @throws {UsageError | Failure} for a module or a folder, and where a mount on the way hangs */
export async function refuseOther(volfile: string): Promise<void> {
  await refuseStuck(volfile);
  refuseFolder(volfile);
  refuseModule(volfile);
}

function refuseFolder(path: string): void {
  let isFolder = false;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    // Whoever reads the volfile says what is wrong with it.
  }
  if (isFolder) throw new UsageError(`${path} is a folder, and no volfile`);
}
