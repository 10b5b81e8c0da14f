/**
 * Runs the same libgfapi program on a brick of GlusterFS and on one of glossa, under the same
 * volumes; returns each step's result.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName } from '../../runtime/core/errno.ts';
import { clientVolfile } from './brick-clients.ts';
import { type BrickSettings, OurBrick, RealBrick } from './gluster.ts';
import { pollUntil, type Result, type Step, Theirs } from './trace-steps.ts';

/**
 * Steps by their subject. `marked FILE ATTRIBUTE` waits until the file has the attribute:
 * features/worm writes it after the close has returned.
 */
export type Scenes = Readonly<Record<string, readonly Step[]>>;

/** Steps with their results, as `unlink f: EROFS`. */
export type StepResults = Readonly<Record<string, readonly string[]>>;

const showResult = (result: Result): string =>
  typeof result === 'number' && result < 0 ? errnoName(-result) : JSON.stringify(result);

async function play(port: number, folder: string, scenes: Scenes): Promise<StepResults> {
  const program = await Theirs.start(folder, clientVolfile(port), '');
  const results: Record<string, string[]> = {};
  const runStep = async (step: Step): Promise<Result> => {
    const [name, ...args] = step;
    if (name !== 'marked') return program.call(step);
    return pollUntil(async () => typeof (await program.call(['xattr', ...args])) !== 'number');
  };
  try {
    for (const [name, steps] of Object.entries(scenes)) {
      const lines: string[] = [];
      for (const step of steps) lines.push(`${step.join(' ')}: ${showResult(await runStep(step))}`);
      results[name] = lines;
    }
  } finally {
    await program.end();
  }
  return results;
}

/** @param prepare makes the initial files of a brick */
export async function playOnBoth(
  folder: string,
  above: NonNullable<BrickSettings['above']>,
  scenes: Scenes,
  prepare: (files: string) => void = () => {},
): Promise<{ readonly ours: StepResults; readonly theirs: StepResults }> {
  const [here, there] = [join(folder, 'ours'), join(folder, 'theirs')];
  for (const each of [here, there]) {
    mkdirSync(join(each, 'files'), { recursive: true });
    prepare(join(each, 'files'));
  }
  const real = await RealBrick.start(there, { above });
  try {
    const own = await OurBrick.serve(here, join(here, 'files'), { above });
    try {
      return {
        theirs: await play(real.port, there, scenes),
        ours: await play(own.port, here, scenes),
      };
    } finally {
      await own.end();
    }
  } finally {
    await real.end();
  }
}
