/**
 * Makes the requests of searches along directories (the workload `phpsim`) from the calls by which
 * a client looks names up: system calls, or those of a volume.
 */
import { ENOENT } from '../../../../runtime/core/errno.ts';
import { DIRECTORY_COUNT, makeDirectoryName, type SearchPlan } from '../searches.ts';
import { describeStatus, type Requests } from './workload.ts';

/** The name that warm-up requests look up in each directory in turn. */
export const ABSENT_NAME = 'absent.php';

/** Number of searches that a client of `phpsim` draws; after the last, they begin again. */
export const SEARCH_COUNT = 10_000;

/**
 * Searches files along dir0, dir1, …, and counts the lookups. `S` is the status of `Requests.send`:
 * a number, or a promise of one.
 */
export interface Searcher<S = number> {
  /** Looks up the absent name in a directory; returns minus an errno. */
  lookUpAbsent(directory: number): S;
  /** Returns the number of the directory that has the file, or minus an errno. */
  search(file: number): S;
  /** Returns the number of lookups of `search` since the last call. */
  takeLookupCount(): number;
  close(): void;
}

/**
 * Makes the requests of the planned searches. Warm-up requests, with numbers below 0, look up an
 * absent name.
 */
export const makeSearchRequests = <S extends number | Promise<number>>(
  {
    names,
    searches,
    directories,
  }: Pick<SearchPlan, 'names' | 'searches'> & {
    /** The directory that each file must be found in. */
    readonly directories: ArrayLike<number>;
  },
  searcher: Searcher<S>,
): Requests & { send(i: number): S } => ({
  send: (i) =>
    i < 0
      ? searcher.lookUpAbsent(-i % DIRECTORY_COUNT)
      : searcher.search(searches[i % searches.length]!),
  check(i, status) {
    if (i < 0) return status === -ENOENT ? null : `an absent name: ${describeStatus(status)}`;
    const file = searches[i % searches.length]!;
    if (status === directories[file]) return null;
    const location = status < 0 ? describeStatus(status) : `in ${makeDirectoryName(status)}`;
    return `a search finds ${names[file]} ${location}, the plain directory in dir${directories[file]}`;
  },
  takeCounts: () => ({ lookups: searcher.takeLookupCount() }),
  close: () => searcher.close(),
});
