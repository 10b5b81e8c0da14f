/**
 * Generated from the folders of runtime/xlators by runtime/gen/registry.ts (npm run gen). Do not edit.
 */
import type { Translator } from '../core/xlator.ts';
import debugDelayGen from './debug/delay-gen/index.ts';
import debugErrorGen from './debug/error-gen/index.ts';
import debugIoStats from './debug/io-stats/index.ts';
import debugSink from './debug/sink/index.ts';
import debugTrace from './debug/trace/index.ts';
import featuresLocks from './features/locks/index.ts';
import featuresNegative from './features/negative/index.ts';
import meta from './meta/index.ts';
import playgroundTemplate from './playground/template/index.ts';
import storageMemory from './storage/memory/index.ts';
import storagePosix from './storage/posix/index.ts';

/** Every translator that is written in TypeScript, in order of type. */
export const translators = [
  debugDelayGen,
  debugErrorGen,
  debugIoStats,
  debugSink,
  debugTrace,
  featuresLocks,
  featuresNegative,
  meta,
  playgroundTemplate,
  storageMemory,
  storagePosix,
] as unknown as readonly Translator<unknown>[];
