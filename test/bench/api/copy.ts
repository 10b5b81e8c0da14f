/** The part `copy` of the suite `api`: `glossa fs cp` and `cp` through GlusterFS's mount, on one brick. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, glossaProgram, startOnce } from '../bench.ts';
import { makeStorage, startBricks, utime } from '../gluster.ts';
import { type Program, type ProgramTarget, runProgramExperiment } from '../programs.ts';
import { startGlusterfs, writeVolfile } from '../servers.ts';
import { hold, type Report } from '../table.ts';
import type { TargetKind } from '../targets.ts';

const ROUNDS = { full: 5, quick: 2 };
const FILES = { full: 1000, quick: 100 };
const FILES_IN_DIRECTORY = 100;
const SMALL_BYTES = 4096;
const LARGE_BYTES = { full: 2 ** 30, quick: 2 ** 26 };

/**
 * Copies of a tree in `$1` into the volume and out of it: `$3` is the command, `$4` the prefix of paths to copy to, `$5`
 * that of paths to copy from, and `$6` the mount through which copies are removed.
 */
const copyIn = (title: string, tree: string): Program => ({
  title,
  run: `$3 "$1/${tree}" "$4/${tree}"`,
});
const copyOut = (title: string, tree: string): Program => ({
  title,
  run: `$3 "$5/${tree}" "$2"`,
  after: `diff -rq "$1/${tree}" "$2" && rm -r "$2" "$6/${tree}"`,
});

const programs = {
  smallIn: copyIn('small in, s', 'small'),
  smallOut: copyOut('small out, s', 'small'),
  largeIn: copyIn('large in, s', 'large'),
  largeOut: copyOut('large out, s', 'large'),
};
type CopyName = keyof typeof programs;

const FIGURES: readonly (readonly [key: CopyName, what: string, bar: string])[] = [
  ['smallIn', 'small files in', '≤ 0.5, aim 0.2'],
  ['smallOut', 'small files out', '≤ 0.5, aim 0.2'],
  ['largeIn', 'a large file in', '≤ 0.9, aim 0.7'],
  ['largeOut', 'a large file out', '≤ 0.9, aim 0.7'],
];

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

/** Makes both kinds, on one brick. Copies out of the volume are made at a second mount: the kernel has cached nothing there. */
function makeKinds(): Readonly<Record<'cp' | 'glossa', TargetKind<ProgramTarget>>> {
  const start = startOnce(async (bench: Bench) => {
    const bricks = await startBricks(bench);
    const storage = makeStorage(bricks);
    const volfile = writeVolfile(bench, 'copy', storage, [utime]);
    const startMount = (name: string) => startGlusterfs(bench, name, [utime], { storage });
    const [into, outOf] = [await startMount('copy-in'), await startMount('copy-out')];
    const pids = [...bricks, into, outOf].map(({ pid }) => pid);
    return { volfile, into: into.mountpoint, outOf: outOf.mountpoint, bricks: pids };
  });
  const makeKind = (
    title: string,
    makeWords: (volume: Awaited<ReturnType<typeof start>>) => readonly string[],
  ): TargetKind<ProgramTarget> => ({
    title,
    async start(bench) {
      const volume = await start(bench);
      const words = [...makeWords(volume), volume.into];
      return { pid: null, root: bench.data, bricks: volume.bricks, words };
    },
  });
  return {
    cp: makeKind("cp, GlusterFS's mounts", ({ into, outOf }) => ['cp -r', into, outOf]),
    glossa: makeKind('glossa fs cp', ({ volfile }) => [
      `${process.execPath} ${glossaProgram} fs cp -r`,
      ...[`${volfile}:`, `${volfile}:`],
    ]),
  };
}

export function measureCopies(bench: Bench): Promise<Report> {
  const files = bench.quick ? FILES.quick : FILES.full;
  const mebibytes = (bench.quick ? LARGE_BYTES.quick : LARGE_BYTES.full) / 2 ** 20;
  return runProgramExperiment<'cp' | 'glossa'>(bench, {
    what: `copies of ${files} files of 4 KiB and of one of ${mebibytes} MiB`,
    rounds: bench.quick ? ROUNDS.quick : ROUNDS.full,
    ...{ unit: 's', programs, targets: makeKinds(), places: ['free'], keeps: true },
    ...{ first: 'cp', ratioTitle: '× cp' },
    prepare: async () => makeTrees(bench),
    held: FIGURES.map(([key, what, bar]) =>
      hold(`${what}: glossa fs cp / cp`, ['glossa', 'cp'], bar, { key }),
    ),
    settings: { files, mebibytes },
  });
}
