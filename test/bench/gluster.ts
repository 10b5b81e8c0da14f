/**
 * A volume of GlusterFS with some bricks, as a server and its clients make it, but without glusterd:
 * each brick is a process of its own, reached over TCP on the loopback, and a client spreads
 * files over them (cluster/distribute).
 *
 * Source: the volfiles that GlusterFS 10 generates. The bricks' lack the volumes that only other
 * programs than these clients use.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { explainFailure, MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../apps/bench/engine/target.ts';
import { brickStarters, makeClientVolume, makeServerVolumes } from '../../apps/bench/run/bricks.ts';
import { findGlusterProblem, makeMountCommand } from '../../apps/bench/run/others/gluster.ts';
import type { Timeouts } from '../../apps/bench/run/others/implementation.ts';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { makeProcessTerminal } from '../../terminal/terminal.ts';
import { type Bench, glossaProgram } from './bench.ts';
import { startServer, TIMEOUTS } from './servers.ts';

const BRICKS = ['b0', 'b1', 'b2'] as const;
const CONNECT_MS_MAX = 20_000;
const POLL_MS = 50;

/** The program that serves a brick. */
export type BrickKind = keyof typeof brickStarters;

/** The volumes between locks and server; glossa has one thread. */
const makeThreadVolumes = (kind: BrickKind, name: string): PlainVolume[] =>
  kind === 'glossa'
    ? []
    : [makeVolume(`${name}-threads`, 'performance/io-threads', { 'thread-count': '16' })];

const writeBrickVolfile = (
  kind: BrickKind,
  name: string,
  directory: string,
  hasUpcalls: boolean,
): string => {
  const storage = makeVolume(`${name}-posix`, 'storage/posix', { directory });
  const locks = makeVolume(`${name}-locks`, 'features/locks');
  const volumes = [
    storage,
    locks,
    ...(hasUpcalls
      ? [makeVolume(`${name}-upcall`, 'features/upcall', { 'cache-invalidation': 'on' })]
      : []),
    ...makeThreadVolumes(kind, name),
    makeVolume(name, 'debug/io-stats'),
  ];
  return printVolumes(makeServerVolumes(volumes));
};

export const makeClient = ({ name, port }: Pick<Brick, 'name' | 'port'>): PlainVolume =>
  makeClientVolume(name, name, port);

/** Makes the volume over the clients of all bricks. */
export const makeDistribute = (bricks: readonly Pick<Brick, 'name'>[]): PlainVolume => ({
  ...makeVolume('distribute', 'cluster/distribute', {
    'lookup-optimize': 'on',
    'lock-migration': 'off',
    'force-migration': 'off',
  }),
  subvolumes: bricks.map(({ name }) => name),
});

const makeLogPath = ({ folder }: Bench, name: string): string => join(folder, `${name}.log`);

/** A brick that runs until the end of the part. */
export interface Brick {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

/** Starts a brick that serves its own folder. @param hasUpcalls whether it reports changes to clients. @throws {MeasurementError} */
export async function startBrick(
  bench: Bench,
  name: string,
  kind: BrickKind = 'glusterfs',
  { hasUpcalls = false } = {},
): Promise<Brick> {
  const problem = findGlusterProblem();
  if (problem !== null) throw new MeasurementError(problem);
  const { folder, data, signal } = bench;
  const uniqueName = `${name}-of-${kind}`;
  const directory = join(data, uniqueName);
  // An earlier part may have left files.
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const volfile = join(folder, `${uniqueName}.vol`);
  writeFileSync(volfile, writeBrickVolfile(kind, name, directory, hasUpcalls));
  const brick = await explainFailure(
    brickStarters[kind]({
      ...{ exportName: name, volfile, options: [], title: 'the brick', signal },
      logFile: makeLogPath(bench, uniqueName),
      terminal: makeProcessTerminal(),
      program: glossaProgram,
    }),
  );
  bench.cleanup.add(brick.end);
  return { name, port: brick.port, pid: brick.server.pid };
}

/** Starts the bricks of the volume. @throws {MeasurementError} */
export async function startBricks(
  bench: Bench,
  kind: BrickKind = 'glusterfs',
  count = 2,
  { hasUpcalls = false } = {},
): Promise<readonly Brick[]> {
  const bricks: Brick[] = [];
  for (const name of BRICKS.slice(0, count))
    bricks.push(await startBrick(bench, name, kind, { hasUpcalls }));
  return bricks;
}

export interface ClientSettings {
  /** Volumes above the clients. */
  readonly volumes?: readonly PlainVolume[];
  readonly timeouts?: Timeouts;
  /** More flags of `glusterfs`. */
  readonly flags?: readonly string[];
  /** The lowest volumes; default: a client for each brick, and cluster/distribute over several. */
  readonly storage?: readonly PlainVolume[];
}

/** Mounts the bricks, with these volumes above. @throws {MeasurementError} */
export async function startClient(
  bench: Bench,
  name: string,
  bricks: readonly Brick[],
  { volumes = [], timeouts = TIMEOUTS, flags = [], storage }: ClientSettings = {},
): Promise<ServedMount> {
  const clients = bricks.map(makeClient);
  const distributeVolumes = clients.length > 1 ? [makeDistribute(bricks)] : [];
  const lowest = storage ?? [...clients, ...distributeVolumes];
  const volfile = printVolumes(stackVolumes(lowest, volumes));
  const server = await startServer(
    bench,
    name,
    makeMountCommand(() => volfile, flags),
    timeouts,
  );
  await waitForBricks(bench, name, bricks.length);
  return server;
}

/** Waits for all bricks: the client mounts with the first, and logs the others. */
async function waitForBricks(bench: Bench, name: string, count: number): Promise<void> {
  const end = performance.now() + CONNECT_MS_MAX;
  for (;;) {
    const log = readFileSync(makeLogPath(bench, name), 'utf8');
    if ((log.match(/attached to remote volume/g) ?? []).length >= count) return;
    if (performance.now() > end) throw new MeasurementError('the client does not reach all bricks');
    await delay(POLL_MS, undefined, { signal: bench.signal });
  }
}
