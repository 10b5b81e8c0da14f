/** Stores snapshots as files of the user's cache folder (rules: `cached-files.ts`). */
import type { Cache, CacheLogs, SnapshotInputs } from '../../host/machine.ts';
import { findDefaultCacheFolder, prepareFolder } from './cache-folder.ts';
import { statPart } from './parts.ts';
import { hashInputs, openSnapshot, type SnapshotLocation, writeSnapshot } from './snapshot.ts';

/**
 * Opens the cache; undefined if other users control the folder.
 * @param cacheFolder undefined for the default folder
 */
export function openCache(cacheFolder: string | undefined, logs: CacheLogs): Cache | undefined {
  const folder = prepareFolder(cacheFolder ?? findDefaultCacheFolder(), logs.warn, logs.log);
  if (folder === undefined) return undefined;
  return {
    openSnapshot: (inputs) => openSnapshot(locateSnapshot(folder, inputs), logs),
    writeSnapshot: (inputs, snapshot) =>
      writeSnapshot(locateSnapshot(folder, inputs), snapshot, logs),
  };
}

/** Returns a snapshot's place in the folder; its name contains the start of its inputs' sha256. */
function locateSnapshot(folder: string, { name, parts, texts }: SnapshotInputs): SnapshotLocation {
  const inputsHash = hashInputs([...parts.map(identifyPart), ...texts]);
  return { folder, name: `${name}-${inputsHash.toString('hex', 0, 8)}.snapshot`, inputsHash };
}

/** Returns what changes with a part's content. Reading twelve megabytes at each start would take longer. */
function identifyPart(part: string): string {
  const { size, mtimeMs } = statPart(part);
  return `${part}:${size}:${mtimeMs}`;
}
