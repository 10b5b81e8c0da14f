/**
 * Plans the storage of the demo's second pass: two bricks of glossa on this machine, over which
 * cluster/distribute spreads the files. The bricks store in memory, so that any user can run them:
 * on disk, only root may write the extended attributes that distribute needs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { printVolumes } from '../../runtime/volfile/print.ts';
import { stacked, volume } from '../bench/engine/stacks.ts';
import {
  type BrickPlan,
  brickPlan,
  clientVolume,
  delayVolume,
  servedVolumes,
} from '../bench/run/bricks.ts';
import type { Stage } from './experiment.ts';
import { STORAGE } from './stacks.ts';

export const BRICKS = 2;

const brickName = (at: number): string => `brick${at}`;

/** Plans the bricks, with volfiles and logs in the scratch folder. */
export const awayBrickPlans = (stage: Omit<Stage, 'show'>): BrickPlan[] =>
  Array.from({ length: BRICKS }, (_, at) => {
    const name = brickName(at);
    const volfile = join(stage.scratch, `${name}.vol`);
    writeFileSync(volfile, printVolumes(brickVolumes(name)));
    return brickPlan(stage, { name, volfile, options: [], what: `the brick ${name}` });
  });

const brickVolumes = (name: string): PlainVolume[] =>
  servedVolumes([volume('files', 'storage/memory'), volume(name, 'features/locks')]);

/** cluster/distribute over clients of the bricks at these ports, each with a delay before it. */
function distributeOver(ports: readonly number[], delayMs: number): PlainVolume[] {
  const ways = ports.map((port, at): PlainVolume[] => {
    const client = clientVolume(`test-client-${at}`, brickName(at), port);
    return stacked([client], delayMs === 0 ? [] : [delayVolume(`test-way-${at}`, delayMs)]);
  });
  const subvolumes = ways.map((volumes) => volumes.at(-1)!.name);
  return [...ways.flat(), { ...volume(STORAGE, 'cluster/distribute'), subvolumes }];
}

/** The text of a volfile with distribute over the bricks alone. */
export const bricksAlone = (ports: readonly number[]): string =>
  printVolumes(distributeOver(ports, 0));

/** The text of one of the demo's volfiles, with its storage replaced by bricks. */
export const overBricks = (text: string, ports: readonly number[], delayMs: number): string =>
  text.replace(new RegExp(`^volume ${STORAGE}\n[^]*?^end-volume\n`, 'm'), () =>
    printVolumes(distributeOver(ports, delayMs)),
  );
