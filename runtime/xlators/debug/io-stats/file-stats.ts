/**
 * Counts io-stats' requests per file and directory, from its first open on, and ranks the busiest. They are
 * sorted only for a dump.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `struct ios_stat`.
 */
import type { Gfid } from '../../../core/gfid.ts';

/** Length of a ranking (`MAX_LIST_MEMBERS`). */
const MOST = 100;
/** Forgotten files are kept up to this number; beyond it only those in a ranking. */
const GONE_MAX = 2000;

/** One file or directory, from its first open on. */
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
export const rankings = [
  'open',
  'read',
  'write',
  'opendir',
  'readdirp',
  'readKBps',
  'writeKBps',
] as const satisfies readonly (keyof FileStats)[];
export type Ranking = (typeof rankings)[number];

export class FileTable {
  /** Files whose inodes are in the inode table. */
  private readonly live = new Set<FileStats>();
  /** Files whose inodes were forgotten; their counts continue at the next open. */
  private gone = new Map<Gfid, FileStats>();

  /** Returns the counts for a file that was opened, continued or new. */
  begin(gfid: Gfid, path: string): FileStats {
    const file = this.gone.get(gfid) ?? new FileStats(gfid, path);
    this.gone.delete(gfid);
    this.live.add(file);
    return file;
  }

  /** Keeps the counts of a file whose inode is forgotten. */
  end(file: FileStats): void {
    this.live.delete(file);
    this.gone.set(file.gfid, file);
    if (this.gone.size <= GONE_MAX) return;
    const kept = rankings.flatMap((ranking) => best([...this.gone.values()], ranking));
    this.gone = new Map(kept.map((one) => [one.gfid, one]));
  }

  /** Returns the busiest files by one counter, at most a hundred, without zeros. */
  top(ranking: Ranking): FileStats[] {
    return best([...this.live, ...this.gone.values()], ranking);
  }

  clear(): void {
    for (const file of this.live) file.clear();
    this.gone.clear();
  }
}

const best = (files: readonly FileStats[], ranking: Ranking): FileStats[] =>
  files
    .filter((file) => file[ranking] > 0)
    .sort((a, b) => b[ranking] - a[ranking])
    .slice(0, MOST);
