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
type Rest = readonly Segment[];

/** A directory to search. */
interface Job {
  /** From `cwd`, which is empty itself; or absolute, for an absolute pattern. */
  readonly path: string;
  readonly rests: readonly Rest[];
}

interface Found {
  readonly matches: (string | Dirent)[];
  readonly jobs: Job[];
}

/** Errors of directories that are skipped: absent, not a directory, or not the caller's to list. */
const SKIPPED: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

class GlobSearch {
  private readonly volume: VolumeContext;
  private readonly cwd: string;
  private readonly withTypes: boolean;
  private readonly isExcluded: (entry: Dirent, path: string) => boolean;
  readonly first: readonly Job[];

  /** @throws {TypeError} */
  constructor(volume: VolumeContext, patterns: unknown, options: unknown) {
    const { cwd = '/', exclude, withFileTypes } = readOptions(options);
    this.volume = volume;
    this.cwd = toPath(cwd, 'options.cwd');
    this.withTypes = withFileTypes === true;
    this.isExcluded = makeExclude(exclude, this.withTypes);
    const all = toTexts(patterns, 'patterns').flatMap(expandSlashes);
    const jobOf = (path: string, texts: readonly string[]): Job[] => {
      const rests = texts.map(parsePattern).filter(({ length }) => length > 0);
      return rests.length === 0 ? [] : [{ path, rests }];
    };
    const isAbsolute = (text: string): boolean => text.startsWith('/');
    this.first = [
      ...jobOf(
        '',
        all.filter((text) => !isAbsolute(text)),
      ),
      ...jobOf('/', all.filter(isAbsolute)),
    ];
  }

  /** Searches one directory. @throws {FileError} */
  *visit(job: Job): Steps<Found> {
    const found: Found = { matches: [], jobs: [] };
    // `**` matches the directory where it starts.
    if (this.first.includes(job) && job.rests.some((rest) => isEnd(rest, true))) {
      this.addMatch(found, job.path || '.', IA_IFDIR);
    }
    try {
      if (job.rests.every(([segment]) => typeof segment === 'string')) {
        yield* this.lookUpNames(job, found);
      } else {
        yield* this.listNames(job, found);
      }
    } catch (error) {
      if (!(error instanceof FileError && SKIPPED.has(error.code))) throw error;
    }
    return found;
  }

  /** Looks up the names that patterns spell out, without listing the directory. */
  private *lookUpNames(job: Job, found: Found): Steps<void> {
    for (const name of new Set(job.rests.map(([segment]) => segment as string))) {
      const path = this.locate(joinName(job.path, name));
      const target = yield* withErrorContext(
        'lstat',
        path,
        this.volume.files.findIfExists(path, 'nofollow'),
      );
      if (target !== undefined) yield* this.take(job, found, name, target.buf.iaType);
    }
  }

  private *listNames(job: Job, found: Found): Steps<void> {
    const path = this.locate(job.path);
    const { volume } = this;
    const directory = yield* withErrorContext('scandir', path, volume.findDirectory(path));
    const entries = readEntries(volume.driver, directory.inode);
    for (const entry of yield* withErrorContext('scandir', path, entries)) {
      const type = yield* withErrorContext('scandir', path, volume.typeOf(entry, directory));
      yield* this.take(job, found, entry.name, type);
    }
    if (job.rests.some(([segment]) => segment === '..')) {
      yield* this.take(job, found, '..', IA_IFDIR);
    }
  }

  /** Adds a name of a directory, if a pattern has it, as a match and for what is below it. */
  private *take(job: Job, found: Found, name: string, type: number): Steps<void> {
    const path = joinName(job.path, name);
    const ends = job.rests.flatMap((rest) => step(rest, name));
    if (ends.length === 0) return;
    let below: readonly Rest[] = type === IA_IFDIR ? ends : [];
    if (type === IA_IFLNK) {
      // A link is followed where a pattern spells its name out.
      const named = job.rests.filter(([segment]) => segment === name).map(([, ...tail]) => tail);
      const needsTarget = named.some(([segment]) => segment !== undefined);
      const target = needsTarget
        ? yield* this.volume.files.findIfExists(this.locate(path))
        : undefined;
      if (target?.buf.iaType === IA_IFDIR) below = named;
    }
    const isMatch =
      ends.some((rest) => isEnd(rest, type === IA_IFDIR)) ||
      below.some((rest) => isEnd(rest, true));
    const rests = below.filter(([segment]) => segment !== undefined && segment !== '');
    if (!isMatch && rests.length === 0) return;
    if (isMatch ? !this.addMatch(found, path, type) : this.isExcluded(this.entry(path, type), path))
      return;
    if (rests.length > 0) found.jobs.push({ path, rests });
  }

  /** @returns false for a path that is excluded */
  private addMatch(found: Found, path: string, type: number): boolean {
    const entry = this.entry(path, type);
    if (this.isExcluded(entry, path)) return false;
    found.matches.push(this.withTypes ? entry : path);
    return true;
  }

  private entry(path: string, type: number): Dirent {
    const at = path.lastIndexOf('/');
    return new Dirent(path.slice(at + 1), this.locate(path.slice(0, Math.max(at, 0))), type);
  }

  /** The path in the volume. */
  private locate(path: string): string {
    if (path.startsWith('/')) return path;
    return path === '' ? this.cwd : joinPath(this.cwd, path);
  }
}

/** The rests of a pattern after a name; none if the name does not match. */
function step(rest: Rest, name: string): readonly Rest[] {
  const [segment, ...tail] = rest;
  if (segment === undefined) return [];
  if (name === '..' && segment !== name) return [];
  if (segment === ANY_DEPTH) {
    const beyond = step(tail, name);
    if (name.startsWith('.')) return beyond;
    return tail.length === 0 ? [rest, tail] : [rest, ...beyond];
  }
  const isSame = typeof segment === 'string' ? segment === name : segment(name);
  return isSame ? [tail] : [];
}

/** Whether a path may end before this rest of a pattern. */
function isEnd(rest: Rest, isDirectory: boolean): boolean {
  if (rest.length === 0) return true;
  return isDirectory && rest.every((segment) => segment === ANY_DEPTH || segment === '');
}

/** A pattern for each choice of braces that have a `/` in them. */
function expandSlashes(pattern: string): string[] {
  const [, before, choices, after] =
    /^(.*?(?<!\\))\{((?=[^{}]*,)[^{}]*\/[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (choices === undefined) return [pattern];
  return choices.split(',').flatMap((choice) => expandSlashes(`${before}${choice}${after}`));
}

/** @throws {TypeError} for `..` after a name that is not spelled out */
function parsePattern(pattern: string): Rest {
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
  const rests = patterns.flatMap(expandSlashes).map(parsePattern);
  return (_, path) => {
    const stepAll = (left: readonly Rest[], name: string) =>
      left.flatMap((rest) => step(rest, name));
    const ends = path.split('/').reduce(stepAll, rests);
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
  const left = [...search.first];
  const ahead = new Map<Job, Promise<Found>>();
  while (left.length > 0) {
    for (const job of left.slice(-MAX_PARALLEL_VISITS)) {
      if (ahead.has(job)) continue;
      const visit = volume.run(search.visit(job));
      // The loop sees the failure when it comes to this directory.
      visit.catch(() => {});
      ahead.set(job, visit);
    }
    const job = left.pop()!;
    const { matches, jobs } = await ahead.get(job)!;
    ahead.delete(job);
    yield* matches;
    left.push(...jobs);
  }
}

/** The same for a volume that replies at once. @throws {NotAtOnceError} */
export function globNow(
  volume: VolumeContext,
  patterns: unknown,
  options: unknown,
): (string | Dirent)[] {
  const search = new GlobSearch(volume, patterns, options);
  const left = [...search.first];
  const all: (string | Dirent)[] = [];
  while (left.length > 0) {
    const { matches, jobs } = runSync(search.visit(left.pop()!));
    all.push(...matches);
    left.push(...jobs);
  }
  return all;
}
