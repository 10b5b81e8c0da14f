/**
 * Defines the workloads about names: stat of absent and present names, searches along directories,
 * and listings of folders.
 */
import { constants } from 'node:fs';
import { ENOENT } from '../../../../runtime/core/errno.ts';
import { O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import { close, getdents64, openat, statx } from '../../../../runtime/sys/libc.ts';
import { Dirents, Statx, toCString } from '../../../../runtime/sys/struct.ts';
import { DIRECTORY_COUNT, makeDirectoryName, planSearches } from '../searches.ts';
import { ABSENT_NAME, makeSearchRequests, SEARCH_COUNT, type Searcher } from './search-requests.ts';
import {
  type BlockingRequests,
  compareStat,
  describeStatus,
  drawNameOrder,
  FILE_COUNT,
  listNumberedNames,
  makeFile,
  makeFolder,
  makeNumberedName,
  openFolder,
  openFolderAt,
  statAll,
  type WorkloadKind,
  type WorkloadSetting,
  withFolder,
} from './workload.ts';

/** Makes `file0000` … in a folder. */
const makeFiles = (root: string, count: number): void =>
  withFolder(root, (folder) => {
    for (let i = 0; i < count; i++) makeFile(folder, makeNumberedName('file', i));
  });

/** Makes requests that stat names in an open folder, so that each system call is one lookup. */
function makeStatRequests(setting: WorkloadSetting, names: readonly string[]): BlockingRequests {
  const paths = names.map(toCString);
  const expected = withFolder(setting.plainFolder, (folder) => statAll(folder, paths));
  const findNameIndex = drawNameOrder(setting, names.length);
  const folder = openFolder(setting.root);
  const out = new Statx();
  return {
    send: (i) => statx(folder, paths[findNameIndex(i)]!, 0, STATX_BASIC_STATS, out.bytes),
    check: (i, status) =>
      compareStat(names[findNameIndex(i)]!, expected[findNameIndex(i)]!, status, out),
    close: () => void close(folder),
  };
}

export const miss: WorkloadKind = {
  description: 'Asks for names that are absent, again and again.',
  request: `stat of one of ${FILE_COUNT} names that are absent`,
  warmUpRequests: FILE_COUNT,
  make() {},
  open: (setting) => makeStatRequests(setting, listNumberedNames('absent', FILE_COUNT)),
};

export const hit: WorkloadKind = {
  description: 'Asks for names that are there, again and again.',
  request: `stat of one of ${FILE_COUNT} files`,
  warmUpRequests: FILE_COUNT,
  make: (root) => makeFiles(root, FILE_COUNT),
  open: (setting) => makeStatRequests(setting, listNumberedNames('file', FILE_COUNT)),
};

// -- searches ------------------------------------------------------------------------------------

export const phpsim: WorkloadKind = {
  description:
    'The translator tutorial’s: a program looks for an included file in one directory after the ' +
    'other until it is found; 80 % of the searches are for 10 % of 1000 files.',
  request: `search of a file in ${DIRECTORY_COUNT} directories, 5.5 lookups on average`,
  warmUpRequests: 0,
  cycleRequests: SEARCH_COUNT,
  make(root) {
    // Names and directories of the files are the same for every seed.
    const { names, directories } = planSearches({ seed: 1, searchCount: 0 });
    withFolder(root, (top) => {
      for (let i = 0; i < DIRECTORY_COUNT; i++) {
        const folder = makeFolder(top, makeDirectoryName(i));
        for (const [file, name] of names.entries())
          if (directories[file] === i) makeFile(folder, name);
        close(folder);
      }
    });
  },
  open({ root, plainFolder, seed, client, searches: plan }) {
    // The demo has made its own files, and gives the plan of its searches.
    const { names, searches, directories } = plan ?? {
      ...planSearches({ seed: seed + client, searchCount: SEARCH_COUNT }),
      directories: findDirectories(plainFolder),
    };
    const paths = names.map(toCString);
    const absentPath = toCString(ABSENT_NAME);
    const folders = openDirectories(root);
    const out = new Statx();
    let lookups = 0;
    const searcher: Searcher = {
      lookUpAbsent: (directory) =>
        statx(folders[directory]!, absentPath, 0, STATX_BASIC_STATS, out.bytes),
      search(file) {
        const result = searchFolders(folders, paths[file]!, out);
        lookups += result.lookupCount;
        return result.folderOrError;
      },
      takeLookupCount() {
        const count = lookups;
        lookups = 0;
        return count;
      },
      close() {
        for (const fd of folders) close(fd);
      },
    };
    return makeSearchRequests({ names, searches, directories }, searcher);
  },
};

/**
 * Finds the directory of each file in the plain tree, so that the expected results come from real
 * files.
 */
function findDirectories(plainFolder: string): readonly number[] {
  const plain = openDirectories(plainFolder);
  const { names } = planSearches({ seed: 1, searchCount: 0 });
  const directories = names.map(
    (name) => searchFolders(plain, toCString(name), new Statx()).folderOrError,
  );
  for (const fd of plain) close(fd);
  return directories;
}

/** Opens the directories that searches go through; returns the descriptors. */
const openDirectories = (root: string): number[] =>
  withFolder(root, (top) =>
    Array.from({ length: DIRECTORY_COUNT }, (_, i) => openFolderAt(top, makeDirectoryName(i))),
  );

/** The object that `searchFolders` returns. */
const searchResult = { folderOrError: 0, lookupCount: 0 };

/**
 * Looks a name up in one folder after the other. `folderOrError` is the index of the folder that
 * has it, or minus an errno. Returns one shared object, because a client allocates nothing while
 * it measures.
 */
function searchFolders(
  folders: readonly number[],
  name: Uint8Array,
  out: Statx,
): typeof searchResult {
  let status = -ENOENT;
  let folderIndex = 0;
  for (; folderIndex < folders.length && status === -ENOENT; folderIndex++) {
    status = statx(folders[folderIndex]!, name, 0, STATX_BASIC_STATS, out.bytes);
  }
  searchResult.folderOrError = status < 0 ? status : folderIndex - 1;
  searchResult.lookupCount = folderIndex;
  return searchResult;
}

// -- whole folders -------------------------------------------------------------------------------

export const readdir: WorkloadKind = {
  description: 'Lists a folder.',
  request: `open, read to the end and close a folder of ${FILE_COUNT} files`,
  warmUpRequests: 0,
  make: (root) => makeFiles(root, FILE_COUNT),
  open({ root, plainFolder }) {
    const listing = new DirectoryListing();
    const expected = withFolder(plainFolder, (plain) => {
      listing.read(plain);
      return listing.computeChecksum();
    });
    const folder = openFolder(root);
    return {
      send: () => listing.read(folder),
      check(_, status) {
        if (status < 0) return `reading the folder fails: ${describeStatus(status)}`;
        return listing.computeChecksum() === expected
          ? null
          : 'the folder has other names than the plain one';
      },
      close: () => void close(folder),
    };
  },
};

/** The name by which a folder is opened again, for each listing. */
const DOT = toCString('.');

/** The entries of a folder, as getdents64 returns them; parsed only after the timed request. */
class DirectoryListing {
  private readonly buffers: Dirents[] = [];
  /** The number of bytes in each used buffer; at the end 0, or minus an errno. */
  private readonly sizes: number[] = [];

  /** Reads all entries of an open folder; returns 0, or minus an errno. */
  read(parent: number): number {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
    const fd = openat(parent, DOT, flags, 0);
    if (fd < 0) return fd;
    this.sizes.length = 0;
    let status = 0;
    do {
      const bufferIndex = this.sizes.length;
      if (bufferIndex === this.buffers.length) this.buffers.push(new Dirents());
      const buffer = this.buffers[bufferIndex]!;
      status = getdents64(fd, buffer.bytes, buffer.bytes.length);
      this.sizes.push(status);
    } while (status > 0);
    close(fd);
    return status;
  }

  /** Returns a checksum of the names, independent of their order. */
  computeChecksum(): number {
    let sum = 0;
    for (const [bufferIndex, size] of this.sizes.entries()) {
      const buffer = this.buffers[bufferIndex]!;
      buffer.start(size);
      while (buffer.next()) sum = (sum + hashName(buffer)) >>> 0;
    }
    return sum;
  }
}

/** Hashes the current entry's name (FNV-1a). */
function hashName({ bytes, nameStart, nameEnd }: Dirents): number {
  let hash = 0x811c9dc5;
  for (let i = nameStart; i < nameEnd; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
