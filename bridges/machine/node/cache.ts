/** The cache of snapshots, as files of the user's cache folder (rules: `cached-files.ts`). */
import { createHash } from 'node:crypto';
import type { Cache, CacheLogs, SnapshotInputs } from '../../host/machine.ts';
import { defaultCacheFolder, usableFolder } from './cache-folder.ts';
import { parts } from './parts.ts';
import { openSnapshot, type SnapshotPlace, snapshotSource, writeSnapshot } from './snapshot.ts';

/** Opens the cache; undefined if the folder is not this user's alone. */
export function openCache(given: string | undefined, logs: CacheLogs): Cache | undefined {
  const folder = usableFolder(given ?? defaultCacheFolder(), logs.warn, logs.log);
  if (folder === undefined) return undefined;
  return {
    openSnapshot: (of) => openSnapshot(placeOf(folder, of), logs),
    writeSnapshot: (of, made) => writeSnapshot(placeOf(folder, of), made, logs),
  };
}

/** The file of a snapshot; its name has the start of the sha256 of its inputs. */
function placeOf(folder: string, { name, parts: names, texts }: SnapshotInputs): SnapshotPlace {
  const source = snapshotSource([digestOf(name, names), ...texts]);
  return { folder, name: `${name}-${source.toString('hex', 0, 8)}.snapshot`, source };
}

const digests = new Map<string, Buffer>();

/** The sha256 of parts, which are read once per process. */
function digestOf(name: string, names: readonly string[]): Buffer {
  let digest = digests.get(name);
  if (digest === undefined) {
    const hash = createHash('sha256').update(name);
    for (const part of names) hash.update(parts.bytes(part));
    digest = hash.digest();
    digests.set(name, digest);
  }
  return digest;
}
