/** Visits the files of a directory tree, many at a time. */
import { ENOENT } from '../core/errno.ts';
import { type Dirent, IA_IFDIR, type Iatt } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { joinPath } from '../core/loc.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { OpenDirectory } from './open-directory.ts';
import type { Requests } from './requests.ts';
import { inParallel, type Steps } from './steps.ts';
import type { Place } from './walk.ts';

/** Files that are visited at the same time. */
export const TREE_LIMIT = 64;

/** A file of a tree. */
export interface TreeFile extends Place {
  readonly inode: Inode;
  readonly buf: Iatt;
  readonly path: string;
}

/** A directory of a tree; the top may have no name. */
export interface TreeDirectory extends Partial<Place> {
  readonly inode: Inode;
  readonly path: string;
}

/** Steps of a visit; nothing for one that sends no request. */
type VisitSteps = Steps<unknown> | undefined;

function* runVisit(steps: VisitSteps): Steps<unknown> {
  return steps === undefined ? undefined : yield* steps;
}

export interface TreeVisitor {
  /** Called before the files of a directory; steps that end with false skip them. */
  enter?(directory: TreeDirectory): VisitSteps;
  /** Called for each file that is no directory. */
  visit(file: TreeFile): VisitSteps;
  /** Called after all files of a directory. */
  leave?(directory: TreeDirectory): VisitSteps;
}

/** A directory that is being visited. */
interface Visit {
  readonly directory: TreeDirectory;
  readonly above: Visit | null;
  open: OpenDirectory | null;
  isSkipped: boolean;
  /** Entries that have not ended, and one for the listing. */
  pending: number;
}

type Job = { readonly visit: Visit; readonly entry: Dirent | null };

/**
 * Visits a tree. Directories are read page by page, so a large one takes no more memory than a
 * small one. The first failure ends the visit, after the files under way.
 */
export function* visitTree(
  requests: Requests,
  top: TreeDirectory,
  visitor: TreeVisitor,
  limit = TREE_LIMIT,
): Steps<void> {
  const openDirectories = new Set<OpenDirectory>();

  function* end(visit: Visit): Steps<void> {
    let at: Visit | null = visit;
    while (at !== null) {
      at.pending -= 1;
      if (at.pending > 0) return;
      if (visitor.leave !== undefined && !at.isSkipped)
        yield* runVisit(visitor.leave(at.directory));
      at = at.above;
    }
  }

  function* readPage(visit: Visit, add: (job: Job) => void): Steps<void> {
    const { inode, path } = visit.directory;
    if (visit.open === null) {
      if (
        visitor.enter !== undefined &&
        (yield* runVisit(visitor.enter(visit.directory))) === false
      ) {
        visit.isSkipped = true;
        return yield* end(visit);
      }
      const open = OpenDirectory.open(requests, inode, { plus: true });
      visit.open = yield* withErrorContext('opendir', path, open);
      openDirectories.add(visit.open);
    }
    const entries = yield* withErrorContext('readdir', path, visit.open.read());
    if (entries.length === 0) {
      openDirectories.delete(visit.open);
      visit.open.close();
      return yield* end(visit);
    }
    visit.pending += entries.length;
    // The next page is read when fewer than `limit` of these are left.
    add({ visit, entry: null });
    for (const entry of entries) add({ visit, entry });
  }

  function* visitEntry(visit: Visit, entry: Dirent, add: (job: Job) => void): Steps<void> {
    const parent = visit.directory.inode;
    const file = yield* findEntryFile(requests, visit.directory, entry);
    if (file === null) return yield* end(visit);
    if (file.buf.iaType === IA_IFDIR) {
      const { inode, path, name } = file;
      const directory: TreeDirectory = { inode, path, parent, name };
      add({
        visit: { directory, above: visit, open: null, isSkipped: false, pending: 1 },
        entry: null,
      });
      return;
    }
    yield* runVisit(visitor.visit(file));
    yield* end(visit);
  }

  const first: Visit = { directory: top, above: null, open: null, isSkipped: false, pending: 1 };
  try {
    yield* inParallel<Job>([{ visit: first, entry: null }], limit, (job, add) =>
      job.entry === null ? readPage(job.visit, add) : visitEntry(job.visit, job.entry, add),
    );
  } finally {
    for (const directory of openDirectories) directory.close();
  }
}

/** The file of an entry; null if it is gone. Without attributes in the entry it is looked up. */
export function* findEntryFile(
  requests: Requests,
  { inode: parent, path: above }: TreeDirectory,
  { name, inode, stat }: Dirent,
): Steps<TreeFile | null> {
  const path = joinPath(above, name);
  if (inode !== null && stat !== null && stat.iaNlink > 0) {
    return { parent, name, inode, buf: stat, path };
  }
  const found = yield* withErrorContext('lookup', path, requests.lookUp({ parent, name }));
  return found === undefined ? null : { parent, name, inode: found.inode, buf: found.buf, path };
}

/** Whether an error says that a file is gone. */
export const isGone = (error: unknown): boolean =>
  error instanceof FileError && error.errno === -ENOENT;
