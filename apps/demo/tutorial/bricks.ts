/**
 * Plans the two bricks of the tutorial on this machine: of GlusterFS where it is installed,
 * otherwise of glossa. Either program serves the volfiles of examples/tutorial at free ports.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { Failure } from '../../../terminal/exit.ts';
import { readPackageVersion } from '../../../terminal/package-version.ts';
import {
  type Brick,
  type BrickPlan,
  type Bricks,
  brickStarters,
  makeBrickPlan,
} from '../../bench/run/bricks.ts';
import { readVersion } from '../../bench/run/others/gluster.ts';
import type { Stage } from '../experiment.ts';

/** Programs that can serve bricks. */
export const brickPrograms = ['glusterfs', 'glossa'] as const;

/** The program that serves the bricks. */
export interface BrickProgram {
  readonly program: (typeof brickPrograms)[number];
  readonly version: string;
  /** Why GlusterFS does not serve the bricks; null when it does, or glossa was requested. */
  readonly reason: string | null;
}

/** GlusterFS's program that serves a brick. */
const GLUSTER_BRICK_PROGRAM = 'glusterfsd';

/**
 * Chooses the program that serves the bricks.
 * @param requested by the user; null: GlusterFS if it is installed
 * @throws {Failure} for users other than root, or if the requested program is absent
 */
export function chooseBrickProgram(requested: BrickProgram['program'] | null): BrickProgram {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      'the tutorial needs root: cluster/distribute stores extended attributes trusted.* on its bricks, ' +
        'which only root may write; run glossa demo as another user',
    );
  }
  const glossa: BrickProgram = { program: 'glossa', version: readPackageVersion(), reason: null };
  if (requested === 'glossa') return glossa;
  const installed = readVersion(GLUSTER_BRICK_PROGRAM);
  if (installed !== null) return { program: 'glusterfs', version: installed, reason: null };
  const reason = `${GLUSTER_BRICK_PROGRAM} is not installed (apt install glusterfs-server)`;
  if (requested !== null) throw new Failure(reason);
  return { ...glossa, reason };
}

/** Number of bricks, as in the volfiles of examples/tutorial. */
const BRICK_COUNT = 2;

/** Starts a brick. @throws {Failure} which names the other program */
export async function startBrick(
  program: BrickProgram['program'],
  plan: BrickPlan,
): Promise<Brick> {
  try {
    return await brickStarters[program](plan);
  } catch (error) {
    if (!(error instanceof Failure) || program === 'glossa') throw error;
    throw new Failure(`${error.message}\n--bricks glossa takes bricks of glossa instead`);
  }
}

/** Plans the bricks, and makes the folders of their files in the scratch folder. */
export const makeBrickPlans = (stage: Omit<Stage, 'showStep'>): BrickPlan[] =>
  Array.from({ length: BRICK_COUNT }, (_, index) => {
    const name = `brick${index}`;
    const filesFolder = join(stage.scratch, name);
    mkdirSync(filesFolder);
    const volfile = join(packageRoot, 'examples/tutorial', `${name}.vol`);
    const options = [`files.directory=${filesFolder}`];
    return makeBrickPlan(stage, {
      exportName: name,
      volfile,
      options,
      title: `the brick ${volfile}`,
    });
  });

/** Makes the options that set the clients' ports, in the form of --xlator-option. */
export const makePortOptions = ({ ports }: Bricks): string[] =>
  ports.map((port, index) => `test-client-${index}.remote-port=${port}`);
