/**
 * Sends the workloads that need no kernel through a volume of the client's own process: the same
 * requests as through a mount, in the same order, with the same expected results.
 */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Volume } from '../../../server/open-volume.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import {
  DIRECTORY_COUNT,
  makeDirectoryName,
  planSearches,
  type SearchPlan,
} from '../engine/searches.ts';
import type { WorkloadName } from '../engine/workloads/index.ts';
import {
  ABSENT_NAME,
  makeSearchRequests,
  SEARCH_COUNT,
  type Searcher,
} from '../engine/workloads/search-requests.ts';
import {
  BLOCK_SIZE,
  checkRead,
  compareStat,
  describeStatus,
  drawNameOrder,
  drawPageOffsets,
  FILE_COUNT,
  fillPattern,
  isPattern,
  LARGE_FILE_NAME,
  LARGE_FILE_SIZE,
  listNumberedNames,
  makeNumberedName,
  PAGE_SIZE,
  type Requests,
  SALT,
  SMALL_FILE_COUNT,
  type WorkloadSetting,
} from '../engine/workloads/workload.ts';

/** A workload through a volume. */
interface VolumeWorkload {
  /**
   * Makes the tree in an empty directory.
   * @param searches the searches whose files to make; absent: those of the workload
   */
  make(volume: Volume, root: string, searches?: SearchedFiles): Promise<void>;
  /** Opens the tree, and returns the requests of one client. */
  open(volume: Volume, setting: WorkloadSetting): Promise<Requests>;
}

/** Finds a workload. @throws {MeasurementError} for one that only a mount can measure */
export function findVolumeWorkload(name: WorkloadName): VolumeWorkload {
  const workload = (volumeWorkloads as Partial<Record<WorkloadName, VolumeWorkload>>)[name];
  if (workload === undefined) throw new MeasurementError(`${name} needs a mount`);
  return workload;
}

/** Returns the result of an operation, or the negative errno with which it failed. */
async function callVolume(operation: Promise<number>): Promise<number> {
  try {
    return await operation;
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    return -Math.abs(errno);
  }
}

// -- names ---------------------------------------------------------------------------------------

/** Looks up one name, whose directory the volume knows; returns 0, or minus an errno. */
const lookUp = (volume: Volume, path: string, out = { mode: 0, size: 0 }): Promise<number> =>
  callVolume(
    volume.stat(path, { throwIfNoEntry: false }).then((stats) => {
      if (stats === undefined) return -ENOENT;
      out.mode = stats.mode;
      out.size = stats.size;
      return 0;
    }),
  );

/** Makes requests that stat names in a directory. @param status with which each must end */
async function makeStatRequests(
  volume: Volume,
  setting: WorkloadSetting,
  names: readonly string[],
  status: number,
): Promise<Requests> {
  const { root } = setting;
  const expected = { status, mode: FILE_MODE, size: 0 };
  const findNameIndex = drawNameOrder(setting, names.length);
  const out = { mode: 0, size: 0 };
  await volume.stat(root);
  return {
    send: (i) => lookUp(volume, `${root}/${names[findNameIndex(i)]}`, out),
    check: (i, result) => compareStat(names[findNameIndex(i)]!, expected, result, out),
    close() {},
  };
}

/** The part of a plan of searches that says which files there are. */
type SearchedFiles = Pick<SearchPlan, 'names' | 'directories'>;

/** Makes the empty files of searches in dir0 … dir9 of a directory. */
export async function makeSearchedFiles(
  volume: Volume,
  root: string,
  { names, directories }: SearchedFiles,
): Promise<void> {
  const folders = Array.from({ length: DIRECTORY_COUNT }, (_, i) =>
    join(root, makeDirectoryName(i)),
  );
  await Promise.all(folders.map((folder) => volume.mkdir(folder)));
  // At the same time, because the storage may be far away.
  await Promise.all(
    names.map((name, file) => volume.mknod(join(folders[directories[file]!]!, name), FILE_MODE)),
  );
}

/** Mode of the files that the workloads make. */
const FILE_MODE = constants.S_IFREG | 0o644;

const miss: VolumeWorkload = {
  async make() {},
  open: (volume, setting) =>
    makeStatRequests(volume, setting, listNumberedNames('absent', FILE_COUNT), -ENOENT),
};

const hit: VolumeWorkload = {
  async make(volume, root) {
    for (const name of listNumberedNames('file', FILE_COUNT))
      await volume.writeFile(join(root, name), '', { mode: 0o644 });
  },
  open: (volume, setting) =>
    makeStatRequests(volume, setting, listNumberedNames('file', FILE_COUNT), 0),
};

const phpsim: VolumeWorkload = {
  make: (volume, root, searches = planSearches({ seed: 1, searchCount: 0 })) =>
    // Names and directories of the files are the same for every seed.
    makeSearchedFiles(volume, root, searches),
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

// -- data ----------------------------------------------------------------------------------------

/** Makes, writes, reads and removes a small file; returns the number of bytes that came back. */
async function cycleSmallFile(
  volume: Volume,
  path: string,
  data: Uint8Array,
  readBack: Uint8Array,
): Promise<number> {
  const made = await volume.open(path, 'wx', 0o644);
  await made.write(data, 0, data.length, 0);
  await made.close();
  const opened = await volume.open(path, 'r');
  const { bytesRead } = await opened.read(readBack, 0, readBack.length, 0);
  await opened.close();
  await volume.unlink(path);
  return bytesRead;
}

const smallfile: VolumeWorkload = {
  async make() {},
  async open(volume, { root, client }) {
    const data = new Uint8Array(PAGE_SIZE);
    const readBack = new Uint8Array(PAGE_SIZE);
    const makePath = (i: number): string =>
      join(root, makeNumberedName(`client${client}-`, i % SMALL_FILE_COUNT));
    return {
      prepare(i) {
        fillPattern(data, 0, i);
        readBack.fill(0);
      },
      send: (i) => callVolume(cycleSmallFile(volume, makePath(i), data, readBack)),
      check(i, status) {
        if (status < 0) return `a small file fails: ${describeStatus(status)}`;
        if (status !== PAGE_SIZE) return `${status} of ${PAGE_SIZE} bytes came back`;
        const isSame = isPattern(readBack, PAGE_SIZE, 0, i);
        return isSame ? null : 'what came back is not what was written';
      },
      close() {},
    };
  },
};

/** Makes a workload that reads blocks of the large file. @param makeOffsets by request */
const makeReadWorkload = (
  blockBytes: number,
  makeOffsets: (setting: WorkloadSetting) => (i: number) => number,
): VolumeWorkload => ({
  async make(volume, root) {
    const file = await volume.open(join(root, LARGE_FILE_NAME), 'wx', 0o644);
    const block = new Uint8Array(BLOCK_SIZE);
    for (let offset = 0; offset < LARGE_FILE_SIZE; offset += BLOCK_SIZE) {
      fillPattern(block, offset, SALT);
      await file.write(block, 0, BLOCK_SIZE, offset);
    }
    await file.close();
  },
  async open(volume, setting) {
    const file = await volume.open(join(setting.root, LARGE_FILE_NAME), 'r');
    const data = new Uint8Array(blockBytes);
    const computeOffset = makeOffsets(setting);
    const read = async (offset: number): Promise<number> =>
      (await file.read(data, 0, blockBytes, offset)).bytesRead;
    return {
      send: (i) => callVolume(read(computeOffset(i))),
      check: (i, status) => checkRead(data, status, blockBytes, computeOffset(i)),
      close: () => void file.close(),
    };
  },
});

const seqread = makeReadWorkload(BLOCK_SIZE, () => (i) => (i * BLOCK_SIZE) % LARGE_FILE_SIZE);
const randread = makeReadWorkload(PAGE_SIZE, drawPageOffsets);

/** The workloads that can be measured without a mount. */
const volumeWorkloads = {
  miss,
  hit,
  phpsim,
  smallfile,
  seqread,
  randread,
} as const satisfies Partial<Record<WorkloadName, VolumeWorkload>>;

export const volumeWorkloadNames = Object.keys(volumeWorkloads) as (keyof typeof volumeWorkloads)[];
