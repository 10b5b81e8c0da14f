/** What saves time at a start, as files of the user's cache folder (`cached-files.ts` has the rules). */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Cache, CacheLogs, MadeFrom } from '../../host/machine.ts';
import { defaultCacheFolder, usableFolder } from './cache-folder.ts';
import { readCached, writeCached } from './cached-files.ts';
import { parts } from './parts.ts';
import { openSnapshot, type SnapshotPlace, snapshotSource, writeSnapshot } from './snapshot.ts';

/** Undefined where the folder is not this user's alone. */
export function openCache(given: string | undefined, logs: CacheLogs): Cache | undefined {
  const folder = usableFolder(given ?? defaultCacheFolder(), logs.warn, logs.log);
  if (folder === undefined) return undefined;
  return {
    openSnapshot: (of) => openSnapshot(placeOf(folder, of), logs),
    writeSnapshot: (of, made) => writeSnapshot(placeOf(folder, of), made, logs),
    readCode: (name, source) => readCode(join(folder, name), source, logs),
    writeCode(name, source, code) {
      writeCached(folder, name, [codeDigest(source, code), code], logs.log);
    },
  };
}

/** Other files, another snapshot: its name has the beginning of their sha256. */
function placeOf(folder: string, { name, parts: names, texts }: MadeFrom): SnapshotPlace {
  const source = snapshotSource([digestOf(name, names), ...texts]);
  return { folder, name: `${name}-${source.toString('hex', 0, 8)}.snapshot`, source };
}

const digests = new Map<string, Buffer>();

/** The sha256 of parts; they are read once in a process. */
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

/**
 * In front of compiled code: V8 compares no more of a source than its length, and runs damaged code
 * as it is.
 */
const codeDigest = (source: string, code: Uint8Array): Buffer =>
  createHash('sha256').update(source).update('\0').update(code).digest();

const DIGEST_BYTES = 32;

/** The compiled form of `source`; undefined when there is none that was made from it. */
function readCode(file: string, source: string, { warn, log }: CacheLogs): Buffer | undefined {
  const read = readCached(file, warn, log);
  if (read === undefined) return undefined;
  const code = read.subarray(DIGEST_BYTES);
  if (codeDigest(source, code).equals(read.subarray(0, DIGEST_BYTES))) return code;
  log(`ignoring ${file}: it is damaged, or was made from other files`);
  return undefined;
}
