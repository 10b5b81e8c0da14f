/**
 * What io-stats counts of each file and directory that was opened through it, and which of them are
 * the busiest. Counting is adding to a number; they are put in order only when somebody asks.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`, `struct ios_stat`.
 */
import type { Gfid } from '../../../core/gfid.ts';

/** So many of each list are shown (`MAX_LIST_MEMBERS`). */
const MOST = 100;
/** So many that are forgotten are kept before those are let go that no list would show. */
const GONE_MAX = 2000;

/** One file or directory, from its first open on. */
export class FileStats {
  readonly gfid: Gfid;
  /** As it was opened first. */
  readonly path: string;
  open = 0;
  opendir = 0;
  readdirp = 0;
  read = 0;
  write = 0;
  /** Of the fastest, in kB (1000 bytes) a second; 0 where nothing was measured. */
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

/** What they are put in order by. */
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

export class Files {
  /** Of inodes that the table knows. */
  private readonly live = new Set<FileStats>();
  /** Of those that it has forgotten: they go on where they were when they come back. */
  private gone = new Map<Gfid, FileStats>();

  /** One that was opened, and that no inode has yet. */
  begin(gfid: Gfid, path: string): FileStats {
    const file = this.gone.get(gfid) ?? new FileStats(gfid, path);
    this.gone.delete(gfid);
    this.live.add(file);
    return file;
  }

  /** Its inode is forgotten. */
  end(file: FileStats): void {
    this.live.delete(file);
    this.gone.set(file.gfid, file);
    if (this.gone.size <= GONE_MAX) return;
    const kept = rankings.flatMap((ranking) => best([...this.gone.values()], ranking));
    this.gone = new Map(kept.map((one) => [one.gfid, one]));
  }

  /** The first of them, at most a hundred, with none that are zero. */
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
