/** Runs shell lines over a started graph of the playground, restores its storage, and stops it. */
import { RequestStack } from '../../../runtime/api/driver.ts';
import { Volume, type VolumeSettings } from '../../../runtime/api/volume.ts';
import { collect, type FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { Interceptor } from '../../../runtime/core/interceptor.ts';
import type { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import type { Fop, Xlator } from '../../../runtime/core/xlator.ts';
import { DIRECTORY_COUNT, makeDirectoryName } from '../../bench/engine/searches.ts';
import type { LineResult, PlayVolume } from './protocol.ts';
import { RequestCounts } from './request-counts.ts';
import { Shell, type ShellResult } from './shell/index.ts';
import { makeTrafficRecorder } from './traffic.ts';
import { advanceUntilSettled, UNANSWERED } from './virtual-time.ts';

/** A fop whose arguments are unknown here. */
type AnyCall = (...args: unknown[]) => void;

/** Delays each request to a volume without subvolumes. */
class StorageDelay implements Interceptor {
  /** Virtual milliseconds per round trip; may change between requests. */
  roundTripMs: number;

  constructor(roundTripMs: number) {
    this.roundTripMs = roundTripMs;
  }

  /** Whether to delay a fop: only storages that define it. */
  wantsFop(xl: Xlator, _fop: FopName, defines: boolean): boolean {
    return defines && xl.below.length === 0;
  }

  /** Returns the fop with a delay before each call. */
  wrapFop<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    return collect[name]((frame, xl, args) => {
      const arrive = (): void => (fop as AnyCall)(frame, xl, ...args);
      if (this.roundTripMs === 0) arrive();
      else xl.context.after(this.roundTripMs, arrive);
    });
  }
}

/** The exit status after SIGKILL; here, of a command whose request got no reply. */
const KILLED_STATUS = 137;
/** Lines run as root. */
const CALLER_SETTINGS: VolumeSettings = { uid: 0, gid: 0, pid: 1 };

/** A started graph, and the shell over it. */
export class RunningGraph {
  readonly volumes: readonly PlayVolume[];
  private readonly graph: Graph;
  private readonly clock: VirtualClock;
  private readonly log: string[];
  private readonly volume: Volume;
  /** The storage without the volumes above it; the whole volume if there are several storages. */
  private readonly storage: Volume;
  private readonly distance: StorageDelay;
  private readonly counts = new RequestCounts();
  /** Virtual milliseconds of `sleep` in the current line. */
  private sleptMs = 0;

  /** @param log to which the graph's context appends lines; each shell line empties it */
  constructor(graph: Graph, clock: VirtualClock, log: string[], distanceMs: number) {
    this.graph = graph;
    this.clock = clock;
    this.log = log;
    const leaves = graph.xlators.filter(({ below }) => below.length === 0);
    this.volume = Volume.fromGraph(graph, CALLER_SETTINGS);
    this.storage =
      leaves.length === 1
        ? Volume.fromGraph(graph, { ...CALLER_SETTINGS, links: graph.makeLinks(leaves[0]!) })
        : this.volume;
    this.distance = new StorageDelay(distanceMs);
    this.volumes = graph.xlators.map(({ name, type, childNames }) => ({
      name,
      type,
      subvolumes: [...childNames],
    }));
    graph.intercept(this.distance);
    graph.observe(this.counts);
  }

  /** Changes the distance to the storage. */
  setDistance(distanceMs: number): void {
    this.distance.roundTripMs = distanceMs;
  }

  /**
   * Restores the storage: makes its initial files, unless it is a module with files of its own, and runs these lines
   * again.
   * @returns whether every request got a reply
   */
  async restore(journal: readonly string[]): Promise<boolean> {
    const isEmpty = this.volumes.some(({ type }) => type.startsWith('storage/'));
    const treeLines = Array.from({ length: isEmpty ? DIRECTORY_COUNT : 0 }, (_, directory) => {
      const folder = `/${makeDirectoryName(directory)}`;
      return `mkdir ${folder}; touch ${folder}/file00${directory}.php`;
    });
    const result = await this.runUnobserved(async (shell) => {
      for (const line of [...treeLines, ...journal]) await shell.run(line);
      return true;
    });
    return result !== UNANSWERED;
  }

  /**
   * Runs an action of the playground itself: uncounted, without distance, and directly on the
   * storage if the graph has only one.
   */
  private async runUnobserved<R>(
    action: (shell: Shell) => Promise<R>,
  ): Promise<R | typeof UNANSWERED> {
    const { distance, clock, counts } = this;
    const { roundTripMs } = distance;
    distance.roundTripMs = 0;
    counts.isCounting = false;
    try {
      this.sleptMs = 0;
      const shell = this.makeShell(this.storage);
      return await advanceUntilSettled(clock, action(shell), () => this.sleptMs);
    } finally {
      distance.roundTripMs = roundTripMs;
      counts.isCounting = true;
    }
  }

  /** Makes a shell whose `sleep` takes virtual time. */
  private makeShell(volume: Volume): Shell {
    return new Shell(volume, (ms) => {
      this.sleptMs += ms;
      return new Promise((resolve) => void this.clock.after(ms, resolve));
    });
  }

  /** Runs a shell line, and records its requests. */
  async run(line: string): Promise<LineResult> {
    const { graph, clock, counts, volume } = this;
    const recording = makeTrafficRecorder(graph);
    const endRecording = graph.observe(recording.recorder);
    const startMs = clock.now;
    this.sleptMs = 0;
    this.log.length = 0;
    counts.hasChanged = false;
    const endControl = new AbortController();
    const shell = this.makeShell(volume.with({ signal: endControl.signal }));
    const result = await advanceUntilSettled(clock, shell.run(line), () => this.sleptMs);
    // The newest of the requests that are still pending.
    const unansweredCall = volume.client.graphClient.initiator.calls.list().at(-1);
    endControl.abort();
    endRecording();
    counts.addWait(clock.now - startMs - this.sleptMs);
    return {
      ...(result === UNANSWERED ? makeUnansweredResult(unansweredCall, graph.top) : result),
      recording: recording.toBytes(),
      log: this.log.splice(0),
      counters: counts.counters,
      journalLine: counts.hasChanged ? line : null,
    };
  }

  /** Completes the last word of a shell line. */
  async complete(line: string): Promise<readonly string[]> {
    const completions = await this.runUnobserved((shell) => shell.complete(line));
    return completions === UNANSWERED ? [] : completions;
  }

  /** Closes the volumes, and stops the graph. */
  async stop(): Promise<void> {
    await Promise.all([this.volume.close(), this.storage.close()]);
    await this.graph.stop();
  }
}

/** Makes the result of a line whose request got no reply. */
function makeUnansweredResult(call: unknown, top: Xlator): ShellResult {
  const requestText = call instanceof RequestStack ? `${call.fop} of ${call.path}` : 'a request';
  const output = `${requestText} was never answered: a volume below '${top.name}', or it, neither answers nor winds`;
  return { output: [{ text: output, isError: true }], status: KILLED_STATUS };
}
