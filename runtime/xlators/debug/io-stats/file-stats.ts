/**
 * Counts requests per file and directory for io-stats, from a file's first open on, and ranks the busiest files.
 * They are sorted only for a dump.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `struct ios_stat`.
 */
import type { Gfid } from '../../../core/gfid.ts';

/** Length of a ranking (`MAX_LIST_MEMBERS`). */
const RANKING_LENGTH = 100;
/** The most files whose counts are kept after their inodes were forgotten; beyond it, only those in a ranking. */
const FORGOTTEN_FILES_MAX = 2000;

/** Numbers of calls on one file or directory since its first open, by fop. */
export class FileStats {
  readonly gfid: Gfid;
  /** Its path at the first open. */
  readonly path: string;
  open = 0;
  opendir = 0;
  readdirp = 0;
  read = 0;
  write = 0;
  /** Fastest read and write in kB (1000 bytes) per second; 0 if not measured. */
  readKBps = 0;
  writeKBps = 0;

  constructor(gfid: Gfid, path: string) {
    this.gfid = gfid;
    this.path = path;
  }

  clear(): void {
    Object.assign(this, new FileStats(this.gfid, this.path));
  }
}

/** The counters that files are ranked by. */
export const rankedCounters = [
  'open',
  'read',
  'write',
  'opendir',
  'readdirp',
  'readKBps',
  'writeKBps',
] as const satisfies readonly (keyof FileStats)[];
export type RankedCounter = (typeof rankedCounters)[number];

/** The counts of all files of one volume. */
export class FileTable {
  /** Files whose inodes are in the inode table. */
  private readonly liveFiles = new Set<FileStats>();
  /** Files whose inodes were forgotten; their counts continue at the next open. */
  private forgottenFiles = new Map<Gfid, FileStats>();

  /** Returns the counts of a file that was opened: earlier counts of its gfid, or new ones. */
  findOrAdd(gfid: Gfid, path: string): FileStats {
    const file = this.forgottenFiles.get(gfid) ?? new FileStats(gfid, path);
    this.forgottenFiles.delete(gfid);
    this.liveFiles.add(file);
    return file;
  }

  /** Keeps the counts of a file whose inode is forgotten. */
  noteForget(file: FileStats): void {
    this.liveFiles.delete(file);
    this.forgottenFiles.set(file.gfid, file);
    if (this.forgottenFiles.size <= FORGOTTEN_FILES_MAX) return;
    const ranked = rankedCounters.flatMap((counter) =>
      rankFiles([...this.forgottenFiles.values()], counter),
    );
    this.forgottenFiles = new Map(ranked.map((file) => [file.gfid, file]));
  }

  /** Returns the busiest files by one counter, at most a hundred, without zeros. */
  listBusiest(counter: RankedCounter): FileStats[] {
    return rankFiles([...this.liveFiles, ...this.forgottenFiles.values()], counter);
  }

  /** Sets all counts to zero, and drops those of forgotten files. */
  clear(): void {
    for (const file of this.liveFiles) file.clear();
    this.forgottenFiles.clear();
  }
}

/** Sorts files by a counter, the highest first; leaves out zeros, and all beyond `RANKING_LENGTH`. */
const rankFiles = (files: readonly FileStats[], counter: RankedCounter): FileStats[] =>
  files
    .filter((file) => file[counter] > 0)
    .sort((a, b) => b[counter] - a[counter])
    .slice(0, RANKING_LENGTH);
