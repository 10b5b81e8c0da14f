/** The part `copy` of the suite `api`: `glossa fs cp` and `cp` through GlusterFS's mount, on one brick. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongAnswers } from '../../../apps/bench/engine/measurement-error.ts';
import { stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { type Bench, glossaProgram, runCommand, startOnce } from '../bench.ts';
import { makeStorage, utime } from '../brick-mounts.ts';
import {
  makeBarsEverywhere,
  makeRatioColumn,
  makeRoundsColumn,
  runExperiment,
} from '../experiment.ts';
import { startBrick, startClient } from '../gluster.ts';
import type { Report } from '../table.ts';
import type { Target, TargetKind } from '../targets.ts';
import { writeVolfile } from './calls.ts';

/** Seconds of a copy into the volume, and of one out of it. */
const copies = {
  smallIn: { title: 'small in, s', figure: 'small files in', tree: 'small', isIn: true },
  smallOut: { title: 'small out, s', figure: 'small files out', tree: 'small', isIn: false },
  largeIn: { title: 'large in, s', figure: 'a large file in', tree: 'large', isIn: true },
  largeOut: { title: 'large out, s', figure: 'a large file out', tree: 'large', isIn: false },
} as const;
type CopyName = keyof typeof copies;
const copyNames = Object.keys(copies) as CopyName[];

type Samples = Readonly<Record<CopyName, number>>;

const ROUNDS = { full: 5, quick: 2 };
const FILES = { full: 1000, quick: 100 };
const FILES_IN_DIRECTORY = 100;
const SMALL_BYTES = 4096;
const LARGE_BYTES = { full: 2 ** 30, quick: 2 ** 26 };

const BARS = {
  small: { limit: 0.5, aim: 0.2 },
  large: { limit: 0.9, aim: 0.7 },
};

/** Copies a tree; the paths in a volume start with `/`. */
interface CopyTarget extends Target {
  /** The command that copies a local tree to a path of the volume. */
  copyIn(local: string, path: string): readonly [string, ...string[]];
  copyOut(path: string, local: string): readonly [string, ...string[]];
  /** The mount point of the volume, through which copies are removed. */
  readonly mountpoint: string;
}

/** Makes the trees that are copied. Returns their directory. */
function makeTrees({ data, quick }: Bench): string {
  const directory = join(data, 'trees');
  const content = new Uint8Array(SMALL_BYTES).fill(7);
  const files = quick ? FILES.quick : FILES.full;
  for (let index = 0; index < files; index++) {
    const folder = join(directory, 'small', `d${Math.floor(index / FILES_IN_DIRECTORY)}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${index}`), content);
  }
  mkdirSync(join(directory, 'large'));
  const large = new Uint8Array(quick ? LARGE_BYTES.quick : LARGE_BYTES.full).fill(7);
  writeFileSync(join(directory, 'large/file'), large);
  return directory;
}

/** The volume of all copies, on one brick. */
interface CopyVolume {
  /** Path of its volfile for glossa. */
  readonly volfile: string;
  readonly mountpoint: string;
  /** A second mount, for copies out of the volume: the kernel has cached nothing there. */
  readonly readMountpoint: string;
  /** Processes of the brick and of both mounts. */
  readonly pids: readonly number[];
}

function makeKinds(): Readonly<Record<'glossa' | 'cp', TargetKind<CopyTarget>>> {
  const start = startOnce(async (bench: Bench): Promise<CopyVolume> => {
    const brick = await startBrick(bench, 'copy-brick');
    const volfile = writeVolfile(bench, 'copy', stackVolumes(makeStorage([brick]), [utime]));
    const startMount = (name: string) => startClient(bench, name, [brick], { volumes: [utime] });
    const [into, outOf] = [await startMount('copy-in'), await startMount('copy-out')];
    return {
      volfile,
      mountpoint: into.mountpoint,
      readMountpoint: outOf.mountpoint,
      pids: [brick.pid, into.pid, outOf.pid],
    };
  });
  const makeKind = (
    title: string,
    makeCommands: (volume: CopyVolume) => Pick<CopyTarget, 'copyIn' | 'copyOut'>,
  ): TargetKind<CopyTarget> => ({
    title,
    async start(bench) {
      const volume = await start(bench);
      const { mountpoint, pids } = volume;
      const commands = makeCommands(volume);
      return { ...commands, mountpoint, root: mountpoint, pid: null, bricks: pids };
    },
  });
  return {
    cp: makeKind("cp, GlusterFS's mounts", ({ mountpoint, readMountpoint }) => ({
      copyIn: (local, path) => ['cp', '-r', local, join(mountpoint, path)],
      copyOut: (path, local) => ['cp', '-r', join(readMountpoint, path), local],
    })),
    glossa: makeKind('glossa fs cp', ({ volfile }) => {
      const command = [process.execPath, glossaProgram, 'fs', 'cp', '-r'] as const;
      return {
        copyIn: (local, path) => [...command, local, `${volfile}:${path}`],
        copyOut: (path, local) => [...command, `${volfile}:${path}`, local],
      };
    }),
  };
}

/** Copies each tree in and out, and removes the copies. Returns the seconds of each copy. */
async function copyTrees(bench: Bench, target: CopyTarget, trees: string): Promise<Samples> {
  const seconds: Partial<Record<CopyName, number>> = {};
  const out = join(bench.data, 'out');
  for (const name of copyNames) {
    const { tree, isIn } = copies[name];
    const local = join(trees, tree);
    const command = isIn ? target.copyIn(local, `/${tree}`) : target.copyOut(`/${tree}`, out);
    const begin = performance.now();
    await runCommand(bench, command);
    seconds[name] = (performance.now() - begin) / 1000;
    if (isIn) continue;
    await runCommand(bench, ['diff', '-rq', local, out]).catch((error: unknown) => {
      throw new WrongAnswers(`a copy differs: ${(error as Error).message}`);
    });
    await rm(out, { recursive: true });
    await rm(join(target.mountpoint, tree), { recursive: true });
  }
  return seconds as Samples;
}

export function measureCopies(bench: Bench): Promise<Report> {
  const pickers = copyNames.map((name) => [name, (samples: Samples) => samples[name]] as const);
  const files = bench.quick ? FILES.quick : FILES.full;
  const mebibytes = (bench.quick ? LARGE_BYTES.quick : LARGE_BYTES.full) / 2 ** 20;
  return runExperiment<'cp' | 'glossa', Samples, CopyTarget>(bench, {
    what: `copies of ${files} files of 4 KiB and of one of ${mebibytes} MiB`,
    unitText: 'medians of',
    rounds: bench.quick ? ROUNDS.quick : ROUNDS.full,
    targets: makeKinds(),
    places: ['free'],
    first: 'cp',
    async prepare() {
      const trees = makeTrees(bench);
      return (target) => copyTrees(bench, target, trees);
    },
    columns: pickers.flatMap(([name, pick]) => [
      makeRoundsColumn(copies[name].title, pick),
      makeRatioColumn('× cp', pick),
    ]),
    held: pickers.map(([name, pick]) => ({
      what: `${copies[name].figure}: glossa fs cp / cp`,
      mine: 'glossa',
      other: 'cp',
      pick,
      bars: makeBarsEverywhere(BARS[copies[name].tree]),
    })),
    settings: { files, mebibytes },
  });
}
