/** Plans the stacks of other implementations: a server process for each, over its own folder. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StackPlan } from '../../engine/measure.ts';
import type { MeasuredStack } from '../../engine/schema.ts';
import { complaintIn, startMount } from '../process.ts';
import type { MountPlan, OtherStack, Timeouts } from './implementation.ts';

interface OtherServing {
  /** Folder for mount points and logs. */
  readonly scratch: string;
  /** Folder for the files of the stacks. */
  readonly data: string;
  readonly timeouts: Timeouts;
  /** Aborts the wait for a start. */
  readonly signal?: AbortSignal;
}

const START_MS_MAX = 60_000;

/** The plan of a stack to be measured. */
export function otherPlan(stack: OtherStack, serving: OtherServing): MeasuredStack & StackPlan {
  const { name, description, volfile, unfit, command } = stack;
  const { scratch, data, timeouts, signal } = serving;
  const directory = join(data, name);
  const mountpoint = join(scratch, `${name}-mnt`);
  const log = join(scratch, `${name}.log`);
  const mounting: MountPlan = { mountpoint, directory, timeouts, log, scratch };
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  return {
    name,
    description,
    volfile: volfile?.(directory) ?? null,
    counted: null,
    ...(unfit === undefined ? {} : { unfit }),
    async serve() {
      discard();
      mkdirSync(directory, { recursive: true });
      mkdirSync(mountpoint, { recursive: true });
      const started = await startMount(
        { ...command(mounting), log, patienceMs: START_MS_MAX, ...(signal && { signal }) },
        mountpoint,
      );
      return {
        ...started,
        mountpoint,
        ended: async () => (started.hasEnded() ? `its server ended: ${complaintIn(log)}` : null),
      };
    },
    discard,
  };
}
