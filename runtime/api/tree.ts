/** Visits the files of a directory tree, many at a time. */
import { ENOENT } from '../core/errno.ts';
import { type Dirent, IA_IFDIR, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { joinPath } from '../core/operands.ts';
import type { DriverSteps } from './driver-steps.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { OpenDirectory } from './open-directory.ts';
import type { EntryName } from './resolve-path.ts';
import { runInParallel, type Steps } from './steps.ts';

/** Files that are visited at the same time. */
export const MAX_PARALLEL_VISITS = 64;

/** A file of a tree. */
export interface TreeFile extends EntryName {
  readonly inode: Inode;
  readonly buf: Iatt;
  readonly path: string;
}

/** A directory of a tree; the top may have no name. */
export interface TreeDirectory extends Partial<EntryName> {
  readonly inode: Inode;
  readonly path: string;
  /** The attributes in the listing; absent for the top. */
  readonly buf?: Iatt;
}

/** The steps of a visit; undefined for a visit that sends no request. */
type VisitSteps = Steps<unknown> | undefined;

/** Runs the steps of a visit, if there are any. */
function* runVisit(steps: VisitSteps): Steps<unknown> {
  return steps === undefined ? undefined : yield* steps;
}

/** The functions that `visitTree` calls. */
export interface TreeVisitor {
  /** Called before the files of a directory; steps that end with false skip them. */
  enter?(directory: TreeDirectory): VisitSteps;
  /** Called for each file that is no directory. */
  visit(file: TreeFile): VisitSteps;
  /** Called if a directory cannot be listed, which is then skipped. Without it, the error ends the visit. */
  fail?(error: unknown): void;
  /** Called after all files of a directory. */
  leave?(directory: TreeDirectory): VisitSteps;
}

/** A directory that is being visited. */
interface DirectoryVisit {
  readonly directory: TreeDirectory;
  readonly parentVisit: DirectoryVisit | null;
  openDirectory: OpenDirectory | null;
  isSkipped: boolean;
  /** The number of entries whose visit has not ended, plus one while the listing has not. */
  pendingCount: number;
}

/** One entry to visit, or the next page of a directory to read (null). */
type VisitJob = { readonly visit: DirectoryVisit; readonly entry: Dirent | null };

/**
 * Visits a tree. Directories are read page by page, so a large one takes no more memory than a
 * small one. After a failure no further file is visited, and those under way end.
 */
export function* visitTree(
  driver: DriverSteps,
  top: TreeDirectory,
  visitor: TreeVisitor,
  limit = MAX_PARALLEL_VISITS,
): Steps<void> {
  const openDirectories = new Set<OpenDirectory>();

  /** Ends the visit of one entry, and leaves each directory whose entries have all ended. */
  function* endVisit(visit: DirectoryVisit): Steps<void> {
    let endedVisit: DirectoryVisit | null = visit;
    while (endedVisit !== null) {
      endedVisit.pendingCount -= 1;
      if (endedVisit.pendingCount > 0) return;
      if (visitor.leave !== undefined && !endedVisit.isSkipped)
        yield* runVisit(visitor.leave(endedVisit.directory));
      endedVisit = endedVisit.parentVisit;
    }
  }

  /** Reads the next entries of a directory. Returns an empty list at its end. */
  function* readEntries(visit: DirectoryVisit): Steps<readonly Dirent[]> {
    const { inode, path } = visit.directory;
    try {
      if (visit.openDirectory === null) {
        const openSteps = OpenDirectory.open(driver, inode, { withStats: true });
        visit.openDirectory = yield* withErrorContext('opendir', path, openSteps);
        openDirectories.add(visit.openDirectory);
      }
      return yield* withErrorContext('readdir', path, visit.openDirectory.read());
    } catch (error) {
      if (visitor.fail === undefined) throw error;
      visitor.fail(error);
      return [];
    }
  }

  /** Enters a directory at its first page. Reads a page, and adds the visits of its entries. */
  function* readPage(visit: DirectoryVisit, add: (job: VisitJob) => void): Steps<void> {
    if (visit.openDirectory === null) {
      if (
        visitor.enter !== undefined &&
        (yield* runVisit(visitor.enter(visit.directory))) === false
      ) {
        visit.isSkipped = true;
        return yield* endVisit(visit);
      }
    }
    const entries = yield* readEntries(visit);
    if (entries.length === 0) {
      if (visit.openDirectory !== null) openDirectories.delete(visit.openDirectory);
      visit.openDirectory?.close();
      return yield* endVisit(visit);
    }
    visit.pendingCount += entries.length;
    // The next page is read when fewer than `limit` of these are left.
    add({ visit, entry: null });
    for (const entry of entries) add({ visit, entry });
  }

  /** Visits a file, or adds the visit of a directory. */
  function* visitEntry(
    visit: DirectoryVisit,
    entry: Dirent,
    add: (job: VisitJob) => void,
  ): Steps<void> {
    const parent = visit.directory.inode;
    const file = yield* findEntryFile(driver, visit.directory, entry);
    if (file === null) return yield* endVisit(visit);
    if (file.buf.iaType === IA_IFDIR) {
      const { inode, path, name, buf } = file;
      const directory: TreeDirectory = { inode, path, parent, name, buf };
      add({
        visit: {
          directory,
          parentVisit: visit,
          openDirectory: null,
          isSkipped: false,
          pendingCount: 1,
        },
        entry: null,
      });
      return;
    }
    yield* runVisit(visitor.visit(file));
    yield* endVisit(visit);
  }

  const topVisit: DirectoryVisit = {
    directory: top,
    parentVisit: null,
    openDirectory: null,
    isSkipped: false,
    pendingCount: 1,
  };
  try {
    yield* runInParallel<VisitJob>([{ visit: topVisit, entry: null }], limit, (job, add) =>
      job.entry === null ? readPage(job.visit, add) : visitEntry(job.visit, job.entry, add),
    );
  } finally {
    for (const directory of openDirectories) directory.close();
  }
}

/** Returns the file of an entry; null if it is gone. An entry without attributes is looked up. */
export function* findEntryFile(
  driver: DriverSteps,
  { inode: parent, path: parentPath }: TreeDirectory,
  { name, inode, stat }: Dirent,
): Steps<TreeFile | null> {
  const path = joinPath(parentPath, name);
  if (inode !== null && stat !== null && stat.iaNlink > 0) {
    return { parent, name, inode, buf: stat, path };
  }
  const file = yield* withErrorContext('lookup', path, driver.lookUp({ parent, name }));
  return file === undefined ? null : { parent, name, inode: file.inode, buf: file.buf, path };
}

/** Whether an error means that a file is gone. */
export const isAbsentError = (error: unknown): boolean =>
  error instanceof FileError && error.errno === -ENOENT;
