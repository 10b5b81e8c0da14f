/**
 * Parts of programs on trees: `tar` and `git` in mounts of a directory; programs that list, search, unpack and remove a
 * tree, and git and npm, in mounts of bricks of GlusterFS. Every result is checked.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, runCommand } from './bench.ts';
import { defaultStack, makeBrickMounts } from './brick-mounts.ts';
import { type Program, runProgramExperiment } from './programs.ts';
import { hold, type Report } from './table.ts';
import { makeDirectories } from './targets.ts';
import {
  FILES_OF_PACKAGE,
  GIT,
  listedFiles,
  packCommittedTree,
  packProject,
  packTree,
  treeFiles,
} from './trees.ts';

const UNPACK = 'tar -x -f "$1" -C "$0"';
const STATUS = `${GIT} -C "$0" status --porcelain`;

/** After it git knows the files' inodes, so that it need not read the files again. */
const gitStatus: Program = { title: 'time', before: `${UNPACK} && ${STATUS}`, run: STATUS };

// -- in a directory ------------------------------------------------------------------------------

/** Makes a part that measures the seconds of a program for a tree. */
const makeTreePart =
  (
    name: string,
    program: Program,
    keeps: boolean,
    prepare: (bench: Bench, files: number) => Promise<string>,
  ) =>
  (bench: Bench): Promise<Report> => {
    const files = bench.quick ? 1_000 : 20_000;
    const what = `${name}, a tree of ${files} files`;
    return runProgramExperiment(bench, {
      ...{ what, unit: 's', rounds: 3, targets: makeDirectories(), keeps },
      ...{ first: 'glusterfs', ratioTitle: '× GlusterFS', programs: { value: program } },
      prepare: () => prepare(bench, files),
      held: [hold(`${what}: posix / GlusterFS posix`, ['glossa', 'glusterfs'], '< 1, aim 0.5')],
      settings: { files },
    });
  };

export const trees = {
  tar: makeTreePart(
    'tar x',
    // Compares content, modes, owners and times.
    { title: 'time', run: UNPACK, after: 'tar -d -f "$1" -C "$0" && rm -r "$0"' },
    false,
    (bench, files) => packTree(bench, treeFiles(files)),
  ),
  git: makeTreePart('git status', gitStatus, true, packCommittedTree),
};

// -- listings over bricks ------------------------------------------------------------------------

const DIRECTORIES = 40;
const FILES_OF_DIRECTORY = 50;
const FILES = DIRECTORIES * FILES_OF_DIRECTORY;

/** Makes a part over so many bricks. @param acls whether files have ACLs, of which `ls -l` asks for each file's */
const makeListingPart =
  (count: 2 | 3, acls: boolean) =>
  (bench: Bench): Promise<Report> => {
    const { glossa, glusterfs } = makeBrickMounts({ count, above: defaultStack, acls });
    const bricks = `${count} bricks${acls ? ', ACLs' : ''}`;
    const files = [...listedFiles(DIRECTORIES, FILES_OF_DIRECTORY)];
    const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
    const programs = {
      untar: { title: 'untar', run: UNPACK },
      du: { title: 'du -s', run: 'du -s "$0" >"$2"' },
      ls: {
        title: 'ls -lR',
        run: 'ls -lR "$0" >"$2"',
        after: `awk '/^-/ { files++; bytes += $5 } END { print files, bytes }' "$2"`,
        expected: `${FILES} ${bytes}`,
      },
      find: {
        title: 'find',
        run: 'find "$0" >"$2"',
        after: 'wc -l <"$2"',
        // The folder itself, its directories and its files.
        expected: String(1 + DIRECTORIES + FILES),
      },
      rm: { title: 'rm -r', run: 'rm -r "$0"', after: 'test ! -e "$0"' },
    } satisfies Record<string, Program>;
    return runProgramExperiment(bench, {
      what: `${FILES} files in ${DIRECTORIES} directories, ${bricks}`,
      ...{ unit: 'ms', rounds: bench.quick ? 1 : 5, places: ['free'], expires: true, programs },
      ...{ targets: { glossa, glusterfs }, first: 'glusterfs', ratioTitle: '×' },
      prepare: () => packTree(bench, files),
      held: Object.entries(programs).map(([key, { title }]) =>
        hold(
          `${title}, ${bricks}: glossa's client / GlusterFS's`,
          ['glossa', 'glusterfs'],
          '≤ 0.85, aim 0.6',
          { key },
        ),
      ),
      settings: { files: FILES, directories: DIRECTORIES, bricks: count, acls },
    });
  };

export const listings = {
  listings: makeListingPart(2, false),
  'listings-three': makeListingPart(3, false),
  'listings-acls': makeListingPart(2, true),
};

// -- projects over bricks that are far away ------------------------------------------------------

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
  }),
  makeVolume('md-cache', 'performance/md-cache', {
    'md-cache-timeout': '600',
    'cache-invalidation': 'on',
  }),
];

interface Project {
  readonly unit: 'files' | 'packages';
  readonly counts: { readonly full: number; readonly quick: number };
  readonly prepare: (bench: Bench, count: number) => Promise<string>;
  readonly makeProgram: (count: number) => Program;
  readonly keeps?: boolean;
  /** The bar of the time without the translators / with them. */
  readonly bar: string;
}

/**
 * Makes a part of a program in mounts of two bricks, with the performance translators that are useful there and without
 * them, and in GlusterFS's mount with the same translators.
 */
const makeProjectPart =
  (name: string, { unit, counts, prepare, makeProgram, keeps = false, bar }: Project) =>
  (bench: Bench): Promise<Report> => {
    const count = bench.quick ? counts.quick : counts.full;
    const what = `${name}, ${count} ${unit}, bricks ${DELAY_MS} ms away`;
    const { glossa, plain, glusterfs } = makeBrickMounts({
      ...{ count: 2, above: performanceStack, mounts: ['glossa', 'plain', 'glusterfs'] },
      ...{ delayMs: DELAY_MS, hasUpcalls: true },
    });
    return runProgramExperiment(bench, {
      ...{ what, unit: 's', rounds: bench.quick ? 1 : 5, places: ['free'], expires: true, keeps },
      targets: {
        plain: { ...plain, title: 'without performance translators' },
        glossa: { ...glossa, title: 'with them' },
        glusterfs: { ...glusterfs, title: 'GlusterFS, with them' },
      },
      ...{ first: 'plain', ratioTitle: '×', programs: { value: makeProgram(count) } },
      prepare: () => prepare(bench, count),
      held: [
        hold(`${what}: without performance translators / with them`, ['plain', 'glossa'], bar),
      ],
      settings: { count, delayMs: DELAY_MS },
    });
  };

/** Unpacks a committed tree as the origin of clones; returns its repository. */
async function makeOrigin(bench: Bench, files: number): Promise<string> {
  const origin = join(bench.data, 'origin');
  const archive = await packCommittedTree(bench, files);
  rmSync(origin, { recursive: true, force: true });
  mkdirSync(origin);
  await runCommand(bench, ['tar', '-x', '-f', archive, '-C', origin]);
  return join(origin, '.git');
}

/** Ignores the user's configuration of npm, and asks no registry. */
const INSTALL = [
  'env npm_config_userconfig=/dev/null npm_config_update_notifier=false npm_config_cache="$1.cache"',
  'npm ci --prefix "$0" --offline --ignore-scripts --no-audit --no-fund --silent',
].join(' ');

const TREE = { full: 2_000, quick: 300 };

export const projects = {
  'git-status': makeProjectPart('git status', {
    ...{ unit: 'files', counts: TREE, prepare: packCommittedTree, keeps: true },
    ...{ makeProgram: () => gitStatus, bar: '≥ 3, aim 10' },
  }),
  'git-clone': makeProjectPart('git clone', {
    ...{ unit: 'files', counts: TREE, prepare: makeOrigin, bar: '≥ 1.5' },
    makeProgram: () => ({ title: 'time', run: `${GIT} clone -q "$1" "$0"`, after: STATUS }),
  }),
  'npm-ci': makeProjectPart('npm ci', {
    ...{ unit: 'packages', counts: { full: 300, quick: 40 }, prepare: packProject, bar: '≥ 1.5' },
    makeProgram: (count) => ({
      ...{ title: 'time', before: UNPACK, run: INSTALL },
      after: 'find "$0/node_modules" -mindepth 2 -type f | wc -l',
      expected: String(count * FILES_OF_PACKAGE),
    }),
  }),
};
