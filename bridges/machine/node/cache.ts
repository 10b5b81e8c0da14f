/** Stores snapshots as files of the user's cache folder (rules: `cached-files.ts`). */
import { createHash } from 'node:crypto';
import type { Cache, CacheLogs, SnapshotInputs } from '../../host/machine.ts';
import { findDefaultCacheFolder, prepareFolder } from './cache-folder.ts';
import { parts } from './parts.ts';
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
function locateSnapshot(
  folder: string,
  { name, parts: partNames, texts }: SnapshotInputs,
): SnapshotLocation {
  const inputsHash = hashInputs([digestParts(name, partNames), ...texts]);
  return { folder, name: `${name}-${inputsHash.toString('hex', 0, 8)}.snapshot`, inputsHash };
}

/** Results of `digestParts`, by name of the snapshot. */
const digests = new Map<string, Buffer>();

/** Returns the sha256 of the parts of snapshot `name`, computed once per process. */
function digestParts(name: string, partNames: readonly string[]): Buffer {
  let digest = digests.get(name);
  if (digest === undefined) {
    const hash = createHash('sha256').update(name);
    for (const part of partNames) hash.update(parts.readBytes(part));
    digest = hash.digest();
    digests.set(name, digest);
  }
  return digest;
}
