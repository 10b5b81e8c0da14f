/**
 * Parts of programs on trees, such as tar, git and npm: in a mount of a directory, and in mounts of bricks of GlusterFS.
 * Every result is checked.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, runCommand } from './bench.ts';
import { defaultStack, makeBrickMounts } from './brick-mounts.ts';
import { type Program, type ProgramExperiment, runProgramExperiment } from './programs.ts';
import { startLibfuse, TIMEOUTS } from './servers.ts';
import { hold, type Report } from './table.ts';
import { makeDirectories, makeKind } from './targets.ts';
import {
  FILES_OF_PACKAGE,
  GIT,
  listedFiles,
  packCommittedTree,
  packProject,
  packTree,
  treeFiles,
} from './trees.ts';

// -- programs ------------------------------------------------------------------------------------

const UNPACK = 'tar -x -f "$1" -C "$0"';
const STATUS = `${GIT} -C "$0" status --porcelain`;

/** Ignores the user's configuration of npm, and asks no registry. */
const INSTALL = [
  'env npm_config_userconfig=/dev/null npm_config_update_notifier=false npm_config_cache="$1.cache"',
  'npm ci --prefix "$0" --offline --ignore-scripts --no-audit --no-fund --silent',
].join(' ');

/** A program, and the tree of so many files or packages that it works on. */
interface Project {
  readonly name: string;
  readonly unit: 'files' | 'packages';
  readonly count: number;
  /** The count of a quick run. */
  readonly quickCount: number;
  /** Returns `$1`. @throws {MeasurementError} */
  readonly prepare: (bench: Bench, count: number) => Promise<string>;
  readonly makeProgram: (count: number) => Omit<Program, 'title'>;
  readonly keeps?: boolean;
}

const FILES = { unit: 'files', count: 2_000, quickCount: 400 } as const;

const DIRECTORIES = 40;
/** Packs the tree of the listings. */
const packListed = (bench: Bench, files: number): Promise<string> =>
  packTree(bench, listedFiles(DIRECTORIES, files / DIRECTORIES));

/** Unpacks a committed tree as the origin of clones; returns its repository. */
async function makeOrigin(bench: Bench, files: number): Promise<string> {
  const origin = join(bench.data, 'origin');
  const archive = await packCommittedTree(bench, files);
  rmSync(origin, { recursive: true, force: true });
  mkdirSync(origin);
  await runCommand(bench, ['tar', '-x', '-f', archive, '-C', origin]);
  return join(origin, '.git');
}

export const projects = {
  untar: {
    ...{ name: 'tar x', ...FILES, prepare: (bench, files) => packTree(bench, treeFiles(files)) },
    // Compares content, modes, owners and times.
    makeProgram: () => ({ run: UNPACK, after: 'tar -d -f "$1" -C "$0" && rm -r "$0"' }),
  },
  remove: {
    ...{ name: 'rm -r', ...FILES, prepare: packListed },
    makeProgram: () => ({ before: UNPACK, run: 'rm -r "$0"', after: 'test ! -e "$0"' }),
  },
  status: {
    ...{ name: 'git status', ...FILES, prepare: packCommittedTree, keeps: true },
    // After it git knows the files' inodes, so that it need not read the files again.
    makeProgram: () => ({ before: `${UNPACK} && ${STATUS}`, run: STATUS }),
  },
  clone: {
    ...{ name: 'git clone', ...FILES, prepare: makeOrigin },
    makeProgram: () => ({ run: `${GIT} clone -q "$1" "$0"`, after: STATUS }),
  },
  install: {
    ...{ name: 'npm ci', unit: 'packages', count: 300, quickCount: 40, prepare: packProject },
    makeProgram: (count) => ({
      ...{ before: UNPACK, run: INSTALL },
      after: 'find "$0/node_modules" -mindepth 2 -type f | wc -l',
      expected: String(count * FILES_OF_PACKAGE),
    }),
  },
} as const satisfies Record<string, Project>;

/** The mounts of a part, and its figures: a title, the compared rows, and the bar. */
interface Ground<N extends string>
  extends Pick<ProgramExperiment<N>, 'targets' | 'first' | 'places' | 'expires'> {
  /** The place of the mounts, for titles. */
  readonly where?: string;
  readonly rounds: number;
  readonly figures: readonly (readonly [string, readonly [N, N], bar: string | null])[];
}

/** Makes a part that measures the seconds of a program. @param makeGround is called in each run */
export const makeProjectPart =
  <N extends string>(
    { name, unit, prepare, makeProgram, keeps = false, ...counts }: Project,
    makeGround: () => Ground<N>,
  ) =>
  (bench: Bench): Promise<Report> => {
    const count = bench.quick ? counts.quickCount : counts.count;
    const { where = '', rounds, figures, ...ground } = makeGround();
    const what = `${name}, ${count} ${unit}${where}`;
    return runProgramExperiment<N>(bench, {
      ...{ ...ground, what, unit: 's', rounds: bench.quick ? 1 : rounds, keeps, ratioTitle: '×' },
      programs: { value: { title: 'time', ...makeProgram(count) } },
      prepare: () => prepare(bench, count),
      held: figures.map(([title, rows, bar]) => hold(`${what}: ${title}`, rows, bar)),
      settings: { count },
    });
  };

// -- in a directory ------------------------------------------------------------------------------

const SOURCES = { count: 20_000, quickCount: 1_000 };

const besideGlusterfs = (): Ground<keyof ReturnType<typeof makeDirectories>> => ({
  ...{ targets: makeDirectories(), first: 'glusterfs', rounds: 3 },
  figures: [['posix / GlusterFS posix', ['glossa', 'glusterfs'], '< 1, aim 0.5']],
});

export const trees = {
  tar: makeProjectPart({ ...projects.untar, ...SOURCES }, besideGlusterfs),
  git: makeProjectPart({ ...projects.status, ...SOURCES }, besideGlusterfs),
};

/** A mount as users have it, and a server in C, beside the directory itself. */
export const besideDirectory = (): Ground<'glossa' | 'pass' | 'bare'> => {
  const { glossa, pass, bare } = makeDirectories();
  return {
    ...{ targets: { glossa, pass, bare }, first: 'bare', places: ['free'], rounds: 5 },
    figures: [
      ['a mount / the bare directory', ['glossa', 'bare'], '≤ 2.5, aim 1.6'],
      ['the limit: C pass-through / the bare directory', ['pass', 'bare'], null],
    ],
  };
};

// -- over bricks ---------------------------------------------------------------------------------

const CLIENTS = "glossa's client / GlusterFS's";

/** Both clients of some bricks, with the volumes that glusterd writes by default. @param acls whether files have ACLs */
export const overBricks = (count: 2 | 3, acls = false) => {
  const { glossa, glusterfs } = makeBrickMounts({ count, above: defaultStack, acls });
  return {
    ...{ where: `, ${count} bricks${acls ? ', ACLs' : ''}`, targets: { glossa, glusterfs } },
    ...{ first: 'glusterfs', places: ['free'], expires: true, rounds: 5 },
    figures: [[CLIENTS, ['glossa', 'glusterfs'], '≤ 0.85, aim 0.6']],
  } as const satisfies Ground<'glossa' | 'glusterfs'>;
};

/** Makes a part of several programs on one tree; `ls -l` asks for the ACL of each file that has one. */
export const makeListingPart =
  (count: 2 | 3, acls = false) =>
  (bench: Bench): Promise<Report> => {
    const { where, rounds, figures, ...ground } = overBricks(count, acls);
    const [[title, rows, bar]] = figures;
    const { count: files } = FILES;
    const perDirectory = files / DIRECTORIES;
    const contents = [...listedFiles(DIRECTORIES, perDirectory)].map(({ content }) => content);
    const programs = {
      untar: { title: 'untar', run: UNPACK },
      du: { title: 'du -s', run: 'du -s "$0" >"$2"' },
      ls: {
        title: 'ls -lR',
        run: 'ls -lR "$0" >"$2"',
        after: `awk '/^-/ { files++; bytes += $5 } END { print files, bytes }' "$2"`,
        expected: `${files} ${contents.join('').length}`,
      },
      find: {
        title: 'find',
        run: 'find "$0" >"$2"',
        after: 'wc -l <"$2"',
        // The folder itself, its directories and its files.
        expected: String(1 + DIRECTORIES + files),
      },
    } satisfies Record<string, Program>;
    return runProgramExperiment(bench, {
      ...{ ...ground, what: `${files} files in ${DIRECTORIES} directories${where}` },
      ...{ unit: 'ms', rounds: bench.quick ? 1 : rounds, programs, ratioTitle: '×' },
      prepare: () => packListed(bench, files),
      held: Object.entries(programs).map(([key, program]) =>
        hold(`${program.title}${where}: ${title}`, rows, bar, { key }),
      ),
      settings: { files, directories: DIRECTORIES, bricks: count, acls },
    });
  };

// -- over bricks that are far away ---------------------------------------------------------------

/** Milliseconds by which each request to a brick is delayed. */
const DELAY_MS = 1;

/** Caches that rely on what the bricks report, from the bricks up. */
const performanceStack: readonly PlainVolume[] = [
  makeVolume('write-behind', 'performance/write-behind'),
  makeVolume('readdir-ahead', 'performance/readdir-ahead'),
  makeVolume('io-cache', 'performance/io-cache'),
  makeVolume('open-behind', 'performance/open-behind'),
  makeVolume('quick-read', 'performance/quick-read', { 'quick-read-cache-invalidation': 'on' }),
  makeVolume('nl-cache', 'performance/nl-cache', {
    'nl-cache-timeout': '600',
    'nl-cache-limit': '16MB',
    'nl-cache-positive-entry': 'on',
  }),
  makeVolume('md-cache', 'performance/md-cache', {
    'md-cache-timeout': '600',
    'cache-invalidation': 'on',
  }),
];

/**
 * Two bricks that are far away, with the performance translators that are useful there, and without them.
 * @param bar of the time without the translators / with them
 */
export const farAway = (bar: string): Ground<'plain' | 'glossa' | 'glusterfs'> => {
  const { glossa, plain, glusterfs } = makeBrickMounts({
    ...{ count: 2, above: performanceStack, mounts: ['glossa', 'plain', 'glusterfs'] },
    ...{ delayMs: DELAY_MS, hasUpcalls: true },
  });
  return {
    where: `, bricks ${DELAY_MS} ms away`,
    targets: {
      plain: { ...plain, title: 'without performance translators' },
      glossa: { ...glossa, title: 'with them' },
      glusterfs: { ...glusterfs, title: 'GlusterFS, with them' },
    },
    ...{ first: 'plain', places: ['free'], expires: true, rounds: 5 },
    figures: [['without performance translators / with them', ['plain', 'glossa'], bar]],
  };
};

/** Both clients far away, and the limit: a program in C, with threads enough, which waits one exchange for each change. */
export const farChanges = (): Ground<'plain' | 'glossa' | 'glusterfs' | 'limit'> => {
  const { targets, figures, ...ground } = farAway('≥ 1.5');
  const limit = makeKind('C, one exchange for each change', (bench, name) =>
    startLibfuse(bench, name, 'libfuse', TIMEOUTS, '16', String(DELAY_MS * 1000)),
  );
  return {
    ...{ ...ground, targets: { ...targets, limit } },
    figures: [
      ...figures,
      [CLIENTS, ['glossa', 'glusterfs'], '≤ 0.45, aim 0.3'],
      ["the limit: C, one exchange a change / GlusterFS's", ['limit', 'glusterfs'], null],
    ],
  };
};
