/** The part `disk`: random reads of a disk of chunks, and of a file served by nbdkit, both by fio. */
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFailure } from '../../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../../apps/bench/engine/stack-volumes.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { type CommandLine, startServerProcess } from '../../../server/start-server.ts';
import { type Bench, runCommand } from '../bench.ts';
import { runExperiment } from '../experiment.ts';
import { makePosix, writeVolfile } from '../servers.ts';
import { hold, type Report } from '../table.ts';
import type { Target, TargetKind } from '../targets.ts';

const DISK_PROGRAM = join(packageRoot, 'dist/examples/disk/disk.js');
const SIZE_MB = 256;
const ROUNDS = { full: 5, quick: 2 };
const SECONDS = { full: 4, quick: 1 };
/** Position of the reads per second in fio's terse output. */
const IOPS_FIELD = 7;

interface DiskTarget extends Target {
  readonly uri: string;
}

/** The file with the data of the disk. */
const findImage = ({ data }: Bench): string => join(data, 'image');

/** Starts a server that serves a disk at a socket. */
async function startServer(
  bench: Bench,
  name: string,
  exportName: string,
  makeCommandLine: (socket: string) => CommandLine,
): Promise<DiskTarget> {
  const socket = join(bench.folder, `${name}.sock`);
  const uri = `nbd+unix:///${exportName}?socket=${socket}`;
  const settings = {
    ...{ commandLine: makeCommandLine(socket), logFile: join(bench.folder, `${name}.log`) },
    ...{ title: 'it did not serve', signal: bench.signal },
  };
  const isReady = (): Promise<boolean> =>
    runCommand(bench, ['nbdinfo', '--size', uri]).then(
      () => true,
      () => false,
    );
  const { process } = await explainFailure(startServerProcess(settings, isReady));
  bench.cleanup.add(() => process.end());
  return { pid: null, root: '', uri };
}

const targets = {
  glossa: {
    title: 'examples/disk',
    async start(bench, name) {
      const storage = makePosix(bench, name);
      bench.cleanup.add(() => rm(join(bench.data, name), { recursive: true, force: true }));
      const above = [makeVolume('locks', 'features/locks'), makeVolume('watch', 'features/watch')];
      const volfile = writeVolfile(bench, name, [storage], above);
      const program = [process.execPath, DISK_PROGRAM] as const;
      await runCommand(bench, [...program, 'create', volfile, 'disk', `${SIZE_MB}M`]);
      const target = await startServer(bench, name, 'disk', (socket) => [
        ...program,
        ...['serve', volfile, 'disk', '--socket', socket],
      ]);
      await runCommand(bench, ['nbdcopy', findImage(bench), target.uri]);
      return target;
    },
  },
  nbdkit: {
    title: "nbdkit's file plugin",
    start: (bench, name) =>
      startServer(bench, name, '', (socket) => [
        ...(['nbdkit', '-f', '-U', socket, 'file', findImage(bench)] as const),
      ]),
  },
} as const satisfies Record<string, TargetKind<DiskTarget>>;

export function measureDisk(bench: Bench): Promise<Report> {
  const seconds = bench.quick ? SECONDS.quick : SECONDS.full;
  return runExperiment<keyof typeof targets, DiskTarget>(bench, {
    what: 'random reads of 4 KiB, 64 at a time',
    unitText: `reads a second, ${seconds} s in each of`,
    rounds: bench.quick ? ROUNDS.quick : ROUNDS.full,
    targets,
    places: ['free'],
    async prepare() {
      const pattern = Uint8Array.from({ length: 251 }, (_, index) => index);
      writeFileSync(findImage(bench), Buffer.alloc(SIZE_MB * 2 ** 20, pattern));
      bench.cleanup.add(() => rm(findImage(bench), { force: true }));
      return async ({ uri }) => {
        const settings = ['--rw=randread', '--bs=4k', '--iodepth=64', `--size=${SIZE_MB}M`];
        const limits = ['--time_based', `--runtime=${seconds}`, '--output-format=terse'];
        const job = ['--name=read', '--ioengine=nbd', `--uri=${uri}`];
        const output = await runCommand(bench, ['fio', ...job, ...settings, ...limits]);
        return { value: Number(output.split(';')[IOPS_FIELD]) };
      };
    },
    columns: [['reads/s', 'value']],
    held: [hold('random reads / nbdkit', ['glossa', 'nbdkit'], '≥ 0.5, aim 1')],
  });
}
