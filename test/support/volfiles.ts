/** Lists the project's volfiles for users. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';

/** Paths from the top of the project. */
export const volfiles: readonly string[] = ['volfiles', 'examples']
  .flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  )
  .filter((path) => path.endsWith('.vol'))
  .sort();
