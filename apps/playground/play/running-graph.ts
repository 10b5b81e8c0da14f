/** Runs shell lines over a started graph of the playground, restores its storage, and stops it. */
import {
  type Call,
  type Caller,
  connect,
  Driver,
  type DriverSettings,
} from '../../../runtime/api/driver.ts';
import type { Client } from '../../../runtime/core/client.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { DIRECTORIES, directoryName } from '../../bench/engine/searches.ts';
import { Distance } from './distance.ts';
import { advanceUntilSettled, UNANSWERED } from './play-context.ts';
import type { LineResult, PlayVolume } from './protocol.ts';
import { RequestCounts } from './request-counts.ts';
import { Shell, type ShellResult } from './shell/index.ts';
import { makeTrafficRecorder } from './traffic.ts';

/** The exit status of a command that a SIGKILL ended: here, of one whose request got no reply. */
const KILLED = 137;
const CALLER: Caller = { uid: 0, gid: 0, pid: 1, groups: [] };

export class RunningGraph {
  readonly volumes: readonly PlayVolume[];
  private readonly graph: Graph;
  private readonly clock: VirtualClock;
  private readonly log: string[];
  private readonly client: Client;
  private readonly distance: Distance;
  private readonly counts = new RequestCounts();
  /** Virtual milliseconds of `sleep` in the current line. */
  private sleptMs = 0;

  /** @param log to which the graph's context appends lines; each shell line empties it */
  constructor(graph: Graph, clock: VirtualClock, log: string[], distanceMs: number) {
    this.graph = graph;
    this.clock = clock;
    this.log = log;
    this.client = connect(graph, 'shell');
    this.distance = new Distance(distanceMs);
    this.volumes = graph.xlators.map(({ name, type, childNames }) => ({
      name,
      type,
      subvolumes: [...childNames],
    }));
    graph.intercept(this.distance);
    graph.observe(this.counts);
  }

  setDistance(distanceMs: number): void {
    this.distance.ms = distanceMs;
  }

  /**
   * Restores the storage: makes its initial files, and runs these lines again.
   * @returns whether every request got a reply
   */
  async restore(journal: readonly string[]): Promise<boolean> {
    const tree = Array.from({ length: DIRECTORIES }, (_, directory) => {
      const folder = `/${directoryName(directory)}`;
      return `mkdir ${folder}; touch ${folder}/file00${directory}.php`;
    });
    const result = await this.runUnobserved(async (settings) => {
      const shell = this.makeShell(settings);
      for (const line of [...tree, ...journal]) await shell.run(line);
      return true;
    });
    return result !== UNANSWERED;
  }

  /**
   * Runs an action that is no request of the learner: uncounted, without distance, and directly on
   * the storage where the graph has only one.
   */
  private async runUnobserved<R>(
    action: (settings: DriverSettings) => Promise<R>,
  ): Promise<R | typeof UNANSWERED> {
    const { distance, graph, clock, counts } = this;
    const { ms } = distance;
    const leaves = graph.xlators.filter(({ below }) => below.length === 0);
    const storage = leaves.length === 1 ? leaves[0] : undefined;
    distance.ms = 0;
    counts.isCounting = false;
    try {
      // Without `links`, a driver's requests enter the graph at the top.
      const settings = storage === undefined ? {} : { links: graph.makeLinks(storage) };
      this.sleptMs = 0;
      return await advanceUntilSettled(clock, action(settings), () => this.sleptMs);
    } finally {
      distance.ms = ms;
      counts.isCounting = true;
    }
  }

  private makeShell(settings: DriverSettings): Shell {
    return new Shell(new Driver(this.client, CALLER, settings), (ms) => {
      this.sleptMs += ms;
      return new Promise((done) => void this.clock.after(ms, done));
    });
  }

  /** Runs a shell line, and records its requests. */
  async run(line: string): Promise<LineResult> {
    const { graph, clock, counts } = this;
    const recording = makeTrafficRecorder(graph);
    const endRecording = graph.observe(recording.recorder);
    const before = clock.now;
    this.sleptMs = 0;
    this.log.length = 0;
    counts.hasChanged = false;
    const calls: Call[] = [];
    const shell = this.makeShell({ onRequest: (call) => void calls.push(call) });
    const result = await advanceUntilSettled(clock, shell.run(line), () => this.sleptMs);
    endRecording();
    counts.addWait(clock.now - before - this.sleptMs);
    return {
      ...(result === UNANSWERED ? makeUnansweredResult(calls.at(-1), graph.top) : result),
      recording: recording.bytes(),
      log: this.log.splice(0),
      counters: counts.counters,
      journal: counts.hasChanged ? line : null,
    };
  }

  /** Completes the last word of a shell line. */
  async complete(line: string): Promise<readonly string[]> {
    const completions = await this.runUnobserved((settings) =>
      this.makeShell(settings).complete(line),
    );
    return completions === UNANSWERED ? [] : completions;
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.graph.stop();
  }
}

/** The result of a line whose request got no reply. */
function makeUnansweredResult(call: Call | undefined, top: Xlator): ShellResult {
  call?.interrupt();
  const requestText = call === undefined ? 'a request' : `${call.fop} of ${call.path}`;
  const output = `${requestText} was never answered: a volume below '${top.name}', or it, neither answers nor winds`;
  return { output: [{ text: output, isError: true }], status: KILLED };
}
