/**
 * Records and counts the requests of a lesson's check: `observe` each graph that the check makes, then
 * take `traffic`. Graphs of one check are alike, so that one recording holds the requests of all.
 */
import type { Graph } from '../../../runtime/core/graph.ts';
import { Counts } from './counts.ts';
import type { Traffic } from './protocol.ts';
import { recordTraffic, type TrafficRecorder } from './traffic-recorder.ts';

/** The storage of bridges/testing. Between it and the module is what holds requests back for tests. */
const STORAGE = 'storage0';
/** As volfiles of lessons call it. */
const STORAGE_SHOWN = 'storage';

export class CheckTraffic {
  private readonly name: string;
  private readonly counts = new Counts({ ofTop: true });
  private recording: TrafficRecorder | null = null;

  /** @param name the volume of the module, as the learner's volfile calls it */
  constructor(name: string) {
    this.name = name;
  }

  observe(graph: Graph): void {
    const { name } = this;
    this.recording ??= recordTraffic(graph, (volumes) =>
      volumes.flatMap((volume) => {
        if (volume.id === graph.top.id) return [{ ...volume, name, subvolumes: [STORAGE_SHOWN] }];
        return volume.name === STORAGE ? [{ ...volume, name: STORAGE_SHOWN }] : [];
      }),
    );
    graph.observe(this.recording.recorder);
    graph.observe(this.counts);
  }

  /** Null where no graph came up. */
  get traffic(): Traffic | null {
    if (this.recording === null) return null;
    return { recording: this.recording.bytes(), counters: this.counts.counters };
  }
}
