/**
 * Filters requests for an observer, such as a recorder. A request must match each criterion, by one of the criterion's
 * values.
 */
import { errnoNumber } from '../core/errno.ts';
import { findFop, fops } from '../core/fops.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { formatSuggestion } from '../core/nearest.ts';

/** A filter as the user gives it. */
export interface FilterSettings {
  /** Names of volumes. */
  readonly volumes?: readonly string[];
  /** Names of fops in any case, as methods or log names: `readv` or `READ`. */
  readonly fops?: readonly string[];
  /** Paths of the mount; `*` matches within a name, `**` across folders. */
  readonly paths?: readonly string[];
  readonly pids?: readonly number[];
  readonly uids?: readonly number[];
  /** Names of errnos, such as `ENOENT`. */
  readonly errnos?: readonly string[];
  /** Selects one request in so many; 1 selects all. */
  readonly oneIn?: number;
  /** Selects requests with a hop that took at least as many milliseconds. */
  readonly slowMs?: number;
}

/** Thrown for a wrong filter. The message names the possible values. */
export class FilterError extends Error {
  readonly code = 'GLOSSA_FILTER';

  constructor(message: string) {
    super(message);
    this.name = 'FilterError';
  }
}

/** A checked filter. */
export interface Filter {
  /** Names of volumes; null for all volumes, as for the other criteria. */
  readonly volumes: ReadonlySet<string> | null;
  readonly fops: ReadonlySet<FopName> | null;
  readonly paths: ((path: string) => boolean) | null;
  readonly pids: ReadonlySet<number> | null;
  readonly uids: ReadonlySet<number> | null;
  readonly oneIn: number;
  /** Whether all hops below a recorded hop are recorded: no criterion excludes single hops. */
  readonly seesAll: boolean;
  /** Whether a criterion needs the result, so that only the end of a request decides. */
  readonly needsResult: boolean;
  /** Whether a hop with this errno (0 for success) and duration makes its request match. */
  matchesResult(errno: number, ms: number): boolean;
}

/** Returns null for a criterion that is absent or empty, and so matches all. */
const nullIfEmpty = <T>(items: readonly T[] | undefined): readonly T[] | null =>
  items === undefined || items.length === 0 ? null : items;

/** Checks the settings, and makes a filter. @param volumeNames the graph's volumes @throws {FilterError} */
export function makeFilter(settings: FilterSettings, volumeNames: readonly string[]): Filter {
  const { oneIn = 1, slowMs = 0 } = settings;
  const volumes = nullIfEmpty(settings.volumes);
  for (const name of volumes ?? []) checkVolume(name, volumeNames);
  if (!Number.isSafeInteger(oneIn) || oneIn < 1) {
    throw new FilterError(`one request in ${oneIn} is impossible: use a whole number from 1 on`);
  }
  const errnos = nullIfEmpty(settings.errnos)?.map(parseErrno) ?? null;
  const paths = nullIfEmpty(settings.paths)?.map(parsePathPattern) ?? null;
  const fopNames = nullIfEmpty(settings.fops)?.map(parseFop) ?? null;
  const [pids, uids] = [nullIfEmpty(settings.pids), nullIfEmpty(settings.uids)];
  return {
    volumes: volumes && new Set(volumes),
    fops: fopNames && new Set(fopNames),
    paths: paths && ((path) => paths.some((pattern) => pattern.test(path))),
    pids: pids && new Set(pids),
    uids: uids && new Set(uids),
    oneIn,
    seesAll: volumes === null && fopNames === null && paths === null,
    needsResult: errnos !== null || slowMs > 0,
    matchesResult: (errno, ms) =>
      (errnos === null || errnos.includes(errno)) && (slowMs === 0 || ms >= slowMs),
  };
}

/** Checks the name of a volume. @throws {FilterError} for an unknown one */
export function checkVolume(name: string, volumeNames: readonly string[]): void {
  if (volumeNames.includes(name)) return;
  const listText = `the volumes are ${volumeNames.join(', ')}`;
  throw new FilterError(
    `there is no volume '${name}'${formatSuggestion(name, volumeNames) || `: ${listText}`}`,
  );
}

/** Parses the name of a fop in any case: a method or a log name. @throws {FilterError} */
export function parseFop(name: string): FopName {
  const row = findFop(name);
  if (row !== undefined) return row.name as FopName;
  const fopNames = fops.map((fop) => fop.name);
  const guess =
    formatSuggestion(name.toLowerCase(), fopNames) || `: the fops are ${fopNames.join(', ')}`;
  throw new FilterError(`there is no fop '${name}'${guess}`);
}

/** Parses the name of an errno, such as `ENOENT`, in any case. @throws {FilterError} */
export function parseErrno(name: string): number {
  const number = errnoNumber(name.toUpperCase());
  if (number !== undefined) return number;
  throw new FilterError(`there is no errno '${name}': their names are as in errno(3), as ENOENT`);
}

/** Converts a pattern of paths (`/a/*.txt`, `/a/**`) to a regular expression. @throws {FilterError} */
export function parsePathPattern(path: string): RegExp {
  if (!path.startsWith('/')) {
    throw new FilterError(`the path '${path}' must begin with '/', which is the top of the mount`);
  }
  const source = path
    .split(/(\*+)/)
    .map((part) => {
      if (part.startsWith('*')) return part.length > 1 ? '.*' : '[^/]*';
      return part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}
