/** Stacks of others behind their mounts: a server process of each, over a folder of its own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StackPlan } from '../../engine/measure.ts';
import type { MeasuredStack } from '../../engine/schema.ts';
import { complaintIn, startMount } from '../process.ts';
import type { MountPlan, OtherStack, Timeouts } from './implementation.ts';

interface OtherServing {
  /** For mount points, logs and the like. */
  readonly scratch: string;
  /** For what the stacks store. */
  readonly data: string;
  readonly timeouts: Timeouts;
  /** Ends the waiting for a start. */
  readonly signal?: AbortSignal;
}

const START_MS_MAX = 60_000;

/** A stack as it is measured. */
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
