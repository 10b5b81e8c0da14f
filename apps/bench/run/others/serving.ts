/** Stacks of others behind their mounts: a server process of each, over a folder of its own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StackPlan } from '../../engine/measure.ts';
import type { MeasuredStack } from '../../engine/schema.ts';
import type { Served } from '../../engine/target.ts';
import { complaintIn, startMount } from '../process.ts';
import type { Mounting, OtherStack, ServerCommand, Timeouts } from './other.ts';

export interface OtherServing {
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
  const { name, description, volfile, unfit } = stack;
  const { scratch, data, timeouts, signal } = serving;
  const directory = join(data, name);
  const mounting: Mounting = {
    mountpoint: join(scratch, `${name}-mnt`),
    directory,
    timeouts,
    log: join(scratch, `${name}.log`),
    scratch,
  };
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  const start = (): Promise<Served> => {
    discard();
    mkdirSync(directory, { recursive: true });
    mkdirSync(mounting.mountpoint, { recursive: true });
    return serve(stack.command(mounting), mounting, signal);
  };
  return {
    name,
    description,
    volfile: volfile?.(directory) ?? null,
    counted: null,
    ...(unfit === undefined ? {} : { unfit }),
    serve: start,
    discard,
  };
}

/** @throws {NotMeasured} with what the server said */
async function serve(
  { line, env }: ServerCommand,
  { mountpoint, log }: Mounting,
  signal?: AbortSignal,
): Promise<Served> {
  const settings = { line, env, log, patienceMs: START_MS_MAX, ...(signal && { signal }) };
  const started = await startMount(settings, mountpoint);
  return {
    ...started,
    mountpoint,
    ended: async () => (started.hasEnded() ? `its server ended: ${complaintIn(log)}` : null),
  };
}
