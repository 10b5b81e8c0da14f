/** Rejects operands that are not volfiles, without reading them. */
import { statSync } from 'node:fs';
import { UsageError } from '../terminal/exit.ts';
import { refuseStuck } from './stuck-mounts.ts';

/**
 * Refuses a module in place of a volfile, the likeliest mistake of a beginner. @throws {UsageError}
 */
export function refuseModule(path: string): void {
  if (!/\.(py|m?js)$/.test(path)) return;
  const advice = `'glossa dev ${path}' mounts it; a volfile names it by option module-name`;
  throw new UsageError(`${path} is a module, and no volfile: ${advice}`);
}

/**
 * Refuses a module, a folder, and a path behind a mount that hangs. @throws {UsageError | Failure}
 */
export async function refuseNonVolfile(volfile: string): Promise<void> {
  await refuseStuck(volfile);
  refuseFolder(volfile);
  refuseModule(volfile);
}

/** Refuses a folder in place of a volfile. @throws {UsageError} */
function refuseFolder(path: string): void {
  let isFolder = false;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    // A missing or unreadable file is reported when the volfile is read.
  }
  if (isFolder) throw new UsageError(`${path} is a folder, and no volfile`);
}
