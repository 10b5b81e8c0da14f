/** The part `disk`: random reads of a disk of chunks, and of a file served by nbdkit, both by fio. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFailure, measureOrExplain } from '../../../apps/bench/engine/measurement-error.ts';
import { measureRounds } from '../../../apps/bench/engine/rounds.ts';
import { makeVolume, stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { printVolumes } from '../../../runtime/volfile/description.ts';
import { startServerProcess } from '../../../server/start-server.ts';
import { type Bench, runCommand } from '../bench.ts';
import { type Report, reportSeries } from '../table.ts';

const DISK_PROGRAM = join(packageRoot, 'dist/examples/disk/disk.js');
const SIZE_MB = 256;
const ROUNDS = { full: 5, quick: 2 };
const SECONDS = { full: 4, quick: 1 };
const BAR = { limit: 0.5, least: true, aim: 1 } as const;
/** Position of the reads per second in fio's terse output. */
const IOPS_FIELD = 7;

/** Starts a server that serves a disk full of data at a socket. @returns its URI */
type StartTarget = (bench: Bench) => Promise<string>;

const makeUri = (name: string, socket: string): string => `nbd+unix:///${name}?socket=${socket}`;

async function startServer(
  bench: Bench,
  name: string,
  uri: string,
  commandLine: readonly [string, ...string[]],
): Promise<string> {
  const logFile = join(bench.folder, `${name}.log`);
  const settings = { commandLine, logFile, title: 'it did not serve', signal: bench.signal };
  const isReady = (): Promise<boolean> =>
    runCommand(bench, ['nbdinfo', '--size', uri]).then(
      () => true,
      () => false,
    );
  const { process } = await explainFailure(startServerProcess(settings, isReady));
  bench.cleanup.add(() => process.end());
  return uri;
}

/** Makes the file with the data of the disk. @returns its path */
async function makeImage({ data, cleanup }: Bench): Promise<string> {
  const image = join(data, 'image');
  const content = new Uint8Array(SIZE_MB * 2 ** 20);
  content.forEach((_, index) => {
    content[index] = index % 251;
  });
  writeFileSync(image, content);
  cleanup.add(() => rm(image, { force: true }));
  return image;
}

const targets: Readonly<Record<'glossa' | 'nbdkit', { title: string; start: StartTarget }>> = {
  glossa: {
    title: 'examples/disk',
    async start(bench) {
      const directory = join(bench.data, 'disk');
      mkdirSync(directory);
      bench.cleanup.add(() => rm(directory, { recursive: true, force: true }));
      const volfile = join(bench.folder, 'disk.vol');
      const stack = stackVolumes(
        [makeVolume('files', 'storage/posix', { directory })],
        [makeVolume('locks', 'features/locks'), makeVolume('watch', 'features/watch')],
      );
      writeFileSync(volfile, printVolumes(stack));
      const node = [process.execPath, DISK_PROGRAM] as const;
      await runCommand(bench, [...node, 'create', volfile, 'disk', `${SIZE_MB}M`]);
      const socket = join(bench.folder, 'disk.sock');
      const uri = makeUri('disk', socket);
      return startServer(bench, 'disk', uri, [
        ...node,
        'serve',
        volfile,
        'disk',
        '--socket',
        socket,
      ]);
    },
  },
  nbdkit: {
    title: "nbdkit's file plugin",
    start(bench) {
      const socket = join(bench.folder, 'nbdkit.sock');
      const image = join(bench.data, 'image');
      const commandLine = ['nbdkit', '-f', '-U', socket, 'file', image] as const;
      return startServer(bench, 'nbdkit', makeUri('', socket), commandLine);
    },
  },
};

export async function measureDisk(bench: Bench): Promise<Report> {
  const { quick, log, signal } = bench;
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  const image = await makeImage(bench);
  const started = new Map<keyof typeof targets, { uri: string } | { missing: string }>();
  for (const name of ['glossa', 'nbdkit'] as const) {
    log(targets[name].title);
    started.set(
      name,
      await measureOrExplain(async () => {
        const uri = await targets[name].start(bench);
        if (name === 'glossa') await runCommand(bench, ['nbdcopy', image, uri]);
        return { uri };
      }),
    );
  }
  /** Reads with fio; returns the reads a second. */
  const read = async ({ uri }: { uri: string }): Promise<number> => {
    const settings = ['--rw=randread', '--bs=4k', '--iodepth=64', `--size=${SIZE_MB}M`];
    const limits = ['--time_based', `--runtime=${seconds}`, '--output-format=terse'];
    const job = ['--name=read', '--ioengine=nbd', `--uri=${uri}`];
    const out = await runCommand(bench, ['fio', ...job, ...settings, ...limits]);
    return Number(out.split(';')[IOPS_FIELD]);
  };
  const series = await measureRounds<keyof typeof targets, { uri: string }, number>(started, {
    rounds: quick ? ROUNDS.quick : ROUNDS.full,
    signal,
    warmUp: read,
    take: read,
  });
  return reportSeries(series, {
    title: `random reads of 4 KiB, 64 at a time; ${seconds} s a round`,
    columns: ['reads/s'],
    titles: { glossa: targets.glossa.title, nbdkit: targets.nbdkit.title },
    held: [
      {
        ...{ what: 'random reads / nbdkit', mine: 'glossa', other: 'nbdkit' },
        ...{ unit: '×', bar: BAR },
      },
    ],
  });
}
