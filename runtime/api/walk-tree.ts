/** Walks a directory tree for callers that iterate, and lists the next directories ahead. */

import { IA_IFDIR, IA_IFLNK } from '../core/iatt.ts';
import { joinPath } from '../core/operands.ts';
import { toPath } from './arguments.ts';
import { withErrorContext } from './file-error.ts';
import { Dirent } from './stats.ts';
import type { Steps } from './steps.ts';
import { MAX_PARALLEL_VISITS } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';

/** The options of `Volume.walk`. */
export interface WalkOptions {
  /** Whether a directory comes before the directories in it; by default true. */
  readonly topDown?: boolean;
  /** Whether symbolic links to directories are followed; by default false. */
  readonly followSymlinks?: boolean;
  /** Called with the error of a directory that cannot be listed, which is then left out. */
  onError?(error: unknown): void;
}

/** One directory of a walk. */
export interface WalkStep {
  readonly path: string;
  /** With `topDown`, the caller may remove directories before the next step; those are not walked. */
  readonly directories: Dirent[];
  readonly files: Dirent[];
}

/** Lists one directory. @throws {FileError} */
function* listDirectory(
  volume: VolumeContext,
  path: string,
  followSymlinks: boolean,
): Steps<WalkStep> {
  const step: WalkStep = { path, directories: [], files: [] };
  const entries = yield* withErrorContext('scandir', path, volume.listEntries(path));
  for (const { entry, type } of entries) {
    let isDirectory = type === IA_IFDIR;
    if (type === IA_IFLNK && followSymlinks) {
      const link = joinPath(path, entry.name);
      isDirectory = yield* withErrorContext('stat', link, volume.leadsToDirectory(link));
    }
    (isDirectory ? step.directories : step.files).push(new Dirent(entry.name, path, type));
  }
  return step;
}

/** The listing of one directory, which begins at the first `list`. */
class LazyListing {
  readonly path: string;
  private stepPromise: Promise<WalkStep> | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Lists the directory; later calls return the same promise. */
  list(volume: VolumeContext, followSymlinks: boolean): Promise<WalkStep> {
    if (this.stepPromise === null) {
      this.stepPromise = volume.run(listDirectory(volume, this.path, followSymlinks));
      // Prevents an unhandled rejection: the walk gets the failure when it reaches this directory.
      this.stepPromise.catch(() => {});
    }
    return this.stepPromise;
  }
}

/** Yields each directory of a tree with its entries. @throws {FileError} if one cannot be listed, without `onError` */
export async function* walkTree(
  volume: VolumeContext,
  top: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkStep, void> {
  const { topDown = true, followSymlinks = false, onError } = options;
  /** The directories to visit; the next one is the last. */
  const upcomingListings: LazyListing[] = [new LazyListing(toPath(top))];
  /** Without `topDown`, the steps that wait for the directories in them: until `upcomingListings` has length `depth`. */
  const deferred: { readonly step: WalkStep; readonly depth: number }[] = [];
  while (upcomingListings.length > 0) {
    const currentListing = upcomingListings.pop()!;
    for (const nextListing of upcomingListings.slice(-MAX_PARALLEL_VISITS))
      void nextListing.list(volume, followSymlinks);
    let step: WalkStep;
    try {
      step = await currentListing.list(volume, followSymlinks);
    } catch (error) {
      if (onError === undefined) throw error;
      onError(error);
      while (deferred.length > 0 && deferred.at(-1)!.depth === upcomingListings.length)
        yield deferred.pop()!.step;
      continue;
    }
    if (topDown) yield step;
    else deferred.push({ step, depth: upcomingListings.length });
    const children = step.directories.map(
      ({ name }) => new LazyListing(joinPath(currentListing.path, String(name))),
    );
    upcomingListings.push(...children.reverse());
    while (deferred.length > 0 && deferred.at(-1)!.depth === upcomingListings.length)
      yield deferred.pop()!.step;
  }
}
