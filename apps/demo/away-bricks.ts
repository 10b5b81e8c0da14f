/**
 * Plans the storage of the demo's second pass: two bricks of glossa on this machine, over which
 * cluster/distribute spreads the files. The bricks store in memory, so that any user can run them:
 * on disk, only root may write the extended attributes that distribute needs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { makeVolume, stackVolumes } from '../bench/engine/stack-volumes.ts';
import {
  type BrickPlan,
  makeBrickPlan,
  makeClientVolume,
  makeDelayVolume,
  makeServerVolumes,
} from '../bench/run/bricks.ts';
import type { Stage } from './experiment.ts';
import { STORAGE_VOLUME } from './stacks.ts';

/** Number of bricks. */
export const BRICK_COUNT = 2;

const makeBrickName = (index: number): string => `brick${index}`;

/** Writes the bricks' volfiles to the scratch folder, and returns the plans to start them. */
export const makeAwayBrickPlans = (stage: Omit<Stage, 'showStep'>): BrickPlan[] =>
  Array.from({ length: BRICK_COUNT }, (_, index) => {
    const name = makeBrickName(index);
    const volfile = join(stage.scratch, `${name}.vol`);
    writeFileSync(volfile, printVolumes(makeBrickVolumes(name)));
    return makeBrickPlan(stage, {
      exportName: name,
      volfile,
      options: [],
      title: `the brick ${name}`,
    });
  });

/** Makes the volumes of one brick. */
const makeBrickVolumes = (name: string): PlainVolume[] =>
  makeServerVolumes([makeVolume('files', 'storage/memory'), makeVolume(name, 'features/locks')]);

/**
 * Makes the volumes of cluster/distribute over the bricks at these ports.
 * @param delayMs the delay of each request, by a volume above each client; 0: none
 */
export function makeDistributeVolumes(ports: readonly number[], delayMs: number): PlainVolume[] {
  const branches = ports.map((port, index): PlainVolume[] => {
    const client = makeClientVolume(`test-client-${index}`, makeBrickName(index), port);
    return stackVolumes(
      [client],
      delayMs === 0 ? [] : [makeDelayVolume(`test-delay-${index}`, delayMs)],
    );
  });
  const subvolumes = branches.map((volumes) => volumes.at(-1)!.name);
  return [...branches.flat(), { ...makeVolume(STORAGE_VOLUME, 'cluster/distribute'), subvolumes }];
}
