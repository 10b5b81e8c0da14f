/**
 * Records requests of a graph in memory, for a page: `graph.observe(recorder)`, and `bytes` is the
 * recording so far (docs/write/recording.md).
 */
import type { Graph } from '../../../runtime/core/graph.ts';
import { makeFilter } from '../../../runtime/observe/filter.ts';
import type { Head } from '../../../runtime/observe/format.ts';
import { headOf } from '../../../runtime/observe/head.ts';
import { MemoryRecording } from '../../../runtime/observe/memory.ts';
import { Recorder } from '../../../runtime/observe/recorder.ts';

/** Put there by the bundle. */
declare const GLOSSA_VERSION: string | undefined;
const version = typeof GLOSSA_VERSION === 'undefined' ? '0' : GLOSSA_VERSION;

/** Bytes that are kept of data. */
const DATA_MAX = 256;

export interface TrafficRecorder {
  readonly recorder: Recorder;
  bytes(): Uint8Array;
}

/** @param shown the volumes that the recording has, under the names that it gives them; all by default */
export function recordTraffic(
  { context, xlators }: Graph,
  shown?: (volumes: Head['volumes']) => Head['volumes'],
): TrafficRecorder {
  const kept = { dataMax: DATA_MAX, hidden: null };
  const names = xlators.map(({ name }) => name);
  const startedAt = context.sink.now();
  const head = headOf(xlators, { version, startedAt, filter: null, seesAll: true, kept });
  const volumes = shown?.(head.volumes) ?? head.volumes;
  const ids = new Set(volumes.map(({ id }) => id));
  const seen = xlators.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  const filter = makeFilter(seen.length < names.length ? { volumes: seen } : {}, names);
  const recording = new MemoryRecording({ ...head, volumes });
  const now = (): number => context.now();
  return {
    recorder: new Recorder(recording, { filter, kept, now, startedAt: now() }, ids),
    bytes: () => recording.bytes(),
  };
}
