/**
 * Measures programs on many small files: `tar x` of a tree, and `git status` of an unchanged one.
 * The unpacked tree is compared with the archive, and git must report no change.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import type { CpuAssignment } from '../../apps/bench/engine/placement.ts';
import { type Bench, runCommand, withTimeLimit } from './bench.ts';
import {
  type MeasureTarget,
  makeBarsEverywhere,
  makeRatioColumn,
  makeRoundsColumn,
  runExperiment,
} from './experiment.ts';
import type { Report } from './table.ts';
import { type DirectoryName, makeDirectories } from './targets.ts';
import { type TreeFile, treeFiles } from './tree.ts';

export interface TreeSample {
  readonly seconds: number;
}

export const pickSeconds = ({ seconds }: TreeSample): number => seconds;

/** Makes a part that measures the time of a program for a tree. */
const makeTreePart =
  (program: string, prepare: (bench: Bench, files: number) => Promise<MeasureTarget<TreeSample>>) =>
  (bench: Bench): Promise<Report> => {
    const files = bench.quick ? 1_000 : 20_000;
    const what = `${program}, a tree of ${files} files`;
    return runExperiment<DirectoryName, TreeSample>(bench, {
      what,
      unitText: 's, median of',
      rounds: 3,
      targets: makeDirectories(),
      first: 'glusterfs',
      columns: [makeRoundsColumn('time', pickSeconds), makeRatioColumn('× GlusterFS', pickSeconds)],
      prepare: () => prepare(bench, files),
      held: [
        {
          what: `${what}: posix / GlusterFS posix`,
          mine: 'glossa',
          other: 'glusterfs',
          pick: pickSeconds,
          bars: makeBarsEverywhere({ limit: 1, below: true, aim: 0.5 }),
        },
      ],
      settings: { files },
    });
  };

/** A time before all measured files, so that git need not read them to know them unchanged. */
const FILE_TIME = '@1600000000';

/** Makes a tree, packs it, and removes it; returns the archive. */
export async function packTree(
  bench: Bench,
  files: Iterable<TreeFile>,
  completeTree: (folder: string) => Promise<void> = async () => {},
): Promise<string> {
  bench.log('making a tree');
  const folder = join(bench.data, 'tree');
  for (const { path, content, executable } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (executable) chmodSync(file, 0o755);
  }
  await completeTree(folder);
  const archive = join(bench.data, 'tree.tar');
  const tarFlags = ['--sort=name', `--mtime=${FILE_TIME}`];
  await runCommand(bench, ['tar', '-c', ...tarFlags, '-f', archive, '-C', folder, '.']);
  rmSync(folder, { recursive: true });
  return archive;
}

/** Runs a command; returns its seconds and its output. @throws {WrongAnswers} when it fails */
export async function timeCommand(
  bench: Bench,
  { client }: Pick<CpuAssignment, 'client'>,
  ...command: readonly [string, ...string[]]
): Promise<readonly [number, string]> {
  const begin = performance.now();
  const commandLine =
    client === null ? command : (['taskset', '-c', String(client), ...command] as const);
  const printed = await runCommand(bench, commandLine).catch((error: unknown) => {
    const isFailure = error instanceof MeasurementError && error.status !== undefined;
    throw isFailure ? new WrongAnswers(`${command[0]} failed: ${error.message}`) : error;
  });
  return [(performance.now() - begin) / 1000, printed];
}

// -- tar x ---------------------------------------------------------------------------------------

export const measureUnpack = makeTreePart('tar x', prepareUnpack);

async function prepareUnpack(bench: Bench, files: number): Promise<MeasureTarget<TreeSample>> {
  const { signal } = bench;
  const archive = await packTree(bench, treeFiles(files));
  return async ({ root }, { placement, round, cpuAssignment }) => {
    const folder = join(root, `tree-${placement}-${round}`);
    await withTimeLimit(signal, mkdir(folder));
    const [seconds] = await timeCommand(
      bench,
      cpuAssignment,
      'tar',
      '-x',
      '-f',
      archive,
      '-C',
      folder,
    );
    await compareToArchive(bench, archive, folder);
    await runCommand(bench, ['rm', '-r', folder]);
    return { seconds };
  };
}

/** Compares content, modes, owners and times. @throws {WrongAnswers} when they differ */
async function compareToArchive(bench: Bench, archive: string, folder: string): Promise<void> {
  try {
    await runCommand(bench, ['tar', '-d', '-f', archive, '-C', folder]);
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error;
    throw new WrongAnswers(`what tar unpacked is not what it had packed: ${error.message}`);
  }
}

// -- git status ----------------------------------------------------------------------------------

/** Ignores the user's configuration of git, and disables its background maintenance. */
export const gitCommand = (
  folder: string,
  ...args: readonly string[]
): readonly [string, ...string[]] => [
  'env',
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_CONFIG_NOSYSTEM=1',
  'git',
  ...['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'],
  ...['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-C', folder],
  ...args,
];

export const measureStatus = makeTreePart('git status', prepareStatus);

/** Commits everything in a folder. */
export async function commitTree(bench: Bench, folder: string): Promise<void> {
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-q', '-m', 'A tree'],
    ['repack', '-a', '-d', '-q'],
  ]) {
    await runCommand(bench, gitCommand(folder, ...args));
  }
}

const makeStatusCommand = (folder: string) => gitCommand(folder, 'status', '--porcelain');

/** @throws {WrongAnswers} for a change in what `git status` printed */
function checkUnchanged(printed: string): void {
  if (printed !== '') throw new WrongAnswers(`git finds a change: ${printed.split('\n')[0]}`);
}

/** @throws {WrongAnswers} when git finds a change */
export const checkWorktree = async (bench: Bench, folder: string): Promise<void> =>
  checkUnchanged(await runCommand(bench, makeStatusCommand(folder)));

export async function prepareStatus(
  bench: Bench,
  files: number,
): Promise<MeasureTarget<TreeSample>> {
  const { signal } = bench;
  // Without git, this throws with the package to install.
  await runCommand(bench, ['git', '--version']);
  const archive = await packTree(bench, treeFiles(files), (folder) => commitTree(bench, folder));
  return async ({ root }, { placement, round, cpuAssignment }) => {
    const folder = join(root, `tree-${placement}`);
    if (round === 0) {
      await withTimeLimit(signal, mkdir(folder));
      await runCommand(bench, ['tar', '-x', '-f', archive, '-C', folder]);
      // git learns the files' inodes, so that it need not read the files again.
      await checkWorktree(bench, folder);
    }
    const [seconds, printed] = await timeCommand(
      bench,
      cpuAssignment,
      ...makeStatusCommand(folder),
    );
    checkUnchanged(printed);
    return { seconds };
  };
}
