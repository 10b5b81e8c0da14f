/**
 * Prepares the storage of the demo's two passes: a folder and two bricks; or, where this machine
 * runs neither, memory in the process of each stack, without and with a delay.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { rejectOnAbort } from '../../terminal/interruption.ts';
import type { SearchPlan } from '../bench/engine/searches.ts';
import { makeVolume, stackVolumes } from '../bench/engine/stack-volumes.ts';
import { makeDelayVolume, startGlossaBrick, withBricks } from '../bench/run/bricks.ts';
import { makeAwayBrickPlans, makeDistributeVolumes } from './away-bricks.ts';
import type { SearchSettings, Stage } from './experiment.ts';
import { type Pass, STORAGE_VOLUME } from './stacks.ts';
import { makeTree } from './tree.ts';

/** The storage of a pass. */
export interface PassStorage {
  readonly kind: Pass['storage'];
  /** The volumes that replace the storage of the stacks' volfiles; null: it is not replaced. */
  readonly volumes: readonly PlainVolume[] | null;
  /** Options of the stacks' volumes, in the form of --xlator-option. */
  readonly options: readonly string[];
  readonly searchSettings: Pick<SearchSettings, 'storagePids' | 'beforeStart' | 'makesFiles'>;
}

/** Of both passes: the storage, or the searches. */
export interface OfPasses<T> {
  readonly near: T;
  readonly away: T;
}

/**
 * Prepares the storage, calls `use`, and ends the bricks.
 * @param delayMs added distance to the storage of the second pass
 * @throws {Failure} if a brick ended before `use` did
 */
export async function withPassStorage<T>(
  stage: Stage,
  searchPlans: OfPasses<SearchPlan>,
  delayMs: number,
  use: (storage: OfPasses<PassStorage>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (stage.noMount?.inMemory) {
    return use({ near: makeMemory(0), away: makeMemory(delayMs) }, stage.signal);
  }
  const tree = join(stage.scratch, 'files');
  mkdirSync(tree);
  await makeTree(tree, searchPlans.near, stage.signal);
  stage.showStep('the bricks');
  return withBricks(makeAwayBrickPlans(stage), startGlossaBrick, ({ ports, pids, signal }) => {
    let fillPromise: Promise<void> | undefined;
    const fillBricks = async (): Promise<void> => {
      const volfile = join(stage.scratch, 'fill.vol');
      writeFileSync(volfile, printVolumes(makeDistributeVolumes(ports, 0)));
      // Imported only now, because it loads every translator.
      const { makeFiles } = await import('./workload-files.ts');
      await rejectOnAbort(makeFiles(volfile, searchPlans.away), signal);
    };
    /** Fills the bricks at the first call; further calls wait for that. */
    const fillOnce = (): Promise<void> => {
      fillPromise ??= fillBricks();
      return fillPromise;
    };
    const near: PassStorage = {
      kind: 'folder',
      volumes: null,
      options: [`${STORAGE_VOLUME}.directory=${tree}`],
      searchSettings: { storagePids: [] },
    };
    const away: PassStorage = {
      kind: 'bricks',
      volumes: makeDistributeVolumes(ports, delayMs),
      options: [],
      searchSettings: { storagePids: pids, beforeStart: fillOnce },
    };
    return use({ near, away }, signal);
  });
}

/** Makes a storage in the memory of each stack's process. @param delayMs of each request */
function makeMemory(delayMs: number): PassStorage {
  const memory = makeVolume(delayMs === 0 ? STORAGE_VOLUME : 'test-memory', 'storage/memory');
  return {
    kind: 'memory',
    volumes: stackVolumes(
      [memory],
      delayMs === 0 ? [] : [makeDelayVolume(STORAGE_VOLUME, delayMs)],
    ),
    options: [],
    searchSettings: { storagePids: [], makesFiles: true },
  };
}

/** Replaces the storage in the text of one of the demo's volfiles. */
export const replaceStorage = (text: string, volumes: readonly PlainVolume[] | null): string =>
  volumes === null
    ? text
    : text.replace(new RegExp(`^volume ${STORAGE_VOLUME}\n[^]*?^end-volume\n`, 'm'), () =>
        printVolumes(volumes),
      );
