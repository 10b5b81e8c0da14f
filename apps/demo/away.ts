/**
 * The storage of the demo's second pass: two bricks of glossa, servers on this machine, between which
 * cluster/distribute shares out the files. They keep them in memory, so that they serve whoever starts
 * them: on disk, what distribute notes with a folder is for root to write.
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

/** Their volfiles and logs are in the scratch folder. */
export const awayPlans = (stage: Omit<Stage, 'show'>): BrickPlan[] =>
  Array.from({ length: BRICKS }, (_, at) => {
    const name = brickName(at);
    const volfile = join(stage.scratch, `${name}.vol`);
    writeFileSync(volfile, printVolumes(brickVolumes(name)));
    return brickPlan(stage, { name, volfile, options: [], what: `the brick ${name}` });
  });

const brickVolumes = (name: string): PlainVolume[] =>
  servedVolumes([volume('files', 'storage/memory'), volume(name, 'features/locks')]);

/** The clients of bricks at these ports, each request kept for so long before, and distribute above them. */
function distributed(ports: readonly number[], delayMs: number): PlainVolume[] {
  const ways = ports.map((port, at): PlainVolume[] => {
    const client = clientVolume(`test-client-${at}`, brickName(at), port);
    return stacked([client], delayMs === 0 ? [] : [delayVolume(`test-way-${at}`, delayMs)]);
  });
  const subvolumes = ways.map((volumes) => volumes.at(-1)!.name);
  return [...ways.flat(), { ...volume(STORAGE, 'cluster/distribute'), subvolumes }];
}

/** The text of a volfile that has the bricks alone. */
export const bricksAlone = (ports: readonly number[]): string =>
  printVolumes(distributed(ports, 0));

/** The text of a volfile of the demo, with its storage on bricks. */
export const overBricks = (text: string, ports: readonly number[], delayMs: number): string =>
  text.replace(new RegExp(`^volume ${STORAGE}\n[^]*?^end-volume\n`, 'm'), () =>
    printVolumes(distributed(ports, delayMs)),
  );
