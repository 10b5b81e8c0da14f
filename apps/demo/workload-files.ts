/** Makes the files that the searches look for, through a volume in this process without a mount. */
import { CONSOLE } from '../../server/log-sink.ts';
import { OpenError, Volume } from '../../server/open-volume.ts';
import { Failure } from '../../terminal/exit.ts';
import type { SearchPlan } from '../bench/engine/searches.ts';
import { makeSearchedFiles } from '../bench/run/volume-workloads.ts';

/** Makes the files through the graph of a volfile, whose root is empty. @throws {Failure} */
export async function makeFiles(volfile: string, searchPlan: SearchPlan): Promise<void> {
  const volume = await openVolume(volfile);
  try {
    // Like a mount, looks up the root first: distribute learns the root's layout from the reply.
    await volume.stat('/');
    await makeSearchedFiles(volume, '/', searchPlan);
  } finally {
    await volume.close();
  }
}

/** Opens the volume as root. @throws {Failure} */
async function openVolume(volfile: string): Promise<Volume> {
  try {
    return await Volume.open(volfile, { uid: 0, gid: 0, log: CONSOLE });
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    throw new Failure(error.message, error.problems);
  }
}
