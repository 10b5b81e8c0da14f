/** Implements the machine of features/glupy and its languages in a Node process. */
import { randomFillSync } from 'node:crypto';
import { openFilesLimit } from '../../../runtime/sys/open-files.ts';
import { scheduleCollection } from '../../../runtime/sys/scheduled-collection.ts';
import type { Machine } from '../../host/machine.ts';
import { compileChecked } from './compile-checked.ts';
import { compileUnoptimized } from './compile-unoptimized.ts';
import { watchFolder } from './folder-watcher.ts';
import { warnForeignWritable } from './foreign-files.ts';
import { NodeFiles } from './node-files.ts';
import { parts } from './parts.ts';
import { makeRealm } from './realm.ts';
import { sources } from './sources.ts';
import { stripTypes } from './strip-types.ts';
import { startThread } from './thread.ts';
import { startWatchdog, watch } from './watchdog.ts';

/** The machine of this process. */
export const nodeMachine: Machine = {
  env: process.env,
  unsupportedOptions: {},
  limitations: [],
  // A quarter, as all volumes share the process's limit.
  maxFds: Math.min(16_384, Math.floor(openFilesLimit / 4)),
  sources,
  parts,
  memory: {
    view: (buffer, offset, length) => Buffer.from(buffer, offset, length),
    decodeLatin1: (bytes) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
    encodeLatin1: (text) => new Uint8Array(Buffer.from(text, 'latin1')),
  },
  watchEngine: watch,
  startWatchdog,
  startThread,
  fillRandom: (out) => void randomFillSync(out),
  makeRealm,
  compileChecked,
  compileUnoptimized,
  openFiles: (grants) => new NodeFiles(grants),
  // Loaded on demand: most processes start no interpreter.
  openCache: async (folder, logs) => (await import('./cache.ts')).openCache(folder, logs),
  stripTypes,
  warnForeignWritable,
  watchFolder,
  collectGarbage: scheduleCollection,
};
