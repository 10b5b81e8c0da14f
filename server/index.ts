/**
 * Exports `glossa` for programs: `Volume`, a GlusterFS volume or any other graph without a mount, and
 * all that a translator in TypeScript is written with (`runtime/index.ts`).
 *
 *     import { Volume } from 'glossa';
 *
 *     await using volume = await Volume.open('volfiles/negative.vol');
 *     console.log(await volume.readFile('/hello.txt', 'utf8'));
 */
export type { Directory } from '../runtime/api/directory.ts';
export { AbortError, FileError, VolumeClosedError } from '../runtime/api/file-error.ts';
export type { FileHandle, HeldLock, LockRange, LockRequest } from '../runtime/api/file-handle.ts';
export { BigIntStats, Dirent as VolumeDirent, StatFs, Stats } from '../runtime/api/stats.ts';
export { NotAtOnceError } from '../runtime/api/steps.ts';
export type { Identity, OperationSettings } from '../runtime/api/volume.ts';
export type { VolumeObject } from '../runtime/api/volume-object.ts';
export type { WalkOptions, WalkStep } from '../runtime/api/walk-tree.ts';
export type { WatchEvent, WatchOptions } from '../runtime/api/watch.ts';
export * from '../runtime/index.ts';
export { MemoryPool, type PoolMember, type PoolSettings } from '../runtime/wire/memory-pool.ts';
export {
  OpenError,
  type OpenSettings,
  type RemoteVolume,
  type VolfileText,
  Volume,
  type VolumeSource,
} from './open-volume.ts';
