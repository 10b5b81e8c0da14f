/**
 * Records requests of graphs in memory (docs/write/recording.md), for the page: those of a shell
 * line, and those of a lesson's check, which it also counts.
 */
import type { Graph } from '../../../runtime/core/graph.ts';
import { makeFilter } from '../../../runtime/observe/filter.ts';
import type { Head } from '../../../runtime/observe/format.ts';
import { makeHead } from '../../../runtime/observe/head.ts';
import { MemoryRecording } from '../../../runtime/observe/memory-recording.ts';
import { Recorder } from '../../../runtime/observe/recorder.ts';
import type { Traffic } from './protocol.ts';
import { RequestCounts } from './request-counts.ts';

/** Defined in the bundle of the page; undefined in tests. */
declare const GLOSSA_VERSION: string | undefined;
const version = typeof GLOSSA_VERSION === 'undefined' ? '0' : GLOSSA_VERSION;

/** Number of bytes that a recording keeps of the data of a read or write, and of an extended attribute. */
const DATA_BYTES_MAX = 256;

/** A recorder of requests in memory. */
export interface TrafficRecorder {
  /** The observer for `graph.observe`. */
  readonly recorder: Recorder;
  /** Returns the recording so far. */
  toBytes(): Uint8Array;
}

/**
 * Makes a recorder for the volumes of a graph.
 * @param selectVolumes volumes to record, with their recorded names; default all
 * @param dataMax bytes recorded of each value
 */
export function makeTrafficRecorder(
  { context, xlators }: Graph,
  selectVolumes = (volumes: Head['volumes']) => volumes,
  dataMax = DATA_BYTES_MAX,
): TrafficRecorder {
  const limits = { dataMax, hidden: null };
  const names = xlators.map(({ name }) => name);
  const startedAt = context.sink.now();
  const head = makeHead(xlators, {
    version,
    startedAt,
    filter: null,
    seesAll: true,
    retention: limits,
  });
  const volumes = selectVolumes(head.volumes);
  const ids = new Set(volumes.map(({ id }) => id));
  const volumeNames = xlators.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  const filter = makeFilter(
    volumeNames.length < names.length ? { volumes: volumeNames } : {},
    names,
  );
  const recording = new MemoryRecording({ ...head, volumes });
  const now = (): number => context.now();
  return {
    recorder: new Recorder(recording, { filter, retention: limits, now, startedAt: now() }, ids),
    toBytes: () => recording.toBytes(),
  };
}

/**
 * The storage's name in graphs of bridges/testing. Between the module and the storage is a volume
 * that can hold requests for tests; recordings omit that volume.
 */
const TEST_STORAGE_NAME = 'storage0';
/** The storage's name in the volfiles of lessons. */
const SHOWN_STORAGE_NAME = 'storage';

/**
 * Records the requests of a lesson's check. A check may run several graphs of the same volumes; one
 * recording has the requests of all.
 */
export class CheckTrafficRecorder {
  private readonly volumeName: string;
  private readonly counts = new RequestCounts();
  private recording: TrafficRecorder | null = null;

  /** @param volumeName name of the module's volume in the learner's volfile */
  constructor(volumeName: string) {
    this.volumeName = volumeName;
  }

  /** Records a graph. The module's volume gets the name that it has in the learner's volfile. */
  observe(graph: Graph): void {
    const { volumeName: name } = this;
    this.recording ??= makeTrafficRecorder(graph, (volumes) =>
      volumes.flatMap((volume) => {
        if (volume.id === graph.top.id)
          return [{ ...volume, name, subvolumes: volume.subvolumes.map(() => SHOWN_STORAGE_NAME) }];
        return volume.name === TEST_STORAGE_NAME ? [{ ...volume, name: SHOWN_STORAGE_NAME }] : [];
      }),
    );
    graph.observe(this.recording.recorder);
    graph.observe(this.counts);
  }

  /** The traffic; null if no graph came up. */
  get traffic(): Traffic | null {
    if (this.recording === null) return null;
    return { recording: this.recording.toBytes(), counters: this.counts.counters };
  }
}
