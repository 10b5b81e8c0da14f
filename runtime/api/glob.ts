/** Finds the files whose paths match patterns, as Node's `fs.glob` does, with many directories listed at a time. */
import picomatch from 'picomatch';
import { IA_IFDIR, IA_IFLNK } from '../core/iatt.ts';
import { joinPath } from '../core/loc.ts';
import { readOptions, throwArgumentError, toPath } from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { readEntries } from './open-directory.ts';
import { Dirent } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import { MAX_PARALLEL_VISITS } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';

export interface GlobOptions {
  /** The directory from which relative patterns start; by default the root. */
  readonly cwd?: string | URL;
  /** Matches, and directories with all below, that are left out. */
  readonly exclude?: readonly string[] | ((path: never) => boolean) | undefined;
  readonly withFileTypes?: boolean;
}

/** `**`: any number of directories. */
const ANY_DEPTH = Symbol('**');

/** A name of a pattern: the name itself, any depth, or a test; an empty name at the end is for directories alone. */
type Segment = string | typeof ANY_DEPTH | ((name: string) => boolean);

/** The part of a pattern that names below a directory have to match. */
type PatternTail = readonly Segment[];

/** A directory to search. */
interface GlobDirectory {
  /** From `cwd`, which is empty itself; or absolute, for an absolute pattern. */
  readonly path: string;
  readonly tails: readonly PatternTail[];
}

/** The matches in one directory, and the directories in it to search next. */
interface VisitResult {
  readonly matches: (string | Dirent)[];
  readonly directories: GlobDirectory[];
}

/** Errors of directories that are skipped: absent, not a directory, or not the caller's to list. */
const SKIPPED_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

class GlobSearch {
  private readonly volume: VolumeContext;
  private readonly cwd: string;
  private readonly withTypes: boolean;
  private readonly isExcluded: (entry: Dirent, path: string) => boolean;
  readonly startDirectories: readonly GlobDirectory[];

  /** @throws {TypeError} */
  constructor(volume: VolumeContext, patterns: unknown, options: unknown) {
    const { cwd = '/', exclude, withFileTypes } = readOptions(options);
    this.volume = volume;
    this.cwd = toPath(cwd, 'options.cwd');
    this.withTypes = withFileTypes === true;
    this.isExcluded = makeExclude(exclude, this.withTypes);
    const allTexts = toTexts(patterns, 'patterns').flatMap(expandBraces);
    const makeDirectories = (path: string, texts: readonly string[]): GlobDirectory[] => {
      const tails = texts.map(parsePattern).filter(({ length }) => length > 0);
      return tails.length === 0 ? [] : [{ path, tails }];
    };
    const isAbsolute = (text: string): boolean => text.startsWith('/');
    this.startDirectories = [
      ...makeDirectories(
        '',
        allTexts.filter((text) => !isAbsolute(text)),
      ),
      ...makeDirectories('/', allTexts.filter(isAbsolute)),
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

  /** Looks up the names that patterns spell out, without listing the directory. */
  private *lookUpNames(directory: GlobDirectory, result: VisitResult): Steps<void> {
    for (const name of new Set(directory.tails.map(([segment]) => segment as string))) {
      const path = this.toVolumePath(joinName(directory.path, name));
      const target = yield* withErrorContext(
        'lstat',
        path,
        this.volume.files.findIfExists(path, 'nofollow'),
      );
      if (target !== undefined) yield* this.addName(directory, result, name, target.buf.iaType);
    }
  }

  private *listNames(directory: GlobDirectory, result: VisitResult): Steps<void> {
    const path = this.toVolumePath(directory.path);
    const { volume } = this;
    const found = yield* withErrorContext('scandir', path, volume.findDirectory(path));
    const entries = readEntries(volume.driver, found.inode);
    for (const entry of yield* withErrorContext('scandir', path, entries)) {
      const type = yield* withErrorContext('scandir', path, volume.typeOf(entry, found));
      yield* this.addName(directory, result, entry.name, type);
    }
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
    const ends = directory.tails.flatMap((tail) => matchName(tail, name));
    if (ends.length === 0) return;
    let tailsBelow: readonly PatternTail[] = type === IA_IFDIR ? ends : [];
    if (type === IA_IFLNK) {
      // A link is followed where a pattern spells its name out.
      const spelledOut = directory.tails
        .filter(([segment]) => segment === name)
        .map(([, ...tail]) => tail);
      const link = this.toVolumePath(path);
      const needsTarget = spelledOut.some(([segment]) => segment !== undefined);
      const isDirectory =
        needsTarget && (yield* withErrorContext('stat', link, this.volume.leadsToDirectory(link)));
      if (isDirectory) tailsBelow = spelledOut;
    }
    const isMatch =
      ends.some((tail) => canEnd(tail, type === IA_IFDIR)) ||
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

  /** @returns false for a path that is excluded */
  private addMatch(result: VisitResult, path: string, type: number): boolean {
    const entry = this.makeEntry(path, type);
    if (this.isExcluded(entry, path)) return false;
    result.matches.push(this.withTypes ? entry : path);
    return true;
  }

  private makeEntry(path: string, type: number): Dirent {
    const slash = path.lastIndexOf('/');
    const parentPath = this.toVolumePath(path.slice(0, Math.max(slash, 0)));
    return new Dirent(path.slice(slash + 1), parentPath, type);
  }

  /** The path in the volume. */
  private toVolumePath(path: string): string {
    if (path.startsWith('/')) return path;
    return path === '' ? this.cwd : joinPath(this.cwd, path);
  }
}

/** Matches a name against the first segment. @returns the tails for the names below; none without a match */
function matchName(tail: PatternTail, name: string): readonly PatternTail[] {
  const [segment, ...nextTail] = tail;
  if (segment === undefined) return [];
  if (name === '..' && segment !== name) return [];
  if (segment === ANY_DEPTH) {
    const tailsWithoutIt = matchName(nextTail, name);
    if (name.startsWith('.')) return tailsWithoutIt;
    return nextTail.length === 0 ? [tail, nextTail] : [tail, ...tailsWithoutIt];
  }
  const isMatch = typeof segment === 'string' ? segment === name : segment(name);
  return isMatch ? [nextTail] : [];
}

/** Whether a path may end before this tail of a pattern. */
function canEnd(tail: PatternTail, isDirectory: boolean): boolean {
  if (tail.length === 0) return true;
  return isDirectory && tail.every((segment) => segment === ANY_DEPTH || segment === '');
}

/** A pattern for each choice of braces that have a `/` in them. */
function expandBraces(pattern: string): string[] {
  const [, before, choices, after] =
    /^(.*?(?<!\\))\{((?=[^{}]*,)[^{}]*\/[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

/** @throws {TypeError} for `..` after a name that is not spelled out */
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

function makeSegment(name: string): Segment {
  if (name === '**') return ANY_DEPTH;
  if (!/[*?[{\\]|[!+@]\(/.test(name)) return name;
  // Parentheses without a sign before them are themselves.
  const text = name.replace(/(?<![!?+*@\\])\(([^()]*)\)/g, '\\($1\\)');
  const isMatch = picomatch(text, MATCH_OPTIONS);
  // A leading dot is matched by a dot alone.
  const hasDot = /(^|[{(,|])\\?\./.test(name);
  return (entry) => (hasDot || !entry.startsWith('.')) && isMatch(entry);
}

/** Tests whether a file is excluded. @throws {TypeError} */
function makeExclude(exclude: unknown, withTypes: boolean): GlobSearch['isExcluded'] {
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
  const patterns = toTexts(exclude, 'options.exclude').map((text) => text.replace(/\/+$/, ''));
  const tails = patterns.flatMap(expandBraces).map(parsePattern);
  return (_, path) => {
    const stepAll = (upcoming: readonly PatternTail[], name: string) =>
      upcoming.flatMap((tail) => matchName(tail, name));
    const ends = path.split('/').reduce(stepAll, tails);
    return ends.some(({ length }) => length === 0);
  };
}

function toTexts(patterns: unknown, name: string): string[] {
  return (Array.isArray(patterns) ? patterns : [patterns]).map((pattern) => {
    if (typeof pattern === 'string') return pattern;
    return throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'a string or strings', pattern);
  });
}

/** As Node: `!` negates no whole pattern, and `[!a]` a set. */
const MATCH_OPTIONS = { nonegate: true, posix: true, windows: false };

const joinName = (path: string, name: string): string =>
  path === '' ? name : joinPath(path, name);

/** The matches, while they are found; at most 64 directories are listed ahead. */
export async function* glob(
  volume: VolumeContext,
  patterns: unknown,
  options: unknown,
): AsyncGenerator<string | Dirent, void> {
  const search = new GlobSearch(volume, patterns, options);
  const upcoming = [...search.startDirectories];
  const visits = new Map<GlobDirectory, Promise<VisitResult>>();
  while (upcoming.length > 0) {
    for (const directory of upcoming.slice(-MAX_PARALLEL_VISITS)) {
      if (visits.has(directory)) continue;
      const visit = volume.run(search.visit(directory));
      // The loop sees the failure when it comes to this directory.
      visit.catch(() => {});
      visits.set(directory, visit);
    }
    const directory = upcoming.pop()!;
    const { matches, directories } = await visits.get(directory)!;
    visits.delete(directory);
    yield* matches;
    upcoming.push(...directories);
  }
}

/** The same for a volume that replies at once. @throws {NotAtOnceError} */
export function globSync(
  volume: VolumeContext,
  patterns: unknown,
  options: unknown,
): (string | Dirent)[] {
  const search = new GlobSearch(volume, patterns, options);
  const upcoming = [...search.startDirectories];
  const allTexts: (string | Dirent)[] = [];
  while (upcoming.length > 0) {
    const { matches, directories } = runSync(search.visit(upcoming.pop()!));
    allTexts.push(...matches);
    upcoming.push(...directories);
  }
  return allTexts;
}
