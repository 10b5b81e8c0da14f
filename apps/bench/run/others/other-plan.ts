/** Plans the stacks of other implementations: a server process for each, over its own folder. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readLastError } from '../../../../server/server-process.ts';
import { startMountProcess } from '../../../../server/start-server.ts';
import type { StackPlan } from '../../engine/measure.ts';
import { explainFailure } from '../../engine/measurement-error.ts';
import type { StackDescription } from '../../engine/schema.ts';
import type { ServedMount } from '../../engine/target.ts';
import type { MountPlan, OtherStack, Timeouts } from './implementation.ts';

/** Settings for all stacks of other implementations. */
interface OtherSettings {
  /** Folder for mount points and logs. */
  readonly scratch: string;
  /** Folder for the files of the stacks. */
  readonly dataFolder: string;
  readonly timeouts: Timeouts;
  /** Aborts the wait for a start. */
  readonly signal?: AbortSignal;
}

/**
 * Makes the plan by which the bench starts, measures and ends a stack of another implementation.
 */
export function makeOtherImplementationPlan(
  stack: OtherStack,
  settings: OtherSettings,
): StackDescription & StackPlan<ServedMount> {
  const { name, description, makeVolfile, findUnfitReason, makeCommand } = stack;
  const { scratch, dataFolder, timeouts, signal } = settings;
  const directory = join(dataFolder, name);
  const mountpoint = join(scratch, `${name}-mnt`);
  const logFile = join(scratch, `${name}.log`);
  const mountPlan: MountPlan = { mountpoint, directory, timeouts, logFile, scratch };
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  return {
    name,
    description,
    volfile: makeVolfile?.(directory) ?? null,
    lookupCounter: null,
    ...(findUnfitReason === undefined ? {} : { findUnfitReason }),
    async serve() {
      discard();
      mkdirSync(directory, { recursive: true });
      mkdirSync(mountpoint, { recursive: true });
      const settings = { ...makeCommand(mountPlan), logFile, title: 'it did not mount', signal };
      const { process, startSeconds } = await explainFailure(
        startMountProcess(settings, mountpoint),
      );
      return {
        pid: process.pid,
        ...{ mountpoint, startSeconds },
        explainEnd: async () =>
          process.hasEnded ? `its server ended: ${readLastError(logFile)}` : null,
        stop: async () => void (await process.end()),
      };
    },
    discard,
  };
}
