/**
 * Measures git and npm in glossa's mounts of two bricks of GlusterFS that each take a millisecond more, with
 * the performance translators that are useful there and without them, and in GlusterFS's mount with the same
 * translators. Every result is checked.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { type Bench, runCommand, withTimeLimit } from './bench.ts';
import { type BrickMount, makeBrickMounts } from './brick-mounts.ts';
import {
  type MeasureTarget,
  makeRatioColumn,
  makeRoundsColumn,
  type RoundSlot,
  runExperiment,
} from './experiment.ts';
import type { Bar } from './figures.ts';
import { TIMEOUTS } from './servers.ts';
import type { Report } from './table.ts';
import type { Target } from './targets.ts';
import { treeFiles } from './tree.ts';
import {
  checkWorktree,
  commitTree,
  gitCommand,
  packTree,
  pickSeconds,
  prepareStatus,
  type TreeSample,
  timeCommand,
} from './trees.ts';

/** Milliseconds by which each request to a brick is delayed. */
const DELAY_MS = 1;

/** Before each program, what the kernel knows has expired. */
const EXPIRY_MS = (Math.max(TIMEOUTS.entry, TIMEOUTS.attribute) + 0.2) * 1000;

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

type Prepare = (bench: Bench, count: number) => Promise<MeasureTarget<TreeSample>>;

interface Project {
  readonly program: string;
  readonly unit: 'files' | 'packages';
  readonly count: { readonly full: number; readonly quick: number };
  /** The bar of the time without the translators / with them. */
  readonly bar: Bar;
  readonly prepare: Prepare;
}

const makeProjectPart =
  ({ program, unit, count: counts, bar, prepare }: Project) =>
  (bench: Bench): Promise<Report> => {
    const count = bench.quick ? counts.quick : counts.full;
    const what = `${program}, ${count} ${unit}, bricks ${DELAY_MS} ms away`;
    const { glossa, plain, glusterfs } = makeBrickMounts({
      ...{ count: 2, above: performanceStack, mounts: ['glossa', 'plain', 'glusterfs'] },
      ...{ delayMs: DELAY_MS, hasUpcalls: true },
    });
    return runExperiment<Extract<BrickMount, 'glossa' | 'plain' | 'glusterfs'>, TreeSample>(bench, {
      what,
      unitText: 's, median of',
      rounds: bench.quick ? 1 : 5,
      targets: {
        plain: { ...plain, title: 'without performance translators' },
        glossa: { ...glossa, title: 'with them' },
        glusterfs: { ...glusterfs, title: 'GlusterFS, with them' },
      },
      places: ['free'],
      first: 'plain',
      columns: [makeRoundsColumn('time', pickSeconds), makeRatioColumn('×', pickSeconds)],
      async prepare() {
        const measureTarget = await prepare(bench, count);
        return async (target, slot) => {
          await delay(EXPIRY_MS, undefined, { signal: bench.signal });
          return measureTarget(target, slot);
        };
      },
      held: [
        {
          what: `${what}: without performance translators / with them`,
          ...{ mine: 'plain', other: 'glossa', pick: pickSeconds },
          bars: { same: null, different: null, free: bar },
        },
      ],
      settings: { count, delayMs: DELAY_MS },
    });
  };

/** A folder for each round. */
const findRoundFolder = ({ root }: Target, { round }: RoundSlot): string =>
  join(root, `${basename(root)}-${round}`);

// -- git clone -----------------------------------------------------------------------------------

const prepareClone: Prepare = async (bench, files) => {
  // Without git, this throws with the package to install.
  await runCommand(bench, ['git', '--version']);
  const origin = join(bench.data, 'origin');
  const archive = await packTree(bench, treeFiles(files), (folder) => commitTree(bench, folder));
  rmSync(origin, { recursive: true, force: true });
  mkdirSync(origin);
  await runCommand(bench, ['tar', '-x', '-f', archive, '-C', origin]);
  return async (target, slot) => {
    const folder = findRoundFolder(target, slot);
    const command = gitCommand(target.root, 'clone', '-q', join(origin, '.git'), folder);
    const [seconds] = await timeCommand(bench, slot.cpuAssignment, ...command);
    await checkWorktree(bench, folder);
    return { seconds };
  };
};

// -- npm ci --------------------------------------------------------------------------------------

const FILES_OF_PACKAGE = 4;

/** Packs a package of small files; returns the archive. */
async function packPackage(bench: Bench, folder: string, name: string): Promise<string> {
  const source = join(folder, name);
  const archive = `${source}.tgz`;
  const files = {
    'package.json': JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    'index.js': `module.exports = require('./lib/name.js');\n`,
    'lib/name.js': `module.exports = '${name}';\n`.repeat(20),
    'README.md': `# ${name}\n`,
  } satisfies Record<string, string>;
  mkdirSync(join(source, 'package', 'lib'), { recursive: true });
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(source, 'package', path), content);
  await runCommand(bench, ['tar', '-c', '-z', '-f', archive, '-C', source, 'package']);
  rmSync(source, { recursive: true });
  return archive;
}

/** Packs packages; returns the content of package.json and package-lock.json. */
async function packPackages(bench: Bench, count: number): Promise<readonly [object, object]> {
  const folder = join(bench.data, 'packages');
  const dependencies: Record<string, string> = {};
  const lockedPackages: Record<string, object> = {};
  for (let index = 0; index < count; index++) {
    const name = `package-${index}`;
    const archive = await packPackage(bench, folder, name);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    dependencies[name] = `file:${archive}`;
    lockedPackages[`node_modules/${name}`] = {
      version: '1.0.0',
      resolved: `file:${archive}`,
      integrity: `sha512-${digest}`,
    };
  }
  const project = { name: 'project', version: '1.0.0' };
  const packages = { '': { ...project, dependencies }, ...lockedPackages };
  return [
    { ...project, dependencies },
    { ...project, lockfileVersion: 3, requires: true, packages },
  ];
}

/** Ignores the user's configuration of npm, and asks no registry. */
const makeInstallCommand = ({ data }: Bench, folder: string) =>
  [
    'env',
    'npm_config_userconfig=/dev/null',
    'npm_config_update_notifier=false',
    `npm_config_cache=${join(data, 'npm-cache')}`,
    ...['npm', 'ci', '--prefix', folder],
    ...['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
  ] as const;

const prepareInstall: Prepare = async (bench, count) => {
  const { signal } = bench;
  // Without npm, this throws with the package to install.
  await runCommand(bench, ['npm', '--version']);
  bench.log('packing packages');
  const [manifest, lock] = await packPackages(bench, count);
  const archive = await packTree(bench, [
    { path: 'package.json', content: JSON.stringify(manifest), executable: false },
    { path: 'package-lock.json', content: JSON.stringify(lock), executable: false },
  ]);
  return async (target, slot) => {
    const folder = findRoundFolder(target, slot);
    await withTimeLimit(signal, mkdir(folder));
    await runCommand(bench, ['tar', '-x', '-f', archive, '-C', folder]);
    const command = makeInstallCommand(bench, folder);
    const [seconds] = await timeCommand(bench, slot.cpuAssignment, ...command);
    const modules = join(folder, 'node_modules');
    const found = await runCommand(bench, ['find', modules, '-mindepth', '2', '-type', 'f']);
    const foundCount = found.split('\n').filter(Boolean).length;
    if (foundCount !== count * FILES_OF_PACKAGE || !existsSync(join(modules, 'package-0', 'lib')))
      throw new WrongAnswers(`npm ci: ${foundCount} files, not ${count * FILES_OF_PACKAGE}`);
    return { seconds };
  };
};

const TREE = { full: 2_000, quick: 300 };

export const projects = {
  'git-status': makeProjectPart({
    ...{ program: 'git status', unit: 'files', count: TREE, prepare: prepareStatus },
    bar: { limit: 3, aim: 10, least: true },
  }),
  'git-clone': makeProjectPart({
    ...{ program: 'git clone', unit: 'files', count: TREE, prepare: prepareClone },
    bar: { limit: 1.5, least: true },
  }),
  'npm-ci': makeProjectPart({
    ...{ program: 'npm ci', unit: 'packages', count: { full: 300, quick: 40 } },
    ...{ prepare: prepareInstall, bar: { limit: 1.5, least: true } },
  }),
};
