/** Finds the files whose paths match patterns, as Node's `fs.glob` does, with many directories listed at a time. */
import picomatch from 'picomatch';
import { IA_IFDIR, IA_IFLNK } from '../core/iatt.ts';
import { joinPath } from '../core/operands.ts';
import { readOptions, throwArgumentError, toPath } from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { Dirent } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import { MAX_PARALLEL_VISITS } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';

/** The options of `glob`, as in Node. */
export interface GlobOptions {
  /** The directory from which relative patterns start; by default the root. */
  readonly cwd?: string | URL;
  /** Selects paths to leave out, directories with all files below. */
  readonly exclude?: readonly string[] | ((path: never) => boolean) | undefined;
  readonly withFileTypes?: boolean;
}

/** `**`: any number of directories. */
const ANY_DEPTH = Symbol('**');

/** One name of a pattern: literal, any depth, or a test. An empty name at the end matches directories only. */
type Segment = string | typeof ANY_DEPTH | ((name: string) => boolean);

/** The rest of a pattern, which names below a directory have to match. */
type PatternTail = readonly Segment[];

/** A directory to search. */
interface GlobDirectory {
  /** Relative to `cwd` ('' is `cwd` itself), or absolute for an absolute pattern. */
  readonly path: string;
  readonly tails: readonly PatternTail[];
}

/** The matches in one directory, and the directories in it to search next. */
interface VisitResult {
  readonly matches: (string | Dirent)[];
  readonly directories: GlobDirectory[];
}

/** Codes of errors for which a directory is skipped: it is absent, is no directory, or may not be listed. */
const SKIPPED_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

/** A search: visits its directories one by one, for `glob` and `globSync`. */
class GlobSearch {
  private readonly volume: VolumeContext;
  private readonly cwd: string;
  private readonly withTypes: boolean;
  private readonly isExcluded: (entry: Dirent, path: string) => boolean;
  readonly startDirectories: readonly GlobDirectory[];

  /** Parses the patterns and the options. @throws {TypeError} */
  constructor(volume: VolumeContext, patterns: unknown, options: unknown) {
    const { cwd = '/', exclude, withFileTypes } = readOptions(options);
    this.volume = volume;
    this.cwd = toPath(cwd, 'options.cwd');
    this.withTypes = withFileTypes === true;
    this.isExcluded = makeExclusionTest(exclude, this.withTypes);
    const allPatterns = toPatternList(patterns, 'patterns').flatMap(expandBraces);
    const makeStartDirectories = (path: string, texts: readonly string[]): GlobDirectory[] => {
      const tails = texts.map(parsePattern).filter(({ length }) => length > 0);
      return tails.length === 0 ? [] : [{ path, tails }];
    };
    const isAbsolute = (text: string): boolean => text.startsWith('/');
    this.startDirectories = [
      ...makeStartDirectories(
        '',
        allPatterns.filter((text) => !isAbsolute(text)),
      ),
      ...makeStartDirectories('/', allPatterns.filter(isAbsolute)),
    ];
  }

  /** Searches one directory. @throws {FileError} */
  *visit(directory: GlobDirectory): Steps<VisitResult> {
    const result: VisitResult = { matches: [], directories: [] };
    // `**` matches the directory where it starts.
    if (
      this.startDirectories.includes(directory) &&
      directory.tails.some((tail) => canEnd(tail, true))
    ) {
      this.addMatch(result, directory.path || '.', IA_IFDIR);
    }
    try {
      if (directory.tails.every(([segment]) => typeof segment === 'string')) {
        yield* this.lookUpNames(directory, result);
      } else {
        yield* this.listNames(directory, result);
      }
    } catch (error) {
      if (!(error instanceof FileError && SKIPPED_CODES.has(error.code))) throw error;
    }
    return result;
  }

  /** Looks up literal names of patterns, without listing the directory. */
  private *lookUpNames(directory: GlobDirectory, result: VisitResult): Steps<void> {
    for (const name of new Set(directory.tails.map(([segment]) => segment as string))) {
      const path = this.toVolumePath(joinName(directory.path, name));
      const find = this.volume.files.findIfExists(path, 'nofollow');
      const target = yield* withErrorContext('lstat', path, find);
      if (target !== undefined) yield* this.addName(directory, result, name, target.buf.iaType);
    }
  }

  /** Lists the directory, and adds the names that match. */
  private *listNames(directory: GlobDirectory, result: VisitResult): Steps<void> {
    const path = this.toVolumePath(directory.path);
    const entries = this.volume.listEntries(path);
    for (const { entry, type } of yield* withErrorContext('scandir', path, entries))
      yield* this.addName(directory, result, entry.name, type);
    if (directory.tails.some(([segment]) => segment === '..')) {
      yield* this.addName(directory, result, '..', IA_IFDIR);
    }
  }

  /** Adds a name that a pattern matches to the matches, and to the directories if names below may match. */
  private *addName(
    directory: GlobDirectory,
    result: VisitResult,
    name: string,
    type: number,
  ): Steps<void> {
    const path = joinName(directory.path, name);
    const nextTails = directory.tails.flatMap((tail) => matchName(tail, name));
    if (nextTails.length === 0) return;
    let tailsBelow: readonly PatternTail[] = type === IA_IFDIR ? nextTails : [];
    if (type === IA_IFLNK) {
      // A symbolic link is followed only if a pattern has its name literally.
      const literalTails = directory.tails
        .filter(([segment]) => segment === name)
        .map(([, ...tail]) => tail);
      const link = this.toVolumePath(path);
      const needsTarget = literalTails.some(([segment]) => segment !== undefined);
      const isDirectory =
        needsTarget && (yield* withErrorContext('stat', link, this.volume.leadsToDirectory(link)));
      if (isDirectory) tailsBelow = literalTails;
    }
    const isMatch =
      nextTails.some((tail) => canEnd(tail, type === IA_IFDIR)) ||
      tailsBelow.some((tail) => canEnd(tail, true));
    const tails = tailsBelow.filter(([segment]) => segment !== undefined && segment !== '');
    if (!isMatch && tails.length === 0) return;
    if (
      isMatch
        ? !this.addMatch(result, path, type)
        : this.isExcluded(this.makeEntry(path, type), path)
    )
      return;
    if (tails.length > 0) result.directories.push({ path, tails });
  }

  /** Adds a path to the matches. @returns false for a path that is excluded */
  private addMatch(result: VisitResult, path: string, type: number): boolean {
    const entry = this.makeEntry(path, type);
    if (this.isExcluded(entry, path)) return false;
    result.matches.push(this.withTypes ? entry : path);
    return true;
  }

  private makeEntry(path: string, type: number): Dirent {
    const slashIndex = path.lastIndexOf('/');
    const parentPath = this.toVolumePath(path.slice(0, Math.max(slashIndex, 0)));
    return new Dirent(path.slice(slashIndex + 1), parentPath, type);
  }

  /** Converts a path of the search to one in the volume. */
  private toVolumePath(path: string): string {
    if (path.startsWith('/')) return path;
    return path === '' ? this.cwd : joinPath(this.cwd, path);
  }
}

/** Matches a name against the first segment of `tail`. @returns the tails for the names below; none without a match */
function matchName(tail: PatternTail, name: string): readonly PatternTail[] {
  const [segment, ...nextTail] = tail;
  if (segment === undefined) return [];
  if (name === '..' && segment !== name) return [];
  if (segment === ANY_DEPTH) {
    const tailsWithoutIt = matchName(nextTail, name);
    // `**` stands for no directory, or for this one and any below it; like `*`, not for a hidden one.
    if (name.startsWith('.')) return tailsWithoutIt;
    return nextTail.length === 0 ? [tail, nextTail] : [tail, ...tailsWithoutIt];
  }
  const isMatch = typeof segment === 'string' ? segment === name : segment(name);
  return isMatch ? [nextTail] : [];
}

/** Whether a path may end where this tail of a pattern begins: the tail is empty, or `**`, which may match nothing. */
function canEnd(tail: PatternTail, isDirectory: boolean): boolean {
  if (tail.length === 0) return true;
  return isDirectory && tail.every((segment) => segment === ANY_DEPTH || segment === '');
}

/** Expands braces that contain a `/`, to one pattern for each choice. */
function expandBraces(pattern: string): string[] {
  const [, before, choices, after] =
    /^(.*?(?<!\\))\{((?=[^{}]*,)[^{}]*\/[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

/** Parses a pattern without braces that contain a `/`. @throws {TypeError} for `..` after a name with wildcards */
function parsePattern(pattern: string): PatternTail {
  const segments: Segment[] = [];
  for (const name of pattern.split('/')) {
    const last = segments.at(-1);
    if (name === '' || name === '.') continue;
    if (name !== '..' || last === undefined || last === '..') segments.push(makeSegment(name));
    else if (typeof last === 'string') segments.pop();
    else throwArgumentError('ERR_INVALID_ARG_VALUE', 'patterns', "without '..' after '*'", pattern);
  }
  if (segments.length > 0 && pattern.endsWith('/')) segments.push('');
  return segments;
}

/** Makes the segment of one name: the name itself, or a test if it has wildcards. */
function makeSegment(name: string): Segment {
  if (name === '**') return ANY_DEPTH;
  if (!/[*?[{\\]|[!+@]\(/.test(name)) return name;
  // picomatch would treat parentheses without a sign before them as a group; here they are literal.
  const text = name.replace(/(?<![!?+*@\\])\(([^()]*)\)/g, '\\($1\\)');
  const isMatch = picomatch(text, MATCH_OPTIONS);
  // Only a literal dot in the pattern matches a leading dot.
  const hasDot = /(^|[{(,|])\\?\./.test(name);
  return (candidate) => (hasDot || !candidate.startsWith('.')) && isMatch(candidate);
}

/** Makes the test whether a file is excluded. @throws {TypeError} */
function makeExclusionTest(exclude: unknown, withTypes: boolean): GlobSearch['isExcluded'] {
  if (exclude === undefined) return () => false;
  if (typeof exclude === 'function') {
    return (entry, path) => exclude(withTypes ? entry : path) === true;
  }
  if (!Array.isArray(exclude)) {
    throwArgumentError(
      'ERR_INVALID_ARG_TYPE',
      'options.exclude',
      'a function or patterns',
      exclude,
    );
  }
  const patterns = toPatternList(exclude, 'options.exclude').map((text) =>
    text.replace(/\/+$/, ''),
  );
  const tails = patterns.flatMap(expandBraces).map(parsePattern);
  return (_, path) => {
    const matchNext = (currentTails: readonly PatternTail[], name: string) =>
      currentTails.flatMap((tail) => matchName(tail, name));
    const nextTails = path.split('/').reduce(matchNext, tails);
    return nextTails.some(({ length }) => length === 0);
  };
}

/** Returns one pattern or several as a list. @throws {TypeError} */
function toPatternList(patterns: unknown, name: string): string[] {
  return (Array.isArray(patterns) ? patterns : [patterns]).map((pattern) => {
    if (typeof pattern === 'string') return pattern;
    return throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'a string or strings', pattern);
  });
}

/** Options for Node's patterns: `!` at the start does not negate a pattern, but `[!a]` negates a set. */
const MATCH_OPTIONS = { nonegate: true, posix: true, windows: false };

const joinName = (path: string, name: string): string =>
  path === '' ? name : joinPath(path, name);

/** Yields matches as they are found. Lists the next directories ahead, at most 64. */
export async function* glob(
  volume: VolumeContext,
  patterns: unknown,
  options: unknown,
): AsyncGenerator<string | Dirent, void> {
  const search = new GlobSearch(volume, patterns, options);
  const upcomingDirectories = [...search.startDirectories];
  const visits = new Map<GlobDirectory, Promise<VisitResult>>();
  while (upcomingDirectories.length > 0) {
    for (const directory of upcomingDirectories.slice(-MAX_PARALLEL_VISITS)) {
      if (visits.has(directory)) continue;
      const visit = volume.run(search.visit(directory));
      // Prevents an unhandled rejection: the loop gets the failure when it reaches this directory.
      visit.catch(() => {});
      visits.set(directory, visit);
    }
    const directory = upcomingDirectories.pop()!;
    const { matches, directories } = await visits.get(directory)!;
    visits.delete(directory);
    yield* matches;
    upcomingDirectories.push(...directories);
  }
}

/** Does as `glob`, for a volume that replies at once. @throws {NotAtOnceError} */
export function globSync(
  volume: VolumeContext,
  patterns: unknown,
  options: unknown,
): (string | Dirent)[] {
  const search = new GlobSearch(volume, patterns, options);
  const upcomingDirectories = [...search.startDirectories];
  const allMatches: (string | Dirent)[] = [];
  while (upcomingDirectories.length > 0) {
    const { matches, directories } = runSync(search.visit(upcomingDirectories.pop()!));
    allMatches.push(...matches);
    upcomingDirectories.push(...directories);
  }
  return allMatches;
}
