/** Workloads about names: stat of absent and present names, searches, and listings of folders. */
import { constants } from 'node:fs';
import { O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import { close, getdents64, openat, statx } from '../../../../runtime/sys/libc.ts';
import { cstring, Dirents, Statx } from '../../../../runtime/sys/struct.ts';
import { seeded, shuffled } from '../random.ts';
import { DIRECTORIES, directoryName, planWorkload } from '../searches.ts';
import {
  compareStat,
  inFolder,
  makeFile,
  makeFolder,
  numbered,
  openFolder,
  openFolderAt,
  statAll,
  statusText,
} from './syscalls.ts';
import type { Requests, WorkloadKind, WorkloadSetting } from './workload.ts';

const FILES = 1000;

/** Makes `file0000` … in a folder. */
const makeFiles = (root: string, count: number): void =>
  inFolder(root, (folder) => {
    for (let i = 0; i < count; i++) makeFile(folder, numbered('file', i));
  });

/** Requests that stat names in one open folder: each system call is one lookup. */
function statNames(setting: WorkloadSetting, names: readonly string[]): Requests {
  const paths = names.map(cstring);
  const told = inFolder(setting.reference, (folder) => statAll(folder, paths));
  const random = seeded(setting.seed + setting.client);
  const order = shuffled([...names.keys()], random);
  const folder = openFolder(setting.root);
  const out = new Statx();
  const at = (i: number): number => order[i % order.length]!;
  return {
    ask: (i) => statx(folder, paths[at(i)]!, 0, STATX_BASIC_STATS, out.bytes),
    check: (i, status) => compareStat(names[at(i)]!, told[at(i)]!, status, out),
    close: () => void close(folder),
  };
}

const namesOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => numbered(name, i));

export const miss: WorkloadKind = {
  description: 'Asks for names that are absent, again and again.',
  request: `stat of one of ${FILES} names that are absent`,
  once: FILES,
  make() {},
  open: (setting) => statNames(setting, namesOf('absent', FILES)),
};

export const hit: WorkloadKind = {
  description: 'Asks for names that are there, again and again.',
  request: `stat of one of ${FILES} files`,
  once: FILES,
  make: (root) => makeFiles(root, FILES),
  open: (setting) => statNames(setting, namesOf('file', FILES)),
};

// -- searches ------------------------------------------------------------------------------------

const SEARCHES = 10_000;
/** An absent name, which warm-up requests (numbers below 0) look up in each directory in turn. */
const ABSENT = cstring('absent.php');

export const phpsim: WorkloadKind = {
  description:
    'The translator tutorial’s: a program looks for an included file in one directory after the ' +
    'other until it is found; 80 % of the searches are for 10 % of 1000 files.',
  request: `search of a file in ${DIRECTORIES} directories, 5.5 lookups on average`,
  once: 0,
  make(root) {
    const { names, homes } = planWorkload({ seed: 1, searches: 0 });
    inFolder(root, (top) => {
      for (let i = 0; i < DIRECTORIES; i++) {
        const folder = makeFolder(top, directoryName(i));
        for (const [file, name] of names.entries()) if (homes[file] === i) makeFile(folder, name);
        close(folder);
      }
    });
  },
  open({ root, reference, seed, client, searches: given }) {
    const { names, searches, homes } = given ?? {
      ...planWorkload({ seed: seed + client, searches: SEARCHES }),
      homes: homesIn(reference),
    };
    const paths = names.map(cstring);
    const folders = openSearched(root);
    const out = new Statx();
    let lookups = 0;
    return {
      ask(i) {
        if (i < 0)
          return statx(folders[-i % DIRECTORIES]!, ABSENT, 0, STATX_BASIC_STATS, out.bytes);
        const { found, asked } = search(folders, paths[searches[i % searches.length]!]!, out);
        lookups += asked;
        return found;
      },
      check(i, status) {
        if (i < 0) return status === -ENOENT ? null : `an absent name: ${statusText(status)}`;
        const file = searches[i % searches.length]!;
        if (status === homes[file]) return null;
        const where = status < 0 ? statusText(status) : `in ${directoryName(status)}`;
        return `a search finds ${names[file]} ${where}, the plain directory in dir${homes[file]}`;
      },
      counts() {
        const counted = { lookups };
        lookups = 0;
        return counted;
      },
      close() {
        for (const fd of folders) close(fd);
      },
    };
  },
};

/** The directory of each file in the plain tree, by the number of the file. */
function homesIn(reference: string): readonly number[] {
  const plain = openSearched(reference);
  const { names } = planWorkload({ seed: 1, searches: 0 });
  const homes = names.map((name) => search(plain, cstring(name), new Statx()).found);
  for (const fd of plain) close(fd);
  return homes;
}

const openSearched = (root: string): number[] =>
  inFolder(root, (top) =>
    Array.from({ length: DIRECTORIES }, (_, i) => openFolderAt(top, directoryName(i))),
  );

const found = { found: 0, asked: 0 };
const ENOENT = 2;

/** Finds the number of the folder, or minus an errno; the next search overwrites the result. */
function search(folders: readonly number[], name: Uint8Array, out: Statx): typeof found {
  let status = -ENOENT;
  let at = 0;
  for (; at < folders.length && status === -ENOENT; at++) {
    status = statx(folders[at]!, name, 0, STATX_BASIC_STATS, out.bytes);
  }
  found.found = status < 0 ? status : at - 1;
  found.asked = at;
  return found;
}

// -- whole folders -------------------------------------------------------------------------------

export const readdir: WorkloadKind = {
  description: 'Lists a folder.',
  request: `open, read to the end and close a folder of ${FILES} files`,
  once: 0,
  make: (root) => makeFiles(root, FILES),
  open({ root, reference }) {
    const listing = new Listing();
    const expected = inFolder(reference, (plain) => {
      listing.read(plain);
      return listing.sum();
    });
    const folder = openFolder(root);
    return {
      ask: () => listing.read(folder),
      check(_, status) {
        if (status < 0) return `reading the folder fails: ${statusText(status)}`;
        return listing.sum() === expected ? null : 'the folder has other names than the plain one';
      },
      close: () => void close(folder),
    };
  },
};

const HERE = cstring('.');

/** A folder's entries as getdents64 returns them, parsed only after the request. */
class Listing {
  private readonly parts: Dirents[] = [];
  private readonly filled: number[] = [];

  /** Reads all of a folder: 0, or minus an errno. */
  read(parent: number): number {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;
    const fd = openat(parent, HERE, flags, 0);
    if (fd < 0) return fd;
    this.filled.length = 0;
    let status = 0;
    do {
      const at = this.filled.length;
      if (at === this.parts.length) this.parts.push(new Dirents());
      const part = this.parts[at]!;
      status = getdents64(fd, part.bytes, part.bytes.length);
      this.filled.push(status);
    } while (status > 0);
    close(fd);
    return status;
  }

  /** A checksum of the names, independent of their order. */
  sum(): number {
    let sum = 0;
    for (const [at, filled] of this.filled.entries()) {
      const part = this.parts[at]!;
      part.start(filled);
      while (part.next()) sum = (sum + hashOf(part)) >>> 0;
    }
    return sum;
  }
}

/** FNV-1a. */
function hashOf({ bytes, nameStart, nameEnd }: Dirents): number {
  let hash = 0x811c9dc5;
  for (let i = nameStart; i < nameEnd; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
