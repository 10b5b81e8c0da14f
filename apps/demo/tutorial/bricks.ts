/**
 * The two bricks of the tutorial, on this machine alone: GlusterFS's own where it is installed, otherwise
 * ours. Both serve the volfiles of examples/tutorial, at ports that are free.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { Failure } from '../../../terminal/exit.ts';
import { version } from '../../../terminal/package-version.ts';
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

/** Who can serve bricks. */
export const makers = ['glusterfs', 'glossa'] as const;

/** Whose the bricks are. */
export interface Maker {
  readonly by: (typeof makers)[number];
  readonly version: string;
  /** Why they are not GlusterFS's; null when they are, or ours were asked for. */
  readonly why: string | null;
}

const PROGRAM = 'glusterfsd';

/** @param asked null: GlusterFS, if it can be had @throws {Failure} when none can be had, or not the one asked for */
export function makerOf(asked: Maker['by'] | null): Maker {
  if (process.getuid?.() !== 0) {
    throw new Failure(
      'the tutorial is for root: cluster/distribute keeps on its bricks, in extended attributes trusted.*, ' +
        'what only root can keep there; glossa demo does without',
    );
  }
  const ours: Maker = { by: 'glossa', version: version(), why: null };
  if (asked === 'glossa') return ours;
  const found = versionOf(PROGRAM);
  if (found !== null) return { by: 'glusterfs', version: found, why: null };
  const why = `${PROGRAM} is not installed (apt install glusterfs-server)`;
  if (asked !== null) throw new Failure(why);
  return { ...ours, why };
}

const COUNT = 2;

/** How a maker's bricks are started. */
export const starts: Readonly<Record<Maker['by'], (plan: BrickPlan) => Promise<Brick>>> = {
  glossa: startGlossaBrick,
  glusterfs: startGlusterBrick,
};

/** Their files and logs are in the scratch folder. */
export const brickPlans = (stage: Omit<Stage, 'show'>): BrickPlan[] =>
  Array.from({ length: COUNT }, (_, at) => {
    const name = `brick${at}`;
    const files = join(stage.scratch, name);
    mkdirSync(files);
    const volfile = join(packageRoot, 'examples/tutorial', `${name}.vol`);
    const options = [`files.directory=${files}`];
    return brickPlan(stage, { name, volfile, options, what: `the brick ${volfile}` });
  });

/** With which clients find them, as --xlator-option takes them. */
export const portsOf = ({ ports }: Bricks): string[] =>
  ports.map((port, at) => `test-client-${at}.remote-port=${port}`);
