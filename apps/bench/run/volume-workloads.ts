/**
 * Sends the workloads that need no kernel through a volume of the client's own process: the same
 * requests as through a mount, in the same order, with the same expected results.
 */
import { join } from 'node:path';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Volume } from '../../../server/open-volume.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import { DIRECTORY_COUNT, makeDirectoryName, planSearches } from '../engine/searches.ts';
import type { WorkloadName } from '../engine/workloads/index.ts';
import {
  ABSENT_NAME,
  makeSearchRequests,
  SEARCH_COUNT,
  type Searcher,
} from '../engine/workloads/search-requests.ts';
import type { Requests, WorkloadSetting } from '../engine/workloads/workload.ts';

/** A workload through a volume. */
interface VolumeWorkload {
  /** Makes the tree in an empty directory. */
  make(volume: Volume, root: string): Promise<void>;
  /** Opens the tree, and returns the requests of one client. */
  open(volume: Volume, setting: WorkloadSetting): Promise<Requests>;
}

/** Finds a workload. @throws {MeasurementError} for one that only a mount can measure */
export function findVolumeWorkload(name: WorkloadName): VolumeWorkload {
  const workload = (volumeWorkloads as Partial<Record<WorkloadName, VolumeWorkload>>)[name];
  if (workload === undefined) throw new MeasurementError(`${name} needs a mount`);
  return workload;
}

/** Looks up one name, whose directory the volume knows; returns 0, or minus an errno. */
async function lookUp(volume: Volume, path: string): Promise<number> {
  try {
    return (await volume.stat(path, { throwIfNoEntry: false })) === undefined ? -ENOENT : 0;
  } catch (error) {
    return readStatus(error);
  }
}

/** Returns the negative errno of a failed operation. @throws any other error */
function readStatus(error: unknown): number {
  const { errno } = error as NodeJS.ErrnoException;
  if (errno === undefined) throw error;
  return -Math.abs(errno);
}

// -- searches ------------------------------------------------------------------------------------

const phpsim: VolumeWorkload = {
  async make(volume, root) {
    // Names and directories of the files are the same for every seed.
    const { names, directories } = planSearches({ seed: 1, searchCount: 0 });
    for (let i = 0; i < DIRECTORY_COUNT; i++) await volume.mkdir(join(root, makeDirectoryName(i)));
    for (const [file, name] of names.entries()) {
      const directory = makeDirectoryName(directories[file]!);
      await volume.writeFile(join(root, directory, name), '');
    }
  },
  async open(volume, { root, seed, client, searches: plan }) {
    const { names, searches, directories } =
      plan ?? planSearches({ seed: seed + client, searchCount: SEARCH_COUNT });
    const folders = Array.from({ length: DIRECTORY_COUNT }, (_, i) =>
      join(root, makeDirectoryName(i)),
    );
    // The volume then knows the directories, so that each request is one lookup.
    for (const folder of folders) await volume.stat(folder);
    let lookups = 0;
    const searcher: Searcher<Promise<number>> = {
      lookUpAbsent: (directory) => lookUp(volume, `${folders[directory]}/${ABSENT_NAME}`),
      async search(file) {
        for (const [index, folder] of folders.entries()) {
          lookups += 1;
          const status = await lookUp(volume, `${folder}/${names[file]}`);
          if (status !== -ENOENT) return status < 0 ? status : index;
        }
        return -ENOENT;
      },
      takeLookupCount() {
        const count = lookups;
        lookups = 0;
        return count;
      },
      close() {},
    };
    return makeSearchRequests({ names, searches, directories }, searcher);
  },
};

/** The workloads that can be measured without a mount. */
const volumeWorkloads = { phpsim } as const satisfies Partial<Record<WorkloadName, VolumeWorkload>>;

export const volumeWorkloadNames = Object.keys(volumeWorkloads) as (keyof typeof volumeWorkloads)[];
