/**
 * Measures programs on many small files: `tar x` of a tree, and `git status` of an unchanged one.
 * The unpacked tree is compared with the archive, and git must report no change.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotMeasured, WrongAnswers } from '../../apps/bench/engine/not-measured.ts';
import type { CpuAssignment } from '../../apps/bench/engine/placement.ts';
import { type Bench, inTime, output } from './bench.ts';
import {
  everywhere,
  type MeasureTarget,
  ratioColumn,
  roundsColumn,
  runExperiment,
} from './experiment.ts';
import type { Report } from './table.ts';
import { type DirectoryName, directories } from './targets.ts';
import { treeFiles } from './tree.ts';

interface Taken {
  readonly seconds: number;
}

const secondsOf = ({ seconds }: Taken): number => seconds;

/** How long a program takes for a tree. */
const treePart =
  (program: string, prepare: (bench: Bench, files: number) => Promise<MeasureTarget<Taken>>) =>
  (bench: Bench): Promise<Report> => {
    const files = bench.quick ? 1_000 : 20_000;
    const what = `${program}, a tree of ${files} files`;
    return runExperiment<DirectoryName, Taken>(bench, {
      what,
      how: 's, median of',
      rounds: 3,
      targets: directories(),
      first: 'glusterfs',
      columns: [roundsColumn('time', secondsOf), ratioColumn('× GlusterFS', secondsOf)],
      prepare: () => prepare(bench, files),
      held: [
        {
          what: `${what}: posix / GlusterFS posix`,
          mine: 'glossa',
          other: 'glusterfs',
          of: secondsOf,
          bars: everywhere({ limit: 1, below: true, aim: 0.5 }),
        },
      ],
      settings: { files },
    });
  };

/** A time before all measured files, so that git need not read them to know them unchanged. */
const AS_OF = '@1600000000';

/** A folder with the tree, for as long as it is packed. */
async function packed(
  bench: Bench,
  files: number,
  complete: (folder: string) => Promise<void>,
): Promise<string> {
  bench.log(`making a tree of ${files} files`);
  const folder = join(bench.data, 'tree');
  for (const { path, content, executable } of treeFiles(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (executable) chmodSync(file, 0o755);
  }
  await complete(folder);
  const archive = join(bench.data, 'tree.tar');
  const about = ['--sort=name', `--mtime=${AS_OF}`];
  await output(bench, ['tar', '-c', ...about, '-f', archive, '-C', folder, '.']);
  rmSync(folder, { recursive: true });
  return archive;
}

/** Seconds until a command has ended, and what it has printed. @throws {WrongAnswers} when it fails */
async function timed(
  bench: Bench,
  { client }: CpuAssignment,
  ...command: readonly [string, ...string[]]
): Promise<readonly [number, string]> {
  const begin = performance.now();
  const line = client === null ? command : (['taskset', '-c', String(client), ...command] as const);
  const said = await output(bench, line).catch((error: unknown) => {
    const failed = error instanceof NotMeasured && error.status !== undefined;
    throw failed ? new WrongAnswers(`${command[0]} failed: ${error.message}`) : error;
  });
  return [(performance.now() - begin) / 1000, said];
}

// -- tar x ---------------------------------------------------------------------------------------

export const unpack = treePart('tar x', prepareUnpack);

async function prepareUnpack(bench: Bench, files: number): Promise<MeasureTarget<Taken>> {
  const { signal } = bench;
  const archive = await packed(bench, files, async () => {});
  return async ({ root }, { place, round, at }) => {
    const folder = join(root, `tree-${place}-${round}`);
    await inTime(signal, mkdir(folder));
    const [seconds] = await timed(bench, at, 'tar', '-x', '-f', archive, '-C', folder);
    await compareWith(bench, archive, folder);
    await output(bench, ['rm', '-r', folder]);
    return { seconds };
  };
}

/** Content, modes, owners and times. @throws {WrongAnswers} when they differ */
async function compareWith(bench: Bench, archive: string, folder: string): Promise<void> {
  try {
    await output(bench, ['tar', '-d', '-f', archive, '-C', folder]);
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    throw new WrongAnswers(`what tar unpacked is not what it had packed: ${error.message}`);
  }
}

// -- git status ----------------------------------------------------------------------------------

/** Ignores the user's configuration of git, and disables its background maintenance. */
const git = (folder: string, ...args: readonly string[]): readonly [string, ...string[]] => [
  'env',
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_CONFIG_NOSYSTEM=1',
  'git',
  ...['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'],
  ...['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-C', folder],
  ...args,
];

export const status = treePart('git status', prepareStatus);

async function prepareStatus(bench: Bench, files: number): Promise<MeasureTarget<Taken>> {
  const { signal } = bench;
  // Says how to install it.
  await output(bench, ['git', '--version']);
  const archive = await packed(bench, files, async (folder) => {
    for (const args of [
      ['init', '-q'],
      ['add', '.'],
      ['commit', '-q', '-m', 'A tree'],
      ['repack', '-a', '-d', '-q'],
    ]) {
      await output(bench, git(folder, ...args));
    }
  });
  const show = (folder: string) => git(folder, 'status', '--porcelain');
  return async ({ root }, { place, round, at }) => {
    const folder = join(root, `tree-${place}`);
    if (round === 0) {
      await inTime(signal, mkdir(folder));
      await output(bench, ['tar', '-x', '-f', archive, '-C', folder]);
      // git learns the files' inodes, so that it need not read the files again.
      await output(bench, show(folder));
    }
    const [seconds, said] = await timed(bench, at, ...show(folder));
    if (said !== '') throw new WrongAnswers(`git finds a change: ${said.split('\n')[0]}`);
    return { seconds };
  };
}
