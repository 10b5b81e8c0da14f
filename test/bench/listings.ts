/**
 * Times programs that list, search, unpack and remove a tree of 2,000 files, through glossa's client of some bricks and
 * through GlusterFS's, both with the volumes that glusterd writes by default. Every result is checked.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import type { CpuAssignment } from '../../apps/bench/engine/placement.ts';
import { type Bench, withTimeLimit } from './bench.ts';
import { type BrickMount, defaultStack, makeBrickMounts } from './brick-mounts.ts';
import {
  type Bars,
  type MeasureTarget,
  makeRatioColumn,
  makeRoundsColumn,
  runExperiment,
} from './experiment.ts';
import { TIMEOUTS } from './servers.ts';
import type { Report } from './table.ts';
import type { TreeFile } from './tree.ts';
import { packTree, timeCommand } from './trees.ts';

const DIRECTORIES = 40;
const FILES_OF_DIRECTORY = 50;
const FILES = DIRECTORIES * FILES_OF_DIRECTORY;

/** The commands by name, in the order of a round. */
const COMMANDS = ['untar', 'du', 'ls', 'find', 'rm'] as const;
type CommandName = (typeof COMMANDS)[number];

const COMMAND_TITLES: Readonly<Record<CommandName, string>> = {
  untar: 'untar',
  du: 'du -s',
  ls: 'ls -lR',
  find: 'find',
  rm: 'rm -r',
};

/** Milliseconds of each command. */
type ListingSample = Readonly<Record<CommandName, number>>;

/** Before each command, what the kernel and the caches know has expired. */
const EXPIRY_MS = (Math.max(TIMEOUTS.entry, TIMEOUTS.attribute) + 0.2) * 1000;

const BARS: Bars = { same: null, different: null, free: { limit: 0.85, aim: 0.6 } };

/** Small files, as many in each directory. */
function* listedFiles(): Generator<TreeFile> {
  for (let directory = 0; directory < DIRECTORIES; directory++)
    for (let file = 0; file < FILES_OF_DIRECTORY; file++)
      yield {
        path: `d${directory}/file-${directory}-${file}.txt`,
        content: `${directory} ${file}\n`.repeat(1 + file),
        executable: false,
      };
}

const FILE_BYTES = [...listedFiles()].reduce((sum, { content }) => sum + content.length, 0);

/** The number and the bytes of the files in the output of ls -lR. */
function readListing(output: string): readonly [count: number, bytes: number] {
  const sizes = output
    .split('\n')
    .filter((line) => line.startsWith('-'))
    .map((line) => Number(line.split(/\s+/)[4]));
  return [sizes.length, sizes.reduce((sum, size) => sum + size, 0)];
}

/** @throws {WrongAnswers} */
function check(name: CommandName, isRight: boolean): void {
  if (!isRight) throw new WrongAnswers(`${COMMAND_TITLES[name]}: files are missing, or too many`);
}

type RunTimed = (...command: readonly [string, ...string[]]) => Promise<readonly [number, string]>;

/** Runs the commands on a new tree. @throws {WrongAnswers} */
async function takeSample(
  { signal }: Bench,
  archive: string,
  folder: string,
  run: RunTimed,
): Promise<ListingSample> {
  const expire = (): Promise<unknown> => delay(EXPIRY_MS, undefined, { signal });
  await withTimeLimit(signal, mkdir(folder));
  await expire();
  const [untar] = await run('tar', '-x', '-f', archive, '-C', folder);
  await expire();
  const [du] = await run('du', '-s', folder);
  await expire();
  const [ls, listing] = await run('ls', '-lR', folder);
  const [count, bytes] = readListing(listing);
  check('ls', count === FILES && bytes === FILE_BYTES);
  await expire();
  const [find, found] = await run('find', folder);
  // The folder itself, its directories and its files.
  check('find', found.split('\n').filter(Boolean).length === 1 + DIRECTORIES + FILES);
  await expire();
  const [rm] = await run('rm', '-r', folder);
  check('rm', !existsSync(folder));
  return { untar, du, ls, find, rm };
}

const makeRunner =
  (bench: Bench, assignment: CpuAssignment): RunTimed =>
  async (...command) => {
    const [seconds, output] = await timeCommand(bench, assignment, ...command);
    return [seconds * 1000, output];
  };

async function prepareListings(bench: Bench): Promise<MeasureTarget<ListingSample>> {
  const archive = await packTree(bench, listedFiles());
  return ({ root }, { placement, round, cpuAssignment }) => {
    const folder = join(root, `${basename(root)}-${placement}-${round}`);
    return takeSample(bench, archive, folder, makeRunner(bench, cpuAssignment));
  };
}

/** Makes a part over so many bricks. @param acls whether files have ACLs, of which `ls -l` asks for each file's */
export const makeListingPart =
  (count: 2 | 3, acls: boolean) =>
  (bench: Bench): Promise<Report> => {
    const { glossa, glusterfs } = makeBrickMounts({ count, above: defaultStack, acls });
    const bricks = `${count} bricks${acls ? ', ACLs' : ''}`;
    return runExperiment<Extract<BrickMount, 'glossa' | 'glusterfs'>, ListingSample>(bench, {
      what: `${FILES} files in ${DIRECTORIES} directories, ${bricks}`,
      unitText: 'ms, median of',
      rounds: bench.quick ? 1 : 5,
      targets: { glossa, glusterfs },
      places: ['free'],
      first: 'glusterfs',
      columns: COMMANDS.flatMap((name) => [
        makeRoundsColumn<ListingSample>(COMMAND_TITLES[name], (sample) => sample[name]),
        makeRatioColumn<ListingSample>('×', (sample) => sample[name]),
      ]),
      prepare: prepareListings,
      held: COMMANDS.map((name) => ({
        what: `${COMMAND_TITLES[name]}, ${bricks}: glossa's client / GlusterFS's`,
        mine: 'glossa',
        other: 'glusterfs',
        pick: (sample) => sample[name],
        bars: BARS,
      })),
      settings: { files: FILES, directories: DIRECTORIES, bricks: count, acls },
    });
  };
