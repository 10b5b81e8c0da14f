/**
 * Plans the two bricks of the tutorial on this machine: of GlusterFS where it is installed,
 * otherwise of glossa. Both serve the volfiles of examples/tutorial at free ports.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { Failure } from '../../../terminal/exit.ts';
import { packageVersion } from '../../../terminal/package-version.ts';
import {
  type Brick,
  type BrickPlan,
  type Bricks,
  brickPlan,
  startGlossaBrick,
  startGlusterBrick,
} from '../../bench/run/bricks.ts';
import { versionOf } from '../../bench/run/others/gluster.ts';
import type { Stage } from '../experiment.ts';

/** Programs that can serve bricks. */
export const brickPrograms = ['glusterfs', 'glossa'] as const;

/** The program that serves the bricks. */
export interface BrickProgram {
  readonly by: (typeof brickPrograms)[number];
  readonly version: string;
  /** Why GlusterFS does not serve the bricks; null when it does, or glossa was requested. */
  readonly why: string | null;
}

const PROGRAM = 'glusterfsd';

/** Chooses the program. @param asked null: GlusterFS if installed @throws {Failure} */
export function chooseBrickProgram(asked: BrickProgram['by'] | null): BrickProgram {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      'the tutorial needs root: cluster/distribute stores extended attributes trusted.* on its bricks, ' +
        'which only root may write; run glossa demo as another user',
    );
  }
  const ours: BrickProgram = { by: 'glossa', version: packageVersion(), why: null };
  if (asked === 'glossa') return ours;
  const found = versionOf(PROGRAM);
  if (found !== null) return { by: 'glusterfs', version: found, why: null };
  const why = `${PROGRAM} is not installed (apt install glusterfs-server)`;
  if (asked !== null) throw new Failure(why);
  return { ...ours, why };
}

const COUNT = 2;

/** The functions that start a brick, by program. */
export const brickStarters: Readonly<
  Record<BrickProgram['by'], (plan: BrickPlan) => Promise<Brick>>
> = {
  glossa: startGlossaBrick,
  glusterfs: startGlusterBrick,
};

/** Plans the bricks, with files and logs in the scratch folder. */
export const brickPlans = (stage: Omit<Stage, 'show'>): BrickPlan[] =>
  Array.from({ length: COUNT }, (_, at) => {
    const name = `brick${at}`;
    const files = join(stage.scratch, name);
    mkdirSync(files);
    const volfile = join(packageRoot, 'examples/tutorial', `${name}.vol`);
    const options = [`files.directory=${files}`];
    return brickPlan(stage, { name, volfile, options, what: `the brick ${volfile}` });
  });

/** Options with the ports of the bricks, in the form of --xlator-option. */
export const portsOf = ({ ports }: Bricks): string[] =>
  ports.map((port, at) => `test-client-${at}.remote-port=${port}`);
