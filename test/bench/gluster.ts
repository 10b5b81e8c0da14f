/**
 * Starts the bricks of a volume of GlusterFS without glusterd, and makes the lowest volumes of its clients. The volfiles
 * are as glusterd writes them, with few volumes; the bricks' lack those that only other programs than these clients use.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFailure, MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import {
  brickStarters,
  makeClientVolume,
  makeDelayVolume,
  makeServerVolumes,
} from '../../apps/bench/run/bricks.ts';
import { findGlusterProblem } from '../../apps/bench/run/others/gluster.ts';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { makeProcessTerminal } from '../../terminal/terminal.ts';
import { type Bench, glossaProgram } from './bench.ts';
import { makePosix } from './servers.ts';

const BRICKS = ['b0', 'b1', 'b2'] as const;

/** Is part of every volume that GlusterFS makes; keeps times equal on all bricks. */
export const utime = makeVolume('utime', 'features/utime');

/** The program that serves a brick. */
export type BrickKind = keyof typeof brickStarters;

/** A brick that runs until the end of the part. */
export interface Brick {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
}

export const makeClient = ({ name, port }: Pick<Brick, 'name' | 'port'>): PlainVolume =>
  makeClientVolume(name, name, port);

/** Makes the lowest volumes of a client: one for each brick, and cluster/distribute over several. */
export function makeStorage(bricks: readonly Brick[], delayMs = 0): readonly PlainVolume[] {
  const clients = bricks.map((brick) =>
    stackVolumes(
      [makeClient(brick)],
      delayMs > 0 ? [makeDelayVolume(`${brick.name}-delay`, delayMs)] : [],
    ),
  );
  const options = { 'lookup-optimize': 'on', 'lock-migration': 'off', 'force-migration': 'off' };
  const subvolumes = clients.map((volumes) => volumes.at(-1)!.name);
  const distribute = { ...makeVolume('distribute', 'cluster/distribute', options), subvolumes };
  return [...clients.flat(), ...(bricks.length > 1 ? [distribute] : [])];
}

interface BrickSettings {
  /** Default: GlusterFS's. */
  readonly kind?: BrickKind;
  /** Default: one. */
  readonly count?: 1 | 2 | 3;
  /** Whether bricks report changes to clients. */
  readonly hasUpcalls?: boolean;
}

/** Starts bricks, each of which serves its own folder. @throws {MeasurementError} */
export async function startBricks(
  bench: Bench,
  { kind = 'glusterfs', count = 1, hasUpcalls = false }: BrickSettings = {},
): Promise<readonly Brick[]> {
  const problem = findGlusterProblem();
  if (problem !== null) throw new MeasurementError(problem);
  const { folder, signal } = bench;
  const bricks: Brick[] = [];
  for (const name of BRICKS.slice(0, count)) {
    const uniqueName = `${name}-of-${kind}`;
    const upcall = makeVolume(`${name}-upcall`, 'features/upcall', { 'cache-invalidation': 'on' });
    const threads = { 'thread-count': '16' };
    const volumes = makeServerVolumes([
      { ...makePosix(bench, uniqueName), name: `${name}-posix` },
      makeVolume(`${name}-locks`, 'features/locks'),
      ...(hasUpcalls ? [upcall] : []),
      // glossa has one thread.
      ...(kind === 'glossa'
        ? []
        : [makeVolume(`${name}-threads`, 'performance/io-threads', threads)]),
      makeVolume(name, 'debug/io-stats'),
    ]);
    const volfile = join(folder, `${uniqueName}.vol`);
    writeFileSync(volfile, printVolumes(volumes));
    const brick = await explainFailure(
      brickStarters[kind]({
        ...{ exportName: name, volfile, options: [], title: 'the brick', signal },
        logFile: join(folder, `${uniqueName}.log`),
        terminal: makeProcessTerminal(),
        program: glossaProgram,
      }),
    );
    bench.cleanup.add(brick.end);
    bricks.push({ name, port: brick.port, pid: brick.server.pid });
  }
  return bricks;
}
