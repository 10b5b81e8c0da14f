/** Rejects operands that are not volfiles, without reading them. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { FS_TYPE, findMount } from '../runtime/mount/mountinfo.ts';
import { UsageError } from '../terminal/exit.ts';
import { refuseStuck } from './stuck-mounts.ts';

/** Refuses a folder, and a path behind a mount that hangs. @throws {UsageError | Failure} */
export async function refuseNonVolfile(volfile: string): Promise<void> {
  await refuseStuck(volfile);
  refuseFolder(volfile);
}

/** Refuses a folder in place of a volfile. @throws {UsageError} */
function refuseFolder(path: string): void {
  let isFolder = false;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    // A missing or unreadable file is reported when the volfile is read.
  }
  if (!isFolder) return;
  if (findMount(resolve(path))?.type === FS_TYPE)
    throw new UsageError(
      `${path} is a mount, and no volfile: 'glossa trace ${path}' shows its requests while a command runs elsewhere`,
    );
  throw new UsageError(`${path} is a folder, and no volfile`);
}
