/**
 * Stores snapshots and compiled scripts as files of the user's cache folder (rules:
 * `cached-files.ts`).
 */
import type { Cache, CacheInputs, CacheLogs } from '../../host/machine.ts';
import { findDefaultCacheFolder, prepareFolder } from './cache-folder.ts';
import { type EntryLocation, hashInputs } from './cached-entry.ts';
import { readScript, writeScript } from './compiled-script.ts';
import { statPart } from './parts.ts';
import { openSnapshot, writeSnapshot } from './snapshot.ts';

/**
 * Opens the cache; undefined if other users control the folder.
 * @param cacheFolder undefined for the default folder
 */
export function openCache(cacheFolder: string | undefined, logs: CacheLogs): Cache | undefined {
  const folder = prepareFolder(cacheFolder ?? findDefaultCacheFolder(), logs.warn, logs.log);
  if (folder === undefined) return undefined;
  const locateSnapshot = (inputs: CacheInputs) => locate(folder, inputs, 'snapshot');
  const locateScript = (inputs: CacheInputs) => locate(folder, inputs, 'script');
  return {
    openSnapshot: (inputs) => openSnapshot(locateSnapshot(inputs), logs),
    writeSnapshot: (inputs, snapshot) => writeSnapshot(locateSnapshot(inputs), snapshot, logs),
    readScript: (inputs) => readScript(locateScript(inputs), logs),
    writeScript: (inputs, script) => writeScript(locateScript(inputs), script, logs),
  };
}

/** Returns an entry's place in the folder; its name contains the start of its inputs' sha256. */
function locate(
  folder: string,
  { name, parts, texts }: CacheInputs,
  suffix: string,
): EntryLocation {
  const inputsHash = hashInputs([...parts.map(identifyPart), ...texts]);
  return { folder, name: `${name}-${inputsHash.toString('hex', 0, 8)}.${suffix}`, inputsHash };
}

/** Returns what changes with a part's content. Reading twelve megabytes at each start would take longer. */
function identifyPart(part: string): string {
  const { size, mtimeMs } = statPart(part);
  return `${part}:${size}:${mtimeMs}`;
}
